/**
 * Reads deterministic CBOR (RFC 8949 §4.2.1) in the profile of spec/01-cbor.md, and nothing else.
 *
 * The bytes may come from an attacker who wants two readers to disagree. So each item has one
 * accepted spelling: shortest heads, definite lengths, UTF-8, map keys in order and each once, no
 * floats, no undefined, no tag that the schema did not ask for. A declared length is compared with
 * what is left of the input before anything is allocated for it.
 *
 * Every fault is a FormatError whose offset counts from the start of the array given to the
 * constructor. After a fault the position is unspecified; drop the reader.
 *
 * Format: spec/01-cbor.md. Vectors: spec/vectors/cbor.json.
 *
 * @module
 */
import { FormatError, type FormatFault } from "../error.ts";
import { compareBytes } from "./compare.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Arrays and maps inside one another, the outermost counted; see spec/01-cbor.md, "Depth". */
export const CBOR_DEPTH_MAX = 16;

const UINT = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const MAJOR_NAMES = [
  "unsigned integer",
  "negative integer",
  "byte string",
  "text string",
  "array",
  "map",
  "tag",
  "simple value or float",
] as const;

/** What kind of item comes next; "int" is a negative one, "simple" is null, a boolean or worse. */
const CBOR_KINDS = ["uint", "int", "bytes", "text", "array", "map", "tag", "simple"] as const;
export type CborKind = (typeof CBOR_KINDS)[number];

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const TWO_32 = 0x1_0000_0000;
/** Upper half of 2^53-1. */
const SAFE_HIGH_MAX = 0x1f_ffff;
const SHOWN_CHARACTERS_MAX = 60;

