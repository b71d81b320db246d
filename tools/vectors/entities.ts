/**
 * Vectors of coded entities: the entities of entity.json in frames, and frames that are not the one
 * coding of what they say.
 *
 * @module
 */
import {
  encodeEntity,
  type Entity,
  type FormatFault,
  type ProcessEntity,
  type Value,
} from "@ritma/evidence";
import { type Coder, RangeWriter, UINT_CONTEXTS } from "../../packages/evidence/src/ctgf/coder.ts";
import {
  ARGUMENTS_COUNT,
  ARGUMENTS_WHOLE,
  BYTE,
  DOMAINS,
  ESCAPED,
  ESCAPED_LENGTH,
  FIELD_FAR,
  FIELD_IS_NUMBER,
  FIELD_STEP,
  FIELDS_COUNT,
  FILE_NO_PATH,
  KIND,
  PATH_FROM,
  PATH_MOVE,
  VALUE_HASHED,
  VALUE_HEX,
  VALUE_KNOWN,
  VALUE_LENGTH,
} from "../../packages/evidence/src/ctgf/entity-contexts.ts";
import { encodeCodedFrame } from "../../packages/evidence/src/ctgf/entity-frame.ts";
import { EntityModel } from "../../packages/evidence/src/ctgf/entity-model.ts";
import { EntityReader, EntityWriter } from "../../packages/evidence/src/ctgf/entity-stream.ts";
import { mix } from "../../packages/evidence/src/ctgf/guesses.ts";
import { NameCoder } from "../../packages/evidence/src/ctgf/name-coder.ts";
import { entityExamples } from "./entity.ts";
import { bad, digestOf, STORE_ID } from "./vector.ts";

interface Frame {
  readonly first_id: number;
  readonly entities: readonly string[];
  readonly coded: string;
}

const text = (value: string): Value => ({
  hashed: false,
  bytes: new TextEncoder().encode(value),
});
const string = (value: string): Uint8Array => encodeEntity({ kind: "string", value: text(value) });

function frames(firstId: number, ...lists: readonly (readonly Uint8Array[])[]): Frame[] {
  const writer = new EntityWriter();
  let next = firstId;
  return lists.map((list) => {
    const frame = {
      first_id: next,
      entities: list.map((entity) => entity.toHex()),
      coded: writer.write(list, next).toHex(),
    };
    next += list.length;
    return frame;
  });
}

function longPath(components: number): Uint8Array {
  const path = {
    base: 0,
    components: Array.from({ length: components }, () => text("a")),
  } as const;
  const nothing = { inode: null, device: null, mode: null, uid: null, gid: null };
  return encodeEntity({ kind: "file", path, ...nothing });
}

function shell(pid: number, serial: number): ProcessEntity {
  return {
    kind: "process",
    node: text("web-1"),
    boot: 0,
    pid,
    start: serial * 1000,
    serial,
    birth: "fork",
    parent: { boot: 0, pid: 0, start: 0, serial: 0 },
    executable: { base: 0, components: [text("usr"), text("bin"), text("bash")] },
    name: text("bash"),
    credentials: null,
    container: null,
  };
}

function file(name: string, inode: number): Entity {
  return {
    kind: "file",
    path: { base: 0, components: [text("etc"), text(name)] },
    inode,
    device: [8, 1],
    mode: 0o100_644,
    uid: 0,
    gid: 0,
  };
}

function flow(port: number): Entity {
  const address = { hashed: false, bytes: Uint8Array.of(10, 0, 0, 1) };
  return { kind: "flow", family: 2, address, port, scope: null };
}

/** Shells of one parent, what they opened, and where they connected to. */
function small(): Uint8Array[] {
  const node: Entity = {
    ...shell(0, 0),
    birth: "node",
    parent: null,
    executable: null,
    name: null,
  };
  return [
    node,
    shell(10, 3),
    file("passwd", 700),
    flow(443),
    shell(11, 6),
    file("group", 701),
    flow(444),
    flow(50_000),
    shell(12, 9),
  ].map((entity) => encodeEntity(entity));
}

function wholeFrame(): Uint8Array {
  const salt = digestOf("salt");
  const frame = { store: STORE_ID, generation: 1, firstId: 1, salt, entities: small() };
  return encodeCodedFrame(frame, new EntityWriter());
}

/** Begins a string at id 1, or behind others of its kind. */
function beginString(coder: Coder, kind = 0): void {
  coder.bit(ESCAPED, 0);
  coder.tree(KIND + ((mix(0, 0) & 0xfff) << 3), 3, kind);
}

function newString(coder: Coder, value: string): void {
  beginString(coder);
  const { name } = DOMAINS;
  coder.bit(VALUE_KNOWN + name, 0);
  coder.bit(VALUE_HASHED + name, 0);
  coder.uint(VALUE_LENGTH + name * UINT_CONTEXTS, value.length);
  let before = 0;
  for (const byte of new TextEncoder().encode(value)) {
    before = coder.tree(BYTE + (before << 8), 8, byte);
  }
}

function escaped(coder: Coder, entity: Uint8Array): void {
  coder.bit(ESCAPED, 1);
  coder.uint(ESCAPED_LENGTH, entity.length);
  let before = 0;
  for (const byte of entity) before = coder.tree(BYTE + (before << 8), 8, byte);
}

