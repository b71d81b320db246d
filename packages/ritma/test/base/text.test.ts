/**
 * Goal: no name that an attacker chooses can move a cursor, colour a line, turn the direction of
 * reading, or be taken for another name.
 *
 * Method: a corpus of hostile names by rows; then properties: nothing unsafe comes out, and what
 * comes out can be read back to the very bytes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as forAll, constantFrom, property, string, uint8Array } from "fast-check";
import { escapeBytes, escapeText } from "../../src/base/text.ts";
import { bytesOf } from "./disk-helpers.ts";

/** Code points that no terminal should see: controls, bidi, zero width, separators, tags. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const TEXTS: readonly (readonly [string, string])[] = [
  ["plain name-1.txt", "plain name-1.txt"],
  ["", ""],
  ["é ä 日本 😀", "é ä 日本 😀"],
  ["\u001b[31mred", "\\e[31mred"],
  ["\u001b]0;title\u0007", "\\e]0;title\\x07"],
  ["a\nb\r\tc", "a\\nb\\r\\tc"],
  ["nul\0", "nul\\x00"],
  ["del\u007f", "del\\x7f"],
  ["csi\u009b31m", "csi\\u{9b}31m"],
  ["\u202etxt.exe", "\\u{202e}txt.exe"],
  ["\u2066a\u2069", "\\u{2066}a\\u{2069}"],
  ["\u061carabic mark", "\\u{61c}arabic mark"],
  ["zero\u200bwidth", "zero\\u{200b}width"],
  ["\ufeffmark", "\\u{feff}mark"],
  ["line\u2028para\u2029", "line\\u{2028}para\\u{2029}"],
  ["soft\u00adhyphen", "soft\\u{ad}hyphen"],
  ["tag\u{e0041}", "tag\\u{e0041}"],
  ["\ud800 alone", "\\u{d800} alone"],
  ["alone \udfff", "alone \\u{dfff}"],
  ["back\\slash", "back\\\\slash"],
  ["\\e[31m", "\\\\e[31m"],
];
for (const [text, want] of TEXTS) {
  test(`shows ${JSON.stringify(text)} as ${want}`, () => {
    assert.equal(escapeText(text), want);
    if (text.isWellFormed()) assert.equal(escapeBytes(bytesOf(text)), want);
  });
}

const BYTES: readonly (readonly [string, string])[] = [
  ["ff", "\\xff"],
  ["61 80 62", "a\\x80b"],
  ["c3 a9", "é"],
  ["c3", "\\xc3"],
  ["c3 28", "\\xc3("],
  ["c0 80", "\\xc0\\x80"],
  ["e0 80 80", "\\xe0\\x80\\x80"],
  ["ed a0 80", "\\xed\\xa0\\x80"],
  ["f0 9f 98", "\\xf0\\x9f\\x98"],
  ["f0 9f 98 80 ff", "😀\\xff"],
  ["f4 90 80 80", "\\xf4\\x90\\x80\\x80"],
  ["ff 1b 5b 6d", "\\xff\\e[m"],
  ["ff e2 80 ae", "\\xff\\u{202e}"],
  ["ef bb bf 61", "\\u{feff}a"],
  ["ff ef bb bf", "\\xff\\u{feff}"],
];
for (const [hex, want] of BYTES) {
  test(`shows the bytes ${hex} as ${want}`, () => {
    assert.equal(escapeBytes(Uint8Array.fromHex(hex.replaceAll(" ", ""))), want);
  });
}

/** Reads back what `escapeBytes` wrote, by nothing but its own description. */
function readBack(shown: string): Uint8Array {
  const short: Record<string, string> = { n: "\n", r: "\r", t: "\t", e: "\u001b", "\\": "\\" };
  const bytes: number[] = [];
  const escape = /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|([nrte\\]))|([^\\])/gu;
  for (const [, hexByte, point, letter, other] of shown.matchAll(escape)) {
    if (hexByte !== undefined) bytes.push(Number.parseInt(hexByte, 16));
    else {
      const text =
        point === undefined
          ? (other ?? short[letter ?? ""] ?? "")
          : String.fromCodePoint(Number.parseInt(point, 16));
      bytes.push(...bytesOf(text));
    }
  }
  return Uint8Array.from(bytes);
}

test("any bytes come out safe, and can be read back", () => {
  forAll(
    property(uint8Array({ maxLength: 60 }), (bytes) => {
      const shown = escapeBytes(bytes);
      assert.doesNotMatch(shown, UNSAFE);
      assert.deepEqual(readBack(shown), bytes);
    }),
    { numRuns: 2_000 },
  );
});

test("any text with escapes in it comes out safe, and can be read back", () => {
  const unit = constantFrom("\u001b", "\\", "x", "e", "u", "{", "}", "1", "\u202e", "é", "\u0085");
  forAll(
    property(string({ unit, maxLength: 30 }), (text) => {
      const shown = escapeText(text);
      assert.doesNotMatch(shown, UNSAFE);
      assert.deepEqual(readBack(shown), bytesOf(text));
    }),
    { numRuns: 1_000 },
  );
});

test("every code point that is a control, a format character or a separator is escaped", () => {
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const text = String.fromCodePoint(point);
    if (UNSAFE.test(text)) assert.doesNotMatch(escapeText(text), UNSAFE, point.toString(16));
  }
});
