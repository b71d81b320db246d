/**
 * A bucket: names whose hashes begin alike, and the ids of the entities that have them.
 *
 *     name  varint remainder of its hash, less that of the name before (0 for the first)
 *           varint 2 × first id, + 1 when there are more
 *           more: varint how many more - 1; for each, varint id - the id before - 1
 *
 * Two names with one hash are one here: who asks reads the entities to tell them apart.
 *
 * Format: spec/15-names.md, "Buckets".
 *
 * @module
 */
import { FormatError, VarintReader, VarintWriter } from "@ritma/evidence";
import { ID_MAX } from "./layout.ts";

export class BucketWriter {
  readonly #writer = new VarintWriter();
  #before = 0;

  /** @param remainder above that of the call before @param ids ascending; at least one */
  add(remainder: number, ids: Uint32Array): void {
    this.#writer.uint(remainder - this.#before);
    this.#before = remainder;
    let [last = 0] = ids;
    this.#writer.uint(2 * last + (ids.length > 1 ? 1 : 0));
    if (ids.length < 2) return;
    this.#writer.uint(ids.length - 2);
    for (const id of ids.subarray(1)) {
      this.#writer.uint(id - last - 1);
      last = id;
    }
  }

  /** @returns the bucket, and begins the next. */
  finish(): Uint8Array {
    const bytes = this.#writer.finish();
    this.#writer.reset();
    this.#before = 0;
    return bytes;
  }
}

/**
 * @returns the ids of the names with that remainder, ascending; none when there is no such name.
 * @throws FormatError
 */
export function findInBucket(bytes: Uint8Array, remainder: number): readonly number[] {
  const reader = new VarintReader(bytes);
  let here = 0;
  for (let first = true; reader.offset < bytes.length; first = false) {
    const step = reader.uint();
    if (step === 0 && !first) throw new FormatError("not-canonical", reader.offset, "name twice");
    here += step;
    const ids = readIds(reader, here === remainder);
    if (here === remainder) return ids;
    if (here > remainder) break;
  }
  return [];
}

function readIds(reader: VarintReader, keep: boolean): readonly number[] {
  const head = reader.uint();
  let id = Math.floor(head / 2);
  const ids = keep ? [id] : [];
  for (let left = head % 2 === 0 ? 0 : reader.uint() + 1; left > 0; left -= 1) {
    id += reader.uint() + 1;
    if (keep) ids.push(id);
  }
  if (id < 1 || id > ID_MAX) throw new FormatError("out-of-range", reader.offset, `id ${id}`);
  return ids;
}
