/**
 * A text of pieces, each of which knows how it may be made shorter.
 *
 *     [path "/tmp/.x"] [never "→"] [path "/home/a/.y"]
 *
 * @module
 */
import { columnsOf, cutPath, cutProcess, cutTo } from "./columns.ts";

export interface Piece {
  readonly text: string;
  /** What may go: directories, the middle of a name before its `[pid]`, the end, or nothing. */
  readonly cut: "path" | "process" | "end" | "never";
}

export type Phrase = readonly Piece[];

/** Of an object's columns, for the name of a program with its arguments behind. */
const PROGRAM_SHARE = 0.6;

const CUTTERS = { path: cutPath, process: cutProcess, end: cutTo } as const;

export function path(text: string): Piece {
  return { text, cut: "path" };
}

export function words(text: string): Piece {
  return { text, cut: "end" };
}

export function fixed(text: string): Piece {
  return { text, cut: "never" };
}

/** Those that say anything. */
export function phrase(...pieces: readonly (Piece | Phrase | null)[]): Phrase {
  return pieces.flatMap((each) => each ?? []).filter(({ text }) => text !== "");
}

export function textOf(pieces: Phrase): string {
  return pieces.map(({ text }) => text).join(" ");
}

/**
 * In at most `columns`: what is short stays, and the longer ones share what is left. What follows a
 * path, such as the arguments of a program, says more than its directories.
 */
export function cutPhrase(pieces: Phrase, columns: number): string {
  const whole = textOf(pieces);
  if (columnsOf(whole) <= columns) return whole;
  const hasWords = pieces.some(({ cut }) => cut === "end");
  const wanted = pieces.map((piece) => {
    const isProgram = hasWords && piece.cut === "path";
    return isProgram ? programColumns(piece, columns) : columnsOf(piece.text);
  });
  const shares = sharesOf(pieces, wanted, columns - (pieces.length - 1), hasWords);
  const cut = pieces.map(({ text, cut: way }, at) =>
    way === "never" ? text : CUTTERS[way](text, shares.get(at) ?? 0),
  );
  return cutTo(cut.filter((text) => text !== "").join(" "), columns);
}

/** Columns for each piece that may be cut; the one with the least wish is served first. */
function sharesOf(
  pieces: Phrase,
  wanted: readonly number[],
  columns: number,
  programsFirst: boolean,
): ReadonlyMap<number, number> {
  const isProgram = (at: number): boolean => programsFirst && pieces[at]?.cut === "path";
  const waiting = [...pieces.keys()]
    .filter((at) => pieces[at]?.cut !== "never")
    .toSorted(
      (a, b) => Number(isProgram(b)) - Number(isProgram(a)) || (wanted[a] ?? 0) - (wanted[b] ?? 0),
    );
  const fixedColumns = pieces.map(({ text, cut }) => (cut === "never" ? columnsOf(text) : 0));
  let room = columns - fixedColumns.reduce((sum, each) => sum + each, 0);
  const shares = new Map<number, number>();
  for (const [served, at] of waiting.entries()) {
    const fair = isProgram(at) ? room : Math.floor(room / (waiting.length - served));
    const share = Math.max(0, Math.min(wanted[at] ?? 0, fair));
    shares.set(at, share);
    room -= share;
  }
  return shares;
}

/** A program whose line is too long is shown by its last name: `…/redis-server`. */
function programColumns({ text }: Piece, columns: number): number {
  const name = text.slice(text.lastIndexOf("/", text.length - 2) + 1);
  return Math.min(columnsOf(text), columnsOf(name) + 2, Math.floor(columns * PROGRAM_SHARE));
}
