/**
 * What stands below the events: what was left out and how to see it, and what the signs mean.
 *
 * @module
 */
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatCount, wrap } from "../format.ts";
import type { Calendar } from "./calendar.ts";
import { columnsOf } from "./columns.ts";
import { heldText } from "./held.ts";
import type { Namer } from "./names.ts";
import { nearestTo } from "./nearest.ts";
import type { Pager } from "./page.ts";

const LATE =
  "late: it came when its minute was sealed already, so it is sealed apart. Its time is its own.";

export interface Shown {
  readonly more: number;
  readonly hidden: number;
  readonly namer: Namer;
  readonly pager: Pick<Pager, "rows" | "isShortened" | "hasLate">;
}

export async function closingLines(
  context: Context,
  store: StoreReader,
  query: EventQuery,
  { more, hidden, namer, pager }: Shown,
): Promise<string[]> {
  const { columns } = context.io;
  const lines: string[] = [];
  const left: string[] = [];
  if (more > 0) left.push(`${formatCount(more)} more in this range · --limit 0`);
  if (hidden > 0 && context.text("type") === null) {
    left.push(`${counted(hidden, "quieter event")} left out · --all`);
  }
  if (pager.isShortened) left.push("some names made shorter · --wide");
  if (pager.rows === 0) {
    const text = await nothingText(context.calendar, store, query);
    lines.push(...wrap(text, columns, ""));
  }
  if (left.length > 0) lines.push(...listed(left, columns));
  if (pager.hasLate) lines.push(...wrap(LATE, columns, ""));
  if (namer.kinds.size > 0) {
    const kinds = [...namer.kinds].toSorted().join(", ");
    const text =
      `•… is a keyed hash: of these the store keeps nothing else (${kinds}). ` +
      "--path and --addr find them by their exact names where keys/ is.";
    lines.push(...wrap(text, columns, ""));
  }
  return lines.map((line) => context.paint.dim(line));
}

/** Says what there is instead, so that the next question can be a better one. */
async function nothingText(
  calendar: Calendar,
  store: StoreReader,
  { since, until }: EventQuery,
): Promise<string> {
  if (store.hours.length === 0) return "Nothing: the store is empty.";
  const range = since === null && until === null ? "" : " in this range";
  const held = await heldText(calendar, store);
  const told = `Nothing that fits${range}. T${held.slice(1)}.`;
  const nearest = since === null || until === null ? null : await nearestTo(store, since, until);
  if (nearest === null) return told;
  const [before, after] = [calendar.stamp(nearest.before), calendar.stamp(nearest.after)];
  return (
    `${told} No event of any kind is in this range: the last one before it is at ${before}, the ` +
    `next one at ${after}.`
  );
}

/** On one line, or where that does not fit one to a line. */
function listed(parts: readonly string[], columns: number): string[] {
  const line = `… ${parts.join(" · ")}`;
  return columnsOf(line) <= columns ? [line] : parts.map((part) => `… ${part}`);
}
