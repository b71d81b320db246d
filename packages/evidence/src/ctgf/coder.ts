/**
 * An adaptive binary range coder: bits under contexts, and integers made of such bits.
 *
 * A model is written once, for both directions: `bit(context, b)` of a writer codes `b` and returns
 * it; that of a reader ignores `b` and returns what was coded. A context is a place in
 * `Probabilities`, and says how likely a one was there so far. Integer arithmetic only, so every
 * machine codes alike.
 *
 * Invariants: one sequence of bits has one coding, and a reader's `finish` refuses any other. A
 * reader never looks more than 4 bytes behind its input; an input may still hold 10,000 likely bits
 * a byte, so whoever reads counts what it makes.
 *
 * Format: spec/10-coder.md. Not here: what the contexts mean.
 *
 * @module
 */
import { withRoom } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";

/** Arguments of a reader's methods say what to read, never what it is: pass 0 for values. */
export interface Coder {
  readonly isReading: boolean;
  bit(context: number, bit: number): number;
  /** `bits` bits, highest first, each under those before it: contexts `context` + 1..2^bits-1. */
  tree(context: number, bits: number, value: number): number;
  /** 1..32 bits, highest first, without a context: each takes one bit. */
  raw(bits: number, value: number): number;
  /** 0..2^53-1, in `UINT_CONTEXTS` contexts from `context` on. */
  uint(context: number, value: number): number;
  /** ±(2^53-1), in the contexts of a `uint`. */
  int(context: number, value: number): number;
}

/** Bits of value + 1, which is at most 2^53. */
const WIDTH_MAX = 54;
const WIDTH_BITS = 6;
const WIDTHS = 1 << WIDTH_BITS;
/** Bits below the highest: the first three under one another, then each by its place. */
const MANTISSA_TREE = 8;
const MANTISSA_CONTEXTS = 64;
export const UINT_CONTEXTS = WIDTHS + (WIDTH_MAX + 2) * MANTISSA_CONTEXTS;

/** A context's state is `chance << 5 | seen`: of a one, of 65536; and how many bits, up to 30. */
const SEEN_BITS = 5;
const SEEN_MASK = 31;
const SEEN_MAX = 30;
const EVEN = 0x8000 << SEEN_BITS;
const CHANCE_MIN = 32;
const CHANCE_MAX = 65_504;
/** How far a chance moves at a bit, of 65536: by 1 / (seen + 1.6). */
const STEPS = Uint32Array.from({ length: SEEN_MAX + 1 }, (_, seen) =>
  Math.floor(655_360 / (10 * seen + 16)),
);

const TWO_31 = 0x8000_0000;
const TWO_32 = 0x1_0000_0000;
const TOP_BYTE = 0xff00_0000;
const HEAD_BYTES = 4;
const CAPACITY_FIRST = 4096;

/** What was learned of each context. Several coders may share it, one after another. */
export class Probabilities {
  readonly states: Uint32Array;

  constructor(contexts: number) {
    this.states = new Uint32Array(contexts).fill(EVEN);
  }

  /** Forgets everything. */
  reset(): void {
    this.states.fill(EVEN);
  }
}

export class RangeWriter implements Coder {
  readonly isReading = false;
  readonly #states: Uint32Array;
  #low = 0;
  #high = 0xffff_ffff;
  #bytes: Uint8Array = new Uint8Array(CAPACITY_FIRST);
  #length = 0;

  constructor(probabilities: Probabilities) {
    this.#states = probabilities.states;
  }

