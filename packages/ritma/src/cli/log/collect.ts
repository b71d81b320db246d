/**
 * The hours of a span with their windows, newest first, as far as a limit goes.
 *
 * Hours behind the limit are counted from the node log, and not read. Blocks are read only where it
 * is asked what is in the windows: once for an hour, one block in memory at a time, and of what is
 * in it the most frequent is kept.
 *
 * @module
 */
import { entitiesPath, type HourHeader, type MicroHeader } from "@ritma/evidence";
import {
  hoursWithWindows,
  windowCount,
  windowsOfHour,
} from "../../flow/investigate/span-windows.ts";
import type { Window, WindowSpan } from "../../flow/investigate/windows.ts";
import type { LoggedWindow, SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Namer } from "../timeline/names.ts";
import { type Glance, glanceOf } from "./glance.ts";

export interface CountedWindow {
  readonly window: Window;
  /** In the node log. */
  readonly logged: LoggedWindow;
  readonly header: MicroHeader;
  /** Null where it was not asked for. */
  readonly glance: Glance | null;
}

export interface CountedHour {
  readonly hour: SealedHour;
  readonly header: HourHeader;
  /** Newest first. */
  readonly windows: readonly CountedWindow[];
  /** False when the limit, or the end of the span, left out older ones. */
  readonly isWhole: boolean;
}

export interface Collecting {
  readonly span: WindowSpan;
  readonly limit: number;
  /** Null when it is not asked what is in the windows. */
  readonly glancing: Namer | null;
}

/**
 * @returns how many windows of the span are not told for want of the limit
 * @throws RitmaError `store/damaged`
 */
export async function* countedHours(
  reader: StoreReader,
  collecting: Collecting,
): AsyncGenerator<CountedHour, number> {
  const { span } = collecting;
  let room = collecting.limit;
  let more = 0;
  for (const hour of hoursWithWindows(reader, span).toReversed()) {
    if (room === 0) {
      more += await windowCount(reader, hour, span);
      continue;
    }
    const windows = (await windowsOfHour(reader, hour, span)).toReversed();
    const told = windows.slice(0, room);
    if (told.length > 0) yield await countedHour(reader, collecting, hour, told);
    room -= told.length;
    more += windows.length - told.length;
  }
  return more;
}

async function countedHour(
  reader: StoreReader,
  { glancing }: Collecting,
  hour: SealedHour,
  windows: readonly Window[],
): Promise<CountedHour> {
  const header = await reader.header(hour);
  const glances =
    glancing === null ? null : await glancesOf(reader, hour, header, windows, glancing);
  const counted: CountedWindow[] = [];
  for (const window of windows) {
    const logged = loggedOf(reader, window);
    const glance = glances?.get(window.number) ?? null;
    counted.push({ window, logged, header: await reader.microHeader(hour, logged), glance });
  }
  return { hour, header, windows: counted, isWhole: windows.length === hour.logged.length };
}

/** @throws RitmaError `store/damaged` when the node log has no such window */
export function loggedOf(reader: StoreReader, { hour, number, name }: Window): LoggedWindow {
  const logged = hour.logged.find((each) => each.number === number);
  if (logged !== undefined) return logged;
  throw reader.files.damaged(hour.folder, `the node log has no window ${name}`);
}

async function glancesOf(
  reader: StoreReader,
  hour: SealedHour,
  header: HourHeader,
  windows: readonly Window[],
  namer: Namer,
): Promise<ReadonlyMap<number | null, Glance>> {
  const glances = new Map<number | null, Glance>();
  const wanted = new Set(windows.map(({ number }) => number));
  const entities = await reader.entities(header);
  const path = entitiesPath(entities.generation);
  for (const kind of ["inst", "late"] as const) {
    if (!windows.some(({ number }) => (number === null) === (kind === "late"))) continue;
    for await (const { sections } of reader.blocks(hour, header, kind)) {
      for (const section of sections) {
        if (!wanted.has(section.window)) continue;
        const glance = reader.files.decode(path, () => glanceOf(entities, [section], namer));
        glances.set(section.window, glance);
      }
    }
  }
  return glances;
}
