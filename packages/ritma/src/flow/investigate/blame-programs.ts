/**
 * Who has to do with something: programs, with how many processes of theirs and what these did.
 *
 * A program is told by its executable, else by its name. There is room for so many; events of
 * others are counted together.
 *
 * @module
 */
import type { ProcessEntity } from "@ritma/evidence";
import { BLAME_DEEDS_MAX, BLAME_ROWS_MAX } from "../../base/limits.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { EventPlace } from "../../stores/sealed/event-view.ts";
import { processKey } from "../../stores/sealed/known-credentials.ts";
import { keyOf, programOf, type Thing } from "./facts-thing.ts";

/** What was done, as an atom says it. */
export interface Deed {
  readonly etype: number;
  readonly flags: number;
  readonly ret: number;
  readonly events: number;
}

export interface BlamedProgram {
  /** Null where the log has neither an executable nor a name. */
  readonly program: Thing | null;
  readonly events: number;
  /** Different ones; of more than there is room for, no more are counted. */
  readonly processes: number;
  /** Most often done first. What there was no room for is left out. */
  readonly deeds: readonly Deed[];
  readonly first: {
    readonly time: number;
    readonly serial: number;
    readonly process: ProcessEntity;
  };
  /** Microseconds. */
  readonly last: number;
}

interface Tally {
  readonly program: Thing | null;
  events: number;
  processes: number;
  readonly deeds: Map<string, { -readonly [Name in keyof Deed]: Deed[Name] }>;
  first: BlamedProgram["first"];
  last: number;
}

export class ProgramTallies {
  readonly #tallies = new Map<string, Tally>();
  readonly #processes = new Set<string>();
  /** By process of the generation at hand; null where there was no room. */
  readonly #byId = new Map<number, Tally | null>();
  #entities: Entities | null = null;
  #others = 0;

  /** Events of programs for which there was no room. */
  get others(): number {
    return this.#others;
  }

  add(entities: Entities, { atoms, shown }: EventPlace): void {
    if (this.#entities !== entities) this.#byId.clear();
    this.#entities = entities;
    const id = atoms.process[shown] ?? 0;
    const tally = this.#byId.getOrInsertComputed(id, () => this.#tallyOf(entities.process(id)));
    if (tally === null) {
      this.#others += 1;
      return;
    }
    const [time, serial] = [atoms.time[shown] ?? 0, atoms.serial[shown] ?? 0];
    tally.events += 1;
    tally.last = Math.max(tally.last, time);
    const { first } = tally;
    if (time < first.time || (time === first.time && serial < first.serial)) {
      tally.first = { time, serial, process: entities.process(id) };
    }
    const [etype, flags, ret] = [
      atoms.etype[shown] ?? 0,
      atoms.flags[shown] ?? 0,
      atoms.ret[shown],
    ];
    addDeed(tally, { etype, flags, ret: ret ?? 0 });
  }

  /** Most events first. */
  list(): BlamedProgram[] {
    return [...this.#tallies.values()]
      .map(({ program, events, processes, deeds, first, last }) => {
        const sorted = [...deeds.values()].toSorted((a, b) => b.events - a.events);
        return { program, events, processes, deeds: sorted, first, last };
      })
      .toSorted((a, b) => b.events - a.events || a.first.time - b.first.time);
  }

  #tallyOf(process: ProcessEntity): Tally | null {
    const program = programOf(process);
    const key = program === null ? "" : keyOf([program]);
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      if (this.#tallies.size >= BLAME_ROWS_MAX) return null;
      const first = { time: Number.POSITIVE_INFINITY, serial: 0, process };
      const deeds: Tally["deeds"] = new Map();
      tally = { program, events: 0, processes: 0, deeds, first, last: Number.NEGATIVE_INFINITY };
      this.#tallies.set(key, tally);
    }
    if (this.#isNew(process)) tally.processes += 1;
    return tally;
  }

  /** A process that lives on is in the dictionary of the next generation as well. */
  #isNew(process: ProcessEntity): boolean {
    const key = processKey(process);
    if (this.#processes.has(key) || this.#processes.size >= BLAME_ROWS_MAX) return false;
    this.#processes.add(key);
    return true;
  }
}

function addDeed({ deeds }: Tally, { etype, flags, ret }: Omit<Deed, "events">): void {
  const key = `${etype} ${flags} ${ret}`;
  const deed = deeds.get(key);
  if (deed !== undefined) deed.events += 1;
  else if (deeds.size < BLAME_DEEDS_MAX) deeds.set(key, { etype, flags, ret, events: 1 });
}
