/**
 * Since when something is there, who has to do with it, and in which windows.
 *
 * First and last are by the stamps of events, so that one that came late counts where it belongs;
 * windows stand in the order in which they were sealed.
 *
 * @module
 */
import type { ProcessEntity } from "@ritma/evidence";
import { BLAME_ROWS_MAX } from "../../base/limits.ts";
import { type EventView, viewEvent } from "../../stores/sealed/event-view.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type BlamedProgram, ProgramTallies } from "./blame-programs.ts";
import { type Hit, HitScan, type Question, type WindowHits } from "./blame-scan.ts";
import { decoding } from "./facts-scan.ts";
import type { Window } from "./windows.ts";

/** An event with the place that proves it. */
export interface ProvedEvent {
  readonly view: EventView;
  readonly window: Window;
  /** Of the window's tree. */
  readonly leaf: number;
}

export interface BlamedWindow {
  readonly window: Window;
  readonly events: number;
  readonly first: {
    /** Microseconds. */
    readonly time: number;
    readonly serial: number;
    readonly leaf: number;
    readonly process: ProcessEntity;
  };
}

export interface Blame {
  /** Null when there is none; then all is empty. */
  readonly first: ProvedEvent | null;
  readonly last: ProvedEvent | null;
  readonly events: number;
  /** Most events first. */
  readonly programs: readonly BlamedProgram[];
  /** Events of programs for which there was no room. */
  readonly others: number;
  /** Those with such events. */
  readonly windows: readonly BlamedWindow[];
  /** Such windows for which there was no room. */
  readonly moreWindows: number;
  /** Windows whose events were looked at. */
  readonly examined: number;
  /** Windows that can hold none, as the dictionary shows. */
  readonly skipped: number;
  /** Events of the windows looked at that may be of the user asked about: theirs is not known. */
  readonly undecided: number;
}

/** @throws RitmaError `store/damaged` */
export async function blame(reader: StoreReader, question: Question): Promise<Blame> {
  const scan = new HitScan(reader, question);
  const programs = new ProgramTallies();
  const windows: BlamedWindow[] = [];
  let [events, moreWindows] = [0, 0];
  let [first, last]: [ProvedEvent | null, ProvedEvent | null] = [null, null];
  for await (const found of scan.run()) {
    const { entities, hits } = found;
    const [oldest, newest] = [hits[0], hits.at(-1)];
    if (oldest === undefined || newest === undefined) continue;
    events += hits.length;
    decoding(reader, entities, () => {
      for (const { place } of hits) programs.add(entities, place);
      if (windows.length < BLAME_ROWS_MAX) windows.push(windowOf(found, oldest));
      else moreWindows += 1;
      if (first === null || compare(oldest, first.view) < 0) first = proved(found, oldest);
      if (last === null || compare(newest, last.view) >= 0) last = proved(found, newest);
    });
  }
  const { examined, skipped, undecided } = scan;
  const seen = { first, last, events, windows, moreWindows, examined, skipped, undecided };
  return { ...seen, programs: programs.list(), others: programs.others };
}

/** @throws FormatError when an id stands for something of another kind */
export function proved({ entities, window }: WindowHits, { place, leaf }: Hit): ProvedEvent {
  return { view: viewEvent(entities, place), window, leaf };
}

function windowOf({ window, entities, hits }: WindowHits, { place, leaf }: Hit): BlamedWindow {
  const { time, serial } = stampOf(place);
  const process = entities.process(place.atoms.process[place.shown] ?? 0);
  return { window, events: hits.length, first: { time, serial, leaf, process } };
}

function compare({ place }: Hit, view: Pick<EventView, "time" | "serial">): number {
  const { time, serial } = stampOf(place);
  return time - view.time || serial - view.serial;
}

function stampOf({ atoms, shown }: Hit["place"]): {
  readonly time: number;
  readonly serial: number;
} {
  return { time: atoms.time[shown] ?? 0, serial: atoms.serial[shown] ?? 0 };
}
