/**
 * Cones: shapes of instantiations that were seen at least twice, so that a later one is told by a
 * number. A cone is what `shape_hash` is made of, and of each atom whether it has a number.
 *
 * Only encoding: whether an instantiation was told by a cone moves no root.
 *
 * Invariants: ids count from 1, dense, and a generation only adds. What becomes a cone depends on
 * the cones before the hour and on the hour's instantiations alone, so a resumed session makes the
 * same ones.
 *
 * Format: spec/11-blocks.md, "Cones". Not here: their file, see `cone-frame.ts`.
 *
 * @module
 */
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import type { Sha256 } from "../primitives.ts";
import type { Section } from "../record/section.ts";
import { type Cone, CONE_ATOMS_MAX, SHAPE_FIELDS, ShapeReader } from "./cone-shape.ts";

export const CONES_MAX = 65_536;
/** Shapes seen once that are remembered within an hour. */
const SEEN_MAX = 65_536;
/** Cones of one hash. The hash has no key: nobody shall make us compare with thousands. */
const SAME_HASH_MAX = 16;

export class ConeLibrary {
  readonly #cones: Cone[] = [];
  readonly #byHash = new Map<number, number[]>();
  readonly #seen = new Set<number>();
  readonly #reader = new ShapeReader();

  /** Cones so far; also the newest id. */
  get size(): number {
    return this.#cones.length;
  }

  /** Forgets everything; the memory is kept. */
  clear(): void {
    this.#cones.length = 0;
    this.#byHash.clear();
    this.#seen.clear();
  }

  cone(id: number): Cone | undefined {
    return this.#cones[id - 1];
  }

  /** The cones from id `firstId` on, for their log. */
  since(firstId: number): readonly Cone[] {
    return this.#cones.slice(firstId - 1);
  }

  /** Forgets the shapes that were seen once. To be called at the begin of each hour. */
  beginHour(): void {
    this.#seen.clear();
  }

  /**
   * The cone of an instantiation, which becomes one where it is the second of its shape.
   *
   * @returns its id, or 0 for an instantiation that is to be written out.
   */
  idOf({ atoms }: Section, from: number, to: number): number {
    if (to - from > CONE_ATOMS_MAX) return 0;
    const reader = this.#reader;
    reader.read(atoms, from, to);
    const { hash } = reader;
    const known = this.#byHash.get(hash);
    const id = this.#find(known);
    if (id !== 0) return id;
    if (!this.#seen.has(hash)) {
      if (this.#seen.size < SEEN_MAX) this.#seen.add(hash);
      return 0;
    }
    if (this.size >= CONES_MAX || (known?.length ?? 0) >= SAME_HASH_MAX) return 0;
    const cone = { shape: reader.take(), atoms: to - from, entities: reader.entities };
    return this.#add(hash, cone);
  }

  /** @returns the id of the cone of an instantiation, 0 where it is none. Nothing becomes one. */
  find({ atoms }: Section, from: number, to: number): number {
    if (to - from > CONE_ATOMS_MAX) return 0;
    this.#reader.read(atoms, from, to);
    return this.#find(this.#byHash.get(this.#reader.hash));
  }

  /**
   * Adds cones that were read from the log of cones.
   *
   * @throws FormatError `not-canonical` when the generation has one already, `out-of-range` when
   * they are not the next, or there is no room for them.
   */
  append(firstId: number, cones: readonly Cone[]): void {
    if (firstId !== this.size + 1) {
      throw new FormatError("out-of-range", 0, `cones from id ${firstId} on, behind ${this.size}`);
    }
    for (const cone of cones) {
      this.#reader.readCone(cone);
      const { hash } = this.#reader;
      const known = this.#byHash.get(hash);
      if (this.#find(known) !== 0) throw new FormatError("not-canonical", 0, "cone occurs twice");
      if (this.size >= CONES_MAX || (known?.length ?? 0) >= SAME_HASH_MAX) {
        throw new FormatError("out-of-range", 0, `no room behind ${this.size} cones`);
      }
      this.#add(hash, cone);
    }
  }

  /** @returns the id of the shape read last among those of its hash, or 0. */
  #find(ids: readonly number[] | undefined): number {
    if (ids === undefined) return 0;
    for (const id of ids) {
      const cone = this.#cones[id - 1];
      if (cone !== undefined && this.#reader.isShape(cone.shape)) return id;
    }
    return 0;
  }

  #add(hash: number, cone: Cone): number {
    const id = this.#cones.push(cone);
    this.#byHash.getOrInsertComputed(hash, () => []).push(id);
    return id;
  }
}

/**
 * The `shape_hash` of every instantiation of this cone: what addresses it beyond its generation.
 * Two cones that differ only in which atoms have a number have the same one.
 */
export function coneHash(sha256: Sha256, { shape, atoms }: Cone): Uint8Array {
  const writer = new CborWriter().array(2).text("ritma/shape@1").array(atoms);
  for (let at = 0; at < shape.length; at += SHAPE_FIELDS) {
    writer.array(6);
    for (const field of [0, 1, 2, 4, 5, 6]) writer.uint(shape[at + field] ?? 0);
  }
  return sha256(writer.view());
}
