/**
 * Reads the logs of a LevelDB before LevelDB does: what it cannot read of one it leaves out without
 * a word, also in the middle, and goes on behind it.
 *
 *     block of 32 KiB:  chunk ...
 *     chunk:            masked CRC-32C (u32le)  length (u16le)  type (u8)  bytes
 *
 * A crash leaves a log whose last batch is torn: it was not acknowledged, and whole batches before
 * it follow each other without a gap. Where a batch begins behind a broken one, the broken one had
 * been acknowledged, and the log is damaged.
 *
 * Limit: a last batch that was acknowledged and became broken later looks as if it were torn.
 *
 * Format: LevelDB's doc/log_format.md.
 *
 * @module
 */
import { crc32c } from "@ritma/evidence";
import { readU32 } from "../record-codec.ts";

export type LogState = "whole" | "torn" | "damaged";

const BLOCK_BYTES = 32_768;
const HEAD_BYTES = 7;
const MASK_DELTA = 0xa282_ead8;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

export function checkLog(bytes: Uint8Array): LogState {
  let [isBroken, isOpen] = [false, false];
  for (let at = 0; at < bytes.length;) {
    const blockEnd = Math.min(bytes.length, at - (at % BLOCK_BYTES) + BLOCK_BYTES);
    const chunk = blockEnd - at < HEAD_BYTES ? "padding" : readChunk(bytes, at, blockEnd);
    if (chunk === "padding") {
      at = blockEnd;
      continue;
    }
    if (chunk === "broken") {
      if (hasBegin(bytes, at + 1, blockEnd)) return "damaged";
      isBroken = true;
      at = blockEnd;
      continue;
    }
    const { type, end } = chunk;
    const begins = type === FULL || type === FIRST;
    if (begins && isBroken) return "damaged";
    // A piece out of its place: the piece before it is not there.
    if (begins === isOpen) isBroken = true;
    if (begins && isBroken) return "damaged";
    isOpen = type === FIRST || type === MIDDLE;
    at = end;
  }
  return isBroken || isOpen ? "torn" : "whole";
}

function readChunk(
  bytes: Uint8Array,
  at: number,
  blockEnd: number,
): { readonly type: number; readonly end: number } | "broken" {
  const length = (bytes[at + 4] ?? 0) | ((bytes[at + 5] ?? 0) << 8);
  const type = bytes[at + 6] ?? 0;
  const end = at + HEAD_BYTES + length;
  if (type < FULL || type > LAST || end > blockEnd) return "broken";
  const crc = crc32c(bytes.subarray(at + HEAD_BYTES - 1, end));
  const masked = (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
  return masked === readU32(bytes, at) ? { type, end } : "broken";
}

/**
 * Where a chunk is broken its length may be, so every place behind it in its block is tried. Bytes
 * of a torn batch that look like a chunk, checksum and all, would be taken for one: then the log is
 * refused and nothing is lost.
 */
function hasBegin(bytes: Uint8Array, from: number, blockEnd: number): boolean {
  for (let at = from; at + HEAD_BYTES <= blockEnd; at += 1) {
    const type = bytes[at + HEAD_BYTES - 1];
    if (type !== FULL && type !== FIRST) continue;
    if (readChunk(bytes, at, blockEnd) !== "broken") return true;
  }
  return false;
}
