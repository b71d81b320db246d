/**
 * Makes any text safe to print, and readable back.
 *
 * Names of programs, files and hosts are chosen by whoever we record. On a terminal they may move
 * the cursor, recolour what stands above, or reverse the reading order of a line; in a report they
 * may add one. What comes out of here holds none of that, on one line, and two different inputs
 * never look the same: a backslash is doubled.
 *
 *     ESC -> \e   newline -> \n   bell -> \x07   byte that is no UTF-8 -> \xff
 *     U+202E (right-to-left override) -> \u{202e}   lone surrogate -> \u{d800}
 *
 * Invariant: the result has no control, format (bidi and zero width), surrogate or line separator
 * character (Unicode Cc, Cf, Cs, Zl, Zp).
 *
 * @module
 */

const UNSAFE = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["\u001b", "\\e"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** Strict, and keeps a byte order mark where it stands. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function escapeText(text: string): string {
  return text.replaceAll(UNSAFE, escapeOne);
}

/** The same from bytes of unknown encoding: what is not valid UTF-8 is shown as \x. */
export function escapeBytes(bytes: Uint8Array): string {
  const whole = decoded(bytes);
  if (whole !== null) return escapeText(whole);
  let shown = "";
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = lengthOf(lead);
    const character = length === 0 ? null : decoded(bytes.subarray(at, at + length));
    shown += character === null ? hexByte(lead) : escapeText(character);
    at += character === null ? 1 : length;
  }
  return shown;
}

function escapeOne(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? hexByte(code) : `\\u{${code.toString(16)}}`;
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** Bytes of the UTF-8 character that begins with `lead`, 0 when none does. */
function lengthOf(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null;
  }
}
