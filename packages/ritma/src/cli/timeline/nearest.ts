/**
 * The events next to a range in which there is none, so that the next question can find one.
 *
 * Which windows have events is signed, so few are read: those at both ends of the range.
 *
 * @module
 */
import { windowsOf } from "../../flow/investigate/windows.ts";
import { EventSearch, type FoundEvent } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { EVERYTHING } from "./question.ts";

export interface Nearest {
  /** Microseconds: the last event before the range. */
  readonly before: number;
  /** And the first one behind it. */
  readonly after: number;
}

/**
 * @param since microseconds, as `until`
 * @returns null for a range that has an event of whatever kind, or that is at an end of the store
 * @throws RitmaError `store/damaged`, `internal/limit`
 */
export async function nearestTo(
  store: StoreReader,
  since: number,
  until: number,
): Promise<Nearest | null> {
  if ((await firstIn(store, since, until)) !== null) return null;
  const before = await lastBefore(store, since);
  const after = await firstFrom(store, until);
  return before === null || after === null ? null : { before, after };
}

async function lastBefore(store: StoreReader, end: number): Promise<number | null> {
  for (const hour of store.hours.toReversed()) {
    if (hour.t1 >= end || hour.windows === 0) continue;
    for (const { number, t1, t2 } of (await windowsOf(store, hour)).toReversed()) {
      if (number === null || t1 >= end) continue;
      let last: number | null = null;
      for await (const { time } of eventsIn(store, t1, Math.min(t2, end))) last = time;
      if (last !== null) return last;
    }
  }
  return null;
}

async function firstFrom(store: StoreReader, begin: number): Promise<number | null> {
  for (const hour of store.hours) {
    if (hour.t2 <= begin || hour.windows === 0) continue;
    for (const { number, t1, t2 } of await windowsOf(store, hour)) {
      if (number === null || t2 <= begin) continue;
      const first = await firstIn(store, Math.max(t1, begin), t2);
      if (first !== null) return first;
    }
  }
  return null;
}

async function firstIn(store: StoreReader, since: number, until: number): Promise<number | null> {
  for await (const { time } of eventsIn(store, since, until)) return time;
  return null;
}

function eventsIn(store: StoreReader, since: number, until: number): AsyncGenerator<FoundEvent> {
  return new EventSearch(store, { since, until, ...EVERYTHING, process: null, objects: [] }).run();
}
