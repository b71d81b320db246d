/**
 * From what a person names to the atoms that are proved: one event, all that a process did, all of
 * a span.
 *
 * @module
 */
import { entitiesPath, equalBytes, type ProcessEntity } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { PROVED_EVENTS_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { windowsOf } from "../../flow/investigate/windows.ts";
import type { ChosenWindow } from "../../services/prover/proved-window.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { rangeAsked } from "../log/range.ts";
import { whatIsAsked } from "../show/asked.ts";
import { eventNamed } from "../show/event.ts";
import { findProcess } from "../show/process.ts";
import { EVERYTHING } from "../timeline/question.ts";

/** Stamps and serials of events, and whose they are. */
interface Choice {
  /** By window: "0.032". Each "time serial". */
  readonly stamps: ReadonlyMap<string, ReadonlySet<string>>;
  readonly process: ProcessEntity | null;
}

/**
 * @param what an event or a process; null for all events of the span that the flags name
 * @throws RitmaError `query/…`, `time/bad`, `usage/bad-argument`, `internal/limit`, `store/damaged`
 */
export async function chosenEvents(
  context: Context,
  store: StoreReader,
  what: string | null,
): Promise<readonly ChosenWindow[]> {
  return await windowsFor(store, await choiceOf(context, store, what));
}

async function choiceOf(
  context: Context,
  store: StoreReader,
  what: string | null,
): Promise<Choice> {
  const { calendar } = context;
  if (what === null) return await searched(context, store, null);
  const asked = await whatIsAsked(store, what, calendar);
  if (asked.kind === "event") {
    if (context.text("since") !== null || context.text("until") !== null) {
      const message = "--since and --until are for a process or a span, and this is one event";
      throw new RitmaError("usage/bad-argument", message);
    }
    const { first } = await eventNamed(calendar, store, asked.serial, asked.at);
    const stamps = new Map([[nameOf(first), new Set([`${first.time} ${first.serial}`])]]);
    return { stamps, process: null };
  }
  const [name, at] =
    asked.kind === "process" ? [asked.process, asked.at] : ([asked.text, null] as const);
  const found = await findProcess(calendar, store, name, at);
  if (found !== null) return await searched(context, store, found.process);
  const shown = escapeText(what.slice(0, 100));
  throw new RitmaError("query/unknown", `the store knows no event and no process "${shown}"`);
}

async function searched(
  context: Context,
  store: StoreReader,
  process: ProcessEntity | null,
): Promise<Choice> {
  const range = await rangeAsked(context, store);
  const isAsked = process === null ? null : (each: ProcessEntity) => isSame(each, process);
  const search = new EventSearch(store, { ...range, ...EVERYTHING, process: isAsked, objects: [] });
  const stamps = new Map<string, Set<string>>();
  let events = 0;
  for await (const event of search.run()) {
    events += 1;
    if (events > PROVED_EVENTS_MAX) {
      const message = `more than ${PROVED_EVENTS_MAX} events: name a shorter time`;
      throw new RitmaError("internal/limit", `${message} with --since and --until`);
    }
    const { time, serial, sequence, window } = event.view();
    const name = nameOf({ sequence, window });
    stamps.getOrInsertComputed(name, () => new Set()).add(`${time} ${serial}`);
  }
  if (stamps.size === 0) throw new RitmaError("query/unknown", "there is no event to prove");
  return { stamps, process };
}

async function windowsFor(
  store: StoreReader,
  { stamps, process }: Choice,
): Promise<readonly ChosenWindow[]> {
  const chosen: ChosenWindow[] = [];
  const sequences = new Set([...stamps.keys()].map((name) => Number(name.split(" ")[0])));
  for (const sequence of [...sequences].toSorted((a, b) => a - b)) {
    const hour = store.hours[sequence];
    for (const window of hour === undefined ? [] : await windowsOf(store, hour)) {
      const own = stamps.get(nameOf({ sequence, window: window.number }));
      if (own === undefined) continue;
      chosen.push({
        window,
        isChosen: (atoms, row, entities) => {
          if (!own.has(`${atoms.time[row] ?? 0} ${atoms.serial[row] ?? 0}`)) return false;
          if (process === null) return true;
          const path = entitiesPath(entities.generation);
          const id = atoms.process[row] ?? 0;
          return isSame(
            store.files.decode(path, () => entities.process(id)),
            process,
          );
        },
      });
    }
  }
  return chosen;
}

function nameOf({ sequence, window }: { sequence: number; window: number | null }): string {
  return `${sequence} ${window ?? "late"}`;
}

function isSame(a: ProcessEntity, b: ProcessEntity): boolean {
  return (
    a.pid === b.pid &&
    a.start === b.start &&
    a.serial === b.serial &&
    a.boot === b.boot &&
    equalBytes(a.node.bytes, b.node.bytes)
  );
}
