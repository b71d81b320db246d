/**
 * The shape of an instantiation, read into memory that is used again, with a hash to find it by.
 *
 * Format: spec/11-blocks.md, "Cones".
 *
 * @module
 */
import type { AtomTable } from "../record/atom-table.ts";

export interface Cone {
  /**
   * SHAPE_FIELDS numbers an atom: etype, flags, ret, 1 when it has a number, then object, object2
   * and arg: 0 for none, else the number of the entity by first appearance in the shape.
   */
  readonly shape: Uint32Array;
  readonly atoms: number;
  /** Distinct entities. */
  readonly entities: number;
}

/** Fields of `Cone.shape` per atom. */
export const SHAPE_FIELDS = 7;
export const CONE_ATOMS_MAX = 512;

const IDS_FIRST = 1 << 12;
const HASH_FIRST = 0x9e37_79b9;

export class ShapeReader {
  readonly #shape = new Uint32Array(CONE_ATOMS_MAX * SHAPE_FIELDS);
  #length = 0;
  /** By dictionary id: the round in which it was met, and its number in that round's shape. */
  #round = new Uint32Array(IDS_FIRST);
  #number = new Uint32Array(IDS_FIRST);
  #rounds = 0;
  /** Of the shape read last; it stays in memory and means nothing outside. */
  hash = 0;
  /** Distinct entities of the shape read last. */
  entities = 0;

  /** @param to at most CONE_ATOMS_MAX rows behind `from`; ids are those of a dictionary */
  read(atoms: AtomTable, from: number, to: number): void {
    const shape = this.#shape;
    this.#rounds += 1;
    this.entities = 0;
    let at = 0;
    for (let row = from; row < to; row += 1, at += SHAPE_FIELDS) {
      const num = atoms.num[row] ?? Number.NaN;
      shape[at] = atoms.etype[row] ?? 0;
      shape[at + 1] = atoms.flags[row] ?? 0;
      shape[at + 2] = atoms.ret[row] ?? 0;
      shape[at + 3] = Number.isNaN(num) ? 0 : 1;
      shape[at + 4] = this.#numberOf(atoms.object[row] ?? 0);
      shape[at + 5] = this.#numberOf(atoms.object2[row] ?? 0);
      shape[at + 6] = this.#numberOf(atoms.arg[row] ?? 0);
    }
    this.#length = at;
    this.#hash();
  }

  /** The same for a shape that is at hand. */
  readCone({ shape, entities }: Cone): void {
    this.#shape.set(shape);
    this.#length = shape.length;
    this.entities = entities;
    this.#hash();
  }

  isShape(shape: Uint32Array): boolean {
    if (shape.length !== this.#length) return false;
    for (let at = 0; at < shape.length; at += 1) if (shape[at] !== this.#shape[at]) return false;
    return true;
  }

  /** @returns a copy of the shape read last. */
  take(): Uint32Array {
    return this.#shape.slice(0, this.#length);
  }

  #numberOf(id: number): number {
    if (id === 0) return 0;
    if (id >= this.#round.length) this.#grow(id);
    if (this.#round[id] !== this.#rounds) {
      this.#round[id] = this.#rounds;
      this.entities += 1;
      this.#number[id] = this.entities;
    }
    return this.#number[id] ?? 0;
  }

  #hash(): void {
    let hash = HASH_FIRST;
    for (let at = 0; at < this.#length; at += 1) {
      hash = Math.imul(hash ^ (this.#shape[at] ?? 0), 0x85eb_ca6b);
      hash ^= hash >>> 15;
    }
    this.hash = hash;
  }

  #grow(id: number): void {
    let capacity = this.#round.length;
    while (capacity <= id) capacity *= 2;
    const [round, number] = [this.#round, this.#number];
    this.#round = new Uint32Array(capacity);
    this.#round.set(round);
    this.#number = new Uint32Array(capacity);
    this.#number.set(number);
  }
}
