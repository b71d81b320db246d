/**
 * The tokens of a record's body, and the bytes they stand for.
 *
 *     body  = *( SP / word / key "=" value )
 *     value = DQUOTE *any DQUOTE / "'" *any "'" (only msg=) / *(byte above 0x20)
 *
 * The kernel writes a string that has a space, a quote, a control or a non-ASCII byte in it as bare
 * hexadecimal, and every other string in quotes. So the quote decides, never the look of the
 * content: `name="ABCD"` is four letters, `name=ABCD` is two bytes. This is also why nothing inside
 * a value can pretend to be the next field. A value without its closing quote (a cut line) runs to
 * the end of the body.
 *
 * An enriched log repeats the record in words after 0x1D; the body ends there. The kernel never
 * writes a raw 0x1D in a value.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";
import { HEX_DIGIT, type Line } from "./line.ts";
import { nameOf } from "./names.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EQUALS = 0x3d;
const OPEN_PARENTHESIS = 0x28;
const GROUP_SEPARATOR = 0x1d;

/** `key="…"`, `key=…`, `msg='…'`, or a word that is no field. */
type TokenKind = "quoted" | "plain" | "nested" | "word";

/** Walks over the tokens of `bytes[start..end)`. */
export class Tokens {
  readonly bytes: Uint8Array;
  readonly end: number;
  kind: TokenKind = "word";
  /** For a word: the word itself, and the value is empty. */
  keyStart = 0;
  keyEnd = 0;
  /** Without the quotes. */
  valueStart = 0;
  valueEnd = 0;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.#at = start;
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    const { bytes, end } = this;
    let position = this.#at;
    while (position < end && (bytes[position] ?? 0) <= SPACE) position += 1;
    if (position >= end) return false;
    this.keyStart = position;
    while (position < end && (bytes[position] ?? 0) > SPACE && bytes[position] !== EQUALS) {
      position += 1;
    }
    this.keyEnd = position;
    if (position < end && bytes[position] === EQUALS && position > this.keyStart) {
      this.#value(position + 1);
    } else {
      this.kind = "word";
      while (position < end && (bytes[position] ?? 0) > SPACE) position += 1;
      this.keyEnd = position;
      this.valueStart = position;
      this.valueEnd = position;
      this.#at = position;
    }
    return true;
  }

  /** Goes on from `position`, which is not before the end of the current token's key. */
  skipTo(position: number): void {
    this.#at = position;
  }

  /** The key, one character a byte. */
  key(): string {
    return nameOf(this.bytes, this.keyStart, this.keyEnd);
  }

  #value(start: number): void {
    const { bytes, end } = this;
    const first = start < end ? bytes[start] : SPACE;
    if (first === QUOTE) {
      const close = bytes.indexOf(QUOTE, start + 1);
      this.#range("quoted", start + 1, close < 0 || close >= end ? end : close);
      return;
    }
    if (first === APOSTROPHE && this.key() === "msg") {
      const close = bytes.subarray(start + 1, end).lastIndexOf(APOSTROPHE);
      this.#range("nested", start + 1, close < 0 ? end : start + 1 + close);
      return;
    }
    let position = start;
    while (position < end && (bytes[position] ?? 0) > SPACE) position += 1;
    this.#range("plain", start, position);
  }

  #range(kind: TokenKind, start: number, end: number): void {
    this.kind = kind;
    this.valueStart = start;
    this.valueEnd = end;
    this.#at = kind === "plain" ? end : Math.min(end + 1, this.end);
  }
}

/** Where the body of the line ends: before the enriched part, if there is one. */
export function bodyEnd(line: Line, start: number): number {
  const { bytes, end } = line;
  for (let position = start; position < end; position += 1) {
    if (bytes[position] === GROUP_SEPARATOR) return position;
  }
  return end;
}

