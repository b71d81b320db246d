/**
 * A page of the timeline at any second of the store.
 *
 * @module
 */
import { BLOCKS_KEPT } from "../../packages/ritma/src/base/limits.ts";
import { EventSearch } from "../../packages/ritma/src/stores/sealed/events.ts";
import type { StoreReader } from "../../packages/ritma/src/stores/sealed/store-reader.ts";
import { tellTimes } from "./ask.ts";

const ROWS = 50;
const PAGES = 300;
const SECOND_US = 1_000_000;
/** Prime, so that pages are asked for in no order that a store has. */
const STRIDE = 7_919;

/** All events, as a reader who scrolls through them asks for them; after a first round. */
export async function measurePages(reader: StoreReader): Promise<void> {
  const range = await reader.eventRange();
  if (range === null) return;
  reader.keepBlocks(BLOCKS_KEPT);
  const seconds = Math.floor((range.last - range.first) / SECOND_US);
  const took: number[] = [];
  for (let at = 0; at < 2 * PAGES; at += 1) {
    const begun = performance.now();
    await page(reader, range.first + ((at * STRIDE) % seconds) * SECOND_US);
    if (at >= PAGES) took.push(performance.now() - begun);
  }
  tellTimes("timeline page", took, `${ROWS} rows at any of ${seconds} seconds`);
}

async function page(reader: StoreReader, since: number): Promise<void> {
  const search = new EventSearch(reader, {
    since,
    until: null,
    wanted: () => "yes",
    wantedObject: () => true,
    process: null,
    objects: [],
  });
  let rows = 0;
  for await (const event of search.run()) {
    event.view();
    rows += 1;
    if (rows === ROWS) return;
  }
}
