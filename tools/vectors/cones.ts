/**
 * Vectors of frames of cones, uncompressed: spec/11-blocks.md, "Log of cones".
 *
 * @module
 */
import {
  CborWriter,
  type Cone,
  coneHash,
  CONES_MAX,
  decodeConesFrame,
  encodeConesFrame,
  type FormatFault,
  SHAPE_FIELDS,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, good, hashes, STORE_ID, uint } from "./vector.ts";

type Row = readonly [number, number, number, number, number, number, number];

const CONES: readonly (readonly Row[])[] = [
  [
    [1, 0, 0, 0, 1, 0, 2],
    [4, 1, 13, 0, 3, 0, 0],
    [3, 1, 0, 1, 0, 0, 0],
  ],
  [[255, 0xffff_ffff, 0xffff_ffff, 1, 1, 2, 3]],
  [
    [6, 0, 0, 0, 1, 1, 0],
    [6, 0, 0, 0, 2, 3, 1],
    [6, 0, 0, 0, 0, 3, 2],
  ],
];

/** @returns the cone of these rows, of `SHAPE_FIELDS` numbers each. */
export function coneOf(rows: readonly Row[]): Cone {
  const shape = Uint32Array.from(rows.flat());
  let entities = 0;
  for (const row of rows) entities = Math.max(entities, ...row.slice(4));
  return { shape, atoms: rows.length, entities };
}

/** @returns what readers in other languages compare with. */
export function plainCone({ shape, atoms, entities }: Cone): object {
  const rows = Array.from({ length: atoms }, (_, at) => [
    ...shape.subarray(at * SHAPE_FIELDS, (at + 1) * SHAPE_FIELDS),
  ]);
  return { atoms: rows, entities };
}

const GOOD: readonly (readonly [string, number, readonly Cone[]])[] = [
  ["three cones", 1, CONES.map(coneOf)],
  ["the last that a generation can have", CONES_MAX, [coneOf([[1, 0, 0, 0, 0, 0, 0]])]],
];

export function makeConesVectors(): object {
  return {
    description:
      "Frames of the log of cones before compression, spec/11-blocks.md. `atoms` of a cone are " +
      "rows of etype, flags, ret, has-number, object, object2, arg; `hash` is the shape_hash of " +
      "its instantiations.",
    good: GOOD.map(([name, firstId, cones]) =>
      Object.assign(good(name, frame(firstId, cones)), {
        first_id: firstId,
        cones: cones.map((cone) => ({
          ...plainCone(cone),
          hash: coneHash(hashes.sha256, cone).toHex(),
        })),
      }),
    ),
    bad: refused(),
  };
}

function frame(firstId: number, cones: readonly Cone[]): Uint8Array {
  return encodeConesFrame({ store: STORE_ID, generation: 1, firstId, cones });
}

interface Changed {
  readonly firstId?: number;
  readonly columns?: Readonly<Record<number, Uint8Array>>;
}

/** A frame of one cone of one atom, of which columns can be replaced. */
function oneCone({ firstId = 1, columns = {} }: Changed): Uint8Array {
  const plain = [uint(1), uint(1), uint(0), uint(0), uint(0), uint(1), uint(0), uint(2)];
  const writer = new CborWriter().array(5).text("ritma/cones@1").bytes(STORE_ID).uint(1);
  writer.uint(firstId).array(plain.length);
  for (const [at, column] of plain.entries()) writer.bytes(columns[at] ?? column);
  return writer.finish();
}

const BAD: readonly (readonly [string, FormatFault, Changed])[] = [
  ["an id of 0", "out-of-range", { firstId: 0 }],
  ["an id behind the last", "out-of-range", { firstId: CONES_MAX + 1 }],
  ["no cone", "trailing-bytes", { columns: { 0: uint() } }],
  ["a cone of no atom", "out-of-range", { columns: { 0: uint(0) } }],
  ["a cone of 513 atoms", "out-of-range", { columns: { 0: uint(513) } }],
  ["more atoms than columns hold", "out-of-range", { columns: { 0: uint(2) } }],
  ["etype 256", "out-of-range", { columns: { 1: uint(256) } }],
  ["flags of 2^32", "out-of-range", { columns: { 2: uint(2 ** 32) } }],
  ["ret of 2^32", "out-of-range", { columns: { 3: uint(2 ** 32) } }],
  ["a mark of a number that is 2", "out-of-range", { columns: { 4: uint(2) } }],
  ["an entity before the first", "out-of-range", { columns: { 5: uint(2) } }],
  ["an entity before the first of the cone", "out-of-range", { columns: { 7: uint(3) } }],
  ["a column that ends early", "out-of-range", { columns: { 6: uint() } }],
  ["a column that goes on", "trailing-bytes", { columns: { 3: uint(0, 0) } }],
  ["a padded varint", "not-canonical", { columns: { 2: Uint8Array.of(0x80, 0) } }],
];

function refused(): BadVector[] {
  return [
    ...badEnds(frame(1, CONES.map(coneOf)), decodeConesFrame),
    ...BAD.map(([name, fault, changed]) => bad(name, oneCone(changed), fault, decodeConesFrame)),
  ];
}
