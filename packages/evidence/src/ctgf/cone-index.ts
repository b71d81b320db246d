/**
 * The index of a generation's cones: of each where it lies in the log of cones, how often it was
 * used and when, and what was the same at every use.
 *
 * Derived: whoever has the log of cones and the blocks of the generation makes the same bytes. It
 * proves nothing, and is no part of any root.
 *
 * Invariants: ids count from 1, dense, in the order of the log. One index has one spelling.
 *
 * Format: spec/14-cone-index.md. Not here: where the numbers come from, which is reading blocks.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";
import { STORE_BYTES } from "../record/store-file.ts";
import { type BoundConstant, ConstantReader, ConstantWriter } from "./cone-constants.ts";
import { CONE_ATOMS_MAX } from "./cone-shape.ts";
import { CONES_MAX } from "./cones.ts";

export interface ConeEntry {
  /** Index of its frame in the log of cones, and of the cone in that frame. */
  readonly frame: number;
  readonly position: number;
  /** What its shape has: rows, distinct entities, and rows with a number. */
  readonly atoms: number;
  readonly entities: number;
  readonly numbers: number;
  /** Instantiations that are told by it. Each has `atoms` atoms. */
  readonly uses: number;
  /** Sequences of the hours of its first and last use; null without one. */
  readonly hours: { readonly first: number; readonly last: number } | null;
  /** Fields that held the same at all uses, upwards; none where there are fewer than two uses. */
  readonly constants: readonly BoundConstant[];
}

export interface ConeIndex {
  readonly store: Uint8Array;
  readonly generation: number;
  /** Entries of the node log that it was built from. */
  readonly logSize: number;
  /** Sequences of the generation's first and newest hour in these. */
  readonly firstHour: number;
  readonly newestHour: number;
  /** Cone 1 first. At least one: a generation without cones has no index. */
  readonly cones: readonly ConeEntry[];
}

/** A cone that was used in one of so many newest hours of its generation is hot. */
export const HOT_HOURS = 24;

const TAG = "ritma/cone-index@1";
const ITEMS = 7;
const COLUMNS = 10;
/** Of a row of a shape. */
const PLACES = 3;
/** Uses that make it worth saying what was the same. */
const CONSTANT_USES_MIN = 2;

export function isHotCone({ newestHour }: Pick<ConeIndex, "newestHour">, cone: ConeEntry): boolean {
  return cone.hours !== null && newestHour - cone.hours.last < HOT_HOURS;
}

