/**
 * LEB128 variable-length integers, for columns of small numbers.
 *
 *     uint: 7 bits a byte, lowest first, top bit set on all bytes but the last; 1 to 8 bytes
 *     int:  zigzag (0, -1, 1, -2, ... become 0, 1, 2, 3, ...), then as uint; 1 to 8 bytes
 *
 * Both cover the whole range of integers that a JavaScript number holds exactly, ±(2^53-1). Bit
 * operations see only 32 bits, so everything wider is done by division and multiplication.
 *
 * Invariant: one number has one spelling. A last byte of zero (padding) is refused.
 *
 * Format: spec/00-conventions.md, "Varints".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { withRoom } from "./compare.ts";

const VARINT_BYTES_MAX = 8;
/** The eighth byte carries bits 49 to 52 of a uint, or 49 to 53 of a zigzag value. */
const UINT_LAST_BYTE_MAX = 0x0f;
const ZIGZAG_LAST_BYTE_MAX = 0x1f;
const CAPACITY_DEFAULT = 256;

/** Numbers one after another; the buffer grows and is used again after `reset`. */
export class VarintWriter {
  #buffer: Uint8Array = new Uint8Array(CAPACITY_DEFAULT);
  #length = 0;

  /** Bytes written since the start or the last `reset`. */
  get length(): number {
    return this.#length;
  }

  /** @throws RangeError unless `value` is an integer in 0..2^53-1. */
  uint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a uint: ${value}`);
    this.#reserve();
    this.#write(value);
  }

  /** @throws RangeError unless `value` is an integer within ±(2^53-1). */
  int(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not an int: ${value}`);
    this.#reserve();
    // The zigzag value may need 54 bits, so its lowest 7 are split off before it is formed.
    const negative = value < 0 ? 1 : 0;
    const magnitude = negative === 1 ? -1 - value : value;
    const first = (magnitude % 64) * 2 + negative;
    const rest = Math.floor(magnitude / 64);
    this.#buffer[this.#length] = rest === 0 ? first : first | 0x80;
    this.#length += 1;
    if (rest !== 0) this.#write(rest);
  }

  /** @returns a copy of exactly what was written. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }

  #write(value: number): void {
    const buffer = this.#buffer;
    let at = this.#length;
    let rest = value;
    while (rest > 0x7fff_ffff) {
      buffer[at] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
      at += 1;
    }
    while (rest > 0x7f) {
      buffer[at] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
      at += 1;
    }
    buffer[at] = rest;
    this.#length = at + 1;
  }

  #reserve(): void {
    const needed = this.#length + VARINT_BYTES_MAX;
    if (needed > this.#buffer.length) this.#buffer = withRoom(this.#buffer, needed);
  }
}

/** Every fault is a FormatError whose offset counts from the start of the array. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length) {
    if (offset < 0 || offset > end || end > bytes.length) throw new RangeError("not a range");
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  /** Of the next number, from the start of the array. */
  get offset(): number {
    return this.#offset;
  }

  uint(): number {
    const first = this.#next();
    if (first < 0x80) return first;
    return first - 0x80 + this.#tail(UINT_LAST_BYTE_MAX) * 128;
  }

  int(): number {
    const start = this.#offset;
    const first = this.#next();
    const rest = first < 0x80 ? 0 : this.#tail(ZIGZAG_LAST_BYTE_MAX);
    const magnitude = rest * 64 + ((first & 0x7f) >> 1);
    if ((first & 1) === 0) return magnitude;
    const value = -1 - magnitude;
    if (!Number.isSafeInteger(value)) {
      throw new FormatError("out-of-range", start, "varint below -(2^53-1)");
    }
    return value;
  }

  atEnd(): boolean {
    return this.#offset === this.#end;
  }

  /** @throws FormatError `trailing-bytes` when anything is left. */
  finish(): void {
    if (this.atEnd()) return;
    const left = this.#end - this.#offset;
    throw new FormatError("trailing-bytes", this.#offset, `${left} bytes after the last varint`);
  }

  /** The bytes behind the first, as a number; `lastByteMax` bounds the eighth byte. */
  #tail(lastByteMax: number): number {
    const start = this.#offset - 1;
    let value = 0;
    let scale = 1;
    for (let index = 1; index < VARINT_BYTES_MAX; index += 1) {
      const byte = this.#next();
      if (index === VARINT_BYTES_MAX - 1 && byte > lastByteMax) {
        throw new FormatError("out-of-range", start, "varint above 2^53-1");
      }
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        if (byte === 0) throw new FormatError("not-canonical", start, "padded varint");
        break;
      }
    }
    return value;
  }

  #next(): number {
    if (this.#offset >= this.#end) {
      throw new FormatError("truncated", this.#offset, "the input ends in a varint");
    }
    const byte = this.#bytes[this.#offset] ?? 0;
    this.#offset += 1;
    return byte;
  }
}