  bit(context: number, bit: number): number {
    const state = this.#states[context] ?? EVEN;
    const chance = state >>> SEEN_BITS;
    const range = (this.#high - this.#low) >>> 0;
    const split =
      (this.#low + (range >>> 16) * chance + (((range & 0xffff) * chance) >>> 16)) >>> 0;
    if (bit === 1) this.#high = split;
    else this.#low = split + 1;
    this.#states[context] = learned(state, chance, bit);
    while (((this.#low ^ this.#high) & TOP_BYTE) === 0) this.#shift();
    return bit;
  }

  tree(context: number, bits: number, value: number): number {
    for (let node = 1, at = bits - 1; at >= 0; at -= 1) {
      node = node * 2 + this.bit(context + node, (value >>> at) & 1);
    }
    return value;
  }

  raw(bits: number, value: number): number {
    for (let at = bits - 1; at >= 0; at -= 1) {
      const split = (this.#low + (((this.#high - this.#low) >>> 0) >>> 1)) >>> 0;
      if (((value >>> at) & 1) === 1) this.#high = split;
      else this.#low = split + 1;
      while (((this.#low ^ this.#high) & TOP_BYTE) === 0) this.#shift();
    }
    return value;
  }

  /** @throws RangeError unless `value` is an integer in 0..2^53-1. */
  uint(context: number, value: number): number {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a uint: ${value}`);
    const more = value + 1;
    const width =
      more < TWO_31 ? 32 - Math.clz32(more) : 64 - Math.clz32(Math.floor(more / TWO_32));
    this.tree(context, WIDTH_BITS, width);
    const from = context + WIDTHS + width * MANTISSA_CONTEXTS;
    let node = 1;
    for (let at = width - 2; at >= 0; at -= 1) {
      const bit = more < TWO_31 ? (more >>> at) & 1 : Math.floor(more / 2 ** at) % 2;
      this.bit(node < MANTISSA_TREE ? from + node : from + MANTISSA_TREE + at, bit);
      if (node < MANTISSA_TREE) node = node * 2 + bit;
    }
    return value;
  }

  /** @throws RangeError unless `value` is an integer within ±(2^53-1). */
  int(context: number, value: number): number {
    this.uint(context, Math.abs(value));
    if (value !== 0) this.bit(context, value < 0 ? 1 : 0);
    return value;
  }

  /** Bytes written for good; up to 1 more are in the works. */
  get length(): number {
    return this.#length;
  }

  /** @returns a copy of the whole coding. The writer is done; its probabilities go on. */
  finish(): Uint8Array {
    if (this.#low !== 0) {
      this.#high = lastWord(this.#low);
      this.#shift();
    }
    return this.#bytes.slice(0, this.#length);
  }

  #shift(): void {
    if (this.#length === this.#bytes.length) this.#bytes = withRoom(this.#bytes, this.#length + 1);
    this.#bytes[this.#length] = this.#high >>> 24;
    this.#length += 1;
    this.#low = (this.#low << 8) >>> 0;
    this.#high = ((this.#high << 8) | 0xff) >>> 0;
  }
}

/** Every fault is a FormatError; after one, drop the reader and its probabilities. */
export class RangeReader implements Coder {
  readonly isReading = true;
  readonly #states: Uint32Array;
  readonly #bytes: Uint8Array;
  #low = 0;
  #high = 0xffff_ffff;
  #word = 0;
  /** Bytes taken, with those behind the end, which are zeros. */
  #taken = 0;

  constructor(probabilities: Probabilities, bytes: Uint8Array) {
    this.#states = probabilities.states;
    this.#bytes = bytes;
    for (let count = 0; count < HEAD_BYTES; count += 1) this.#take();
  }

  bit(context: number, _bit: number): number {
    const state = this.#states[context] ?? EVEN;
    const chance = state >>> SEEN_BITS;
    const range = (this.#high - this.#low) >>> 0;
    const split =
      (this.#low + (range >>> 16) * chance + (((range & 0xffff) * chance) >>> 16)) >>> 0;
    const bit = this.#word <= split ? 1 : 0;
    if (bit === 1) this.#high = split;
    else this.#low = split + 1;
    this.#states[context] = learned(state, chance, bit);
    while (((this.#low ^ this.#high) & TOP_BYTE) === 0) this.#shift();
    return bit;
  }

  tree(context: number, bits: number, _value: number): number {
    let node = 1;
    for (let count = 0; count < bits; count += 1) node = node * 2 + this.bit(context + node, 0);
    return node - 2 ** bits;
  }

  raw(bits: number, _value: number): number {
    let value = 0;
    for (let count = 0; count < bits; count += 1) {
      const split = (this.#low + (((this.#high - this.#low) >>> 0) >>> 1)) >>> 0;
      const bit = this.#word <= split ? 1 : 0;
      if (bit === 1) this.#high = split;
      else this.#low = split + 1;
      while (((this.#low ^ this.#high) & TOP_BYTE) === 0) this.#shift();
      value = value * 2 + bit;
    }
    return value;
  }

  /** @throws FormatError `out-of-range` above 2^53-1. */
  uint(context: number, _value: number): number {
    const width = this.tree(context, WIDTH_BITS, 0);
    if (width === 0 || width > WIDTH_MAX) this.#tooLarge();
    const from = context + WIDTHS + width * MANTISSA_CONTEXTS;
    let node = 1;
    let more = 1;
    for (let at = width - 2; at >= 0; at -= 1) {
      const bit = this.bit(node < MANTISSA_TREE ? from + node : from + MANTISSA_TREE + at, 0);
      if (bit === 1 && width === WIDTH_MAX) this.#tooLarge();
      more = more * 2 + bit;
      if (node < MANTISSA_TREE) node = node * 2 + bit;
    }
    return more - 1;
  }

  int(context: number, _value: number): number {
    const value = this.uint(context, 0);
    return value !== 0 && this.bit(context, 0) === 1 ? -value : value;
  }

  /** Byte offset near which it reads, for messages. */
  get offset(): number {
    return Math.min(this.#taken, this.#bytes.length);
  }

  /**
   * @throws FormatError unless exactly what a writer makes of the bits read was read: `truncated`,
   * `trailing-bytes`, or `not-canonical` when another end would have said the same.
   */
  finish(): void {
    const length = this.#taken - HEAD_BYTES + (this.#low === 0 ? 0 : 1);
    if (this.#bytes.length < length) this.#truncated();
    if (this.#bytes.length > length) {
      throw new FormatError("trailing-bytes", length, "bytes after the last coded bit");
    }
    if (this.#word !== (this.#low === 0 ? 0 : lastWord(this.#low))) {
      throw new FormatError("not-canonical", length, "the coding ends in another byte");
    }
  }

  #shift(): void {
    this.#low = (this.#low << 8) >>> 0;
    this.#high = ((this.#high << 8) | 0xff) >>> 0;
    this.#take();
  }

  #take(): void {
    if (this.#taken >= this.#bytes.length + HEAD_BYTES) this.#truncated();
    const next = this.#taken < this.#bytes.length ? (this.#bytes[this.#taken] ?? 0) : 0;
    this.#word = ((this.#word << 8) | next) >>> 0;
    this.#taken += 1;
  }

  #truncated(): never {
    throw new FormatError("truncated", this.#bytes.length, "the coding ends before its last bit");
  }

  #tooLarge(): never {
    throw new FormatError("out-of-range", this.offset, "coded integer above 2^53-1");
  }
}

/** @returns the state of a context after one more bit. */
function learned(state: number, chance: number, bit: number): number {
  const seen = state & SEEN_MASK;
  const step = STEPS[seen] ?? 0;
  const moved =
    bit === 1
      ? Math.min(CHANCE_MAX, chance + (((0xffff - chance) * step) >>> 16))
      : chance - (((chance - CHANCE_MIN) * step) >>> 16);
  return (moved << SEEN_BITS) | (seen < SEEN_MAX ? seen + 1 : SEEN_MAX);
}

/**
 * @returns the only word in reach above `low`, not 0, of which three bytes are zero: one suffices.
 */
function lastWord(low: number): number {
  return (((low >>> 24) + 1) << 24) >>> 0;
}
