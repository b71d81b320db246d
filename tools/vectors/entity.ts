/**
 * Vectors of entities: each kind with and without what may be null, and each way to be refused.
 *
 * @module
 */
import {
  CborWriter,
  CREDENTIAL_IDS,
  type CredentialsEntity,
  decodeEntity,
  encodeEntity,
  type Entity,
  type FormatFault,
  type ProcessEntity,
  type Value,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, good, NODE, TIME } from "./vector.ts";

const utf8 = new TextEncoder();
const plain = (text: string): Value => ({ hashed: false, bytes: utf8.encode(text) });
const hashed: Value = { hashed: true, bytes: Uint8Array.from({ length: 16 }, (_, at) => at) };
const UNSET = 0xffff_ffff;

const credentials: CredentialsEntity = {
  kind: "credentials",
  ids: CREDENTIAL_IDS.map((name) => (name === "ses" ? UNSET : 1000)),
  terminal: plain("pts0"),
  label: null,
};

const process: ProcessEntity = {
  kind: "process",
  node: NODE,
  boot: 1,
  pid: 4242,
  start: TIME,
  serial: 77,
  birth: "fork",
  parent: { boot: 1, pid: 1, start: 0, serial: 0 },
  executable: { base: 0, components: [plain("usr"), plain("bin"), hashed] },
  name: plain("work"),
  credentials,
  container: hashed,
};

const nothing = { path: null, inode: null, device: null, mode: null, uid: null, gid: null };

const GOOD: readonly (readonly [string, Entity])[] = [
  ["string", { kind: "string", value: plain("hello") }],
  ["string, hashed", { kind: "string", value: hashed }],
  ["string, empty", { kind: "string", value: plain("") }],
  [
    "file",
    {
      kind: "file",
      path: { base: 0, components: [plain("etc"), plain("shadow")] },
      inode: 262_402,
      device: [8, 1],
      mode: 0o100_640,
      uid: 0,
      gid: 42,
    },
  ],
  ["file, of which nothing is known", { kind: "file", ...nothing }],
  ["file, the root", { kind: "file", ...nothing, path: { base: 0, components: [] } }],
  [
    "file, in a folder not known",
    { kind: "file", ...nothing, path: { base: 1, components: [hashed] } },
  ],
  ["process", process],
  [
    "process, the node itself",
    {
      ...process,
      pid: 0,
      birth: "node",
      parent: null,
      executable: null,
      name: null,
      credentials: null,
      container: null,
    },
  ],
  [
    "flow",
    {
      kind: "flow",
      family: 2,
      address: { hashed: false, bytes: Uint8Array.of(10, 0, 0, 1) },
      port: 443,
      scope: null,
    },
  ],
  ["flow, hashed", { kind: "flow", family: 10, address: hashed, port: 53, scope: 2 }],
  [
    "flow, unix",
    {
      kind: "flow",
      family: 1,
      address: { base: 2, components: [plain("abstract")] },
      port: null,
      scope: null,
    },
  ],
  ["credentials", credentials],
  [
    "credentials, none known",
    { ...credentials, ids: CREDENTIAL_IDS.map(() => null), terminal: null },
  ],
  ["arguments", { kind: "arguments", whole: true, values: [plain("id"), hashed, plain("")] }],
  ["arguments, some missing", { kind: "arguments", whole: false, values: [] }],
  [
    "fields",
    {
      kind: "fields",
      type: "USER_LOGIN",
      fields: [
        ["op", plain("login")],
        ["res", -1],
        ["id", Number.MAX_SAFE_INTEGER],
      ],
    },
  ],
  ["line", { kind: "line", length: 70, value: hashed }],
];

