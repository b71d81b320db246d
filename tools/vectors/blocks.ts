/**
 * Vectors of coded blocks: with what a reader must know of them beforehand (entities and cones),
 * and what it must find.
 *
 * @module
 */
import {
  type BlockPlace,
  BlockReader,
  BlockWriter,
  CborReader,
  CborWriter,
  ConeLibrary,
  cutSection,
  encodeEntity,
  Facts,
  type FormatFault,
  type ProcessEntity,
  type Section,
} from "@ritma/evidence";
import {
  type AtomFields,
  plainSection,
  tableOf,
} from "../../packages/evidence/test/record/arbitrary.ts";
import { plainCone } from "./cones.ts";
import { bad, badEnds, type BadVector, good, NODE, STORE_ID, TIME } from "./vector.ts";

const PLACE: BlockPlace = { store: STORE_ID, sequence: 2, number: 0, generation: 1 };

const plain = (text: string): { hashed: false; bytes: Uint8Array } => ({
  hashed: false,
  bytes: new TextEncoder().encode(text),
});

function processOf(pid: number, program: string, step: number): Uint8Array {
  const process: ProcessEntity = {
    kind: "process",
    node: NODE,
    boot: 0,
    pid,
    start: TIME + step * 1000,
    serial: 77 + step,
    birth: "fork",
    parent: null,
    executable: { base: 0, components: [plain("bin"), plain(program)] },
    name: null,
    credentials: null,
    container: null,
  };
  return encodeEntity(process);
}

const text = (value: string): Uint8Array => encodeEntity({ kind: "string", value: plain(value) });

/** Ids 1 to 40: processes of two images, and what they are about. */
const ENTITIES: readonly Uint8Array[] = Array.from({ length: 40 }, (_, at) =>
  at % 4 === 0 ? processOf(4000 + at, at % 8 === 0 ? "sh" : "id", at) : text(`entity ${at + 1}`),
);

const atom: AtomFields = {
  time: TIME,
  serial: 77,
  etype: 1,
  flags: 0,
  ret: 0,
  process: 1,
  object: 2,
  object2: 0,
  arg: 3,
  num: null,
};

/** A process does four things, of which the second belongs to the event of the first. */
function doings(process: number, step: number, own: number): AtomFields[] {
  const at = { time: TIME + step * 1000, serial: 77 + step, process };
  return [
    { ...atom, ...at, arg: own },
    { ...atom, ...at, etype: 4, flags: 1, object: own + 1, arg: 0, num: 3 },
    { ...atom, ...at, time: at.time + 3000, serial: at.serial + 2, etype: 2, ret: 13, arg: 0 },
    {
      ...atom,
      ...at,
      time: at.time + 4000,
      serial: at.serial + 3,
      etype: 3,
      object: 0,
      arg: 0,
      num: -1,
    },
  ];
}

const MANY: readonly AtomFields[] = [
  ...doings(1, 0, 3),
  ...doings(5, 4, 6),
  ...doings(9, 8, 10),
  ...doings(13, 9, 14),
  ...doings(17, 16, 18),
];

const WILD: readonly AtomFields[] = [
  { ...atom, time: 1, serial: Number.MAX_SAFE_INTEGER, num: Number.MAX_SAFE_INTEGER },
  { ...atom, etype: 255, flags: 0xffff_ffff, ret: 0xffff_ffff, process: 40, object2: 40, num: 0 },
  { ...atom, time: Number.MAX_SAFE_INTEGER, serial: 0, arg: 0, num: -Number.MAX_SAFE_INTEGER },
  { ...atom, time: 2, serial: 5, process: 2, object: 0, object2: 1, arg: 1 },
];

function section(window: number | null, atoms: readonly AtomFields[]): Section {
  return cutSection(window, tableOf(atoms));
}

const GOOD: readonly (readonly [string, number, readonly (readonly [Section, number])[]])[] = [
  ["one atom", 0, [[section(20, [atom]), 3]]],
  ["a window of five processes, in which a cone is made", 0, [[section(20, MANY), 40]]],
  [
    "two windows, the second behind a larger dictionary",
    0,
    [
      [section(20, MANY.slice(0, 8)), 8],
      [section(23, MANY.slice(8)), 20],
    ],
  ],
  ["late atoms, with the largest of everything", 40, [[section(null, WILD), 40]]],
];