export class CborReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;
  /** The argument of the last head, in two unsigned halves. */
  #high = 0;
  #low = 0;

  /** Reads `bytes` from `offset` up to, not including, `end`. The array is never written to. */
  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length) {
    if (offset < 0 || offset > end || end > bytes.length) throw new RangeError("not a range");
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  /** Of the next item, from the start of the array. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * @returns the number of items that follow.
   * @throws FormatError `wrong-type` when `itemCount` is given and the array has another length.
   */
  array(itemCount?: number): number {
    const start = this.#offset;
    const count = this.#countOf(ARRAY, 1);
    if (itemCount !== undefined && count !== itemCount) {
      fail("wrong-type", start, `array of ${count} items, expected ${itemCount}`);
    }
    return count;
  }

  /**
   * @returns the number of pairs that follow. Whoever reads them by name also checks their order;
   * `skip` checks it for a map that is passed over.
   */
  map(): number {
    return this.#countOf(MAP, 2);
  }

  /** @throws FormatError `out-of-range` above 2^53-1. */
  uint(): number {
    const start = this.#offset;
    this.#head(UINT);
    return this.#safeArgument(start);
  }

  /** 0..2^64-1. */
  uintBig(): bigint {
    this.#head(UINT);
    return this.#bigArgument();
  }

  /** @throws FormatError `out-of-range` outside ±(2^53-1). */
  int(): number {
    const start = this.#offset;
    if (this.#major() !== NEGATIVE) return this.uint();
    this.#head(NEGATIVE);
    const value = -1 - this.#safeArgument(start);
    if (!Number.isSafeInteger(value)) fail("out-of-range", start, "integer below -(2^53-1)");
    return value;
  }

  /** -2^63..2^64-1. @throws FormatError `out-of-range` below. */
  intBig(): bigint {
    if (this.#major() !== NEGATIVE) return this.uintBig();
    this.#negative();
    return -1n - this.#bigArgument();
  }

  /**
   * @returns a subarray of the input, not a copy.
   * @throws FormatError `wrong-type` when `length` is given and the string has another length.
   */
  bytes(length?: number): Uint8Array {
    const start = this.#offset;
    const sizeBytes = this.#countOf(BYTES, 1);
    if (length !== undefined && sizeBytes !== length) {
      fail("wrong-type", start, `byte string of ${sizeBytes} bytes, expected ${length}`);
    }
    const from = this.#offset;
    this.#offset = from + sizeBytes;
    return this.#bytes.subarray(from, this.#offset);
  }

  /** @throws FormatError `out-of-range` when the text has more than `maxLength` bytes of UTF-8. */
  text(maxLength?: number): string {
    const start = this.#offset;
    const sizeBytes = this.#countOf(TEXT, 1);
    if (maxLength !== undefined && sizeBytes > maxLength) {
      fail("out-of-range", start, `text of ${sizeBytes} bytes, at most ${maxLength}`);
    }
    const from = this.#offset;
    this.#offset = from + sizeBytes;
    return decodeUtf8(this.#bytes, from, this.#offset);
  }

  /** Reads the text that opens a record. @throws FormatError `wrong-type` on another. */
  textTag(expected: string): void {
    const start = this.#offset;
    if (this.#major() !== TEXT) this.#wrongType(`the text "${expected}"`);
    const found = this.text();
    if (found !== expected) {
      fail("wrong-type", start, `expected "${expected}", found "${printable(found)}"`);
    }
  }

  bool(): boolean {
    const value = this.#peek();
    if (value !== FALSE && value !== TRUE) this.#wrongType("true or false");
    this.#offset += 1;
    return value === TRUE;
  }

  /** Looks without reading. @throws FormatError `truncated` at the end of the input. */
  peek(): CborKind {
    return CBOR_KINDS[this.#major()] ?? "simple";
  }

  /**
   * Looks without reading. @returns the length that `array`, `map`, `bytes` or `text` would find.
   *
   * @throws FormatError `wrong-type` on an item without a length.
   */
  peekLength(): number {
    const start = this.#offset;
    const major = this.#major();
    if (major < BYTES || major > MAP) this.#wrongType("an item with a length");
    const count = this.#countOf(major, major === MAP ? 2 : 1);
    this.#offset = start;
    return count;
  }

  /** Looks without reading. False at the end of the input. */
  isNull(): boolean {
    return this.#offset < this.#end && this.#bytes[this.#offset] === NULL;
  }

  /** Looks without reading. False at the end of the input. */
  isArray(): boolean {
    return this.#offset < this.#end && (this.#bytes[this.#offset] ?? 0) >> 5 === ARRAY;
  }

  /** Looks without reading. False at the end of the input. */
  isBytes(): boolean {
    return this.#offset < this.#end && (this.#bytes[this.#offset] ?? 0) >> 5 === BYTES;
  }

  null(): void {
    if (this.#peek() !== NULL) this.#wrongType("null");
    this.#offset += 1;
  }

  uintOrNull(): number | null {
    if (!this.isNull()) return this.uint();
    this.#offset += 1;
    return null;
  }

  bytesOrNull(length?: number): Uint8Array | null {
    if (!this.isNull()) return this.bytes(length);
    this.#offset += 1;
    return null;
  }

  /** @throws FormatError `wrong-type` on another tag. */
  tag(number: number): void {
    const start = this.#offset;
    this.#head(TAG);
    const found = this.#safeArgument(start);
    if (found !== number) fail("wrong-type", start, `tag ${found}, expected ${number}`);
  }

  /**
   * Passes over one item and everything in it, checking all of it, the order of map keys included.
   *
   * @throws FormatError `too-deep` past `CBOR_DEPTH_MAX`, `wrong-type` on any tag.
   */
  skip(): void {
    this.#skip(1);
  }

  atEnd(): boolean {
    return this.#offset === this.#end;
  }

  /** @throws FormatError `trailing-bytes` when anything is left. */
  finish(): void {
    if (this.atEnd()) return;
    fail("trailing-bytes", this.#offset, `${this.#end - this.#offset} bytes after the last item`);
  }

  #skip(depth: number): void {
    const start = this.#offset;
    const major = this.#major();
    if ((major === ARRAY || major === MAP) && depth > CBOR_DEPTH_MAX) {
      fail("too-deep", start, `more than ${CBOR_DEPTH_MAX} containers in one another`);
    }
    if (major === UINT) this.#head(UINT);
    else if (major === NEGATIVE) this.#negative();
    else if (major === BYTES) this.bytes();
    else if (major === TEXT) this.text();
    else if (major === ARRAY) this.#skipItems(this.array(), depth + 1);
    else if (major === MAP) this.#skipPairs(this.map(), depth + 1);
    else if (this.isNull()) this.null();
    else if (major === TAG) this.#wrongType("an item without a tag");
    else this.bool();
  }

  #skipItems(count: number, depth: number): void {
    for (let index = 0; index < count; index += 1) this.#skip(depth);
  }

  #skipPairs(count: number, depth: number): void {
    let previous: Uint8Array | undefined;
    for (let index = 0; index < count; index += 1) {
      const start = this.#offset;
      this.#skip(depth);
      const key = this.#bytes.subarray(start, this.#offset);
      if (previous !== undefined) {
        const order = compareBytes(previous, key);
        if (order === 0) fail("not-canonical", start, "map key occurs twice");
        if (order > 0) fail("not-canonical", start, "map keys are not in order");
      }
      previous = key;
      this.#skip(depth);
    }
  }

  /** The head of an item of which each unit takes at least `unitBytes` of the input. */
  #countOf(major: number, unitBytes: number): number {
    const start = this.#offset;
    this.#head(major);
    const left = this.#end - this.#offset;
    if (this.#high !== 0 || this.#low * unitBytes > left) {
      fail("truncated", start, `${MAJOR_NAMES[major]} is longer than the ${left} bytes left`);
    }
    return this.#low;
  }

  #negative(): void {
    const start = this.#offset;
    this.#head(NEGATIVE);
    if (this.#high > 0x7fff_ffff) fail("out-of-range", start, "integer below -2^63");
  }

  #safeArgument(start: number): number {
    if (this.#high > SAFE_HIGH_MAX) fail("out-of-range", start, "integer above 2^53-1");
    return this.#high * TWO_32 + this.#low;
  }

  #bigArgument(): bigint {
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  #peek(): number {
    if (this.#offset >= this.#end) fail("truncated", this.#offset, "the input ends before an item");
    return this.#bytes[this.#offset] ?? 0;
  }

  #major(): number {
    return this.#peek() >> 5;
  }

  /** Reads one head of type `major` into `#high` and `#low`. */
  #head(major: number): void {
    const start = this.#offset;
    const initial = this.#peek();
    if (initial >> 5 !== major) this.#wrongType(MAJOR_NAMES[major] ?? "an item");
    const info = initial & 0x1f;
    this.#high = 0;
    if (info < 24) {
      this.#low = info;
      this.#offset = start + 1;
      return;
    }
    if (info > 27) {
      const what = info === 31 ? "indefinite length" : `reserved head ${info}`;
      fail("not-canonical", start, what);
    }
    const argumentBytes = 1 << (info - 24);
    if (start + 1 + argumentBytes > this.#end) fail("truncated", start, "the input ends in a head");
    this.#offset = start + 1 + argumentBytes;
    if (!this.#argumentIsShortest(start + 1, info)) {
      fail("not-canonical", start, "the head could be shorter");
    }
  }

  #argumentIsShortest(at: number, info: number): boolean {
    const bytes = this.#bytes;
    if (info === 24) {
      this.#low = bytes[at] ?? 0;
      return this.#low >= 24;
    }
    if (info === 25) {
      this.#low = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      return this.#low > 0xff;
    }
    if (info === 26) {
      this.#low = readU32(bytes, at);
      return this.#low > 0xffff;
    }
    this.#high = readU32(bytes, at);
    this.#low = readU32(bytes, at + 4);
    return this.#high !== 0;
  }

  #wrongType(expected: string): never {
    const initial = this.#peek();
    const found = initial === NULL ? "null" : MAJOR_NAMES[initial >> 5];
    return fail("wrong-type", this.#offset, `expected ${expected}, found ${found}`);
  }
}

function fail(fault: FormatFault, offset: number, message: string): never {
  throw new FormatError(fault, offset, message);
}

function readU32(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return (bytes[at] ?? 0) * 0x100_0000 + low;
}

/** The found text is the attacker's, and messages end up on terminals: plain ASCII, not long. */
function printable(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS_MAX).replaceAll(/[^ -~]/gu, "?");
}
