/**
 * A group: some pages of a lineage under one key, so that a small page does not take a whole page
 * of LMDB's.
 *
 *     varint the length of each, then all bytes, in order
 *
 * Format: spec/23-lineage.md, table of keys.
 *
 * @module
 */
import {
  concatBytes,
  FormatError,
  PAGES_A_GROUP,
  VarintReader,
  VarintWriter,
} from "@ritma/evidence";

/** @param pages at least one, at most PAGES_A_GROUP */
export function encodeGroup(pages: readonly Uint8Array[]): Uint8Array {
  const lengths = new VarintWriter();
  for (const { length } of pages) lengths.uint(length);
  return concatBytes(lengths.finish(), ...pages);
}

/**
 * @param count of its pages
 * @returns views
 * @throws FormatError
 */
export function decodeGroup(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  if (count > PAGES_A_GROUP) throw new RangeError(`a group of ${count} pages`);
  const reader = new VarintReader(bytes);
  const lengths = Array.from({ length: count }, () => reader.uint());
  let at = reader.offset;
  const pages = lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
  if (at > bytes.length) throw new FormatError("truncated", bytes.length, "group ends early");
  if (at < bytes.length) throw new FormatError("trailing-bytes", at, "group goes on");
  return pages;
}
