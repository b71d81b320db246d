/**
 * Events and windows by the names that `ritma show` takes.
 *
 * @module
 */
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Calendar } from "../timeline/calendar.ts";

/** Text of a time of the given stamp in µs, for copying. */
export type Clock = (timeUs: number) => string;

/** A time without its date is one of the day of the store's last event. */
export function clockOf(calendar: Calendar, { hours }: StoreReader): Clock {
  const last = hours.at(-1);
  const today = last === undefined ? "" : calendar.day(Math.max(last.t1, last.t2 - 1));
  return (timeUs) => {
    const clock = calendar.clock(timeUs);
    const isToday = calendar.day(timeUs) === today && clock === calendar.clockAsked(timeUs);
    return isToday ? clock : calendar.asked(timeUs);
  };
}

/** `4711@09:32:10.002`: serial and stamp. */
export function eventReference(
  clock: Clock,
  { time, serial }: { readonly time: number; readonly serial: number },
): string {
  return `${serial}@${clock(time)}`;
}

/** `12.031`, `12.late`. */
export function windowReference(sequence: number, window: number | null): string {
  return `${sequence}.${window === null ? "late" : String(window).padStart(3, "0")}`;
}
