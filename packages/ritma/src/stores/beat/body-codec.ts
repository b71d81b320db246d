/**
 * Bytes, numbers and names in the bodies of records, one after another.
 *
 * Numbers are minimal varints or fixed and little-endian; byte strings of no fixed length follow
 * their length. Every fault is a FormatError whose offset counts from the begin of the body.
 *
 * Invariant: a length is compared with what is left of the body before anything is made for it.
 *
 * Format: spec/16-beat-frame.md, "Bodies".
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError, VarintReader, VarintWriter } from "@ritma/evidence";

const NAME_BYTES_MAX = 255;

export class BodyReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(body: Uint8Array) {
    this.#bytes = body;
  }

  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.bytes(1)[0] ?? 0;
  }

  u16(): number {
    const [low = 0, high = 0] = this.bytes(2);
    return low | (high << 8);
  }

  /** 0 to 2^53-1. */
  uint(): number {
    const reader = new VarintReader(this.#bytes, this.#offset);
    const value = reader.uint();
    this.#offset = reader.offset;
    return value;
  }

  /** @throws FormatError `out-of-range` above `max` */
  uintUpTo(max: number, what: string): number {
    const start = this.#offset;
    const value = this.uint();
    if (value > max) throw new FormatError("out-of-range", start, `${what} ${value}, above ${max}`);
    return value;
  }

  /** @returns a view. */
  bytes(length: number): Uint8Array {
    const from = this.#offset;
    if (length > this.left) throw new FormatError("truncated", from, "the body ends early");
    this.#offset = from + length;
    return this.#bytes.subarray(from, this.#offset);
  }

  /** A byte that says which of `list`. */
  choice<Item>(list: readonly Item[], what: string): Item {
    const start = this.#offset;
    const index = this.u8();
    const item = list[index];
    if (item === undefined) throw new FormatError("out-of-range", start, `${what} ${index}`);
    return item;
  }

  /** The name of a child: 1 to 255 bytes of UTF-8 without NUL. */
  name(): string {
    const start = this.#offset;
    const bytes = this.bytes(this.u8());
    if (bytes.length === 0 || bytes.includes(0)) {
      throw new FormatError("out-of-range", start, "no name of a cell");
    }
    return decodeUtf8(bytes);
  }

  finish(): void {
    if (this.left === 0) return;
    throw new FormatError("trailing-bytes", this.#offset, `${this.left} bytes behind a body`);
  }
}

/** Parts of a body, joined at the end. What it is given stays the caller's. */
export class BodyWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #number = new VarintWriter();
  #length = 0;

  u8(value: number): this {
    return this.bytes(Uint8Array.of(value));
  }

  u16(value: number): this {
    return this.bytes(Uint8Array.of(value & 0xff, value >>> 8));
  }

  uint(value: number): this {
    this.#number.reset();
    this.#number.uint(value);
    return this.bytes(this.#number.finish());
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  /** @throws RangeError for what no cell may be called */
  name(name: string): this {
    const bytes = encodeUtf8(name);
    if (bytes.length === 0 || bytes.length > NAME_BYTES_MAX || bytes.includes(0)) {
      throw new RangeError(`"${name}" cannot be a cell's name`);
    }
    return this.u8(bytes.length).bytes(bytes);
  }

  finish(): Uint8Array {
    const body = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      body.set(part, at);
      at += part.length;
    }
    return body;
  }
}

/** @throws RangeError: a caller's bug */
export function mustHaveLength(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new RangeError(`${what} of ${bytes.length} bytes, not ${length}`);
}
