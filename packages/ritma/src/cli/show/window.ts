/**
 * One window: its head, what is in it at a glance, and its first events.
 *
 * @module
 */
import { entitiesPath } from "@ritma/evidence";
import { sectionsOf, type Window } from "../../flow/investigate/windows.ts";
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import { EventTests } from "../../stores/sealed/event-query.ts";
import { type EventView, viewEvent } from "../../stores/sealed/event-view.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import { searchSection } from "../../stores/sealed/section-search.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { loggedOf } from "../log/collect.ts";
import { type Glance, glanceOf } from "../log/glance.ts";
import type { Namer } from "../timeline/names.ts";
import { STORY } from "../timeline/question.ts";

export interface WindowFound {
  readonly window: Window;
  /** Index of its entry in the node log. */
  readonly entry: number;
  /** Of the key that sealed it. */
  readonly keyId: Uint8Array;
  readonly counts: {
    readonly events: number;
    readonly atoms: number;
    readonly instantiations: number;
  };
  readonly glance: Glance;
}

/** @throws RitmaError `store/damaged` */
export async function readWindow(
  reader: StoreReader,
  window: Window,
  namer: Namer,
): Promise<WindowFound> {
  const logged = loggedOf(reader, window);
  const { events, atoms, instantiations } = await reader.microHeader(window.hour, logged);
  const keyId = await reader.microSigner(window.hour, logged);
  const { entities, sections } = await sectionsOf(reader, window);
  const path = entitiesPath(entities.generation);
  const glance = reader.files.decode(path, () => glanceOf(entities, sections, namer));
  const counts = { events, atoms, instantiations };
  return { window, entry: logged.entry, keyId, counts, glance };
}

/** Its events as the story of a timeline has them, in order of time. */
export async function* eventsOf(reader: StoreReader, window: Window): AsyncGenerator<EventView> {
  if (window.number === null) {
    yield* await lateEvents(reader, window);
    return;
  }
  const { t1, t2 } = window;
  const query = { ...STORY, since: t1, until: t2, process: null, objects: [] };
  for await (const event of new EventSearch(reader, query).run()) {
    const view = event.view();
    if (!view.late) yield view;
  }
}

/** They are of any time: the window itself tells, and no search by time. */
async function lateEvents(reader: StoreReader, window: Window): Promise<readonly EventView[]> {
  const { entities, sections } = await sectionsOf(reader, window);
  const query: EventQuery = { ...STORY, since: null, until: null, process: null, objects: [] };
  const all = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  return reader.files.decode(entitiesPath(entities.generation), () => {
    const tests = new EventTests(query, entities);
    return sections
      .flatMap((each) => searchSection(tests, window.hour.sequence, each, all, null).places)
      .map((place) => viewEvent(entities, place));
  });
}
