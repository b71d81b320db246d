/**
 * What stands below the events: what was left out and how to see it, and what the signs mean.
 *
 * @module
 */
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatCount, formatTime, wrap } from "../format.ts";
import { columnsOf } from "./columns.ts";
import type { Namer } from "./names.ts";
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
  if (pager.rows === 0) lines.push(...wrap(await nothingText(store, query), columns, ""));
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
async function nothingText(store: StoreReader, { since, until }: EventQuery): Promise<string> {
  if (store.hours.length === 0) return "Nothing: the store is empty.";
  const range = since === null && until === null ? "" : " in this range";
  const held = await store.eventRange();
  if (held === null) return `Nothing that fits${range}.`;
  const [first, last] = [formatTime(held.first), formatTime(held.last)];
  return `Nothing that fits${range}. The store holds events from ${first} to ${last} UTC.`;
}

/** On one line, or where that does not fit one to a line. */
function listed(parts: readonly string[], columns: number): string[] {
  const line = `… ${parts.join(" · ")}`;
  return columnsOf(line) <= columns ? [line] : parts.map((part) => `… ${part}`);
}
