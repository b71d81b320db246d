/**
 * All events of a store, and whether one is sealed where an answer says.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventSeat } from "../../src/flow/investigate/facts-counter.ts";
import { findWindow, sectionsOf } from "../../src/flow/investigate/windows.ts";
import { windowReference } from "../../src/cli/diff/reference.ts";
import type { EventQuery } from "../../src/stores/sealed/event-query.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { EventSearch } from "../../src/stores/sealed/events.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { EVERY_EVENT } from "../sealed/searching.ts";

/** In order of time. */
export async function allEvents(
  store: StoreReader,
  query: Partial<EventQuery> = {},
): Promise<readonly EventView[]> {
  const views: EventView[] = [];
  const search = new EventSearch(store, { ...EVERY_EVENT, ...query });
  for await (const event of search.run()) views.push(event.view());
  return views;
}

/** The leaf of the window holds an atom of that stamp. */
export async function assertSeat(store: StoreReader, seat: EventSeat): Promise<void> {
  const name = windowReference(seat.sequence, seat.window);
  const { sections } = await sectionsOf(store, await findWindow(store, name, () => null));
  const [section] = sections;
  assert.ok(section !== undefined && sections.length === 1);
  const { atoms, starts } = section;
  const [begin = 0, end = 0] = [starts[seat.leaf], starts[seat.leaf + 1]];
  const rows = Array.from({ length: end - begin }, (_, at) => begin + at);
  assert.ok(
    rows.some((row) => atoms.time[row] === seat.time && atoms.serial[row] === seat.serial),
    `${name} leaf ${seat.leaf}`,
  );
}