interface Made {
  readonly facts: Facts;
  readonly cones: ConeLibrary;
  readonly bytes: Uint8Array;
}

function make(newest: number, sections: readonly (readonly [Section, number])[]): Made {
  const facts = new Facts();
  for (const entity of ENTITIES) facts.add(entity);
  const cones = new ConeLibrary();
  const writer = new BlockWriter(facts, cones, newest);
  for (const [each, size] of sections) writer.add(each, size);
  return { facts, cones, bytes: writer.finish(PLACE) };
}

export function makeBlocksVectors(): object {
  return {
    description:
      "Coded blocks before compression, spec/11-blocks.md. `entities` are those of the " +
      "generation, from id 1 on; `cones` of a vector those of its library, from id 1 on. " +
      "`sections` is what must be read, `cone_ids` the cones of their instantiations, 0 for " +
      "none. Bad ones are read without cones.",
    entities: ENTITIES.map((entity) => entity.toHex()),
    good: GOOD.map(([name, newest, sections]) => {
      const { facts, cones, bytes } = make(newest, sections);
      const { coneIds } = new BlockReader(facts, cones).decode(bytes);
      return Object.assign(good(name, bytes), {
        cones: cones.since(1).map(plainCone),
        sections: sections.map(([each]) => plainSection(each)),
        cone_ids: coneIds.map((ids) => Array.from(ids)),
      });
    }),
    bad: refused(),
  };
}

interface Head {
  readonly items?: number;
  readonly cones?: number;
  readonly newest?: number;
  readonly sections?: number;
  readonly coded?: Uint8Array;
}

function blockOf({ items = 9, cones = 0, newest = 0, sections = 1, coded }: Head): Uint8Array {
  const writer = new CborWriter().array(items).text("ritma/block@2").bytes(STORE_ID).uint(2);
  writer.uint(0).uint(1).uint(cones).uint(newest).uint(sections);
  writer.bytes(coded ?? ONE);
  return writer.finish();
}

/** The coded bytes of a block of one atom. */
const ONE = codedOf(make(0, [[section(20, [atom]), 3]]).bytes);

function codedOf(block: Uint8Array): Uint8Array {
  const reader = new CborReader(block);
  reader.array();
  for (let items = 8; items > 0; items -= 1) reader.skip();
  return reader.bytes();
}

const BAD: readonly (readonly [string, FormatFault, Head])[] = [
  ["ten items", "wrong-type", { items: 10 }],
  ["a cone that is not there", "out-of-range", { cones: 1 }],
  ["an id that is not there", "out-of-range", { newest: 41 }],
  ["no section", "wrong-type", { sections: 0, coded: new Uint8Array(0) }],
  ["no section, and bytes of one", "trailing-bytes", { sections: 0 }],
  ["2^53 - 1 sections", "out-of-range", { sections: Number.MAX_SAFE_INTEGER }],
  ["a section too many", "truncated", { sections: 2 }],
  ["no coded bytes", "out-of-range", { coded: new Uint8Array(0) }],
  ["zeros", "out-of-range", { coded: new Uint8Array(40) }],
  ["a coded byte more", "trailing-bytes", { coded: Uint8Array.of(...ONE, 0) }],
  ["a coded byte less", "out-of-range", { coded: ONE.subarray(0, -1) }],
];

function sized(each: Section): readonly [Section, number] {
  return [each, 3];
}

function refused(): BadVector[] {
  const facts = new Facts();
  for (const entity of ENTITIES) facts.add(entity);
  const reader = new BlockReader(facts, new ConeLibrary());
  const decode = (bytes: Uint8Array): unknown => reader.decode(bytes);
  const other = { ...atom, etype: 9 };
  const turned = [sized(section(5, [atom])), sized(section(4, [other]))];
  const beside = [sized(section(5, [atom])), sized(section(null, [other]))];
  return [
    ...badEnds(blockOf({}), decode),
    ...BAD.map(([name, fault, head]) => bad(name, blockOf(head), fault, decode)),
    bad("windows out of order", make(0, turned).bytes, "not-canonical", decode),
    bad("late atoms beside a window", make(0, beside).bytes, "not-canonical", decode),
  ];
}
