/**
 * Continues the chain of hours: makes finished hours into batches, one after the other.
 *
 * Knows sequence, links, generations and sessions; does not know when a window or an hour ends
 * (`sealer.ts`), nor the disk (`evidence-store.ts`).
 *
 * Format: spec/06-store.md, "Hour", "Generation log"; spec/07-node-log.md, "Order".
 *
 * @module
 */
import {
  clockHour,
  Dictionary,
  encodeLogEntry,
  HOUR_US,
  type InputMark,
  type LogEntry,
  type StoreFile,
} from "@ritma/evidence";
import {
  GENERATION_BYTES_MAX,
  GENERATION_DAYS_MAX,
  GENERATION_ENTITIES_MAX,
  HOUR_ATOMS_MAX,
  HOUR_ENTITIES_MAX,
} from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Batch } from "./batch.ts";
import type { ChainState } from "./chain-state.ts";
import { GenerationWriter } from "./generation-writer.ts";
import { HourBuilder } from "./hour-builder.ts";
import { hourBatch, isRunning, NO_COUNTS, type RunningCounts, type Sensor } from "./hour-batch.ts";

export interface SealerOptions {
  readonly primitives: NodePrimitives;
  readonly storeFile: StoreFile;
  readonly dictionary: Dictionary;
  /** Where the chain goes on. */
  readonly state: ChainState;
  readonly sensor: Sensor;
  /** @returns the salt of a generation that begins. */
  readonly generationSalt: (generation: number) => Uint8Array;
  /** What the session has consumed, asked for at each seal. */
  readonly inputs: () => readonly InputMark[];
  readonly zstdLevel: number;
  /** Those of base/limits.ts where absent. */
  readonly limits?: Partial<SealLimits> | undefined;
}

/** Where an hour closes early, and where a generation ends. */
export interface SealLimits {
  readonly hourAtomsMax: number;
  readonly hourEntitiesMax: number;
  readonly generationEntitiesMax: number;
  readonly generationBytesMax: number;
  readonly generationDaysMax: number;
}

const LIMITS: SealLimits = {
  hourAtomsMax: HOUR_ATOMS_MAX,
  hourEntitiesMax: HOUR_ENTITIES_MAX,
  generationEntitiesMax: GENERATION_ENTITIES_MAX,
  generationBytesMax: GENERATION_BYTES_MAX,
  generationDaysMax: GENERATION_DAYS_MAX,
};

/** Sums over the hours that a sealer has made. */
export type SealedTotals = {
  [Name in keyof RunningCounts | keyof typeof NOTHING_SEALED]: number;
};

const NOTHING_SEALED = { hours: 0, windows: 0, gaps: 0, events: 0, atoms: 0, instantiations: 0 };

const DAY_US = 24 * HOUR_US;

