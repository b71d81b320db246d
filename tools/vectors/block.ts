/**
 * Vectors of blocks, uncompressed: sections as the atoms they hold and as the bytes they become.
 *
 * @module
 */
import {
  type Block,
  CborWriter,
  cutSection,
  decodeBlock,
  encodeBlock,
  type FormatFault,
  type Section,
} from "@ritma/evidence";
import {
  type AtomFields,
  plainSection,
  tableOf,
} from "../../packages/evidence/test/record/arbitrary.ts";
import { bad, badEnds, type BadVector, good, int, STORE_ID, TIME, uint } from "./vector.ts";

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

const WINDOW: readonly AtomFields[] = [
  atom,
  { ...atom, time: TIME + 3000, serial: 78, etype: 4, flags: 1, ret: 13, object: 4, arg: 0 },
  { ...atom, time: TIME + 4000, serial: 79, process: 70_000, object: 2, object2: 4, num: -1 },
  { ...atom, time: TIME + 5000, serial: 80, etype: 3, flags: 1, object: 0, arg: 0, num: 1 },
  { ...atom, time: TIME + 1_005_000, serial: 81, num: Number.MAX_SAFE_INTEGER },
];

const head = { store: STORE_ID, sequence: 2, number: 0, generation: 1 };
const whole: Block = { ...head, sections: [section(20, WINDOW), section(23, [atom])] };

const GOOD: readonly (readonly [string, Block])[] = [
  ["two windows, in ticks of a millisecond", whole],
  ["microseconds", { ...head, sections: [section(0, [{ ...atom, time: TIME + 1 }, atom])] }],
  ["late atoms", { ...head, number: 0, sections: [section(null, WINDOW.toReversed())] }],
];

function section(window: number | null, atoms: readonly AtomFields[]): Section {
  return cutSection(window, tableOf(atoms));
}

export function makeBlockVectors(): object {
  return {
    description:
      "Blocks before compression, spec/06-store.md. `sections` is what must be read: `starts` " +
      "are the rows at which instantiations begin, and the end; entities are dictionary ids, " +
      "0 for none.",
    good: GOOD.map(([name, block]) =>
      Object.assign(good(name, encodeBlock(block)), {
        sections: block.sections.map((each) => plainSection(each)),
      }),
    ),
    bad: refused(),
  };
}

/** A block of one section of one atom, of which single columns can be replaced. */
interface Columns {
  readonly window?: number | null;
  readonly instantiations?: number;
  readonly atoms?: number;
  readonly tick?: number;
  readonly columns?: Readonly<Record<number, Uint8Array>>;
}

function oneAtom(changed: Columns): Uint8Array {
  const columns: Record<number, Uint8Array> = {
    0: int(1),
    1: uint(1),
    2: int(TIME / 1000),
    3: int(77),
    4: Uint8Array.of(1),
    5: uint(0),
    6: uint(0),
    7: uint(),
    8: uint(),
    9: uint(0, 0, 0),
    10: uint(0),
    ...changed.columns,
  };
  const writer = new CborWriter().array(7).text("ritma/block@1").bytes(STORE_ID).uint(2).uint(0);
  writer
    .uint(1)
    .uint(changed.tick ?? 1000)
    .array(1)
    .array(4);
  writer.uintOrNull(changed.window === undefined ? 0 : changed.window);
  writer
    .uint(changed.instantiations ?? 1)
    .uint(changed.atoms ?? 1)
    .array(11);
  for (let at = 0; at < 11; at += 1) writer.bytes(columns[at] ?? new Uint8Array(0));
  return writer.finish();
}

const BAD: readonly (readonly [string, FormatFault, Columns])[] = [
  ["a tick of 10 µs", "out-of-range", { tick: 10 }],
  [
    "milliseconds in ticks of a microsecond",
    "not-canonical",
    { tick: 1, columns: { 2: int(TIME) } },
  ],
  ["no atoms", "wrong-type", { atoms: 0, instantiations: 0, columns: { 4: uint() } }],
  ["more atoms than types", "wrong-type", { atoms: 2 }],
  ["2^53 - 1 atoms", "out-of-range", { atoms: Number.MAX_SAFE_INTEGER }],
  ["no instantiation", "wrong-type", { instantiations: 0 }],
  ["an instantiation too many", "truncated", { instantiations: 2 }],
  ["an instantiation of no atom", "out-of-range", { columns: { 1: uint(0) } }],
  ["an instantiation of two atoms", "out-of-range", { columns: { 1: uint(2) } }],
  ["process 0", "out-of-range", { columns: { 0: int(0) } }],
  ["process 2^32", "out-of-range", { columns: { 0: int(2 ** 32) } }],
  ["a negative time", "out-of-range", { columns: { 2: int(-1) } }],
  ["a time above 2^53 - 1", "out-of-range", { columns: { 2: int(Number.MAX_SAFE_INTEGER) } }],
  ["a negative serial", "out-of-range", { columns: { 3: int(-1) } }],
  ["an entity before the first", "out-of-range", { columns: { 9: uint(2, 0, 0) } }],
  ["a mark of a number that is 2", "out-of-range", { columns: { 10: uint(2) } }],
  ["a column that ends early", "truncated", { columns: { 5: uint() } }],
  ["a column that goes on", "trailing-bytes", { columns: { 6: uint(0, 0) } }],
  ["a step where there is one atom", "trailing-bytes", { columns: { 7: uint(1) } }],
  ["a padded varint", "not-canonical", { columns: { 6: Uint8Array.of(0x80, 0) } }],
  ["flags of 2^32", "out-of-range", { columns: { 5: uint(2 ** 32) } }],
];

function ordered(sections: readonly Section[]): Uint8Array {
  return encodeBlock({ ...head, sections });
}

function refused(): BadVector[] {
  const bytes = encodeBlock(whole);
  const late = section(null, [atom]);
  const window = section(5, [atom]);
  return [
    ...badEnds(bytes, decodeBlock),
    ...BAD.map(([name, fault, changed]) => bad(name, oneAtom(changed), fault, decodeBlock)),
    bad("no section", ordered([]), "wrong-type", decodeBlock),
    bad("a window twice", ordered([window, window]), "not-canonical", decodeBlock),
    bad("late atoms beside a window", ordered([window, late]), "not-canonical", decodeBlock),
    bad("late atoms before a window", ordered([late, window]), "not-canonical", decodeBlock),
  ];
}
