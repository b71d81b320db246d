/**
 * The keys of the index of names, and its head.
 *
 *     entity  part u32be, 00, 2 × id u32be                     one that stands alone, zstd
 *     page    part u32be, 00, 2 × (last id of its range) + 1   PAGE_ENTITIES ids, zstd
 *     bucket  part u32be, 01, number u32be                     hashes of names, and ids
 *     head    ffffffff
 *
 * Keys ascend in the order in which a builder knows the values, so that it keeps one page.
 *
 * Format: spec/15-names.md.
 *
 * @module
 */
import { CborReader, CborWriter, FormatError, type Sha256 } from "@ritma/evidence";

/** Ids of a page. Fewer pack worse: with 256 an entity takes a quarter more. */
export const PAGE_ENTITIES = 1024;

/** A part ends with the page in which it has as many names, each of every entity counted. Sorting
 * them takes 8 bytes of memory for each. */
export const PART_NAMES: number = 4 * 1024 * 1024;

/** Names of a bucket, at most, as long as they spread evenly. */
const BUCKET_NAMES = 128;

/** Keys hold twice the id in 32 bits. */
export const ID_MAX = 2 ** 31 - 1 - PAGE_ENTITIES;

const HASH_BITS = 32;
/** Above what the names of a part need. */
const BUCKET_BITS_MAX = 20;
const TAG = "ritma/names@1";
const KIND_ENTITIES = 0;
const KIND_BUCKET = 1;

export const HEAD_KEY: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff);

/** Ids of a generation that are indexed together; most generations are one part. */
export interface Part {
  readonly generation: number;
  /** Both included. `firstId` is the first of a page. */
  readonly firstId: number;
  readonly lastId: number;
  /** Buckets of its names are 2^bucketBits. */
  readonly bucketBits: number;
}

export function entityKey(part: number, id: number): Uint8Array {
  return key(part, KIND_ENTITIES, 2 * id);
}

/** @param page number of the page in its generation, from 0 */
export function pageKey(part: number, page: number): Uint8Array {
  return key(part, KIND_ENTITIES, 2 * (page + 1) * PAGE_ENTITIES + 1);
}

export function bucketKey(part: number, bucket: number): Uint8Array {
  return key(part, KIND_BUCKET, bucket);
}

export function pageOf(id: number): number {
  return Math.floor((id - 1) / PAGE_ENTITIES);
}

/** @returns the first 32 bits of the digest of a name, as a number. */
export function hashOf(sha256: Sha256, name: Uint8Array): number {
  const digest = sha256(name);
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/** @returns the least number of bits with which `names` fill buckets as wanted. */
export function bucketBitsFor(names: number): number {
  let bits = 0;
  while (BUCKET_NAMES * 2 ** bits < names) bits += 1;
  return bits;
}

export function bucketOf(hash: number, bucketBits: number): number {
  return Math.floor(hash / 2 ** (HASH_BITS - bucketBits));
}

/** @returns what of a hash the number of its bucket does not say. */
export function remainderOf(hash: number, bucketBits: number): number {
  return hash % 2 ** (HASH_BITS - bucketBits);
}

export function encodeHead(parts: readonly Part[]): Uint8Array {
  const writer = new CborWriter().array(2).text(TAG).array(parts.length);
  for (const { generation, firstId, lastId, bucketBits } of parts) {
    writer.array(4).uint(generation).uint(firstId).uint(lastId).uint(bucketBits);
  }
  return writer.finish();
}

/** @throws FormatError */
export function decodeHead(bytes: Uint8Array): readonly Part[] {
  const reader = new CborReader(bytes);
  reader.array(2);
  reader.textTag(TAG);
  const parts: Part[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(4);
    const [generation, firstId] = [reader.uint(), reader.uint()];
    const part = { generation, firstId, lastId: reader.uint(), bucketBits: reader.uint() };
    if (!follows(part, parts.at(-1))) {
      throw new FormatError("out-of-range", reader.offset, `part ${parts.length} is not in order`);
    }
    parts.push(part);
  }
  reader.finish();
  return parts;
}

function follows({ generation, firstId, lastId, bucketBits }: Part, before?: Part): boolean {
  const { generation: last, lastId: end } = before ?? { generation: -1, lastId: 0 };
  return (
    (firstId - 1) % PAGE_ENTITIES === 0 &&
    lastId >= firstId &&
    lastId <= ID_MAX &&
    bucketBits <= BUCKET_BITS_MAX &&
    (generation > last || (generation === last && pageOf(firstId) > pageOf(end)))
  );
}

function key(part: number, kind: number, number: number): Uint8Array {
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, part);
  view.setUint8(4, kind);
  view.setUint32(5, number);
  return bytes;
}