/** Written by hand: what `encodeEntity` never writes. */
const BAD: readonly (readonly [string, FormatFault, (writer: CborWriter) => CborWriter])[] = [
  ["not an array", "wrong-type", (w) => w.text("ritma/string@1")],
  ["an unknown kind", "wrong-type", (w) => w.array(2).text("ritma/thing@1").null()],
  [
    "another version",
    "wrong-type",
    (w) => w.array(2).text("ritma/string@2").bytes(utf8.encode("a")),
  ],
  [
    "an item too many",
    "wrong-type",
    (w) => w.array(3).text("ritma/string@1").bytes(utf8.encode("a")).null(),
  ],
  ["a value of text", "wrong-type", (w) => w.array(2).text("ritma/string@1").text("a")],
  ["a value of null", "wrong-type", (w) => w.array(2).text("ritma/string@1").null()],
  [
    "a hash of 15 bytes",
    "wrong-type",
    (w) => w.array(2).text("ritma/string@1").array(1).bytes(new Uint8Array(15)),
  ],
  [
    "a hash in two items",
    "wrong-type",
    (w) => w.array(2).text("ritma/string@1").array(2).bytes(new Uint8Array(16)).null(),
  ],
  [
    "a path base of 3",
    "out-of-range",
    (w) => file(w).array(2).uint(3).array(0).null().null().null().null().null(),
  ],
  [
    "a device of one number",
    "wrong-type",
    (w) => file(w).null().null().array(1).uint(8).null().null().null(),
  ],
  ["a negative inode", "wrong-type", (w) => file(w).null().int(-1).null().null().null().null()],
  [
    "an unknown birth",
    "out-of-range",
    (w) => processHead(w).uint(4).null().null().null().null().null(),
  ],
  [
    "a parent of three numbers",
    "wrong-type",
    (w) => processHead(w).uint(1).array(3).uint(0).uint(1).uint(2).null().null().null().null(),
  ],
  [
    "a process as credentials",
    "wrong-type",
    (w) => processHead(processHead(w).uint(1).null().null().null()),
  ],
  [
    "an address of three items",
    "wrong-type",
    (w) => w.array(5).text("ritma/flow@1").uint(2).array(3).uint(0).array(0).null().null().null(),
  ],
  [
    "arguments without whole",
    "wrong-type",
    (w) => w.array(3).text("ritma/arguments@1").uint(1).array(0),
  ],
  [
    "a field of text",
    "wrong-type",
    (w) => w.array(3).text("ritma/fields@1").text("A").array(1).array(2).text("a").text("b"),
  ],
  [
    "a field type of 65 bytes",
    "out-of-range",
    (w) => w.array(3).text("ritma/fields@1").text("A".repeat(65)).array(0),
  ],
];

function file(writer: CborWriter): CborWriter {
  return writer.array(7).text("ritma/file@1");
}

function processHead(writer: CborWriter): CborWriter {
  const head = writer.array(12).text("ritma/process@1").bytes(utf8.encode("web-1"));
  return head.uint(0).uint(1).uint(0).uint(0);
}

/** Spellings that no writer can be made to write. */
const RAW: readonly (readonly [string, FormatFault, string])[] = [
  ["a number that could be shorter", "not-canonical", `83${text("ritma/line@1")}180540`],
  ["a length that could be shorter", "not-canonical", `82${text("ritma/string@1")}580161`],
  ["an indefinite array", "not-canonical", `9f${text("ritma/string@1")}40ff`],
  ["an indefinite byte string", "not-canonical", `82${text("ritma/string@1")}5f4161ff`],
  ["a float", "wrong-type", `83${text("ritma/line@1")}f9000040`],
  ["an undefined", "wrong-type", `82${text("ritma/string@1")}f7`],
  ["a number above 2^53 - 1", "out-of-range", `83${text("ritma/line@1")}1b002000000000000040`],
  ["more than is there", "truncated", `83${text("ritma/line@1")}055affffffff`],
];

function text(tag: string): string {
  return new CborWriter().text(tag).finish().toHex();
}

/** The good ones, for vectors of what holds entities. */
export function entityExamples(): Uint8Array[] {
  return GOOD.map(([, entity]) => encodeEntity(entity));
}

export function makeEntityVectors(): object {
  const line = encodeEntity({ kind: "line", length: 5, value: plain("hello") });
  const refused: BadVector[] = badEnds(line, decodeEntity);
  for (const [name, fault, write] of BAD) {
    refused.push(bad(name, write(new CborWriter()).finish(), fault, decodeEntity));
  }
  for (const [name, fault, hex] of RAW) {
    refused.push(bad(name, Uint8Array.fromHex(hex), fault, decodeEntity));
  }
  return {
    description:
      "Entities, spec/05-record.md. A bad one must be refused by the decoder with the named fault.",
    good: GOOD.map(([name, entity]) => good(name, encodeEntity(entity))),
    bad: refused,
  };
}
