/**
 * The span of time that a question is about, and the store's own idea of times without a date.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { formatTime } from "../format.ts";
import { isRelative, parseTime } from "../timeline/times.ts";

export interface AskedRange {
  /** Microseconds, half open; null where the question has no bound. */
  readonly since: number | null;
  readonly until: number | null;
}

/** From `--since` and `--until`. @throws RitmaError `time/bad`, `store/damaged` */
export async function rangeAsked(context: Context, store: StoreReader): Promise<AskedRange> {
  const since = await timeAsked(store, context.text("since"));
  const until = await timeAsked(store, context.text("until"));
  if (since !== null && until !== null && since >= until) {
    const message = `the range begins at ${formatTime(since)} and ends at ${formatTime(until)}`;
    throw new RitmaError("time/bad", message);
  }
  return { since, until };
}

/** @returns microseconds; null for null. @throws RitmaError `time/bad`, `store/damaged` */
async function timeAsked(store: StoreReader, text: string | null): Promise<number | null> {
  if (text === null) return null;
  return parseTime(text, isRelative(text) ? await store.lastEventTime() : lastDay(store));
}

/** @returns microseconds; null for what is no time. @throws RitmaError `store/damaged` */
export async function timeOrNull(store: StoreReader, text: string): Promise<number | null> {
  try {
    return await timeAsked(store, text);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "time/bad") return null;
    throw error;
  }
}

/** Some time on the day of the last event, from the node log alone. */
function lastDay({ hours }: StoreReader): number | null {
  const last = hours.at(-1);
  return last === undefined ? null : Math.max(last.t1, last.t2 - 1);
}
