/**
 * A moment of the recorded attack, read back out of the store that the demo made.
 *
 * @module
 */
import { eventTypeNumber } from "@ritma/evidence";
import type { Palette } from "../../base/colour.ts";
import { isDenied } from "../timeline/errno.ts";
import { Calendar } from "../timeline/calendar.ts";
import { Namer } from "../timeline/names.ts";
import { Pager } from "../timeline/page.ts";
import { STORY } from "../timeline/question.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

/** Somebody injects commands into a web page and asks for the password file. */
export const STORY_TITLE =
  "Read back: a request from 203.0.113.66 makes a web page ask for passwords";
const SINCE = Date.UTC(2026, 10, 20, 10, 13, 16, 988) * 1000;
const UNTIL = Date.UTC(2026, 10, 20, 10, 13, 16, 997) * 1000;
const SHOWN_MAX = 12;
const INDENT = "  ";

export interface Story {
  readonly lines: readonly string[];
  /** True when the refused look at the password file is in it. */
  readonly isComplete: boolean;
}

/** @param columns of a line, its indent included */
export async function tellStory(
  store: StoreReader,
  paint: Palette,
  columns: number,
): Promise<Story> {
  const lines: string[] = [];
  const out = (line: string): boolean => lines.push(INDENT + line) > 0;
  const width = columns - INDENT.length;
  const pager = new Pager({
    paint,
    columns: width,
    namer: new Namer(8),
    calendar: new Calendar(),
    gathers: true,
    out,
  });
  const query = { since: SINCE, until: UNTIL, ...STORY, process: null, objects: [] };
  const open = eventTypeNumber("open");
  let shown = 0;
  let isComplete = false;
  for await (const found of new EventSearch(store, query).run()) {
    const view = found.view();
    isComplete ||= view.atom.etype === open && isDenied(view.atom.ret);
    if (shown < SHOWN_MAX) pager.add(view);
    shown += 1;
  }
  pager.flush();
  return { lines, isComplete };
}

/** The story's time, as flags of a timeline. */
export const STORY_FLAGS = "--since 10:13:16 --until 10:13:18";
