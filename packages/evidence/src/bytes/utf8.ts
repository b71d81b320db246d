/**
 * UTF-8, strict in both directions (RFC 3629).
 *
 * A lenient decoder replaces what it does not understand, so two different byte strings become one
 * text and a signature no longer says what was signed. This one refuses instead: overlong forms,
 * surrogates, stray or missing continuation bytes, and anything above U+10FFFF.
 *
 * Invariant: `encodeUtf8(decodeUtf8(b))` equals `b`, and `decodeUtf8(encodeUtf8(t))` equals `t`.
 *
 * No normalisation: two spellings of the same letter are two texts.
 *
 * @module
 */
import { FormatError } from "../error.ts";

/** @throws FormatError `wrong-type` on a lone surrogate, which has no UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/**
 * The size of `text` in bytes, without encoding it.
 *
 * @throws FormatError `wrong-type` on a lone surrogate.
 */
export function utf8Length(text: string): number {
  let sizeBytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      sizeBytes += 1;
      continue;
    }
    sizeBytes += 2;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(at + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) {
      throw new FormatError("wrong-type", 0, `lone surrogate at character ${at}`);
    }
    at += 1;
  }
  return sizeBytes;
}

/**
 * Writes `text` at `offset`. The caller has measured it with `utf8Length` and made room.
 *
 * @returns the offset behind the last byte.
 */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  let to = offset;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      target[to] = unit;
      to += 1;
    } else if (unit < 0x800) {
      target[to] = 0xc0 | (unit >> 6);
      target[to + 1] = 0x80 | (unit & 0x3f);
      to += 2;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      target[to] = 0xe0 | (unit >> 12);
      target[to + 1] = 0x80 | ((unit >> 6) & 0x3f);
      target[to + 2] = 0x80 | (unit & 0x3f);
      to += 3;
    } else {
      const low = text.charCodeAt(at + 1);
      const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      target[to] = 0xf0 | (point >> 18);
      target[to + 1] = 0x80 | ((point >> 12) & 0x3f);
      target[to + 2] = 0x80 | ((point >> 6) & 0x3f);
      target[to + 3] = 0x80 | (point & 0x3f);
      to += 4;
      at += 1;
    }
  }
  return to;
}

/**
 * Decodes the bytes from `start` up to, not including, `end`.
 *
 * @throws FormatError `wrong-type`, with the offset in `bytes` of the first byte that is not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = "";
  let at = start;
  while (at < end) {
    const run = at + 8 <= end ? eightAscii(bytes, at) : "";
    if (run !== "") {
      text += run;
      at += 8;
      continue;
    }
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      at += 1;
      continue;
    }
    const sizeBytes = sequenceLength(bytes, at, end);
    text += String.fromCodePoint(pointAt(bytes, at, sizeBytes));
    at += sizeBytes;
  }
  return text;
}

/**
 * The next eight bytes at once when all are ASCII, else nothing. Most texts are paths, and this
 * halves the time they take.
 */
function eightAscii(bytes: Uint8Array, at: number): string {
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  const c = bytes[at + 2] ?? 0;
  const d = bytes[at + 3] ?? 0;
  const e = bytes[at + 4] ?? 0;
  const f = bytes[at + 5] ?? 0;
  const g = bytes[at + 6] ?? 0;
  const h = bytes[at + 7] ?? 0;
  return (a | b | c | d | e | f | g | h) < 0x80 ? String.fromCharCode(a, b, c, d, e, f, g, h) : "";
}

/** The length of the well-formed sequence of 2 to 4 bytes at `at`. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const sizeBytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let good = first >= 0xc2 && first <= 0xf4 && at + sizeBytes <= end;
  for (let next = at + 1; good && next < at + sizeBytes; next += 1) {
    good = ((bytes[next] ?? 0) & 0xc0) === 0x80;
  }
  const second = bytes[at + 1] ?? 0;
  // Overlong (e0, f0), surrogate (ed) and above U+10FFFF (f4) show in the second byte.
  if (first === 0xe0) good &&= second >= 0xa0;
  else if (first === 0xed) good &&= second <= 0x9f;
  else if (first === 0xf0) good &&= second >= 0x90;
  else if (first === 0xf4) good &&= second <= 0x8f;
  if (!good) throw new FormatError("wrong-type", at, "not UTF-8");
  return sizeBytes;
}

function pointAt(bytes: Uint8Array, at: number, sizeBytes: number): number {
  const first = bytes[at] ?? 0;
  let point = first & (0xff >> (sizeBytes + 1));
  for (let next = at + 1; next < at + sizeBytes; next += 1) {
    point = (point << 6) | ((bytes[next] ?? 0) & 0x3f);
  }
  return point;
}
