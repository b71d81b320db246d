/**
 * The story of a range, told in three ways: as lines, as rows of a table, and as facts.
 *
 * Each takes the first so many and counts the rest. Rows and lines are those of `ritma timeline`:
 * what happens again at once is counted, and records of one login are one row.
 *
 * @module
 */
import type { FoundEvent } from "../../stores/sealed/events.ts";
import type { EventView } from "../../stores/sealed/event-view.ts";
import { cutTo } from "../timeline/columns.ts";
import { type Gathered, gather } from "../timeline/gather.ts";
import { eventFacts } from "../timeline/json-event.ts";
import { tailOf } from "../timeline/layout.ts";
import { Pager } from "../timeline/page.ts";
import { textOf } from "../timeline/phrase.ts";
import { isAgain, type Row, RowMaker } from "../timeline/row.ts";
import type { Block, Form, Table, TableRow } from "./page.ts";
import type { Teller } from "./records.ts";

export interface Story extends Teller {
  /** Events that were not told for want of room. */
  readonly more: () => number;
  readonly hasLate: () => boolean;
  readonly block: () => Block;
}

/** Records that are told together are looked for in so many rows before. */
const ROWS_BACK = 200;
/** A path of 4 KiB fits, each byte of it an escape. An argument list may be 2 MiB. */
const CELL_COLUMNS_MAX = 20_000;

const COLUMNS: Table["columns"] = [
  { name: "Time", kind: "time" },
  { name: "Process", kind: "name" },
  { name: "Did", kind: "word" },
  { name: "To what", kind: "name" },
  { name: "Outcome, user", kind: "outcome" },
];

export function storyFor(form: Form, limit: number): Story {
  return form.kind === "html" ? tableStory(form, limit) : lineStory(form, limit);
}

/** @returns a teller whose events are those that `--json` prints. */
export function factStory(
  limit: number,
): Teller & { readonly events: unknown[]; readonly more: () => number } {
  const events: unknown[] = [];
  let more = 0;
  return {
    events,
    more: () => more,
    take: (event) => {
      if (events.length < limit) events.push(eventFacts(event.view()));
      else more += 1;
    },
  };
}

function lineStory({ paint, namer, calendar, columns }: Form, limit: number): Story {
  const lines: string[] = [];
  const out = (line: string): boolean => lines.push(line) > 0;
  const pager = new Pager({ paint, columns, namer, calendar, gathers: true, out });
  let more = 0;
  return {
    more: () => more,
    hasLate: () => pager.hasLate,
    take: (event) => {
      if (pager.rows < limit) pager.add(event.view());
      else more += 1;
    },
    block: () => {
      pager.flush();
      return { kind: "drawing", lines };
    },
  };
}

interface Entry {
  row: Row;
  readonly gathered: Gathered | null;
}

function tableStory({ namer, calendar }: Form, limit: number): Story {
  const maker = new RowMaker(namer, calendar);
  const entries: Entry[] = [];
  let [more, late] = [0, false];
  const add = (event: EventView): void => {
    late ||= event.late;
    const gathered = gather(namer, event);
    const isTold = gathered !== null && entries.slice(-ROWS_BACK).some(addsTo(event));
    if (isTold) return;
    const row = maker.rowOf(event);
    const last = entries.at(-1);
    if (gathered === null && last?.gathered === null && isAgain(last.row, row)) {
      last.row = { ...last.row, times: last.row.times + 1 };
    } else entries.push({ row, gathered });
  };
  return {
    more: () => more,
    hasLate: () => late,
    take: (event: FoundEvent) => {
      if (entries.length < limit) add(event.view());
      else more += 1;
    },
    block: () => tableOf(entries),
  };
}

function addsTo(event: EventView): (entry: Entry) => boolean {
  return ({ gathered }) => gathered?.add(event) === true;
}

function tableOf(entries: readonly Entry[]): Table {
  const groups: { heading: string; rows: TableRow[] }[] = [];
  for (const { row, gathered } of entries) {
    if (row.heading !== "" || groups.length === 0) groups.push({ heading: row.heading, rows: [] });
    groups.at(-1)?.rows.push(tableRow(row, gathered));
  }
  return { kind: "table", caption: "What happened, in order of time", columns: COLUMNS, groups };
}

function tableRow(row: Row, gathered: Gathered | null): TableRow {
  const { time, parent, process } = row;
  const told = gathered?.told() ?? null;
  const outcome = [told?.hasFailed === true ? "failed" : "", row.isLate ? "late" : ""];
  const tail =
    told === null
      ? tailOf(row)
      : tailOf({
          ...row,
          outcome: outcome.filter((part) => part !== "").join(", "),
          times: told.times,
        });
  const object = cutTo(told?.object ?? textOf(row.object), CELL_COLUMNS_MAX);
  const cells = [time, parent + process, told?.action ?? row.action, object, tail];
  return { cells, isBad: told?.hasFailed ?? row.isDenied };
}