/** Name, fault, count, and what is told. */
const LIES: readonly (readonly [string, FormatFault, number, (coder: Coder) => void])[] = [
  ["an entity that the model takes, escaped", "not-canonical", 1, (c) => escaped(c, string("a"))],
  ["no entity, escaped", "wrong-type", 1, (c) => escaped(c, Uint8Array.of(1))],
  [
    "an escaped entity of 16 MiB and a byte",
    "out-of-range",
    1,
    (c) => {
      c.bit(ESCAPED, 1);
      c.uint(ESCAPED_LENGTH, 16 * 1024 * 1024 + 1);
    },
  ],
  [
    "a known value told as new",
    "not-canonical",
    2,
    (c) => {
      newString(c, "a");
      newString(c, "a");
    },
  ],
  [
    "a known value where there is none",
    "out-of-range",
    1,
    (c) => {
      beginString(c);
      c.bit(VALUE_KNOWN + DOMAINS.name, 1);
    },
  ],
  [
    "a value of 2 MiB and a byte",
    "out-of-range",
    1,
    (c) => {
      beginString(c);
      c.bit(VALUE_KNOWN + DOMAINS.name, 0);
      c.bit(VALUE_HASHED + DOMAINS.name, 0);
      c.uint(VALUE_LENGTH + DOMAINS.name * UINT_CONTEXTS, 2 ** 21 + 1);
    },
  ],
  ["hex told as text", "not-canonical", 1, hexAsText],
  [
    "2^22 arguments",
    "out-of-range",
    1,
    (c) => {
      beginString(c, 5);
      c.bit(ARGUMENTS_WHOLE + 1, 1);
      c.uint(ARGUMENTS_COUNT, 2 ** 22);
    },
  ],
  ["a field name of 257 bytes", "out-of-range", 1, longName],
  ["a path from the eighth place", "out-of-range", 1, (c) => path(c, 7, 0)],
  ["a path above the root", "out-of-range", 1, (c) => path(c, 0, 0x10)],
  ["a path from a later place of the same node", "not-canonical", 1, (c) => path(c, 1, 0)],
];

function hexAsText(coder: Coder): void {
  const value = "0123456789ab";
  beginString(coder);
  const { name } = DOMAINS;
  coder.bit(VALUE_KNOWN + name, 0);
  coder.bit(VALUE_HASHED + name, 0);
  coder.uint(VALUE_LENGTH + name * UINT_CONTEXTS, value.length);
  coder.bit(VALUE_HEX, 0);
  let before = 0;
  for (const byte of new TextEncoder().encode(value)) {
    before = coder.tree(BYTE + (before << 8), 8, byte);
  }
}

function longName(coder: Coder): void {
  const names = new NameCoder();
  beginString(coder, 6);
  const type = names.codePlain(coder, DOMAINS.field, text("A"));
  coder.uint(FIELDS_COUNT, 1);
  const name = names.codePlain(coder, DOMAINS.field, text("x".repeat(257)));
  coder.bit(FIELD_IS_NUMBER + (mix(type + 9, name) & 255), 1);
  coder.bit(FIELD_FAR, 0);
  coder.int(FIELD_STEP + UINT_CONTEXTS, 0);
}

function path(coder: Coder, from: number, move: number): void {
  beginString(coder, 1);
  coder.bit(FILE_NO_PATH, 0);
  coder.tree(PATH_FROM, 3, from);
  coder.tree(PATH_MOVE, 8, move);
}

function lie(tell: (coder: Coder) => void): Uint8Array {
  const coder = new RangeWriter(new EntityModel().probabilities);
  tell(coder);
  coder.raw(16, 0x5555);
  return coder.finish();
}

function refused(
  name: string,
  fault: FormatFault,
  coded: Uint8Array,
  count: number,
  firstId = 1,
): object {
  const { hex } = bad(name, coded, fault, (bytes) =>
    new EntityReader().read(bytes, count, firstId),
  );
  return { name, first_id: firstId, count, coded: hex, fault };
}

export function makeCodedEntitiesVectors(): object {
  const examples = entityExamples();
  const pair = new EntityWriter().write([string("a"), string("b")], 1);
  return {
    description:
      "Coded entities, spec/12-entities.md. The frames of a good one are read in order, by one " +
      "model. A bad one is read by a model that has read nothing, and must be refused.",
    good: [
      { name: "one string", frames: frames(1, [string("hello")]) },
      { name: "a few processes, files and flows", frames: frames(1, small()) },
      { name: "one of each, and again", frames: frames(1, [...examples, ...examples]) },
      { name: "in three frames", frames: frames(1, small(), examples.slice(0, 3), examples) },
      { name: "from a border on", frames: frames(65_537, examples.slice(0, 3)) },
      { name: "over a border", frames: frames(65_537, small()) },
      { name: "a path of 256 components", frames: frames(1, [longPath(255), longPath(256)]) },
    ],
    frame: { hex: wholeFrame().toHex(), count: small().length },
    bad: [
      refused("a byte too many", "trailing-bytes", Uint8Array.of(...pair, 0), 2),
      refused("an entity too many", "trailing-bytes", pair, 1),
      refused("no entity", "out-of-range", pair, 0),
      refused("from id 0 on", "out-of-range", pair, 2, 0),
      refused("from id 2 on, without id 1", "out-of-range", pair, 2, 2),
      refused("65,537 entities", "out-of-range", pair, 65_537),
      ...LIES.map(([name, fault, count, tell]) => refused(name, fault, lie(tell), count)),
    ],
  };
}
