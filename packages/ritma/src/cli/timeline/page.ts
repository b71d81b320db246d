/**
 * Events as lines, a page at a time: the columns of a page are as wide as its rows need.
 *
 *     10:12:32.340  lookup.cgi[8670] → sh[8671]   exec      /bin/sh -c 'id'       uid 2001
 *       └ sh[8671] → id[8673]                     exec      /usr/bin/id
 *
 * A row stands under the one before when it is of the same process, or of one that it started.
 * What a process does again, with nothing else between, is counted and not repeated. Records that
 * tell one thing together are one row (`gather.ts`). A row that is marked has `▸` behind its time.
 *
 * Invariant: a line holds no character that a terminal obeys, but for the colours made here.
 * Invariant: a line has at most the columns it is given. Names give way first, and how something
 * ended never does: where there is no room beside the object it stands below.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import type { EventView } from "../../stores/sealed/event-view.ts";
import type { Calendar } from "./calendar.ts";
import { columnsOf, cutProcess, cutTo, padTo } from "./columns.ts";
import { type Gathered, gather } from "./gather.ts";
import { fitsBeside, GAP, tailOf, timesOf, type Widths, widthsOf } from "./layout.ts";
import type { Namer } from "./names.ts";
import { cutPhrase, textOf, words } from "./phrase.ts";
import { ARROW, isAgain, type Row, RowMaker } from "./row.ts";

export interface PageOptions {
  readonly paint: Palette;
  /** At least 40; null for lines as long as they are. */
  readonly columns: number | null;
  readonly namer: Namer;
  readonly calendar: Calendar;
  /** True to tell records of one login, or of one change of rules, in one line. */
  readonly gathers: boolean;
  readonly out: (line: string) => boolean;
  /** Of events that are marked for the eye: what was asked about. */
  readonly marks?: (event: EventView) => boolean;
  /** True when a page may be a few rows: its columns then go on from the page before. */
  readonly goesOn?: boolean;
}

const ROWS_MAX = 200;
const MARK = "▸ ";
/** Less of a parent's name than this says nothing. */
const PARENT_MIN = 4;
/** Below this there is no room for long words. */
const WORDY = 90;
const DENIED = /^denied \(\w+\)/u;
/** And below this, none for parts of a second. */
const NARROW = 72;
const CLOCK_COLUMNS = 8;
const SHORT_ACTIONS: ReadonlyMap<string, string> = new Map([
  ["open to write", "open w"],
  ["memory-access", "memory"],
  ["memory-file", "memfile"],
  ["credentials", "identity"],
  ["descriptor", "descr"],
]);

/** A row, and the records that it tells together where it does. */
interface Entry {
  row: Row;
  readonly gathered: Gathered | null;
}

export class Pager {
  readonly #options: PageOptions;
  readonly #maker: RowMaker;
  #entries: Entry[] = [];
  #before: readonly Row[] = [];
  #isShortened = false;
  #hasLate = false;
  #hasMarked = false;
  #rows = 0;

  constructor(options: PageOptions) {
    this.#options = options;
    this.#maker = new RowMaker(options.namer, options.calendar);
  }

  /** Rows so far: what happened again, or is told in an earlier row, makes none. */
  get rows(): number {
    return this.#rows;
  }

  /** True when something that was shown had to be made shorter. */
  get isShortened(): boolean {
    return this.#isShortened;
  }

  /** True when something that was shown came late. */
  get hasLate(): boolean {
    return this.#hasLate;
  }

  /** True when something that was shown was marked. */
  get hasMarked(): boolean {
    return this.#hasMarked;
  }

