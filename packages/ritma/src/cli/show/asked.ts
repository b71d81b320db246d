/**
 * What `ritma show` is asked for, as far as its spelling tells.
 *
 *     4711@09:32:10.002   1763629200.101:4711     an event: its serial and stamp
 *     nginx[911]   911   nginx[911]@09:32          a process
 *     12.031   9c10be52   09:32                    a window, else a process of that name
 *
 * A number of eight digits or more is the begin of a root: no kernel counts pids that far.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { TIME_US_MAX, TIME_US_MIN } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { timeOrNull } from "../log/range.ts";
import type { Calendar } from "../timeline/calendar.ts";

/** As exact as it was written: a minute, a second, a millisecond. Microseconds, half open. */
export interface Moment {
  readonly since: number;
  readonly until: number;
}

export type Asked =
  | { readonly kind: "event"; readonly serial: number; readonly at: Moment }
  | { readonly kind: "process"; readonly process: string; readonly at: Moment | null }
  | { readonly kind: "window-or-name"; readonly text: string };

const SERIAL_AT_TIME = /^(?<serial>\d{1,15})@(?<time>.+)$/su;
const STAMP_AND_SERIAL = /^(?:audit\()?(?<time>\d{9,10}\.\d{1,6}):(?<serial>\d{1,15})\)?:?$/u;
const PROCESS = /^(?<process>.*\[\d{1,10}\])(?:@(?<time>.+))?$/su;
const PID = /^\d{1,7}$/u;
const EPOCH = /^(?<seconds>\d{9,10})(?:\.(?<part>\d{1,6}))?$/u;
const PART = /:\d\d[.,](?<part>\d{1,6})(?: ?(?:Z|[+-]\d\d:?\d\d))?$/u;
const WITH_SECONDS = /\d\d:\d\d:\d\d/u;
const WITH_MINUTES = /\d\d:\d\d/u;
const PART_DIGITS = 6;
const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
const DAY_US = 1440 * MINUTE_US;

/** @throws RitmaError `time/bad`, `store/damaged` */
export async function whatIsAsked(
  store: StoreReader,
  text: string,
  calendar: Calendar,
): Promise<Asked> {
  const event = (SERIAL_AT_TIME.exec(text) ?? STAMP_AND_SERIAL.exec(text))?.groups;
  if (event !== undefined) {
    const at = await momentOf(store, event["time"] ?? "", calendar);
    return { kind: "event", serial: Number(event["serial"]), at };
  }
  const named = PROCESS.exec(text)?.groups;
  if (named !== undefined) {
    const time = named["time"];
    const at = time === undefined ? null : await momentOf(store, time, calendar);
    return { kind: "process", process: named["process"] ?? "", at };
  }
  if (PID.test(text)) return { kind: "process", process: text, at: null };
  return { kind: "window-or-name", text };
}

/** @throws RitmaError `time/bad`, `store/damaged` */
export async function momentOf(
  store: StoreReader,
  text: string,
  calendar: Calendar,
): Promise<Moment> {
  const since = epochUs(text) ?? (await timeOrNull(store, text, calendar));
  if (since !== null) return { since, until: since + exactnessOf(text) };
  const message = `"${escapeText(text.slice(0, 100))}" is not a time between 2000 and 2100`;
  throw new RitmaError("time/bad", message);
}

/** As the audit log writes it. */
function epochUs(text: string): number | null {
  const groups = EPOCH.exec(text)?.groups;
  if (groups === undefined) return null;
  const part = Number((groups["part"] ?? "").padEnd(PART_DIGITS, "0"));
  const time = Number(groups["seconds"]) * SECOND_US + part;
  return time >= TIME_US_MIN && time < TIME_US_MAX ? time : null;
}

function exactnessOf(text: string): number {
  const part = (EPOCH.exec(text) ?? PART.exec(text))?.groups?.["part"];
  if (part !== undefined) return 10 ** (PART_DIGITS - part.length);
  if (WITH_SECONDS.test(text) || EPOCH.test(text)) return SECOND_US;
  if (WITH_MINUTES.test(text)) return MINUTE_US;
  return text.startsWith("-") ? SECOND_US : DAY_US;
}
