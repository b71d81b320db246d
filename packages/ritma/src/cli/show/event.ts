/**
 * One event: every atom of it, and the leaf that each is sealed in.
 *
 * An event is what has one stamp and one serial. Most are of one process and in one leaf; those
 * that an instantiation was cut through, and lines that were kept as found, are in several.
 *
 * Invariant: a leaf that is returned is one of those that hash to the root of its window.
 *
 * @module
 */
import { type AtomTable, entitiesPath, equalBytes, type Section } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { findWindow, sectionsOf, type Window } from "../../flow/investigate/windows.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import { type EventView, viewEvent } from "../../stores/sealed/event-view.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import { hashLeaves } from "../../stores/sealed/section-leaves.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { Namer } from "../timeline/names.ts";
import { EVERYTHING } from "../timeline/question.ts";
import type { Moment } from "./asked.ts";

/** The atoms of the event in one instantiation. */
export interface EventLeaf {
  /** From 0, as leaves of the window's tree. */
  readonly number: number;
  /** Its hash, made again from the atoms. */
  readonly hash: Uint8Array;
  /** Of the instantiation: all atoms in it, and where those of the event begin. */
  readonly atoms: number;
  readonly firstAtom: number;
  /** The atoms of the event, each as the only one of a view. */
  readonly views: readonly EventView[];
}

export interface EventFound {
  readonly time: number;
  readonly serial: number;
  /** For what is told of the process: who began it, as whom it runs. */
  readonly views: readonly EventView[];
  readonly window: Window;
  /** Leaves of the window's tree. */
  readonly leaves: number;
  readonly parts: readonly EventLeaf[];
}

const CANDIDATES_MAX = 10;
const VIEWS_MAX = 256;

/** @throws RitmaError `query/unknown`, `query/ambiguous`, `store/damaged` */
export async function findEvent(
  calendar: Calendar,
  reader: StoreReader,
  serial: number,
  at: Moment,
): Promise<EventFound> {
  const { first, views } = await eventNamed(calendar, reader, serial, at);
  const { sequence, window: number } = first;
  const window = await findWindow(reader, `${sequence}.${number ?? "late"}`, () => null);
  return { time: first.time, serial, views, window, ...(await leavesOf(reader, window, first)) };
}

/** Without its leaves: once for each process. @throws RitmaError as `findEvent` */
export async function eventNamed(
  calendar: Calendar,
  reader: StoreReader,
  serial: number,
  at: Moment,
): Promise<{ readonly first: EventView; readonly views: readonly EventView[] }> {
  const query = { ...EVERYTHING, ...at, process: null, objects: [] };
  const views: EventView[] = [];
  for await (const event of new EventSearch(reader, query).run()) {
    if (event.serial === serial && views.length < VIEWS_MAX) views.push(event.view());
  }
  const [first] = views;
  if (first === undefined) {
    const range = calendar.between(at.since, at.until);
    throw new RitmaError("query/unknown", `no event ${serial} from ${range}`);
  }
  const same = views.filter((view) => isSamePlace(view, first));
  if (same.length < views.length) throw ambiguous(calendar, serial, views);
  return { first, views };
}

function isSamePlace(a: EventView, b: EventView): boolean {
  return a.time === b.time && a.sequence === b.sequence && a.window === b.window;
}

function ambiguous(calendar: Calendar, serial: number, views: readonly EventView[]): RitmaError {
  const namer = new Namer(8);
  const times = new Set(
    views.map(
      ({ time, process }) => `${serial}@${calendar.told(time)} (${namer.process(process)})`,
    ),
  );
  const shown = [...times].slice(0, CANDIDATES_MAX).join(", ");
  const more = times.size > CANDIDATES_MAX ? ` and ${times.size - CANDIDATES_MAX} more` : "";
  return new RitmaError("query/ambiguous", `${times.size} events fit: ${shown}${more}`);
}

async function leavesOf(
  reader: StoreReader,
  window: Window,
  { time, serial }: EventView,
): Promise<Pick<EventFound, "leaves" | "parts">> {
  const { entities, sections } = await sectionsOf(reader, window);
  const [section] = sections;
  if (section === undefined) throw reader.files.damaged(window.hour.folder, "holds no atoms");
  const { primitives } = reader.files;
  return reader.files.decode(entitiesPath(entities.generation), () => {
    const { leaves, root } = hashLeaves(primitives, entities, section);
    if (!equalBytes(root, window.root)) {
      const message = `the atoms of window ${window.name} hash to another root than was sealed`;
      throw reader.files.damaged(window.hour.folder, message);
    }
    const parts: EventLeaf[] = [];
    for (const [number, hash] of leaves.entries()) {
      const part = partOf(window, entities, section, number, { time, serial });
      if (part !== null) parts.push({ ...part, number, hash });
    }
    return { leaves: leaves.length, parts };
  });
}

function partOf(
  { hour, number: window }: Window,
  entities: Entities,
  { atoms, starts }: Section,
  leaf: number,
  stamp: Pick<EventView, "time" | "serial">,
): Omit<EventLeaf, "number" | "hash"> | null {
  const [start, end] = [starts[leaf] ?? 0, starts[leaf + 1] ?? 0];
  const views: EventView[] = [];
  let firstAtom = 0;
  for (let row = start; row < end; row += 1) {
    if (!isOf(atoms, row, stamp)) continue;
    if (views.length === 0) firstAtom = row - start;
    const rows = { start: row, end: row + 1, more: [] };
    const place = { atoms, rows, shown: row, credentials: 0, sequence: hour.sequence, window };
    views.push(viewEvent(entities, place));
  }
  return views.length === 0 ? null : { atoms: end - start, firstAtom, views };
}

function isOf(
  atoms: AtomTable,
  row: number,
  { time, serial }: Pick<EventView, "time" | "serial">,
): boolean {
  return atoms.time[row] === time && atoms.serial[row] === serial;
}
