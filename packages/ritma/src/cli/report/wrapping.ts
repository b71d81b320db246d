/**
 * Text in lines of so many columns, wide characters and words that are longer than a line included.
 *
 * A name that others chose may be 4 KB without a space: on paper all of it has to be there.
 *
 * @module
 */
import { columnsOf } from "../timeline/columns.ts";

/** Less room for text than this is none. */
const ROOM_MIN = 8;

/** Lines of at most `columns`, each behind `indent`. */
export function folded(text: string, columns: number, indent: string): string[] {
  const room = Math.max(ROOM_MIN, columns - columnsOf(indent));
  const lines: string[] = [];
  let [line, used] = ["", 0];
  for (const piece of text.split(" ").flatMap((word) => piecesOf(word, room))) {
    const width = columnsOf(piece);
    if (line !== "" && used + 1 + width > room) {
      lines.push(indent + line);
      [line, used] = ["", 0];
    }
    used += width + (line === "" ? 0 : 1);
    line += line === "" ? piece : ` ${piece}`;
  }
  return [...lines, indent + line];
}

/** A word, in pieces where it does not fit on a line. A mark stays with its character. */
function piecesOf(word: string, room: number): string[] {
  if (columnsOf(word) <= room) return [word];
  const pieces: string[] = [];
  let [piece, used] = ["", 0];
  for (const character of word) {
    const width = columnsOf(character);
    if (used + width > room) {
      pieces.push(piece);
      [piece, used] = ["", 0];
    }
    piece += character;
    used += width;
  }
  return [...pieces, piece];
}
