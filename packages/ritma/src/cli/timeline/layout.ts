/**
 * How the columns of a page share its width.
 *
 * @module
 */
import { columnsOf, largestOf } from "./columns.ts";
import { textOf } from "./phrase.ts";
import type { Row } from "./row.ts";

export const GAP = "  ";
const OBJECT_MIN = 12;
/** With less than this beside it, how something ended stands below. */
const BESIDE_MIN = 16;
/** Where nothing bounds a line: the longest argument list of the kernel is 2 MiB. */
const OBJECT_MAX = 4_000;
/** There, what stands behind an object is not pushed farther away by longer ones. */
const OBJECT_PADDED_MAX = 60;
const LEAD_MAX = 48;
const LEAD_SHARE = 0.34;
const LEAD_MIN = 14;

export interface Widths {
  readonly time: number;
  readonly lead: number;
  readonly action: number;
  /** Of objects that something stands beside. */
  readonly object: number;
  /** For an object that stands alone. */
  readonly room: number;
  /** For an object that stands beside `tail`. */
  readonly beside: (tail: string) => number;
}

export function widthsOf(rows: readonly Row[], columns: number | null): Widths {
  const widest = (of: (row: Row) => number): number => largestOf(rows, of);
  const time = widest((row) => row.time.length);
  const action = widest((row) => row.action.length);
  const wanted = Math.min(widest(leadColumns), LEAD_MAX);
  if (columns === null) {
    const tailed = widest((row) => (tailOf(row) === "" ? 0 : objectColumns(row)));
    const object = Math.min(tailed, OBJECT_PADDED_MAX);
    return { time, lead: wanted, action, object, room: OBJECT_MAX, beside: () => OBJECT_MAX };
  }
  const others = time + action + 3 * GAP.length;
  const share = Math.max(LEAD_MIN, Math.floor(columns * LEAD_SHARE));
  const lead = Math.min(wanted, share, Math.max(1, columns - others - OBJECT_MIN));
  const room = Math.max(1, columns - others - lead);
  const beside = (tail: string): number => room - (tail === "" ? 0 : GAP.length + columnsOf(tail));
  const tailed = rows.filter((row) => tailOf(row) !== "" && beside(tailOf(row)) >= BESIDE_MIN);
  const narrowest = room - largestOf(tailed, (row) => room - beside(tailOf(row)));
  const object = Math.min(narrowest, largestOf(tailed, objectColumns));
  return { time, lead, action, object: tailed.length === 0 ? 0 : object, room, beside };
}

/** True when how a row ended can stand beside its object. */
export function fitsBeside(row: Row, { beside }: Widths): boolean {
  const fixed = row.object.filter(({ cut }) => cut === "never");
  const least = Math.max(BESIDE_MIN, columnsOf(textOf(fixed)));
  return beside(tailOf(row)) >= Math.min(least, objectColumns(row));
}

function objectColumns({ object }: Row): number {
  return columnsOf(textOf(object));
}

function leadColumns({ indent, parent, process }: Row): number {
  return indent.length + columnsOf(parent) + columnsOf(process);
}

/** What stands behind an object, unpainted. */
export function tailOf({ outcome, user, times }: Row): string {
  return [outcome, user, timesOf(times)].filter((each) => each !== "").join(GAP);
}

export function timesOf(times: number): string {
  return times === 1 ? "" : `×${times}`;
}
