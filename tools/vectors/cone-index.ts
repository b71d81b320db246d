/**
 * Vectors of the index of cones: spec/14-cone-index.md.
 *
 * @module
 */
import {
  CborWriter,
  type ConeEntry,
  type ConeIndex,
  decodeConeIndex,
  encodeConeIndex,
  type FormatFault,
  isHotCone,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, good, int, STORE_ID, uint } from "./vector.ts";

type Made = readonly [name: string, index: ConeIndex];

const PLAIN: ConeEntry = {
  frame: 0,
  position: 0,
  atoms: 1,
  entities: 1,
  numbers: 0,
  uses: 1,
  hours: { first: 8, last: 8 },
  constants: [],
};

/** The example of the page. */
const EXAMPLE = indexOf([
  {
    ...PLAIN,
    atoms: 3,
    entities: 2,
    numbers: 1,
    uses: 5,
    hours: { first: 7, last: 40 },
    constants: [
      { field: 0, value: 9 },
      { field: 2, value: 3 },
    ],
  },
  { ...PLAIN, position: 1 },
  {
    ...PLAIN,
    frame: 1,
    atoms: 2,
    uses: 2,
    hours: { first: 10, last: 10 },
    constants: [{ field: 0, value: 4 }],
  },
]);

const GOOD: readonly Made[] = [
  ["the example of the page", EXAMPLE],
  ["a cone that nothing was told by", indexOf([{ ...PLAIN, uses: 0, hours: null }])],
  [
    "the largest of everything",
    indexOf([
      {
        ...PLAIN,
        entities: 3,
        numbers: 1,
        uses: Number.MAX_SAFE_INTEGER,
        constants: [
          { field: 0, value: 0xffff_ffff },
          { field: 1, value: 1 },
          { field: 3, value: Number.MIN_SAFE_INTEGER },
        ],
      },
    ]),
  ],
  ["two hours, of which the older is hot no more", indexOf(twoHours())],
];

function twoHours(): ConeEntry[] {
  return [
    { ...PLAIN, hours: { first: 16, last: 16 } },
    { ...PLAIN, position: 1, hours: { first: 16, last: 17 } },
  ];
}

export function makeConeIndexVectors(): object {
  return {
    description:
      "The index of a generation's cones, spec/14-cone-index.md. `constants` are pairs of a " +
      "field and what it holds, `hot` are ids.",
    good: GOOD.map(([name, index]) =>
      Object.assign(good(name, encodeConeIndex(index)), {
        generation: index.generation,
        log_size: index.logSize,
        hours: [index.firstHour, index.newestHour],
        cones: index.cones.map((cone) => plainEntry(cone)),
        hot: index.cones.flatMap((cone, at) => (isHotCone(index, cone) ? [at + 1] : [])),
      }),
    ),
    bad: refused(),
  };
}

function plainEntry(cone: ConeEntry): object {
  const { frame, position, atoms, entities, numbers, uses, hours, constants } = cone;
  return {
    place: [frame, position],
    rows: atoms,
    entities,
    numbers,
    uses,
    hours: hours === null ? null : [hours.first, hours.last],
    constants: constants.map(({ field, value }) => [field, value]),
  };
}

function indexOf(cones: readonly ConeEntry[]): ConeIndex {
  const [store, generation, logSize] = [STORE_ID, 2, 133];
  return { store, generation, logSize, firstHour: 7, newestHour: 40, cones };
}

interface Changed {
  readonly tag?: string;
  readonly logSize?: number;
  readonly newestHour?: number;
  readonly columns?: Readonly<Record<number, Uint8Array>>;
}

/** One cone of one row, an entity and a number, used twice; of it all can be replaced. */
function oneCone({ tag, logSize = 133, newestHour = 40, columns = {} }: Changed): Uint8Array {
  const [counts, runs] = [[uint(1), uint(1), uint(1), uint(1), uint(2)], uint(0, 2)];
  const plain = [...counts, uint(1), uint(30), runs, int(9), int(-1)];
  const writer = new CborWriter()
    .array(7)
    .text(tag ?? "ritma/cone-index@1")
    .bytes(STORE_ID);
  writer.uint(2).uint(logSize).uint(7).uint(newestHour).array(plain.length);
  for (const [at, column] of plain.entries()) writer.bytes(columns[at] ?? column);
  return writer.finish();
}

const TOO_MANY_ROWS = { 1: uint(2), 4: uint(2 ** 52) };

const BAD: readonly (readonly [string, FormatFault, Changed])[] = [
  ["another tag", "wrong-type", { tag: "ritma/cone-index@2" }],
  ["no entry of the node log", "out-of-range", { logSize: 0 }],
  ["a newest hour before the first", "out-of-range", { newestHour: 6 }],
  ["no cone", "out-of-range", { columns: { 0: uint() } }],
  ["a frame of no cone", "out-of-range", { columns: { 0: uint(1, 0) } }],
  ["more cones than there can be", "out-of-range", { columns: { 0: uint(65_537) } }],
  ["more cones than columns hold", "truncated", { columns: { 0: uint(2) } }],
  ["a cone of no row", "out-of-range", { columns: { 1: uint(0) } }],
  ["a cone of 513 rows", "out-of-range", { columns: { 1: uint(513) } }],
  ["four entities in a row", "out-of-range", { columns: { 2: uint(4) } }],
  ["two numbers in a row", "out-of-range", { columns: { 3: uint(2) } }],
  ["more atoms told than a number can say", "out-of-range", { columns: TOO_MANY_ROWS }],
  ["a first use behind the newest hour", "out-of-range", { columns: { 5: uint(34) } }],
  ["a last use before the first", "out-of-range", { columns: { 6: uint(33) } }],
  ["hours of a cone that was not used", "trailing-bytes", { columns: { 4: uint(0) } }],
  ["constants of one use", "trailing-bytes", { columns: { 4: uint(1) } }],
  ["runs that end before the fields", "truncated", { columns: { 7: uint(0, 1) } }],
  ["a run behind the last field", "out-of-range", { columns: { 7: uint(0, 3) } }],
  ["runs that go on", "trailing-bytes", { columns: { 7: uint(0, 2, 1) } }],
  ["a run of no field", "not-canonical", { columns: { 7: uint(0, 1, 0, 1) } }],
  ["a padded run", "not-canonical", { columns: { 7: Uint8Array.of(0x80, 0, 2) } }],
  ["id 0", "out-of-range", { columns: { 8: int(0) } }],
  ["an id of 2^32", "out-of-range", { columns: { 8: int(2 ** 32) } }],
  ["an id of no field", "trailing-bytes", { columns: { 8: int(9, 1) } }],
  ["a number of no field", "trailing-bytes", { columns: { 9: int(-1, 1) } }],
];

function refused(): BadVector[] {
  return [
    ...badEnds(encodeConeIndex(EXAMPLE), decodeConeIndex),
    ...BAD.map(([name, fault, changed]) => bad(name, oneCone(changed), fault, decodeConeIndex)),
  ];
}
