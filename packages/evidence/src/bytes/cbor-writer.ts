/**
 * Writes deterministic CBOR (RFC 8949 §4.2.1) in the profile of spec/01-cbor.md.
 *
 *     head = major type (3 bits) | 0..23, or 24/25/26/27 and 1/2/4/8 bytes, the shortest that fits
 *
 * Records are written here a million times a second, so a call allocates nothing: one buffer
 * grows, is read with `view` or copied with `finish`, and is used again after `reset`.
 *
 * Invariant: `CborReader` accepts whatever is written, provided the caller keeps to what it
 * announced: the number of items in each array and map, and the order of map keys (`encodeMap`).
 *
 * A value outside the format is a bug in the caller and a RangeError. A text that has no UTF-8 is
 * bad data and a FormatError.
 *
 * Format: spec/01-cbor.md. Vectors: spec/vectors/cbor.json.
 *
 * @module
 */
import { compareBytes, concatBytes, withRoom } from "./compare.ts";
import { utf8Length, writeUtf8 } from "./utf8.ts";

const UINT = 0x00;
const NEGATIVE = 0x20;
const BYTES = 0x40;
const TEXT = 0x60;
const ARRAY = 0x80;
const MAP = 0xa0;
const TAG = 0xc0;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const HEAD_BYTES_MAX = 9;
const CAPACITY_DEFAULT = 256;
const TWO_32 = 0x1_0000_0000;
const U64_MAX = 0xffff_ffff_ffff_ffffn;
const I64_MIN = -0x8000_0000_0000_0000n;

export class CborWriter {
  #buffer: Uint8Array;
  #length = 0;

  /** @param capacity bytes to start with; the buffer grows as needed and never shrinks. */
  constructor(capacity: number = CAPACITY_DEFAULT) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** Bytes written since the start or the last `reset`. */
  get length(): number {
    return this.#length;
  }

  array(itemCount: number): this {
    return this.#counted(ARRAY, itemCount);
  }

  /** The keys that follow must be in bytewise order of their encoded form, each once. */
  map(pairCount: number): this {
    return this.#counted(MAP, pairCount);
  }

  /** 0..2^53-1 as a number, 0..2^64-1 as a bigint. */
  uint(value: number | bigint): this {
    if (typeof value === "number") return this.#counted(UINT, value);
    if (value < 0n || value > U64_MAX) throw new RangeError(`not a 64-bit uint: ${value}`);
    this.#bigHead(UINT, value);
    return this;
  }

  /** ±(2^53-1) as a number, -2^63..2^64-1 as a bigint. */
  int(value: number | bigint): this {
    if (value >= 0) return this.uint(value);
    if (typeof value === "number") {
      // -2^53 itself would become a safe argument.
      return this.#counted(NEGATIVE, Number.isSafeInteger(value) ? -1 - value : value);
    }
    if (value < I64_MIN) throw new RangeError(`not a 64-bit int: ${value}`);
    this.#bigHead(NEGATIVE, -1n - value);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#counted(BYTES, value.length);
    return this.raw(value);
  }

  /** The same for bytes `from` to `to` of `source`, without a view of them. */
  part(source: Uint8Array, from: number, to: number): this {
    this.#counted(BYTES, to - from);
    this.#reserve(to - from);
    const buffer = this.#buffer;
    let at = this.#length;
    for (let next = from; next < to; next += 1, at += 1) buffer[at] = source[next] ?? 0;
    this.#length = at;
    return this;
  }

  /** @throws FormatError `wrong-type` when `value` has a lone surrogate. */
  text(value: string): this {
    const sizeBytes = utf8Length(value);
    this.#counted(TEXT, sizeBytes);
    this.#reserve(sizeBytes);
    this.#length = writeUtf8(value, this.#buffer, this.#length);
    return this;
  }

  bool(value: boolean): this {
    return this.#byte(value ? TRUE : FALSE);
  }

  null(): this {
    return this.#byte(NULL);
  }

  uintOrNull(value: number | null): this {
    return value === null ? this.null() : this.uint(value);
  }

  bytesOrNull(value: Uint8Array | null): this {
    return value === null ? this.null() : this.bytes(value);
  }

  /** Only where the schema names the tag; `skip` of the reader refuses it anywhere else. */
  tag(number: number): this {
    return this.#counted(TAG, number);
  }

  /** Copies bytes that are already encoded. They are not checked. */
  raw(encoded: Uint8Array): this {
    this.#reserve(encoded.length);
    this.#buffer.set(encoded, this.#length);
    this.#length += encoded.length;
    return this;
  }

  /** @returns a copy of exactly what was written; the writer goes on behind it. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** @returns what was written, in the writer's own memory: valid until the next write. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  reset(): this {
    this.#length = 0;
    return this;
  }

  #counted(major: number, value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not a safe integer in range: ${value}`);
    }
    this.#reserve(HEAD_BYTES_MAX);
    this.#head(major, value < TWO_32 ? 0 : Math.floor(value / TWO_32), value >>> 0);
    return this;
  }

  #bigHead(major: number, value: bigint): void {
    this.#reserve(HEAD_BYTES_MAX);
    this.#head(major, Number(value >> 32n), Number(value & 0xffff_ffffn));
  }

  /** Two unsigned 32-bit halves, since bit operations see no more than 32 bits. */
  #head(major: number, high: number, low: number): void {
    const buffer = this.#buffer;
    let at = this.#length;
    if (high !== 0) {
      buffer[at] = major | 27;
      at = writeU32(buffer, at + 1, high);
      at = writeU32(buffer, at, low);
    } else if (low < 24) {
      buffer[at] = major | low;
      at += 1;
    } else if (low <= 0xff) {
      buffer[at] = major | 24;
      buffer[at + 1] = low;
      at += 2;
    } else if (low <= 0xffff) {
      buffer[at] = major | 25;
      buffer[at + 1] = low >>> 8;
      buffer[at + 2] = low;
      at += 3;
    } else {
      buffer[at] = major | 26;
      at = writeU32(buffer, at + 1, low);
    }
    this.#length = at;
  }

  #byte(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
    return this;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed > this.#buffer.length) this.#buffer = withRoom(this.#buffer, needed);
  }
}

/**
 * A whole map from pairs whose key and value are already encoded, in any order.
 *
 * @throws RangeError when two keys are equal.
 */
export function encodeMap(
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
): Uint8Array {
  const sorted = entries.toSorted(([a], [b]) => compareBytes(a, b));
  let previous: Uint8Array | undefined;
  for (const [key] of sorted) {
    if (previous !== undefined && compareBytes(previous, key) === 0) {
      throw new RangeError("two map keys are equal");
    }
    previous = key;
  }
  return concatBytes(new CborWriter(HEAD_BYTES_MAX).map(sorted.length).view(), ...sorted.flat());
}

function writeU32(buffer: Uint8Array, at: number, value: number): number {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
  return at + 4;
}
