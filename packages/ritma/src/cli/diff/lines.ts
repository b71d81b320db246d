/**
 * A comparison as a person reads it: what appeared first, kind by kind, the most remarkable on top.
 *
 *     appeared in B
 *       programs run · 23
 *          1×  /tmp/.font-unix/kworkerd            5478070@10:12:52.848   0.012
 *
 * Invariant: a line holds no character that a terminal obeys, but for the colours made here, and
 * has at most the columns it is given.
 *
 * @module
 */
import type { ChangedRate, Differences } from "../../flow/investigate/diff.ts";
import type { Fact } from "../../flow/investigate/facts-counter.ts";
import { formatCount } from "../format.ts";
import type { TableSurface } from "../surface.ts";
import { columnsOf, cutTo, largestOf, padTo } from "../timeline/columns.ts";
import { cutPhrase, type Phrase, textOf } from "../timeline/phrase.ts";
import { KIND_WORDS } from "./kinds.ts";
import { type Clock, eventReference, windowReference } from "./reference.ts";
import { thingsPhrase } from "./things.ts";

interface Row {
  readonly head: string;
  readonly object: Phrase;
  /** The first one of the fact, and the window that holds it. */
  readonly event: string;
  readonly window: string;
}

const GAP = "  ";
const INDENT = "    ";
const OBJECT_MIN = 10;
/** Where nothing bounds a line. */
const OBJECT_MAX = 4_000;
const OBJECT_PADDED_MAX = 60;

export function differenceLines(
  surface: TableSurface,
  differences: readonly Differences[],
): string[] {
  const parts = [
    part(surface, "appeared in B", differences, ({ appeared }) =>
      appeared.map((fact) => factRow(surface, fact)),
    ),
    part(surface, "vanished: in A, and not in B", differences, ({ vanished }) =>
      vanished.map((fact) => factRow(surface, fact)),
    ),
    part(surface, "more or less often: a minute, in A → in B", differences, ({ changed }) =>
      changed.map((change) => changeRow(surface, change)),
    ),
  ];
  return parts.flat();
}

function part(
  surface: TableSurface,
  title: string,
  differences: readonly Differences[],
  rowsOf: (of: Differences) => readonly Row[],
): string[] {
  const { paint, limit, columns } = surface;
  const lines: string[] = [];
  for (const each of differences) {
    const rows = rowsOf(each);
    if (rows.length === 0) continue;
    const unsure = each.isUnsure ? " · not all could be counted" : "";
    const heading = `${GAP}${KIND_WORDS[each.kind]} · ${formatCount(rows.length)}${unsure}`;
    lines.push(cutTo(heading, columns ?? OBJECT_MAX), ...rowLines(surface, rows.slice(0, limit)));
    const more = rows.length - limit;
    if (more > 0) lines.push(paint.dim(`${INDENT}… ${formatCount(more)} more · --all`));
  }
  return lines.length === 0
    ? []
    : ["", paint.strong(cutTo(title, columns ?? OBJECT_MAX)), ...lines];
}

function factRow({ namer, clock }: TableSurface, { things, count, first }: Fact): Row {
  return {
    head: `${formatCount(count)}×`,
    object: thingsPhrase(namer, things),
    ...placeOf(clock, first),
  };
}

function changeRow({ namer, clock }: TableSurface, { b, rateA, rateB }: ChangedRate): Row {
  return {
    head: `${rateText(rateA)} → ${rateText(rateB)}`,
    object: thingsPhrase(namer, b.things),
    ...placeOf(clock, b.first),
  };
}

function placeOf(clock: Clock, first: Fact["first"]): Pick<Row, "event" | "window"> {
  const { sequence, window } = first;
  return { event: eventReference(clock, first), window: windowReference(sequence, window) };
}

function rateText(rate: number): string {
  return rate >= 100 ? formatCount(Math.round(rate)) : rate.toPrecision(2);
}

function rowLines({ paint, columns }: TableSurface, rows: readonly Row[]): string[] {
  const head = largestOf(rows, (row) => row.head.length);
  const event = largestOf(rows, (row) => row.event.length);
  const tails = rows.map((row) => `${row.event.padEnd(event)}${GAP}${row.window}`);
  const tail = largestOf(tails, ({ length }) => length);
  const fixed = INDENT.length + head + 2 * GAP.length + tail;
  const room = columns === null ? OBJECT_MAX : columns - fixed;
  const isBeside = room >= OBJECT_MIN;
  const width = isBeside ? room : Math.max(1, (columns ?? OBJECT_MAX) - INDENT.length - head - 2);
  const objects = rows.map(({ object }) => cutPhrase(object, width));
  const padded = Math.min(width, OBJECT_PADDED_MAX, largestOf(objects, columnsOf));
  return rows.flatMap((row, at) => {
    const start = `${INDENT}${row.head.padStart(head)}${GAP}`;
    const object = objects[at] ?? textOf(row.object);
    if (!isBeside) {
      const below = " ".repeat(Math.max(0, Math.min(start.length, (columns ?? 0) - tail)));
      return [start + object, paint.dim(below + (tails[at] ?? ""))];
    }
    return [start + padTo(object, padded) + GAP + paint.dim(tails[at] ?? "")];
  });
}
