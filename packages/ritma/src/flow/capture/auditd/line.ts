/**
 * A line under the reader's finger: the bytes around it, where it starts and ends, how far we are.
 *
 * There is one `Line` per parser, moved from line to line, so that reading costs no allocation. The
 * fields are public and mutable on purpose: the few functions that read a record by hand take them
 * into local variables.
 *
 * Invariant: `start <= at`, `end <= bytes.length`, and nothing is read at or beyond `end`, whatever
 * the bytes say.
 *
 * Not here: what the bytes mean.
 *
 * @module
 */

const NOTHING = new Uint8Array(0);

/** Value of a hexadecimal digit of either case; 0xff for every other byte. */
export const HEX_DIGIT: Uint8Array = makeHexDigits();

/**
 * The value of two digits by the little-endian word of their two bytes: numbers are read two digits
 * at a step. Only the few hundred entries of real digits are ever touched, so they stay in cache.
 */
const NO_PAIR = 0xffff;
const DECIMAL_PAIR: Uint16Array = makePairs(10);
const HEX_PAIR: Uint16Array = makePairs(16);

export class Line {
  bytes: Uint8Array = NOTHING;
  /** The same memory as `bytes`, for loads of four bytes at any address. */
  view: DataView = new DataView(NOTHING.buffer);
  start = 0;
  end = 0;
  at = 0;

  /** Reads from `bytes` from now on. */
  attach(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Four bytes as a little-endian word, to compare with `wordOf`; 0 when the line is too short. */
  word(position: number): number {
    return position + 4 <= this.end ? this.view.getInt32(position, true) : 0;
  }

  /** The byte at `position`, or 0 beyond the end. */
  byte(position: number): number {
    return position < this.end ? (this.bytes[position] ?? 0) : 0;
  }

  /** An unsigned decimal at `at`, moving past it. -1 when there is no digit. */
  decimal(): number {
    const { view, end, at } = this;
    let position = at;
    let value = 0;
    for (; position + 2 <= end; position += 2) {
      const pair = DECIMAL_PAIR[view.getUint16(position, true)] ?? NO_PAIR;
      if (pair === NO_PAIR) break;
      value = (Math.imul(value, 100) + pair) | 0;
    }
    if (position < end) {
      const digit = view.getUint8(position) - 0x30;
      if (digit >>> 0 <= 9) {
        value = (Math.imul(value, 10) + digit) | 0;
        position += 1;
      }
    }
    this.at = position;
    const digits = position - at;
    if (digits > 9) return wideDecimal(this.bytes, at, position);
    return digits === 0 ? -1 : value;
  }

  /**
   * A decimal with an optional minus sign at `at`, moving past it. Stays put when there is none.
   */
  wholeSigned(): number {
    const { at } = this;
    if (this.bytes[at] !== 0x2d) {
      const value = this.decimal();
      return value < 0 ? 0 : value;
    }
    this.at = at + 1;
    const value = this.decimal();
    if (value < 0) this.at = at;
    return value <= 0 ? 0 : 0 - value;
  }

  /** A hexadecimal number without prefix, moving past it. The low 64 bits, rounded to a double. */
  hex(): number {
    const { view, end } = this;
    let position = this.at;
    let high = 0;
    let low = 0;
    for (; position + 2 <= end; position += 2) {
      const pair = HEX_PAIR[view.getUint16(position, true)] ?? NO_PAIR;
      if (pair === NO_PAIR) break;
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | pair;
    }
    if (position < end) {
      const digit = HEX_DIGIT[view.getUint8(position)] ?? 0xff;
      if (digit !== 0xff) {
        high = (high << 4) | (low >>> 28);
        low = (low << 4) | digit;
        position += 1;
      }
    }
    this.at = position;
    return high === 0 ? low >>> 0 : (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
  }
}

/** Four ASCII characters as `Line.word` reads them. */
export function wordOf(text: string): number {
  let word = 0;
  for (let index = 3; index >= 0; index -= 1) word = (word << 8) | text.charCodeAt(index);
  return word;
}

function wideDecimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let position = from; position < to; position += 1) {
    value = value * 10 + (bytes[position] ?? 0) - 0x30;
  }
  return value;
}

function makeHexDigits(): Uint8Array {
  const digits = new Uint8Array(256).fill(0xff);
  for (let value = 0; value < 16; value += 1) {
    digits[value.toString(16).charCodeAt(0)] = value;
    digits[value.toString(16).toUpperCase().charCodeAt(0)] = value;
  }
  return digits;
}

function makePairs(base: 10 | 16): Uint16Array {
  const pairs = new Uint16Array(65_536).fill(NO_PAIR);
  HEX_DIGIT.forEach((high, first) => {
    HEX_DIGIT.forEach((low, second) => {
      if (high < base && low < base) pairs[first | (second << 8)] = high * base + low;
    });
  });
  return pairs;
}