export function encodeConeIndex(index: ConeIndex): Uint8Array {
  const { cones, firstHour, newestHour } = index;
  const used = cones.flatMap(({ hours }) => hours ?? []);
  const constants = new ConstantWriter();
  for (const cone of cones) {
    if (isTold(cone)) constants.add(cone.constants, cone.entities, fieldsOf(cone));
  }
  const columns = [
    uints(framesOf(cones)),
    uints(cones.map(({ atoms }) => atoms)),
    uints(cones.map(({ entities }) => entities)),
    uints(cones.map(({ numbers }) => numbers)),
    uints(cones.map(({ uses }) => uses)),
    uints(used.map(({ first }) => first - firstHour)),
    uints(used.map(({ last }) => newestHour - last)),
    ...constants.finish(),
  ];
  const writer = new CborWriter(1 << 12).array(ITEMS).text(TAG).bytes(index.store);
  writer.uint(index.generation).uint(index.logSize).uint(firstHour).uint(newestHour);
  writer.array(COLUMNS);
  for (const column of columns) writer.bytes(column);
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one index. */
export function decodeConeIndex(bytes: Uint8Array): ConeIndex {
  const reader = new CborReader(bytes);
  reader.array(ITEMS);
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const generation = reader.uint();
  const logSize = reader.uint();
  const firstHour = reader.uint();
  const newestHour = reader.uint();
  if (logSize < 1) outOfRange(0, "built from no entry");
  if (newestHour < firstHour) outOfRange(0, `hours from ${firstHour} to ${newestHour}`);
  reader.array(COLUMNS);
  const columns = Array.from({ length: COLUMNS }, () => new VarintReader(reader.bytes()));
  reader.finish();
  const cones = new EntryReader(columns, firstHour, newestHour).readAll();
  for (const column of columns) column.finish();
  return { store, generation, logSize, firstHour, newestHour, cones };
}

/** @returns how many cones each frame holds. */
function framesOf(cones: readonly ConeEntry[]): number[] {
  const counts: number[] = [];
  for (const { position } of cones) {
    if (position === 0) counts.push(0);
    counts.push((counts.pop() ?? 0) + 1);
  }
  return counts;
}

function uints(values: readonly number[]): Uint8Array {
  const column = new VarintWriter();
  for (const value of values) column.uint(value);
  return column.finish();
}

function isTold({ uses }: Pick<ConeEntry, "uses">): boolean {
  return uses >= CONSTANT_USES_MIN;
}

function fieldsOf({ entities, numbers }: Pick<ConeEntry, "entities" | "numbers">): number {
  return entities + numbers;
}

type Counts = Pick<ConeEntry, "atoms" | "entities" | "numbers" | "uses">;

/** Cones are taken one after another, so that a false count makes nobody allocate for it. */
class EntryReader {
  readonly #columns: readonly VarintReader[];
  readonly #firstHour: number;
  readonly #newestHour: number;

  constructor(columns: readonly VarintReader[], firstHour: number, newestHour: number) {
    this.#columns = columns;
    this.#firstHour = firstHour;
    this.#newestHour = newestHour;
  }

  readAll(): ConeEntry[] {
    const frames = this.#column(0);
    const entries: Omit<ConeEntry, "constants">[] = [];
    for (let frame = 0; !frames.atEnd(); frame += 1) {
      const count = frames.uint();
      if (count < 1 || entries.length + count > CONES_MAX) {
        outOfRange(frames.offset, `frame of ${count} cones behind ${entries.length}`);
      }
      for (let position = 0; position < count; position += 1) {
        const counts = this.#counts();
        const hours = counts.uses === 0 ? null : this.#hours();
        entries.push({ frame, position, ...counts, hours });
      }
    }
    if (entries.length === 0) outOfRange(0, "an index of no cones");
    const constants = new ConstantReader(this.#column(7), this.#column(8), this.#column(9));
    const cones: ConeEntry[] = [];
    for (const entry of entries) {
      const told = isTold(entry) ? constants.take(entry.entities, fieldsOf(entry)) : [];
      cones.push({ ...entry, constants: told });
    }
    constants.finish();
    return cones;
  }

  #counts(): Counts {
    const atoms = this.#within(1, 1, CONE_ATOMS_MAX);
    const entities = this.#within(2, 0, PLACES * atoms);
    const numbers = this.#within(3, 0, atoms);
    const uses = this.#within(4, 0, Math.floor(Number.MAX_SAFE_INTEGER / atoms));
    return { atoms, entities, numbers, uses };
  }

  #hours(): { first: number; last: number } {
    const first = this.#firstHour + this.#within(5, 0, this.#newestHour - this.#firstHour);
    const last = this.#newestHour - this.#within(6, 0, this.#newestHour - first);
    return { first, last };
  }

  #within(at: number, min: number, max: number): number {
    const column = this.#column(at);
    const { offset } = column;
    const value = column.uint();
    if (value < min || value > max) outOfRange(offset, `${value} in column ${at}`);
    return value;
  }

  #column(at: number): VarintReader {
    const column = this.#columns[at];
    if (column === undefined) throw new RangeError(`no column ${at}`);
    return column;
  }
}

function outOfRange(offset: number, message: string): never {
  throw new FormatError("out-of-range", offset, message);
}
