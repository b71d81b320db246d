/**
 * Intervals as text: whole seconds as such, the day once where it is the same.
 *
 * @module
 */
import { formatTime } from "../format.ts";

const DAY_COLUMNS = "2026-11-20".length;
const WHOLE_SECOND = /\.000$/u;
const UNITS = [
  ["d", 86_400_000_000],
  ["h", 3_600_000_000],
  ["min", 60_000_000],
  ["s", 1_000_000],
] as const;
const UNITS_SHOWN = 2;

/** "2026-11-20 10:16:00 → 10:17:00", in UTC. */
export function spanText(t1: number, t2: number): string {
  const [from, to] = [momentText(t1), momentText(t2)];
  const isSameDay = from.slice(0, DAY_COLUMNS) === to.slice(0, DAY_COLUMNS);
  return `${from} → ${isSameDay ? to.slice(DAY_COLUMNS + 1) : to}`;
}

/** "2026-11-20 10:16:00", and milliseconds where there are any. */
function momentText(timeUs: number): string {
  return formatTime(timeUs).replace(WHOLE_SECOND, "");
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
