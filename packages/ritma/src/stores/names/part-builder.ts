/**
 * Makes the entries of one part, from its entities in order of id.
 *
 * Holds a page of entities, and 8 bytes for each name so far. Names are sorted as whole 64-bit
 * numbers (hash above id), which is what keeps a million of them cheap.
 *
 * Format: spec/15-names.md.
 *
 * @module
 */
import { decodeEntity, type Sha256 } from "@ritma/evidence";
import { BucketWriter } from "./bucket.ts";
import {
  bucketBitsFor,
  bucketKey,
  bucketOf,
  entityKey,
  hashOf,
  PAGE_ENTITIES,
  pageKey,
  pageOf,
  type Part,
  remainderOf,
} from "./layout.ts";
import { encodeName, namesOf } from "./name.ts";
import { encodePage, type Paged, PAGED_BYTES_MAX } from "./page.ts";

/** A key and its value, before it is packed. */
export interface Content {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly packed: boolean;
}

const NAMES_FIRST = 4096;

export class PartBuilder {
  readonly #number: number;
  readonly #generation: number;
  readonly #sha256: Sha256;
  readonly #firstId: number;
  #lastId: number;
  #page: number;
  #slots: Paged[] = [];
  /** Low word id, high word hash: x64 and arm64 are little-endian. */
  #names = new Uint32Array(2 * NAMES_FIRST);
  #count = 0;

  /** @param number of the part @param id of the first entity */
  constructor(sha256: Sha256, number: number, generation: number, id: number) {
    this.#sha256 = sha256;
    this.#number = number;
    this.#generation = generation;
    this.#page = pageOf(id);
    this.#firstId = this.#page * PAGE_ENTITIES + 1;
    this.#lastId = id - 1;
  }

  get generation(): number {
    return this.#generation;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** True when `id` belongs into the next part, where parts have `partNames`. */
  isFullFor(id: number, partNames: number): boolean {
    return this.#count >= partNames && pageOf(id) > this.#page;
  }

  /** @param id above all before. @throws FormatError when `entity` is none. */
  *add(id: number, entity: Uint8Array): Generator<Content> {
    if (pageOf(id) !== this.#page) {
      yield* this.#endPage();
      this.#page = pageOf(id);
    }
    this.#lastId = id;
    const decoded = decodeEntity(entity);
    if (decoded.kind === "process") return;
    for (const name of namesOf(decoded)) this.#addName(hashOf(this.#sha256, encodeName(name)), id);
    const slot = (id - 1) % PAGE_ENTITIES;
    while (this.#slots.length < slot) this.#slots.push(null);
    if (entity.length <= PAGED_BYTES_MAX) {
      this.#slots.push(entity);
      return;
    }
    this.#slots.push("alone");
    yield { key: entityKey(this.#number, id), value: entity, packed: true };
  }

  /** What is left to write, the part's names. @returns what the head says of it. */
  *finish(): Generator<Content, Part> {
    yield* this.#endPage();
    const sorted = this.#sorted();
    const bucketBits = bucketBitsFor(sorted.length / 2);
    const writer = new BucketWriter();
    let bucket = 0;
    for (const { hash, ids } of runs(sorted)) {
      const next = bucketOf(hash, bucketBits);
      if (next !== bucket) yield* this.#endBucket(writer, bucket);
      bucket = next;
      writer.add(remainderOf(hash, bucketBits), ids);
    }
    yield* this.#endBucket(writer, bucket);
    const [generation, firstId, lastId] = [this.#generation, this.#firstId, this.#lastId];
    return { generation, firstId, lastId, bucketBits };
  }

  *#endPage(): Generator<Content> {
    if (this.#slots.length === 0) return;
    while (this.#slots.length < PAGE_ENTITIES) this.#slots.push(null);
    const value = encodePage(this.#slots);
    this.#slots = [];
    yield { key: pageKey(this.#number, this.#page), value, packed: true };
  }

  *#endBucket(writer: BucketWriter, bucket: number): Generator<Content> {
    const value = writer.finish();
    if (value.length > 0) yield { key: bucketKey(this.#number, bucket), value, packed: false };
  }

  #addName(hash: number, id: number): void {
    if (2 * this.#count === this.#names.length) {
      const wider = new Uint32Array(2 * this.#names.length);
      wider.set(this.#names);
      this.#names = wider;
    }
    this.#names[2 * this.#count] = id;
    this.#names[2 * this.#count + 1] = hash;
    this.#count += 1;
  }

  #sorted(): Uint32Array {
    new BigUint64Array(this.#names.buffer, 0, this.#count).sort();
    return this.#names.subarray(0, 2 * this.#count);
  }
}

/** Names with one hash, and each id of theirs once. */
function* runs(sorted: Uint32Array): Generator<{ hash: number; ids: Uint32Array }> {
  const ids = new Uint32Array(sorted.length / 2);
  for (let at = 0; at < sorted.length;) {
    const hash = sorted[at + 1] ?? 0;
    let count = 0;
    for (; sorted[at + 1] === hash; at += 2) {
      const id = sorted[at] ?? 0;
      if (count === 0 || ids[count - 1] !== id) ids[count++] = id;
    }
    yield { hash, ids: ids.subarray(0, count) };
  }
}
