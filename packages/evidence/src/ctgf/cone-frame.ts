/**
 * The log of cones: frames like those of the generation log, each with the cones that one hour
 * added. This file knows what a frame holds; framing and compression are the generation log's.
 *
 * Format: spec/11-blocks.md, "Log of cones".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";
import { STORE_BYTES } from "../record/store-file.ts";
import { type Cone, CONE_ATOMS_MAX, SHAPE_FIELDS } from "./cone-shape.ts";
import { CONES_MAX } from "./cones.ts";

export interface ConesFrame {
  readonly store: Uint8Array;
  readonly generation: number;
  readonly firstId: number;
  readonly cones: readonly Cone[];
}

const TAG = "ritma/cones@1";
const COLUMNS = 1 + SHAPE_FIELDS;
/** The largest of etype, flags, ret and the mark of a number. */
const FIELD_MAX = [0xff, 0xffff_ffff, 0xffff_ffff, 1] as const;
const FIRST_PLACE = FIELD_MAX.length;

export function encodeConesFrame({ store, generation, firstId, cones }: ConesFrame): Uint8Array {
  const writer = new CborWriter(1 << 12)
    .array(5)
    .text(TAG)
    .bytes(store)
    .uint(generation)
    .uint(firstId)
    .array(COLUMNS);
  const column = new VarintWriter();
  for (const { atoms } of cones) column.uint(atoms);
  writer.bytes(column.finish());
  for (let field = 0; field < SHAPE_FIELDS; field += 1) {
    column.reset();
    for (const cone of cones) writeField(column, cone, field);
    writer.bytes(column.finish());
  }
  return writer.finish();
}

/**
 * Numbers of entities as steps: 0 for none, 1 for a new one, else 2 more than how many numbers back
 * from the highest. They are counted over all three places, so the highest is found at each atom.
 */
function writeField(column: VarintWriter, { shape }: Cone, field: number): void {
  let highest = 0;
  for (let at = 0; at < shape.length; at += SHAPE_FIELDS) {
    if (field < FIRST_PLACE) {
      column.uint(shape[at + field] ?? 0);
      continue;
    }
    for (let place = FIRST_PLACE; place < SHAPE_FIELDS; place += 1) {
      const number = shape[at + place] ?? 0;
      if (place === field) {
        column.uint(number === 0 ? 0 : number > highest ? 1 : 2 + highest - number);
      }
      highest = Math.max(highest, number);
    }
  }
}

/** @throws FormatError when `bytes` is not exactly one frame's content. */
export function decodeConesFrame(bytes: Uint8Array): ConesFrame {
  const reader = new CborReader(bytes);
  reader.array(5);
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const generation = reader.uint();
  const firstId = reader.uint();
  reader.array(COLUMNS);
  const lengths = new VarintReader(reader.bytes());
  const columns: VarintReader[] = [];
  let atomsLeft = Infinity;
  while (columns.length < SHAPE_FIELDS) {
    const column = reader.bytes();
    // Each atom takes a byte of each column, so a false count cannot make us allocate for it.
    atomsLeft = Math.min(atomsLeft, column.length);
    columns.push(new VarintReader(column));
  }
  reader.finish();
  const cones: Cone[] = [];
  while (!lengths.atEnd()) {
    const atoms = lengths.uint();
    atomsLeft -= atoms;
    if (atoms < 1 || atoms > CONE_ATOMS_MAX || atomsLeft < 0 || cones.length === CONES_MAX) {
      throw new FormatError("out-of-range", lengths.offset, `cone of ${atoms} atoms`);
    }
    cones.push(readCone(columns, atoms));
  }
  for (const column of columns) column.finish();
  if (firstId < 1 || cones.length === 0 || firstId - 1 + cones.length > CONES_MAX) {
    throw new FormatError("out-of-range", 0, `${cones.length} cones from id ${firstId} on`);
  }
  return { store, generation, firstId, cones };
}

function readCone(columns: readonly VarintReader[], atoms: number): Cone {
  const shape = new Uint32Array(atoms * SHAPE_FIELDS);
  let highest = 0;
  for (let at = 0; at < shape.length; at += SHAPE_FIELDS) {
    for (const [field, column] of columns.entries()) {
      const value = column.uint();
      const max = FIELD_MAX[field] ?? highest + 1;
      if (value > max) throw new FormatError("out-of-range", column.offset, `field of ${value}`);
      const isPlace = field >= FIRST_PLACE && value > 0;
      shape[at + field] = !isPlace ? value : value === 1 ? highest + 1 : 2 + highest - value;
      if (isPlace && value === 1) highest += 1;
    }
  }
  return { shape, atoms, entities: highest };
}
