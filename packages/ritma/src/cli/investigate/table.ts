/**
 * Rows of an answer below one another, as wide as the screen allows.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import { columnsOf, cutTo, largestOf, padTo } from "../timeline/columns.ts";

export interface TableRow {
  /** A line above it; null for none. */
  readonly heading: string | null;
  readonly cells: readonly string[];
  /** True for one that tells of something refused. */
  readonly isBad: boolean;
}

const GAP = "  ";
/** No column but the last one is wider, so that one long name does not push all others away. */
const CELL_COLUMNS_MAX = 36;
const WIDE = 4_000;

/** @param surface columns are null for as many as it takes */
export function tableLines(
  { paint, columns }: { readonly paint: Palette; readonly columns: number | null },
  rows: readonly TableRow[],
): string[] {
  const count = largestOf(rows, ({ cells }) => cells.length);
  const widths = Array.from({ length: count }, (_, at) => {
    const longest = largestOf(rows, ({ cells }) => columnsOf(cells[at] ?? ""));
    return Math.min(CELL_COLUMNS_MAX, longest);
  });
  const whole = columns ?? WIDE;
  return rows.flatMap(({ heading, cells, isBad }) => {
    let line = "";
    let used = 0;
    for (const [at, cell] of cells.entries()) {
      const isLast = at === cells.length - 1;
      const room = Math.max(0, whole - used);
      const width = isLast ? room : Math.min(widths[at] ?? 0, room);
      const text = cutTo(cell, width);
      const padded = isLast ? text : padTo(text, width) + (room > width ? GAP : "");
      const painted = at === 2 && isBad ? paint.attention(padded) : padded;
      line += at === 0 || isLast ? paint.dim(padded) : painted;
      used += columnsOf(padded);
    }
    return heading === null ? [line.trimEnd()] : [paint.strong(heading), line.trimEnd()];
  });
}