  /** @returns false when nobody reads any more. */
  add(event: EventView): boolean {
    const { gathers, namer, marks } = this.#options;
    const isMarked = marks?.(event) === true;
    this.#hasLate ||= event.late;
    this.#hasMarked ||= isMarked;
    const gathered = gathers ? gather(namer, event) : null;
    if (gathered !== null && this.#addsToEarlier(event, isMarked)) return true;
    const row = { ...this.#maker.rowOf(event), isMarked };
    const last = this.#entries.at(-1);
    if (gathered === null && last?.gathered === null && isAgain(last.row, row)) {
      last.row = { ...last.row, times: last.row.times + 1 };
      return true;
    }
    this.#rows += 1;
    this.#entries.push({ row, gathered });
    return this.#entries.length < ROWS_MAX || this.flush();
  }

  flush(): boolean {
    const rows = this.#entries.map(({ row, gathered }) => rowOf(row, gathered));
    this.#entries = [];
    if (rows.length === 0) return true;
    const { paint, columns, out, goesOn } = this.#options;
    const shown =
      columns === null || columns >= WORDY ? rows : rows.map((row) => terse(row, columns));
    const together = [...this.#before, ...shown];
    const widths = widthsOf(together, columns);
    if (goesOn === true) this.#before = together.slice(-ROWS_MAX);
    let isRead = true;
    for (const row of shown) {
      const heading = columns === null ? row.heading : cutTo(row.heading, columns);
      if (heading !== "") isRead &&= out(paint.strong(heading));
      for (const line of this.#linesOf(row, widths)) isRead &&= out(line);
    }
    return isRead;
  }

  #addsToEarlier(event: EventView, isMarked: boolean): boolean {
    const earlier = this.#entries.find(({ gathered }) => gathered?.add(event) === true);
    if (earlier === undefined) return false;
    if (isMarked) earlier.row = { ...earlier.row, isMarked };
    return true;
  }

  #linesOf(row: Row, widths: Widths): string[] {
    const { paint } = this.#options;
    const tail = tailOf(row);
    const isBeside = tail === "" || fitsBeside(row, widths);
    const object = cutPhrase(row.object, isBeside ? widths.beside(tail) : widths.room);
    this.#isShortened ||= object !== textOf(row.object);
    const time = row.time.padEnd(widths.time);
    const lead = this.#lead(row, widths.lead);
    const action = paint.strong(row.action.padEnd(widths.action));
    const begin = row.isMarked ? paint.strong(time) + paint.attention(MARK) : time + GAP;
    const head = begin + lead + GAP + action;
    const painted = paintedTail(paint, row);
    if (tail === "") return [`${head}${GAP}${object}`.trimEnd()];
    if (isBeside) {
      return [`${head}${GAP}${padTo(object, widths.object)}${GAP}${painted}`.trimEnd()];
    }
    const indent = " ".repeat(widths.time + widths.lead + widths.action + 3 * GAP.length);
    return [`${head}${GAP}${object}`.trimEnd(), indent + painted];
  }

  /** The parent goes before the process does: who acts matters more. */
  #lead({ indent, parent, process }: Row, columns: number): string {
    const { paint } = this.#options;
    const own = cutProcess(process, Math.max(1, columns - indent.length));
    const room = columns - indent.length - columnsOf(own) - ARROW.length;
    const name = parent.slice(0, -ARROW.length);
    const [pid = ""] = /\[\d+\]$/u.exec(name) ?? [];
    // Below the line of its parent, the name of that one can be read there.
    const least = indent === "" ? pid.length + PARENT_MIN : columnsOf(name);
    const cut = parent === "" || room < least ? "" : cutProcess(name, room) + ARROW;
    this.#isShortened ||= own !== process || (cut !== parent && indent === "");
    return paint.dim(indent + cut) + padTo(own, columns - indent.length - columnsOf(cut));
  }
}

/** Says what the records said that it stands for. */
function rowOf(row: Row, gathered: Gathered | null): Row {
  if (gathered === null) return row;
  const { action, object, hasFailed, times } = gathered.told();
  const parts = [hasFailed ? "failed" : "", row.isLate ? "late" : ""];
  const outcome = parts.filter((part) => part !== "").join(", ");
  return { ...row, action, object: [words(object)], outcome, isDenied: hasFailed, times };
}

function terse(row: Row, columns: number): Row {
  const time = columns < NARROW ? row.time.slice(0, CLOCK_COLUMNS) : row.time;
  const action = SHORT_ACTIONS.get(row.action) ?? row.action;
  return { ...row, time, action, outcome: row.outcome.replace(DENIED, "denied") };
}

function paintedTail(paint: Palette, { outcome, isDenied, user, times }: Row): string {
  const parts: string[] = [];
  if (outcome !== "") parts.push((isDenied ? paint.bad : paint.attention)(outcome));
  if (user !== "") parts.push(paint.dim(user));
  if (times > 1) parts.push(paint.dim(timesOf(times)));
  return parts.join(GAP);
}