/** The bytes of a kernel string: as they stand when quoted, from hex when not. Own memory. */
export function stringBytes(tokens: Tokens): Uint8Array {
  const { bytes, valueStart, valueEnd, kind } = tokens;
  const decoded = kind === "plain" ? unhex(bytes, valueStart, valueEnd) : undefined;
  return decoded ?? copyOf(bytes, valueStart, valueEnd);
}

/** As `stringBytes`; null for a bare `(null)`, `(none)` or `?`, the kernel's words for nothing. */
export function stringBytesOrNull(tokens: Tokens): Uint8Array | null {
  return tokens.kind === "plain" && isNothing(tokens) ? null : stringBytes(tokens);
}

/** Text that is never hex-encoded (a label, a terminal's name); null for the words for nothing. */
export function textBytesOrNull(tokens: Tokens): Uint8Array | null {
  if (tokens.kind === "plain" && isNothing(tokens)) return null;
  return copyOf(tokens.bytes, tokens.valueStart, tokens.valueEnd);
}

/** As `slice`, without its overhead for short arrays. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const length = Math.max(0, end - start);
  const copy = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) copy[index] = bytes[start + index] ?? 0;
  return copy;
}

/** Bytes of an even, non-zero number of hexadecimal digits; undefined when it is anything else. */
export function unhex(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const length = end - start;
  if (length <= 0 || length % 2 !== 0) return undefined;
  const decoded = new Uint8Array(length >>> 1);
  let bad = 0;
  for (let index = 0; index < decoded.length; index += 1) {
    const high = HEX_DIGIT[bytes[start + index * 2] ?? 0] ?? 0xff;
    const low = HEX_DIGIT[bytes[start + index * 2 + 1] ?? 0] ?? 0xff;
    bad |= high | low;
    decoded[index] = (high << 4) | low;
  }
  return bad > 0x0f ? undefined : decoded;
}

/** A whole number written in `base`, all of the value and nothing else; undefined otherwise. */
export function wholeNumber(tokens: Tokens, base: 8 | 10 | 16): number | undefined {
  const { bytes, valueEnd } = tokens;
  let position = tokens.valueStart;
  let sign = 1;
  if (bytes[position] === 0x2d) {
    sign = -1;
    position += 1;
  }
  if (base === 16 && bytes[position] === 0x30 && bytes[position + 1] === 0x78) position += 2;
  if (position >= valueEnd || valueEnd - position > 24) return undefined;
  const first = position;
  let value = 0;
  for (; position < valueEnd; position += 1) {
    const digit = HEX_DIGIT[bytes[position] ?? 0] ?? 0xff;
    if (digit >= base) return undefined;
    value = value * base + digit;
  }
  // Rounded once, as `Line.hex` does it, not at each digit.
  if (base === 16 && valueEnd - first > 13) value = wideHex(latin1(bytes, first, valueEnd));
  return sign < 0 && value > 0 ? -value : value;
}

/** The low 64 bits, rounded to a double. */
function wideHex(digits: string): number {
  return Number(BigInt.asUintN(64, BigInt(`0x${digits}`)));
}

/**
 * The number at the start of the value, or -1: for logs that lost the separator (`ouid=0FSUID=`).
 */
export function leadingDecimal(tokens: Tokens): number {
  const { bytes, valueStart, valueEnd } = tokens;
  let value = -1;
  for (let position = valueStart; position < valueEnd; position += 1) {
    const digit = (bytes[position] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || position - valueStart > 19) break;
    value = (value < 0 ? 0 : value) * 10 + digit;
  }
  return value;
}

function isNothing({ bytes, valueStart, valueEnd }: Tokens): boolean {
  if (valueEnd - valueStart === 1) return bytes[valueStart] === 0x3f;
  if (bytes[valueStart] !== OPEN_PARENTHESIS) return false;
  const text = latin1(bytes, valueStart, Math.min(valueEnd, valueStart + 8));
  return text === "(null)" || text === "(none)";
}
