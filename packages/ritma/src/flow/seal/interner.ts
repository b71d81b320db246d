/**
 * Gives each entity of a generation its number, in the order in which they are first seen.
 *
 * Entities are known again by a keyed hash of 16 bytes, so that a generation of a million takes
 * about 30 MB here whatever their size. What they hash to in evidence is the press's work.
 *
 * Invariant: ids count from 1 without a hole, and equal entities have equal ids.
 *
 * @module
 */
import type { EntityRef } from "@ritma/evidence";
import type { NodePrimitives } from "../../base/primitives.ts";

const HASH_WORDS = 4;
const SLOTS_FIRST = 8192;
const FRESH_BYTES_FIRST = 65_536;

/** Entities back to back, from id `firstId` on. */
export interface FreshEntities {
  readonly firstId: number;
  readonly bytes: Uint8Array;
  /** Where each ends in `bytes`. */
  readonly ends: Uint32Array;
}

export class Interner {
  readonly generation: number;
  /** Of the generation: 32 bytes. */
  readonly salt: Uint8Array;
  readonly #hash16: NodePrimitives["keyedHash16"];
  /** By id from 1: HASH_WORDS words each. */
  #hashes = new Uint32Array((SLOTS_FIRST / 2) * HASH_WORDS);
  /** Open addressing by the first word: ids, 0 for a free slot. */
  #slots = new Uint32Array(SLOTS_FIRST);
  #size = 0;
  #bytes = 0;
  #fresh = new Uint8Array(FRESH_BYTES_FIRST);
  #freshBytes = 0;
  #freshEnds: number[] = [];
  /** Of the entity that is looked for. */
  readonly #hash = new Uint32Array(HASH_WORDS);
  readonly #hashBytes = new Uint8Array(this.#hash.buffer);

  constructor(hash16: NodePrimitives["keyedHash16"], generation: number, salt: Uint8Array) {
    this.#hash16 = hash16;
    this.generation = generation;
    this.salt = salt;
  }

  /** Entities so far; also the newest id. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of all its entities, uncompressed. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of entities that were not taken yet. */
  get freshBytes(): number {
    return this.#freshBytes;
  }

  /** @returns the id of `ref` in this generation, new or known, which is also written into it. */
  intern(ref: EntityRef): number {
    if (ref.generation === this.generation) return ref.id;
    const before = this.#size;
    const id = this.#find(ref.bytes);
    if (this.#size > before) this.#addFresh(ref.bytes);
    ref.generation = this.generation;
    ref.id = id;
    return id;
  }

  /** Adds the entity of the next id, read from the log. @returns false when there is one already */
  add(entity: Uint8Array): boolean {
    const before = this.#size;
    this.#find(entity);
    return this.#size > before;
  }

  /** @returns the entities first seen since the last call, in order of id. */
  takeFresh(): FreshEntities {
    const ends = Uint32Array.from(this.#freshEnds);
    const bytes = this.#fresh.slice(0, this.#freshBytes);
    this.#freshEnds = [];
    this.#freshBytes = 0;
    return { firstId: this.#size - ends.length + 1, bytes, ends };
  }

  #find(entity: Uint8Array): number {
    const hash = this.#hash;
    this.#hashBytes.set(this.#hash16(this.salt, entity));
    const mask = this.#slots.length - 1;
    for (let slot = (hash[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? 0;
      if (id === 0) return this.#add(slot, hash, entity.length);
      if (this.#isSame(id, hash)) return id;
    }
  }

  #isSame(id: number, hash: Uint32Array): boolean {
    const at = (id - 1) * HASH_WORDS;
    for (let word = 0; word < HASH_WORDS; word += 1) {
      if (this.#hashes[at + word] !== hash[word]) return false;
    }
    return true;
  }

  #add(slot: number, hash: Uint32Array, length: number): number {
    this.#size += 1;
    this.#bytes += length;
    if (this.#size * HASH_WORDS > this.#hashes.length) this.#hashes = doubled(this.#hashes);
    this.#hashes.set(hash, (this.#size - 1) * HASH_WORDS);
    this.#slots[slot] = this.#size;
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return this.#size;
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 1; id <= this.#size; id += 1) {
      let slot = (this.#hashes[(id - 1) * HASH_WORDS] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }

  #addFresh(entity: Uint8Array): void {
    const end = this.#freshBytes + entity.length;
    if (end > this.#fresh.length) {
      const wider = new Uint8Array(Math.max(end, this.#fresh.length * 2));
      wider.set(this.#fresh);
      this.#fresh = wider;
    }
    this.#fresh.set(entity, this.#freshBytes);
    this.#freshBytes = end;
    this.#freshEnds.push(end);
  }
}

function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(words.length * 2);
  wider.set(words);
  return wider;
}
