/**
 * Intervals as text: whole seconds as such, the day once where it is the same.
 *
 * @module
 */
import type { Calendar } from "../timeline/calendar.ts";

const DAY_COLUMNS = "2026-11-20".length;
const WHOLE_SECOND = /\.000$/u;
const UNITS = [
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["min", 60_000_000],
  ["s", 1_000_000],
] as const;
const UNITS_SHOWN = 2;

/** "2026-11-20 10:16:00 → 10:17:00". */
export function spanText(calendar: Calendar, t1: number, t2: number): string {
  const [first, last] = [calendar.deviation(t1), calendar.deviation(t2)];
  return joined(calendar, [t1, t2], [first, last]);
}

/** "2026-11-20 10:16:00 → 10:17:00 UTC". */
export function spanStamp(calendar: Calendar, t1: number, t2: number): string {
  const [first, last] = [calendar.offset(t1), calendar.offset(t2)];
  return joined(calendar, [t1, t2], [` ${first}`, ` ${last}`]);
}

/** The day once where it is the same, and what is said of the offset too. */
function joined(
  calendar: Calendar,
  [t1, t2]: readonly [number, number],
  [first, last]: readonly [string, string],
): string {
  const [from, to] = [momentText(calendar, t1), momentText(calendar, t2)];
  if (first !== last) return `${from}${first} → ${to}${last}`;
  const isSameDay = from.slice(0, DAY_COLUMNS) === to.slice(0, DAY_COLUMNS);
  return `${from} → ${isSameDay ? to.slice(DAY_COLUMNS + 1) : to}${last}`;
}

/** "2026-11-20 10:16:00", and milliseconds where there are any. */
function momentText(calendar: Calendar, timeUs: number): string {
  return calendar.shown(timeUs).replace(WHOLE_SECOND, "");
}

/** "2 h 5 min", "59 s", "1 ms". */
export function lengthText(us: number): string {
  const parts: string[] = [];
  let left = us;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, UNITS_SHOWN).join(" ") || `${us / 1000} ms`;
}

/** "2026-11-20T10:16:00.000000Z"; null for a stamp that is no date. */
export function isoTime(timeUs: number): string | null {
  const date = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(date.getTime())) return null;
  return `${date.toISOString().slice(0, -1)}${String(timeUs % 1000).padStart(3, "0")}Z`;
}
