/**
 * Events as lines, a page at a time: the columns of a page are as wide as its rows need.
 *
 *     10:12:32.340  lookup.cgi[8670] → sh[8671]   exec      /bin/sh -c 'id'       uid 2001
 *       └ sh[8671] → id[8673]                     exec      /usr/bin/id
 *
 * A row stands under the one before when it is of the same process, or of one that it started.
 * What a process does again, with nothing else between, is counted and not repeated.
 *
 * Invariant: a line holds no character that a terminal obeys, but for the colours made here.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import type { EventView } from "../../services/reader/event-view.ts";
import { columnsOf, cutTo, padTo } from "./columns.ts";
import type { Namer } from "./names.ts";
import { ARROW, isAgain, type Row, RowMaker } from "./row.ts";

export interface PageOptions {
  readonly paint: Palette;
  /** Null for lines as long as they are. */
  readonly columns: number | null;
  readonly namer: Namer;
  readonly out: (line: string) => boolean;
}

const ROWS_MAX = 200;
const GAP = 2;
const OBJECT_MIN = 16;
/** Where no terminal bounds a line: the longest argument list of the kernel is 2 MiB. */
const OBJECT_MAX = 4_000;
/** There, what stands behind an object is not pushed farther away by longer ones. */
const OBJECT_PADDED_MAX = 60;
const LEAD_MAX = 48;

export class Pager {
  readonly #options: PageOptions;
  readonly #maker: RowMaker;
  #rows: Row[] = [];

  constructor(options: PageOptions) {
    this.#options = options;
    this.#maker = new RowMaker(options.namer);
  }

  /** @returns false when nobody reads any more. */
  add(event: EventView): boolean {
    const row = this.#maker.rowOf(event);
    const last = this.#rows.at(-1);
    if (last !== undefined && isAgain(last, row)) {
      this.#rows[this.#rows.length - 1] = { ...last, times: last.times + 1 };
      return true;
    }
    this.#rows.push(row);
    return this.#rows.length < ROWS_MAX || this.flush();
  }

  flush(): boolean {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length === 0) return true;
    const { paint, columns, out } = this.#options;
    const widths = widthsOf(rows, columns);
    let isRead = true;
    for (const row of rows) {
      if (row.heading !== "") isRead &&= out(paint.strong(row.heading));
      isRead &&= out(lineOf(paint, row, widths));
    }
    return isRead;
  }
}

interface Widths {
  readonly time: number;
  readonly lead: number;
  readonly action: number;
  /** Where something stands behind the object. */
  readonly object: number;
  readonly objectMax: number;
  /** The same where nothing does. */
  readonly objectAlone: number;
}

function widthsOf(rows: readonly Row[], columns: number | null): Widths {
  const widest = (of: (row: Row) => number): number => Math.max(0, ...rows.map(of));
  const time = widest((row) => row.time.length);
  const lead = Math.min(widest(leadColumns), leadMax(columns));
  const action = widest((row) => row.action.length);
  const tailed = widest((row) => (tailOf(row) === "" ? 0 : columnsOf(row.object)));
  if (columns === null) {
    const object = Math.min(tailed, OBJECT_PADDED_MAX);
    return { time, lead, action, object, objectMax: OBJECT_MAX, objectAlone: OBJECT_MAX };
  }
  const objectAlone = Math.max(OBJECT_MIN, columns - time - lead - action - 3 * GAP);
  const tail = widest((row) => columnsOf(tailOf(row)));
  const objectMax = Math.max(OBJECT_MIN, objectAlone - tail - GAP);
  return { time, lead, action, object: Math.min(tailed, objectMax), objectMax, objectAlone };
}

function lineOf(paint: Palette, row: Row, widths: Widths): string {
  const hasTail = tailOf(row) !== "";
  const object = cutTo(row.object, hasTail ? widths.objectMax : widths.objectAlone);
  const parts = [
    row.time.padEnd(widths.time),
    leadText(paint, row, widths.lead),
    paint.strong(row.action.padEnd(widths.action)),
    hasTail ? padTo(object, widths.object) : object,
  ];
  if (row.outcome !== "") parts.push((row.isDenied ? paint.bad : paint.attention)(row.outcome));
  if (row.user !== "") parts.push(paint.dim(row.user));
  if (row.times > 1) parts.push(paint.dim(timesOf(row.times)));
  return parts.join(" ".repeat(GAP)).trimEnd();
}

/** The parent is cut before the process is: who acts matters more. */
function leadText(paint: Palette, { indent, parent, process }: Row, columns: number): string {
  const own = cutTo(process, Math.max(1, columns - indent.length));
  const room = columns - indent.length - columnsOf(own);
  const cut =
    columnsOf(parent) <= room ? parent : room > ARROW.length ? cutParent(parent, room) : "";
  return paint.dim(indent + cut) + padTo(own, columns - indent.length - columnsOf(cut));
}

function cutParent(parent: string, columns: number): string {
  return cutTo(parent.slice(0, -ARROW.length), columns - ARROW.length) + ARROW;
}

function leadColumns({ indent, parent, process }: Row): number {
  return indent.length + columnsOf(parent) + columnsOf(process);
}

function leadMax(columns: number | null): number {
  return columns === null ? LEAD_MAX : Math.min(LEAD_MAX, Math.max(16, Math.floor(columns * 0.36)));
}

function tailOf({ outcome, user, times }: Row): string {
  return [outcome, user, timesOf(times)].filter((each) => each !== "").join(" ".repeat(GAP));
}

function timesOf(times: number): string {
  return times === 1 ? "" : `×${times}`;
}
