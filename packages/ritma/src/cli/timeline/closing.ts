/**
 * What stands below the events: what was left out and how to see it, and what the signs mean.
 *
 * @module
 */
import type { EventQuery } from "../../services/reader/event-query.ts";
import type { StoreReader } from "../../services/reader/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatCount, formatTime, wrap } from "../format.ts";
import type { Namer } from "./names.ts";

export interface Shown {
  readonly shown: number;
  readonly more: number;
  readonly hidden: number;
  readonly namer: Namer;
}

export function closingLines(
  context: Context,
  store: StoreReader,
  query: EventQuery,
  { shown, more, hidden, namer }: Shown,
): string[] {
  const lines: string[] = [];
  const left: string[] = [];
  if (more > 0) left.push(`${formatCount(more)} more in this range · --limit 0`);
  if (hidden > 0 && context.text("type") === null) {
    left.push(`${counted(hidden, "quieter event")} left out · --all`);
  }
  if (shown === 0) lines.push(nothingText(store, query));
  if (left.length > 0) lines.push(`… ${left.join(" · ")}`);
  if (namer.kinds.size > 0) {
    const kinds = [...namer.kinds].toSorted().join(", ");
    const text =
      `•… is a keyed hash: of these the store keeps nothing else (${kinds}). ` +
      "--path and --addr find them by their exact names where keys/ is.";
    lines.push(...wrap(text, context.io.columns, ""));
  }
  return lines.map((line) => context.paint.dim(line));
}

/** Says what there is instead, so that the next question can be a better one. */
function nothingText(store: StoreReader, { since, until }: EventQuery): string {
  const first = store.hours[0]?.t1;
  const last = store.hours.at(-1)?.t2;
  if (first === undefined || last === undefined) return "Nothing: the store is empty.";
  const range = since === null && until === null ? "" : " in this range";
  return `Nothing that fits${range}. The store holds ${formatTime(first)} to ${formatTime(last)}.`;
}
