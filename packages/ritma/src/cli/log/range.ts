/**
 * The span of time that a question is about, and the store's own idea of times without a date.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { isRelative, parseTime } from "../timeline/times.ts";
import type { Zone } from "../timeline/zone.ts";

export interface AskedRange {
  /** Microseconds, half open; null where the question has no bound. */
  readonly since: number | null;
  readonly until: number | null;
}

/** From `--since` and `--until`. @throws RitmaError `time/bad`, `store/damaged` */
export async function rangeAsked(context: Context, store: StoreReader): Promise<AskedRange> {
  const { calendar } = context;
  const since = await timeAsked(store, context.text("since"), calendar.zone);
  const until = await timeAsked(store, context.text("until"), calendar.zone);
  if (since !== null && until !== null && since >= until) {
    const [begin, end] = [calendar.told(since), calendar.told(until)];
    const message = `the range begins at ${begin} and ends at ${end}`;
    throw new RitmaError("time/bad", message);
  }
  return { since, until };
}

/** @returns microseconds; null for null. @throws RitmaError `time/bad`, `store/damaged` */
async function timeAsked(
  store: StoreReader,
  text: string | null,
  zone: Zone,
): Promise<number | null> {
  if (text === null) return null;
  const last = isRelative(text) ? await store.lastEventTime() : lastDay(store);
  return parseTime(text, last, zone);
}

/** @returns microseconds; null for what is no time. @throws RitmaError `store/damaged` */
export async function timeOrNull(
  store: StoreReader,
  text: string,
  { zone }: Calendar,
): Promise<number | null> {
  try {
    return await timeAsked(store, text, zone);
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
