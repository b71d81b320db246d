/**
 * Sealed fields: the one form of all in the flat engine's files that is neither a frame nor a body.
 * What is not exactly as long as it says, or whose checksum is wrong, was not written by us.
 *
 *     sealed := magic(8)  length u32le  field*  crc u32le        length of the whole
 *
 * Format: spec/17-beat-store.md, "Sealed fields".
 *
 * @module
 */
import { crc32c, equalBytes, FormatError } from "@ritma/evidence";
import { readU32, writeU32 } from "../record-codec.ts";

const MAGIC_BYTES = 8;
const CRC_BYTES = 4;
/** Magic and length. */
export const SEALED_HEAD_BYTES = 12;
const WORD = 2 ** 32;
const CAPACITY = 256;

/** "RITMAB", what it is, and the version as a digit. */
export function magicOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export class FieldWriter {
  #bytes = new Uint8Array(CAPACITY);
  #length = SEALED_HEAD_BYTES;

  constructor(magic: Uint8Array) {
    this.#bytes.set(magic);
  }

  u32(value: number): void {
    this.#room(4);
    writeU32(this.#bytes, this.#length, value);
    this.#length += 4;
  }

  /** 0 to 2^53-1. */
  u64(value: number): void {
    this.u32(value % WORD);
    this.u32(Math.floor(value / WORD));
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Of a branch: ASCII. */
  name(text: string): void {
    this.#room(1 + text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at] = text.length;
    for (let next = 0; next < text.length; next += 1) bytes[(at += 1)] = text.charCodeAt(next);
    this.#length = at + 1;
  }

  finish(): Uint8Array {
    this.#room(CRC_BYTES);
    const length = this.#length + CRC_BYTES;
    writeU32(this.#bytes, MAGIC_BYTES, length);
    writeU32(this.#bytes, this.#length, crc32c(this.#bytes.subarray(0, this.#length)));
    return this.#bytes.slice(0, length);
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(needed * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** @returns the length that the sealed fields at the begin of `bytes` say they have, or null. */
export function sealedLength(magic: Uint8Array, bytes: Uint8Array): number | null {
  if (bytes.length < SEALED_HEAD_BYTES + CRC_BYTES) return null;
  if (!equalBytes(bytes.subarray(0, MAGIC_BYTES), magic)) return null;
  const length = readU32(bytes, MAGIC_BYTES);
  return length < SEALED_HEAD_BYTES + CRC_BYTES ? null : length;
}

/** Every fault is a FormatError. `finish` after the last field. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = SEALED_HEAD_BYTES;

  /** @param bytes exactly the sealed fields */
  constructor(magic: Uint8Array, bytes: Uint8Array) {
    if (sealedLength(magic, bytes) !== bytes.length) {
      throw new FormatError("wrong-type", 0, "not what belongs here, or not all of it");
    }
    this.#bytes = bytes;
    this.#end = bytes.length - CRC_BYTES;
    if (crc32c(bytes.subarray(0, this.#end)) !== readU32(bytes, this.#end)) {
      throw new FormatError("wrong-type", this.#end, "the checksum is wrong");
    }
  }

  u32(): number {
    return readU32(this.#bytes, this.#take(4));
  }

  u64(): number {
    const at = this.#take(8);
    const value = readU32(this.#bytes, at) + readU32(this.#bytes, at + 4) * WORD;
    if (!Number.isSafeInteger(value)) throw new FormatError("out-of-range", at, "above 2^53-1");
    return value;
  }

  /** @returns a copy. */
  raw(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.slice(at, at + count);
  }

  name(): string {
    const length = this.#bytes[this.#take(1)] ?? 0;
    const at = this.#take(length);
    return String.fromCharCode(...this.#bytes.subarray(at, at + length));
  }

  finish(): void {
    if (this.#at === this.#end) return;
    throw new FormatError("trailing-bytes", this.#at, "more fields than there may be");
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#end) throw new FormatError("truncated", at, "a field is missing");
    this.#at = at + count;
    return at;
  }
}
