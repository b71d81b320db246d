/**
 * A page of entities: those of PAGE_ENTITIES ids in a row, before it is packed.
 *
 *     varint for each id: 0 left out, 1 stands alone, else its length; then the bytes, in order
 *
 * Ids that the dictionary does not have, behind its last one too, are left out.
 *
 * Format: spec/15-names.md, "Pages".
 *
 * @module
 */
import { concatBytes, FormatError, VarintReader, VarintWriter } from "@ritma/evidence";
import { PAGE_ENTITIES } from "./layout.ts";

/** A longer one stands alone, so that a page has a bound: 4 MiB, and usually 100 KB. */
export const PAGED_BYTES_MAX = 4096;

export const PAGE_BYTES_MAX: number = PAGE_ENTITIES * (PAGED_BYTES_MAX + 2);

/** An entity is never as short as this. */
const LEFT_OUT = 0;
const ALONE = 1;

/** What a page says of an id. */
export type Paged = Uint8Array | "alone" | null;

/** @param slots one for each id; null for what is left out */
export function encodePage(slots: readonly Paged[]): Uint8Array {
  const lengths = new VarintWriter();
  const entities: Uint8Array[] = [];
  for (const slot of slots) {
    if (slot === null || slot === "alone") {
      lengths.uint(slot === null ? LEFT_OUT : ALONE);
      continue;
    }
    lengths.uint(slot.length);
    entities.push(slot);
  }
  return concatBytes(lengths.finish(), ...entities);
}

/** @returns the slots; entities are views. @throws FormatError */
export function decodePage(bytes: Uint8Array): readonly Paged[] {
  const reader = new VarintReader(bytes);
  const lengths = Array.from({ length: PAGE_ENTITIES }, () => reader.uint());
  let at = reader.offset;
  const slots = lengths.map((length): Paged => {
    if (length === LEFT_OUT) return null;
    if (length === ALONE) return "alone";
    if (length > PAGED_BYTES_MAX) throw new FormatError("out-of-range", 0, "entity too long");
    at += length;
    return bytes.subarray(at - length, at);
  });
  if (at > bytes.length) throw new FormatError("truncated", bytes.length, "page ends early");
  if (at < bytes.length) throw new FormatError("trailing-bytes", at, "page goes on");
  return slots;
}
