/**
 * Times as a person writes them: by the clocks of their place, but where they say otherwise.
 *
 *     2026-11-20T09:32:07.114Z   2026-11-20 09:32+02:00      as they say
 *     2026-11-20 09:32   2026-11-20   09:32                  as clocks show it there
 *     -5m                                                    before the last event
 *
 * A time without a date is on the day of the store's last event, and one with a minus is so long
 * before that event: what is asked about is the record, not the clock of whoever reads it.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { TIME_US_MAX, TIME_US_MIN } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { UTC, type Zone } from "./zone.ts";

const US_PER_MS = 1000;
const US_PER_MINUTE = 60_000_000;

const DATE = String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)`;
const SECOND = String.raw`(?<second>\d\d)(?:[.,](?<part>\d{1,6}))?`;
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::${SECOND})?`;
const ZONE = String.raw`(?<zone>Z|[+-]\d\d:?\d\d)?`;
const WITH_DATE = new RegExp(`^${DATE}(?:[Tt ]${CLOCK} ?${ZONE})?$`, "u");
const WITHOUT_DATE = new RegExp(`^${CLOCK}(?<zone>Z)?$`, "u");
const RELATIVE = /^-(?:\d{1,6}[dhms])+$/u;
const LENGTH = /^(?:\d{1,6}[dhms])+$/u;
const UNITS_US: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["m", US_PER_MINUTE],
  ["s", 1_000_000],
]);

/**
 * @param last stamp of the store's last event in µs, null in an empty store; for a text that is not
 * relative, any time on the same day
 * @param zone whose clocks are meant where the text does not say it
 * @returns microseconds
 * @throws RitmaError `time/bad`
 */
export function parseTime(text: string, last: number | null, zone: Zone = UTC): number {
  const time = absolute(text, zone) ?? relative(text, last) ?? onLastDay(text, last, zone);
  if (time !== null && time >= TIME_US_MIN && time < TIME_US_MAX) return time;
  const shown = escapeText(text.slice(0, 100));
  throw new RitmaError("time/bad", `"${shown}" is not a time between 2000 and 2100`);
}

/** "2m", "1h30m". @returns microseconds; null for another text */
export function parseLength(text: string): number | null {
  return LENGTH.test(text) ? lengthIn(text) : null;
}

/** True when the time is counted from the last event itself, and not from its day. */
export function isRelative(text: string): boolean {
  return RELATIVE.test(text);
}

function absolute(text: string, zone: Zone): number | null {
  const groups = WITH_DATE.exec(text)?.groups;
  if (groups === undefined) return null;
  const day = dayOf(groups);
  if (day === null) return null;
  const clock = groups["hour"] === undefined ? 0 : clockOf(groups);
  if (clock === null) return null;
  const offset = offsetOf(groups["zone"]);
  return offset === null ? zone.timeOf(day + clock) : day + clock - offset;
}

function relative(text: string, lastEvent: number | null): number | null {
  if (!isRelative(text) || lastEvent === null) return null;
  return lastEvent - lengthIn(text);
}

function lengthIn(text: string): number {
  let length = 0;
  for (const [, count = "", unit = ""] of text.matchAll(/(\d+)([dhms])/gu)) {
    length += Number(count) * (UNITS_US.get(unit) ?? 0);
  }
  return length;
}

function onLastDay(text: string, lastEvent: number | null, zone: Zone): number | null {
  const groups = WITHOUT_DATE.exec(text)?.groups;
  if (groups === undefined || lastEvent === null) return null;
  const clock = clockOf(groups);
  const dayUs = UNITS_US.get("d") ?? 1;
  const { offsetAt, timeOf } = groups["zone"] === undefined ? zone : UTC;
  const shown = lastEvent + offsetAt(lastEvent);
  return clock === null ? null : timeOf(Math.floor(shown / dayUs) * dayUs + clock);
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Null for a day that no calendar has. */
function dayOf(groups: Groups): number | null {
  const [year, month, day] = ["year", "month", "day"].map((name) => Number(groups[name]));
  const time = Date.UTC(year ?? 0, (month ?? 0) - 1, day);
  const shown = `${groups["year"]}-${groups["month"]}-${groups["day"]}`;
  if (!new Date(time).toISOString().startsWith(shown)) return null;
  return time * US_PER_MS;
}

function clockOf(groups: Groups): number | null {
  const hour = Number(groups["hour"]);
  const minute = Number(groups["minute"]);
  const second = Number(groups["second"] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return null;
  const part = Number((groups["part"] ?? "").padEnd(6, "0"));
  return ((hour * 60 + minute) * 60 + second) * 1_000_000 + part;
}

/** Null where nothing is said. */
function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * US_PER_MINUTE;
}
