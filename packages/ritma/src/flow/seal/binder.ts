/**
 * Carries orders out: what was ordered and what was pressed become batches, and those durable.
 *
 * Works behind the sealer, one order after the other; `waiting` tells how far behind.
 *
 * @module
 */
import { encodeLogEntry, equalBytes, type LogEntry } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { type Batch, joinBatches } from "./batch.ts";
import type { ChainLink } from "./chain-state.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import {
  earlyEntry,
  hourBatch,
  type HourContext,
  isRunning,
  NO_COUNTS,
  type RunningCounts,
} from "./hour-batch.ts";
import type { HourOrder, Order, WindowSealOrder } from "./order.ts";
import type { PressedHour } from "./press.ts";

const NOTHING_SEALED = {
  hours: 0,
  plainPieces: 0,
  windows: 0,
  gaps: 0,
  events: 0,
  atoms: 0,
  instantiations: 0,
};

/** Sums over the hours that were sealed. */
export type SealedTotals = {
  [Name in keyof RunningCounts | keyof typeof NOTHING_SEALED]: number;
};

export class Binder {
  readonly #context: HourContext;
  readonly #store: Pick<EvidenceStore, "write" | "periodAfter">;
  #link: ChainLink;
  /** Entries that an earlier run signed of the hour that goes on, and are to come again. */
  readonly #signed: LogEntry[];
  /** Windows of the open hour that stand in the node log. */
  #early = 0;
  #waiting: Order[] = [];
  #work: Promise<void> | null = null;
  #hasFailed = false;
  readonly totals: SealedTotals = { ...NO_COUNTS, ...NOTHING_SEALED };

  /** @param signed entries of the open hour that the node log has; only where they come again */
  constructor(
    context: HourContext,
    store: Pick<EvidenceStore, "write" | "periodAfter">,
    link: ChainLink,
    signed: readonly LogEntry[] = [],
  ) {
    this.#context = context;
    this.#store = store;
    this.#link = link;
    this.#signed = [...signed];
  }

  /** Orders that wait for those before them; Infinity once one failed, as `done` tells. */
  get waiting(): number {
    return this.#hasFailed ? Infinity : this.#waiting.length;
  }

  /** Begins to carry `orders` out, behind those given before. */
  take(orders: readonly Order[]): void {
    if (orders.length === 0) return;
    this.#waiting.push(...orders);
    if (this.#work !== null) return;
    this.#work = this.#workOff();
    // Whoever awaits `done` is told; until then nobody may be.
    this.#work.catch(() => {
      this.#hasFailed = true;
    });
  }

  /** All that was taken is durable on return. @throws RitmaError of the disk, `store/refused` */
  async done(): Promise<void> {
    await this.#work;
  }

  async #workOff(): Promise<void> {
    while (this.#waiting.length > 0) {
      const orders = this.#waiting;
      this.#waiting = [];
      const batches: Batch[] = [];
      for (const order of orders) batches.push(await this.#bind(order));
      const some = batches.filter(({ files, entries }) => files.length + entries.length > 0);
      for (const batch of joinBatches(some)) await this.#store.write(batch);
    }
    this.#work = null;
  }

  async #bind(order: Order): Promise<Batch> {
    if (order.kind === "window") return await this.#bindWindow(order.window);
    const { hour, close } = order;
    const batch = hour === null ? this.#emptyBatch() : await this.#bindHour(hour);
    if (close === null) return batch;
    this.#link = { ...this.#link, logSize: this.#link.logSize + 1 };
    return { ...batch, entries: [...batch.entries, encodeLogEntry(close)] };
  }

  /** Of a window signed by an earlier run nothing is left to do, if it has come out the same. */
  async #bindWindow(order: WindowSealOrder): Promise<Batch> {
    const entries = [...order.before, earlyEntry(this.#context, order, await order.root)];
    this.#early += 1;
    const fresh = entries.map(encodeLogEntry).filter((entry) => !this.#isSigned(entry, order));
    const batch = { ...this.#emptyBatch(), entries: fresh };
    this.#link = { ...this.#link, logSize: this.#link.logSize + fresh.length };
    return batch;
  }

  /** @throws RitmaError `store/damaged`: two roots must never be signed for one window */
  #isSigned(entry: Uint8Array, { sequence, closed }: WindowSealOrder): boolean {
    const signed = this.#signed.shift();
    if (signed === undefined) return false;
    if (equalBytes(encodeLogEntry(signed), entry)) return true;
    const message = `window ${closed.window} of hour ${sequence} is not what was signed of it`;
    throw new RitmaError("store/damaged", `${message}: the journal was changed`);
  }

  async #bindHour(order: HourOrder): Promise<Batch> {
    const pressed = await order.pressed;
    const early = this.#early;
    const finished = { ...this.#context, order, pressed, link: this.#link, early };
    const { batch, link } = hourBatch(finished);
    this.#link = link;
    this.#early = 0;
    this.#count(order, pressed);
    const period = this.#store.periodAfter(order.sequence);
    if (period === null) return batch;
    this.#link = { ...link, logSize: link.logSize + 1 };
    const { file, entry } = period;
    return { ...batch, files: [...batch.files, file], entries: [...batch.entries, entry] };
  }

  #emptyBatch(): Batch {
    const { logSize } = this.#link;
    return { files: [], growing: [], sign: [], plain: [], logSize, entries: [] };
  }

  #count({ counts, windows, before }: HourOrder, { roots, plainPieces }: PressedHour): void {
    const { totals } = this;
    for (const [name, count] of Object.entries(counts)) {
      if (isRunning(name)) totals[name] += count;
    }
    totals.hours += 1;
    totals.plainPieces += plainPieces;
    totals.windows += windows.length;
    totals.gaps += before.filter(({ type }) => type === "gap").length;
    for (const { events, atoms } of windows) {
      totals.events += events;
      totals.atoms += atoms;
    }
    for (const { instantiations } of roots) totals.instantiations += instantiations;
  }
}
