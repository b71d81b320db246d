/**
 * What is counted of one cone while the blocks of its generation go by.
 *
 * A field is an entity of the cone or a row that has a number, as in the index of cones. What the
 * first use held stays; a field that ever held something else varies.
 *
 * Format: spec/14-cone-index.md, "Constants".
 *
 * @module
 */
import { type AtomTable, type BoundConstant, type Cone, SHAPE_FIELDS } from "@ritma/evidence";
import { CONE_VALUES_MAX } from "../../base/limits.ts";

/** An instantiation that a cone told, by what it begins with. */
export interface ConeUse {
  /** Sequence of the hour. */
  readonly sequence: number;
  /** Its first row. */
  readonly row: number;
  /** Of that row, microseconds. */
  readonly time: number;
  /** Dictionary id. */
  readonly process: number;
}

/** How often a field held what: dictionary ids, or numbers. */
export interface FieldValues {
  /** Most frequent first, of equal ones the one that was met first. */
  readonly values: readonly (readonly [value: number, uses: number])[];
  /** True when there were others too, for which there was no room. */
  readonly hasMore: boolean;
}

/** Fields of a shape, each by where it is first met: 4 × row + column. */
interface Fields {
  readonly places: Uint32Array;
  readonly entities: number;
}

const HAS_NUMBER = 3;
const FIRST_PLACE = 4;
const NUMBER_COLUMN = 3;

export class ConeTally {
  readonly fields: Fields;
  readonly #held: Float64Array;
  readonly #varies: Uint8Array;
  readonly #values: readonly Map<number, number>[] | null;
  readonly #hasMore: Uint8Array;
  readonly #users = new Map<number, { readonly process: number; uses: number }>();
  uses = 0;
  /** Sequences of hours. */
  first = 0;
  last = 0;
  /** Microseconds, over all uses. */
  firstTime = Number.POSITIVE_INFINITY;
  lastTime = Number.NEGATIVE_INFINITY;
  /** The first one, in order of blocks. */
  example: ConeUse | null = null;

  /** @param isWatched whether every value of every field is to be counted */
  constructor(cone: Cone, isWatched: boolean) {
    this.fields = fieldsOf(cone);
    const { length } = this.fields.places;
    this.#held = new Float64Array(length);
    this.#varies = new Uint8Array(length);
    this.#hasMore = new Uint8Array(length);
    this.#values = isWatched ? Array.from({ length }, () => new Map<number, number>()) : null;
  }

  /** @param image what runs in the process, as the facts of its generation number it */
  add(atoms: AtomTable, use: ConeUse, image: number): void {
    const { sequence, row, time, process } = use;
    if (this.example === null) {
      this.example = use;
      this.first = sequence;
    }
    this.last = sequence;
    this.firstTime = Math.min(this.firstTime, time);
    this.lastTime = Math.max(this.lastTime, time);
    this.#addFields(atoms, row);
    this.uses += 1;
    this.#users.getOrInsertComputed(image, () => ({ process, uses: 0 })).uses += 1;
  }

  /** One process of each image, the most frequent first. */
  users(): { readonly process: number; readonly uses: number }[] {
    return [...this.#users.values()].toSorted((a, b) => b.uses - a.uses);
  }

  /** Fields that never varied. */
  constants(): BoundConstant[] {
    return Array.from(this.#held, (value, field) => ({ field, value })).filter(
      ({ field }) => this.#varies[field] === 0,
    );
  }

  /** By field. Empty when this cone is not watched. */
  values(): FieldValues[] {
    return (this.#values ?? []).map((counts, field) => ({
      values: [...counts].toSorted(([, a], [, b]) => b - a),
      hasMore: this.#hasMore[field] === 1,
    }));
  }

  #addFields(atoms: AtomTable, first: number): void {
    const { places } = this.fields;
    const columns = [atoms.object, atoms.object2, atoms.arg, atoms.num] as const;
    for (let field = 0; field < places.length; field += 1) {
      const place = places[field] ?? 0;
      const value = columns[place & 3]?.[first + (place >> 2)] ?? 0;
      if (this.uses === 0) this.#held[field] = value;
      else if (value !== this.#held[field]) this.#varies[field] = 1;
      if (this.#values !== null) this.#count(this.#values[field], field, value);
    }
  }

  #count(counts: Map<number, number> | undefined, field: number, value: number): void {
    const uses = counts?.get(value);
    if (uses === undefined && (counts?.size ?? 0) >= CONE_VALUES_MAX) this.#hasMore[field] = 1;
    else counts?.set(value, (uses ?? 0) + 1);
  }
}

function fieldsOf({ shape, entities }: Cone): Fields {
  const places: number[] = [];
  const numbers: number[] = [];
  for (let at = 0, row = 0; at < shape.length; at += SHAPE_FIELDS, row += 1) {
    for (let column = 0; FIRST_PLACE + column < SHAPE_FIELDS; column += 1) {
      // Entities are numbered as they are first met, so the next one has the next number.
      if (shape[at + FIRST_PLACE + column] === places.length + 1) places.push(4 * row + column);
    }
    if (shape[at + HAS_NUMBER] === 1) numbers.push(4 * row + NUMBER_COLUMN);
  }
  return { places: Uint32Array.from([...places, ...numbers]), entities };
}
