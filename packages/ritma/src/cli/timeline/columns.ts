/**
 * How wide a text is in a terminal, and cutting it there.
 *
 * An approximation: terminals differ about emoji and rare scripts. A column that is off by one is
 * all that can come of it.
 *
 * @module
 */
const WIDE = new RegExp(
  "[\\p{Script=Han}\\p{Script=Hangul}\\p{Script=Hiragana}\\p{Script=Katakana}" +
    "\\p{Emoji_Presentation}\\u3000-\\u303f\\uff01-\\uff60\\uffe0-\\uffe6]",
  "u",
);
const NOTHING = /[\p{Mn}\p{Me}]/u;
const ASCII = /^[ -~]*$/u;
const CUT = "…";

export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** @returns `text` in at most `columns`, with `…` where something was cut off. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > columns) break;
    kept += character;
  }
  return kept + CUT;
}

export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

function widthOf(character: string): number {
  if (NOTHING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
