/**
 * A record as it stands in a frame:
 *
 *     type  version  flags   key_len  body_len   key  body   crc
 *      u8     u8     u16le    varint   varint                u32le
 *
 * The checksum is over all before it, and is looked at before anything else is believed: what it
 * covers and is unknown was written by a newer build, what it does not cover is damage.
 *
 * Invariant: nothing is allocated for a length before it was found to be there.
 *
 * Not here: what a body says; the order of records (`frame-codec.ts`).
 *
 * Format: spec/16-beat-frame.md, "Records".
 *
 * @module
 */
import { crc32c, FormatError, VarintReader } from "@ritma/evidence";
import { RECORD_BODY_BYTES_MAX, RECORD_KEY_BYTES_MAX } from "../../base/limits.ts";
import { UnsupportedError } from "./frame-fault.ts";
import type { BeatRecord } from "./record.ts";

export const TRAILER_TYPE = 0xff;

const RECORD_VERSION = 1;
/** Type, version and flags. */
const HEAD_BYTES = 4;
const CRC_BYTES = 4;
const TYPE_MIN = 0x01;
const TYPE_MAX = 0x07;

/** A record with its place. All arrays are views into the bytes that it was read from. */
export interface PlacedRecord extends BeatRecord {
  readonly type: number;
  /** Behind its checksum. */
  readonly end: number;
}

/** Bytes of the record in a frame. */
export function recordLength(keyLength: number, bodyLength: number): number {
  const lengths = varintLength(keyLength) + varintLength(bodyLength);
  return HEAD_BYTES + lengths + keyLength + bodyLength + CRC_BYTES;
}

/**
 * Writes at `at`, where the caller made room.
 *
 * @returns the offset behind it.
 */
export function writeRecord(
  target: Uint8Array,
  at: number,
  type: number,
  { key, body }: BeatRecord,
): number {
  target[at] = type;
  target[at + 1] = RECORD_VERSION;
  target[at + 2] = 0;
  target[at + 3] = 0;
  let to = writeVarint(target, at + HEAD_BYTES, key.length);
  to = writeVarint(target, to, body.length);
  target.set(key, to);
  to += key.length;
  target.set(body, to);
  to += body.length;
  writeU32(target, to, crc32c(target.subarray(at, to)));
  return to + CRC_BYTES;
}

/**
 * Reads the record that begins at `at` and ends at `end` or before.
 *
 * @throws FormatError; UnsupportedError for a whole record of a kind that is not known here
 */
export function readRecord(bytes: Uint8Array, at: number, end: number): PlacedRecord {
  if (at + HEAD_BYTES > end) throw new FormatError("truncated", at, "the input ends in a record");
  const reader = new VarintReader(bytes, at + HEAD_BYTES, end);
  const keyLength = reader.uint();
  const bodyLength = reader.uint();
  if (keyLength > RECORD_KEY_BYTES_MAX || bodyLength > RECORD_BODY_BYTES_MAX) {
    const message = `a record with ${keyLength} bytes of key and ${bodyLength} of body`;
    throw new FormatError("out-of-range", at, message);
  }
  const keyAt = reader.offset;
  const bodyAt = keyAt + keyLength;
  const crcAt = bodyAt + bodyLength;
  if (crcAt + CRC_BYTES > end) {
    throw new FormatError("truncated", at, "a record goes on behind the end of the input");
  }
  if (crc32c(bytes.subarray(at, crcAt)) !== readU32(bytes, crcAt)) {
    throw new FormatError("wrong-type", at, "the checksum of a record is wrong");
  }
  const type = bytes[at] ?? 0;
  checkKnown(bytes, at, type);
  const key = bytes.subarray(keyAt, bodyAt);
  const isTrailer = type === TRAILER_TYPE;
  if (isTrailer ? keyLength !== 0 : key[0] !== type) {
    throw new FormatError("wrong-type", keyAt, "the key is not of the record's type");
  }
  return { type, key, body: bytes.subarray(bodyAt, crcAt), end: crcAt + CRC_BYTES };
}

export function isRecordType(type: number): boolean {
  return type >= TYPE_MIN && type <= TYPE_MAX;
}

export function readU32(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

export function writeU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value & 0xff;
  target[at + 1] = (value >>> 8) & 0xff;
  target[at + 2] = (value >>> 16) & 0xff;
  target[at + 3] = value >>> 24;
}

function checkKnown(bytes: Uint8Array, at: number, type: number): void {
  if (type !== TRAILER_TYPE && !isRecordType(type)) {
    throw new UnsupportedError(at, `a record of type ${type}`);
  }
  const version = bytes[at + 1] ?? 0;
  if (version !== RECORD_VERSION) {
    throw new UnsupportedError(at + 1, `version ${version} of record type ${type}`);
  }
  const flags = (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8);
  if (flags !== 0) throw new UnsupportedError(at + 2, `flags ${flags} of record type ${type}`);
}

/** Of a length, below 2^28. */
function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let to = at;
  while (rest > 0x7f) {
    target[to] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    to += 1;
  }
  target[to] = rest;
  return to + 1;
}
