/**
 * Continues the chain of hours: orders finished hours, one after the other.
 *
 * Knows sequence, generations and sessions, and hands atoms and entities to the press; does not
 * know when a window or an hour ends (`sealer.ts`), nor what an order becomes (`binder.ts`).
 *
 * Format: spec/06-store.md, "Hour", "Generation log"; spec/07-node-log.md, "Order".
 *
 * @module
 */
import {
  type AtomTable,
  clockHour,
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
import type { ChainState } from "./chain-state.ts";
import type { RunningCounts } from "./hour-batch.ts";
import { Interner } from "./interner.ts";
import { OpenHour } from "./open-hour.ts";
import type { Order } from "./order.ts";
import type { Press } from "./press.ts";

export interface SealerOptions {
  readonly primitives: NodePrimitives;
  readonly storeFile: StoreFile;
  readonly interner: Interner;
  /** Where the chain goes on. */
  readonly state: ChainState;
  /** Takes atoms and entities as they come. */
  readonly press: Press;
  /** @returns the salt of a generation that begins. */
  readonly generationSalt: (generation: number) => Uint8Array;
  /** What the session has consumed, asked for at each seal. */
  readonly inputs: () => readonly InputMark[];
  /** Those of base/limits.ts where absent. */
  readonly limits?: Partial<SealLimits> | undefined;
  /** Orders every window as it closes, too: for a live log. */
  readonly live?: boolean | undefined;
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

/** Of entities that wait: they leave with their window at the latest. */
const PIECE_BYTES_MAX = 8 * 1024 * 1024;
const DAY_US = 24 * HOUR_US;

export class ChainWriter {
  readonly limits: SealLimits;
  readonly #options: SealerOptions;
  #interner: Interner;
  #state: ChainState;
  /** Entries of the node log that stand before the next hour's. */
  #pendingEntries: LogEntry[] = [];
  #orders: Order[] = [];
  #entitiesBefore: number;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.#interner = options.interner;
    this.#state = options.state;
    this.#nextGeneration();
    this.#entitiesBefore = this.#interner.size;
  }

  get state(): ChainState {
    return this.#state;
  }

  /** Of the generation that the open hour belongs to. */
  get interner(): Interner {
    return this.#interner;
  }

  /** Entities that the open hour has added. */
  get freshEntities(): number {
    return this.#interner.size - this.#entitiesBefore;
  }

  /** Begins the hour that holds `time`, behind a gap if the chain ended before its clock hour. */
  beginHour(time: number): OpenHour {
    const { frontier, session, sessionOpen, sequence } = this.#state;
    const begin = clockHour(time);
    const t1 = frontier === null || frontier < begin ? begin : frontier;
    if (!sessionOpen) this.#pendingEntries.push({ type: "open", session, t: t1 });
    if (frontier !== null && frontier < t1) {
      this.#pendingEntries.push({ type: "gap", t1: frontier, t2: t1 });
    }
    this.#state = { ...this.#state, sessionOpen: true };
    return new OpenHour(sequence, t1);
  }

  /**
   * Time begins with the first stamp of a store that can be believed. An hour that was begun for
   * stamps that cannot moves there; it has no window yet.
   */
  beginTime(hour: OpenHour, time: number): void {
    if (this.#state.frontier !== null) return;
    hour.t1 = clockHour(time);
    this.#pendingEntries = this.#pendingEntries.map((entry) =>
      entry.type === "open" ? { ...entry, t: hour.t1 } : entry,
    );
  }

  /** Hands new entities to the press once they are many. Cheap when they are not. */
  collect(): void {
    if (this.#interner.freshBytes >= PIECE_BYTES_MAX) this.#pressEntities();
  }

  /** Hands the atoms of a closed window to the press; those of a live log are ordered at once. */
  window({ sequence, windows }: OpenHour, window: number | null, table: AtomTable): void {
    this.#pressEntities();
    const { generation } = this.#interner;
    const root = this.#options.press.window({ sequence, generation, window, table });
    // Whoever binds the order is told of a failure; without one, the end of the hour is.
    root.catch(() => {});
    const closed = windows.at(-1);
    if (this.#options.live !== true || window === null || closed === undefined) return;
    const before = this.#pendingEntries;
    this.#pendingEntries = [];
    this.#orders.push({ kind: "window", window: { sequence, closed, before, root } });
  }

  /** Ends an hour at `t2`, all of whose windows are closed: it is ordered. */
  seal(hour: OpenHour, t2: number, counts: RunningCounts): void {
    const late = hour.closeLate(t2);
    if (late !== null) this.window(hour, null, late);
    this.#pressEntities();
    const { sequence, t1, windows } = hour;
    const { session, previousT1, generationBegun } = this.#state;
    const begun = generationBegun ?? t1;
    const generation = {
      number: this.#interner.generation,
      firstId: this.#entitiesBefore + 1,
      entities: this.freshEntities,
      begun,
    };
    const before = this.#pendingEntries;
    const inputs = this.#options.inputs();
    const pressed = this.#options.press.finish(sequence);
    // Whoever binds the order is told; until then nobody may be there to hear it.
    pressed.catch(() => {});
    const order = { sequence, session, t1, t2, previousT1, windows, counts, inputs, pressed };
    this.#orders.push({ kind: "hour", hour: { ...order, before, generation }, close: null });
    this.#pendingEntries = [];
    this.#state = {
      ...this.#state,
      sequence: sequence + 1,
      previousT1: t1,
      frontier: t2,
      generationBegun: begun,
    };
    this.#nextGeneration();
    this.#entitiesBefore = this.#interner.size;
  }

  /** Ends the session, if one is open, together with the last hour. */
  close(reason: string): void {
    const { session, sessionOpen, frontier, sequence } = this.#state;
    if (!sessionOpen) return;
    const last = sequence === 0 ? null : sequence - 1;
    const t = frontier ?? 0;
    const ended = this.#orders.at(-1)?.kind === "hour" ? this.#orders.pop() : undefined;
    const hour = ended?.kind === "hour" ? ended.hour : null;
    const close: LogEntry = { type: "close", session, sequence: last, t, reason };
    this.#orders.push({ kind: "hour", hour, close });
    this.#state = { ...this.#state, session: session + 1, sessionOpen: false };
  }

  /** @returns the orders made since the last call, to be carried out in this order. */
  takeOrders(): Order[] {
    const orders = this.#orders;
    this.#orders = [];
    return orders;
  }

  #pressEntities(): void {
    const { generation, salt } = this.#interner;
    this.#options.press.entities({ generation, salt, ...this.#interner.takeFresh() });
  }

  /** Also at the start: a generation may have ended with the hour before a crash. */
  #nextGeneration(): void {
    const { generationBegun, frontier } = this.#state;
    const { generationEntitiesMax, generationBytesMax, generationDaysMax } = this.limits;
    const age = (frontier ?? 0) - (generationBegun ?? frontier ?? 0);
    const full =
      this.#interner.size >= generationEntitiesMax ||
      this.#interner.bytes >= generationBytesMax ||
      age >= generationDaysMax * DAY_US;
    if (!full) return;
    const number = this.#interner.generation + 1;
    const { primitives, generationSalt } = this.#options;
    this.#interner = new Interner(primitives.keyedHash16, number, generationSalt(number));
    this.#state = { ...this.#state, generationBegun: null };
  }
}
