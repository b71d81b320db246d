/**
 * The entities of one generation, and the number that each has in it.
 *
 * Kept by commitment alone: 32 bytes an entity and an index, whatever the entity's size, so a
 * generation of a million entities takes about 50 MB.
 *
 * Invariant: ids count from 1 without a hole, in the order in which entities were first seen, and
 * equal entities have equal ids.
 *
 * @module
 */
import { compareBytes } from "../bytes/compare.ts";
import type { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { leafHash, TreeHasher } from "../proof/merkle.ts";
import { commit, type CommitmentPrimitives, entitySalt } from "./commitment.ts";
import type { EntityRef } from "./entity-ref.ts";

const BYTES = 32;
const SLOTS_FIRST = 4096;
const NO_ROW = 0;

export class Dictionary {
  readonly generation: number;
  readonly salt: Uint8Array;
  readonly #primitives: CommitmentPrimitives;
  readonly #tree: TreeHasher;
  #commitments = new Uint8Array(SLOTS_FIRST * BYTES);
  /** Open addressing by the first four bytes of the commitment: ids, 0 for a free slot. */
  #slots = new Uint32Array(SLOTS_FIRST * 2);
  #size = 0;

  constructor(primitives: CommitmentPrimitives, generation: number, salt: Uint8Array) {
    this.#primitives = primitives;
    this.#tree = new TreeHasher(primitives.sha256);
    this.generation = generation;
    this.salt = salt;
  }

  /** Entities so far; also the newest id. */
  get size(): number {
    return this.#size;
  }

  /** @returns the id of `ref` in this generation, new or known, which is also written into it. */
  intern(ref: EntityRef): number {
    if (ref.generation === this.generation) return ref.id;
    const id = this.#find(ref.bytes);
    ref.generation = this.generation;
    ref.id = id;
    return id;
  }

  /**
   * Adds the entity of the next id.
   *
   * @throws FormatError `not-canonical` when the generation has it already.
   */
  add(entity: Uint8Array): void {
    const before = this.#size;
    this.#find(entity);
    if (this.#size === before) throw new FormatError("not-canonical", 0, "entity occurs twice");
  }

  /**
   * @returns the 32-byte commitment of an id, in the dictionary's own memory.
   *
   * @throws FormatError `out-of-range` when there is no such entity yet.
   */
  commitmentOf(id: number): Uint8Array {
    this.#check(id);
    return this.#commitments.subarray((id - 1) * BYTES, id * BYTES);
  }

  /**
   * Writes the commitment of an id as a byte string.
   *
   * @throws FormatError `out-of-range` when there is no such entity yet.
   */
  writeCommitment(writer: CborWriter, id: number): void {
    this.#check(id);
    writer.part(this.#commitments, (id - 1) * BYTES, id * BYTES);
  }

  /** @returns the RFC 6962 root over the commitments in order of id. */
  root(): Uint8Array {
    return this.#tree.root();
  }

  #check(id: number): void {
    if (id < 1 || id > this.#size) throw new FormatError("out-of-range", 0, `no entity ${id}`);
  }

  #find(entity: Uint8Array): number {
    const salt = entitySalt(this.#primitives, this.salt, entity);
    const commitment = commit(this.#primitives, salt, entity);
    const slot = this.#slotOf(commitment);
    const known = this.#slots[slot] ?? NO_ROW;
    if (known !== NO_ROW) return known;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    if (this.#size * BYTES > this.#commitments.length) this.#growCommitments();
    this.#commitments.set(commitment, (this.#size - 1) * BYTES);
    this.#tree.push(leafHash(this.#primitives.sha256, commitment));
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return this.#size;
  }

  /** @returns the slot that holds `commitment`, or the free one where it belongs. */
  #slotOf(commitment: Uint8Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = firstWord(commitment, 0) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? NO_ROW;
      if (id === NO_ROW || compareBytes(this.commitmentOf(id), commitment) === 0) return slot;
    }
  }

  #growCommitments(): void {
    const wider = new Uint8Array(this.#commitments.length * 2);
    wider.set(this.#commitments);
    this.#commitments = wider;
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 1; id <= this.#size; id += 1) {
      let slot = firstWord(this.#commitments, (id - 1) * BYTES) & mask;
      while (this.#slots[slot] !== NO_ROW) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }
}

function firstWord(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}
