/**
 * Stores on a simulated disk, and questions put to them in one line.
 *
 * @module
 */
import { eventTypeName, toHex } from "@ritma/evidence";
import type { Disk } from "../../src/base/disk/disk.ts";
import type { EventQuery } from "../../src/stores/sealed/event-query.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { EventSearch } from "../../src/stores/sealed/events.ts";
import { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { timeUs } from "../recorder/audit-lines.ts";
import { OUT, primitives } from "../recorder/recording.ts";

export const EVERY_EVENT: EventQuery = {
  since: null,
  until: null,
  wanted: () => "yes",
  wantedObject: () => true,
  process: null,
  objects: [],
};

export async function openReader(disk: Disk): Promise<StoreReader> {
  return await StoreReader.open(disk, primitives, OUT);
}

export async function eventsIn(
  disk: Disk,
  query: Partial<EventQuery> = {},
): Promise<readonly EventView[]> {
  const views: EventView[] = [];
  const search = new EventSearch(await openReader(disk), { ...EVERY_EVENT, ...query });
  for await (const event of search.run()) views.push(event.view());
  return views;
}

/** @returns serials in the order in which the events came. */
export async function serialsIn(disk: Disk, query: Partial<EventQuery> = {}): Promise<number[]> {
  return (await eventsIn(disk, query)).map(({ serial }) => serial);
}

/** From a clock to a clock, half open. */
export function between(since: string | null, until: string | null): Partial<EventQuery> {
  return {
    since: since === null ? null : timeUs(since),
    until: until === null ? null : timeUs(until),
  };
}

/** All that a view says, in a form that can be compared: no two views look the same. */
export function spelled(views: readonly EventView[]): string {
  return JSON.stringify(views, (key, value: unknown) => {
    if (key === "etype" && typeof value === "number") return eventTypeName(value);
    return value instanceof Uint8Array ? toHex(value) : value;
  });
}
