/**
 * The windows that touch a span of time, and how many these are.
 *
 * An hour is read when its windows are asked for; what is only counted costs no reading, but at the
 * ends of the span.
 *
 * @module
 */
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type Window, windowsOf, type WindowSpan } from "./windows.ts";

/** Hours that touch a span, oldest first. */
export function hoursWithWindows(reader: StoreReader, span: WindowSpan): readonly SealedHour[] {
  return reader.hours.filter((hour) => touches(hour, span));
}

/**
 * Those of an hour that touch a span, oldest first. Late ones are taken by the hour that holds
 * them.
 *
 * @throws RitmaError `store/damaged`
 */
export async function windowsOfHour(
  reader: StoreReader,
  hour: SealedHour,
  span: WindowSpan,
): Promise<readonly Window[]> {
  return (await windowsOf(reader, hour)).filter((window) => touches(window, span));
}

/**
 * How many these are. Of an hour that lies in the span the node log tells; at its ends the hour is
 * read.
 *
 * @throws RitmaError `store/damaged`
 */
export async function windowCount(
  reader: StoreReader,
  hour: SealedHour,
  span: WindowSpan,
): Promise<number> {
  if (hour.t1 >= span.since && hour.t2 <= span.until && hour.t1 < span.until) {
    return hour.logged.length;
  }
  return (await windowsOfHour(reader, hour, span)).length;
}

/** An hour of late events alone has no length, and is where it begins. */
function touches({ t1, t2 }: Pick<Window, "t1" | "t2">, { since, until }: WindowSpan): boolean {
  return t1 < until && (t2 > since || (t1 === t2 && t1 >= since));
}