export class ChainWriter {
  readonly limits: SealLimits;
  readonly #options: SealerOptions;
  readonly #generation: GenerationWriter;
  #dictionary: Dictionary;
  #state: ChainState;
  /** Entries of the node log that stand before the next hour's. */
  #pendingEntries: LogEntry[] = [];
  #totals: SealedTotals = { ...NO_COUNTS, ...NOTHING_SEALED };
  #batches: Batch[] = [];
  #entitiesBefore: number;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.#dictionary = options.dictionary;
    this.#generation = new GenerationWriter(options.primitives, options.storeFile.store);
    this.#state = options.state;
    this.#nextGeneration();
    this.#entitiesBefore = this.#dictionary.size;
  }

  get state(): ChainState {
    return this.#state;
  }

  /** What the batches made so far hold. */
  get totals(): SealedTotals {
    return this.#totals;
  }

  /** Of the generation that the open hour belongs to. */
  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /** Entities that the open hour has added. */
  get freshEntities(): number {
    return this.#dictionary.size - this.#entitiesBefore;
  }

  /** Begins the hour that holds `time`, behind a gap if the chain ended before its clock hour. */
  beginHour(time: number): HourBuilder {
    const { frontier, session, sessionOpen, sequence } = this.#state;
    const begin = clockHour(time);
    const t1 = frontier === null || frontier < begin ? begin : frontier;
    if (!sessionOpen) this.#pendingEntries.push({ type: "open", session, t: t1 });
    if (frontier !== null && frontier < t1) {
      this.#pendingEntries.push({ type: "gap", t1: frontier, t2: t1 });
    }
    this.#state = { ...this.#state, sessionOpen: true };
    const { primitives, storeFile, zstdLevel } = this.#options;
    const context = { primitives, storeFile, dictionary: this.#dictionary, zstdLevel };
    return new HourBuilder(context, sequence, t1);
  }

  /**
   * Time begins with the first stamp of a store that can be believed. An hour that was begun for
   * stamps that cannot moves there; it has no window yet.
   */
  beginTime(hour: HourBuilder, time: number): void {
    if (this.#state.frontier !== null) return;
    hour.t1 = clockHour(time);
    this.#pendingEntries = this.#pendingEntries.map((entry) =>
      entry.type === "open" ? { ...entry, t: hour.t1 } : entry,
    );
  }

  /** Puts new entities into frames once they fill one. */
  collect(): void {
    this.#generation.collect(this.#dictionary);
  }

  /** Ends an hour at `t2`: its batch is made, and the chain stands behind it. */
  seal(hour: HourBuilder, t2: number, counts: RunningCounts): void {
    hour.finish(hour.t1, t2);
    const piece = this.#generation.take(this.#dictionary, this.#state, hour.t1);
    const { primitives, storeFile, sensor, inputs } = this.#options;
    const made = hourBatch({
      primitives,
      storeFile,
      sensor,
      hour,
      t2,
      state: this.#state,
      piece,
      counts,
      inputs: inputs(),
      before: this.#pendingEntries,
    });
    this.#addTotals(hour, counts);
    this.#pendingEntries = [];
    this.#state = made.state;
    this.#batches.push(made.batch);
    this.#nextGeneration();
    this.#entitiesBefore = this.#dictionary.size;
  }

  /**
   * Ends the session, if one is open. The close joins the batch of the last hour, so that no crash
   * can fall between them.
   */
  close(reason: string): void {
    const { session, sessionOpen, frontier, sequence, logSize } = this.#state;
    if (!sessionOpen) return;
    const last = sequence === 0 ? null : sequence - 1;
    const entry = encodeLogEntry({
      type: "close",
      session,
      sequence: last,
      t: frontier ?? 0,
      reason,
    });
    const batch = this.#batches.pop() ?? {
      files: [],
      growing: null,
      sign: [],
      plain: [],
      logSize,
      entries: [],
    };
    this.#batches.push({ ...batch, entries: [...batch.entries, entry] });
    this.#state = {
      ...this.#state,
      session: session + 1,
      sessionOpen: false,
      logSize: logSize + 1,
    };
  }

  /** @returns the batches made since the last call, to be written in this order. */
  takeBatches(): Batch[] {
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }

  #addTotals(hour: HourBuilder, counts: RunningCounts): void {
    const totals = { ...this.#totals };
    for (const [name, count] of Object.entries(counts)) {
      if (isRunning(name)) totals[name] += count;
    }
    totals.hours += 1;
    totals.windows += hour.windows.length;
    totals.gaps += this.#pendingEntries.filter(({ type }) => type === "gap").length;
    totals.events += hour.events;
    totals.atoms += hour.atoms;
    totals.instantiations += hour.instantiations;
    this.#totals = totals;
  }

  /** Also at the start: a generation may have ended with the hour before a crash. */
  #nextGeneration(): void {
    const { generationBegun, frontier } = this.#state;
    const { generationEntitiesMax, generationBytesMax, generationDaysMax } = this.limits;
    const age = (frontier ?? 0) - (generationBegun ?? frontier ?? 0);
    const full =
      this.#dictionary.size >= generationEntitiesMax ||
      this.#dictionary.bytes >= generationBytesMax ||
      age >= generationDaysMax * DAY_US;
    if (!full) return;
    const number = this.#dictionary.generation + 1;
    const { primitives, generationSalt } = this.#options;
    this.#dictionary = new Dictionary(primitives, number, generationSalt(number));
    this.#state = { ...this.#state, generationBytes: 0, generationBegun: null };
  }
}
