/**
 * The lines that lead to what is drawn below something, in trees and traces.
 *
 * Invariant: they take no more than half of a line, however deep it is: from some generation on
 * nothing is moved further to the right, and the number of the generation stands before it.
 *
 * @module
 */

const WIDE = 4_000;
/** Columns that a generation is moved to the right by. */
const INDENT_COLUMNS = 3;
const INDENTED_MAX = 64;
const INDENTED_MIN = 4;

export interface Branch {
  /** What stands before it. */
  readonly stem: string;
  /** What is handed on to those below it. */
  readonly below: string;
}

/**
 * @param above what was handed on from above; "" for those at the top
 * @param depth generations above it
 * @param isLast whether none follows beside it
 * @param columns of a line; null for as many as it takes
 */
export function branchOf(
  above: string,
  depth: number,
  isLast: boolean,
  columns: number | null,
): Branch {
  if (depth === 0) return { stem: "", below: "" };
  const own = depth > indentedOf(columns ?? WIDE) ? `${depth} ⋮ ` : above;
  return { stem: own + (isLast ? "└─ " : "├─ "), below: own + (isLast ? "   " : "│  ") };
}

/** Generations that are moved to the right: half of a line is left for the rest. */
function indentedOf(columns: number): number {
  const fitting = Math.floor(columns / 2 / INDENT_COLUMNS);
  return Math.min(INDENTED_MAX, Math.max(INDENTED_MIN, fitting));
}
