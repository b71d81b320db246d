/**
 * Payloads in pieces: chunk `n` of a cell is the record of type 02 with the cell's path and n as
 * its suffix, u32be.
 *
 *     total   offset  bytes
 *     varint  varint  to the end of the body
 *
 * All chunks but the last have 65,536 bytes, so what a payload of some length is cut into follows
 * from its length alone. A payload that is replaced by a shorter one leaves chunks behind; the cell
 * says how many are its own.
 *
 * Format: spec/16-beat-frame.md, "Chunks".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { BodyReader, BodyWriter } from "./body-codec.ts";
import { type BeatRecord, type CellPath, recordKey } from "./record.ts";

export const CHUNK_BYTES = 65_536;

/** Of a payload in chunks: their ordinals have 32 bits. */
const CHUNKED_BYTES_MAX = CHUNK_BYTES * 2 ** 32;

export interface Chunk {
  /** Of the payload, as stored. */
  readonly total: number;
  readonly bytes: Uint8Array;
}

export function chunkCount(total: number): number {
  return Math.ceil(total / CHUNK_BYTES);
}

export function chunkKey(path: CellPath, ordinal: number): Uint8Array {
  return recordKey("chunk", path, ordinalSuffix(ordinal));
}

/** @returns 4 bytes, which sort as the numbers do. @throws RangeError outside 32 bits */
export function ordinalSuffix(ordinal: number): Uint8Array {
  if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal > 0xffff_ffff) {
    throw new RangeError(`ordinal ${ordinal}`);
  }
  return Uint8Array.of(ordinal >>> 24, ordinal >>> 16, ordinal >>> 8, ordinal);
}

/** The records of a payload, in order; their bodies are copies of its bytes. */
export function* chunksOf(path: CellPath, stored: Uint8Array): Generator<BeatRecord> {
  for (let ordinal = 0; ordinal < chunkCount(stored.length); ordinal += 1) {
    const offset = ordinal * CHUNK_BYTES;
    const body = new BodyWriter()
      .uint(stored.length)
      .uint(offset)
      .bytes(stored.subarray(offset, offset + CHUNK_BYTES))
      .finish();
    yield { key: chunkKey(path, ordinal), body };
  }
}

/** @throws FormatError unless it is chunk `ordinal` of some payload */
export function decodeChunk(body: Uint8Array, ordinal: number): Chunk {
  const reader = new BodyReader(body);
  const total = reader.uintUpTo(CHUNKED_BYTES_MAX, "bytes of a payload");
  const start = reader.offset;
  const offset = reader.uint();
  if (offset !== ordinal * CHUNK_BYTES || offset >= total) {
    const message = `chunk ${ordinal} at ${offset} of ${total}`;
    throw new FormatError("out-of-range", start, message);
  }
  const length = Math.min(CHUNK_BYTES, total - offset);
  const bytes = reader.bytes(length);
  reader.finish();
  return { total, bytes };
}

/** Reads a suffix that `ordinalSuffix` makes. @throws FormatError */
export function readOrdinal(suffix: Uint8Array): number {
  if (suffix.length !== 4) throw new FormatError("wrong-type", 0, "no ordinal");
  const [a = 0, b = 0, c = 0, d = 0] = suffix;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
