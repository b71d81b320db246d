/**
 * A session of recording: bytes of inputs go in, hours are sealed behind.
 *
 *     bytes -> Pipeline -> Sealer -> orders -> Binder -> the evidence store
 *
 * Everything that reaches the store depends on what is called here, in its order: a journal that
 * repeats the calls gets the same roots.
 *
 * Not here: where the bytes come from (`ingest.ts`, `live.ts`).
 *
 * @module
 */
import { encodeUtf8, type InputMark, type LogEntry } from "@ritma/evidence";
import type { ObservedProcess } from "../../base/disk/process-table.ts";
import { ORDERS_WAITING_MAX } from "../../base/limits.ts";
import { Binder, type SealedTotals } from "../../flow/seal/binder.ts";
import type { ChainState } from "../../flow/seal/chain-state.ts";
import type { SealLimits } from "../../flow/seal/chain-writer.ts";
import type { RunningCounts } from "../../flow/seal/hour-batch.ts";
import type { Press } from "../../flow/seal/press.ts";
import { Sealer } from "../../flow/seal/sealer.ts";
import type { OpenedStore, World } from "./data-root.ts";
import type { PrefixDigest } from "./input-digest.ts";
import { type KnownPart, Pipeline } from "./pipeline.ts";
import { auditdSensor } from "./sensor.ts";

export interface RecordingOptions {
  /** Node name for lines without `node=`. */
  readonly node: string;
  /** Where hours and generations end, for tests; else as in base/limits.ts. */
  readonly limits?: Partial<SealLimits> | undefined;
  /** Threads beside this one, for what the press does; the bytes are the same for any number. */
  readonly threads?: number | undefined;
  /** True when the open session of the store goes on. */
  readonly continues: boolean;
  /** Signs every window as it closes. */
  readonly live?: boolean;
  /** What the node log has of the hour that goes on, and is to come again. */
  readonly signed?: readonly LogEntry[];
}

/** An input that begins. */
export interface BegunInput {
  /** Prefixes that are recorded already, shortest first, counted from the first byte given. */
  readonly known: readonly KnownPart[];
  /** Of the whole file so far, also of what earlier sessions consumed. */
  readonly digest: PrefixDigest;
  /** The file's bytes before the first that is given. */
  readonly offset: number;
  /** @returns digest of the first record. */
  readonly head: () => Uint8Array;
}

export class Recording {
  readonly pipeline: Pipeline;
  readonly #threads: number;
  readonly #press: Press;
  readonly #sealer: Sealer;
  readonly #binder: Binder;
  /** Inputs that were read to their end. */
  readonly #marks: InputMark[] = [];
  #input: BegunInput | null = null;
  /** Number of the session that goes on or begins. */
  readonly session: number;

  constructor(world: World, root: OpenedStore, press: Press, options: RecordingOptions) {
    this.#press = press;
    this.#threads = options.threads ?? 0;
    const { store, privacy } = root;
    const state = stateFor(store.state, options.continues);
    this.session = state.session;
    this.#sealer = new Sealer({
      primitives: world.primitives,
      storeFile: store.storeFile,
      interner: store.interner,
      state,
      press,
      generationSalt: (generation) => store.generationSalt(generation),
      inputs: () => this.#inputs(),
      limits: options.limits,
      live: options.live,
    });
    const { primitives } = world;
    const sensor = auditdSensor(primitives.sha256);
    const context = { primitives, storeFile: store.storeFile, sensor };
    this.#binder = new Binder(context, store, store.link, options.signed);
    this.pipeline = new Pipeline(this.#sealer, encodeUtf8(options.node), privacy);
  }

  get totals(): SealedTotals {
    return this.#binder.totals;
  }

  /** Where the chain will stand once all orders are carried out. */
  get state(): ChainState {
    return this.#sealer.state;
  }

  /** What is counted so far, in hours that are sealed or waiting and in the open one. */
  get counts(): RunningCounts {
    return this.#sealer.counted;
  }

  /** Windows that have closed. */
  get windows(): number {
    return this.#sealer.windowsClosed;
  }

  /** True while the last of `marks` is of an input that has not ended. */
  get hasInput(): boolean {
    return this.#input !== null;
  }

  /** What is consumed of each input of this session so far. */
  get marks(): readonly InputMark[] {
    return this.#inputs();
  }

  /** Inputs of this session so far. */
  get inputs(): number {
    return this.#marks.length + (this.#input === null ? 0 : 1);
  }

  /** The next bytes are an input's. The one before must have been ended. */
  beginInput(input: BegunInput): void {
    const finished = this.#marks.pop();
    if (finished !== undefined) this.#marks.push(this.#withDelivered(finished));
    this.pipeline.beginInput(input.known);
    this.#input = input;
  }

  /** Takes the next bytes of the input; its digest must have taken them before. */
  feed(bytes: Uint8Array): void {
    this.pipeline.parser.feed(bytes);
  }

  /** The input has ended; events that it began may go on in the next. */
  endInput(): void {
    const input = this.#input;
    if (input === null) return;
    this.pipeline.parser.endOfFile();
    this.#marks.push(this.#markAt(input, input.digest.length));
    this.#input = null;
  }

  /** Time has come to `nowUs`, and the log has nothing more. */
  tick(nowUs: number): void {
    this.pipeline.tick(nowUs);
  }

  /** @returns true when a tick at `nowUs` could change anything */
  wantsTick(nowUs: number): boolean {
    const closesAt = this.#sealer.closesAt;
    return this.pipeline.waits || (closesAt !== null && nowUs >= closesAt);
  }

  /** A process was seen in a container, or in none. */
  sawContainer(pid: number, id: Uint8Array | null): void {
    this.pipeline.containers.see(pid, id);
  }

  /** A process was seen to live. */
  observed(process: ObservedProcess): void {
    this.pipeline.observed.see(process);
  }

  /** The process of a pid that began before that time was seen to be gone. */
  seenGone(pid: number, beforeUs: number): void {
    this.pipeline.seenGone(pid, beforeUs);
  }

  /** Counts what the kernel says that it lost. */
  lost(count: number): void {
    this.#sealer.count("lost", count);
  }

  /** Ends the session: what is in flight is completed, the open hour sealed. */
  finish(reason: string): void {
    this.pipeline.end();
    this.#sealer.finish(reason);
  }

  /** Sealing goes on behind, as long as it keeps up; without threads, nothing does. */
  async seal(): Promise<void> {
    this.#binder.take(this.#sealer.takeOrders());
    await this.#press.ready();
    const mayWait = this.#threads === 0 ? 0 : ORDERS_WAITING_MAX;
    if (this.#binder.waiting >= mayWait) await this.#binder.done();
  }

  /** Everything that was ordered is durable on return. @throws RitmaError of the disk */
  async done(): Promise<void> {
    this.#binder.take(this.#sealer.takeOrders());
    await this.#binder.done();
  }

  /** What is consumed, up to the end of the line at hand. */
  #inputs(): readonly InputMark[] {
    const input = this.#input;
    if (input !== null) {
      return [...this.#marks, this.#markAt(input, input.offset + this.pipeline.position)];
    }
    const last = this.#marks.at(-1);
    return last === undefined ? [] : [...this.#marks.slice(0, -1), this.#withDelivered(last)];
  }

  #markAt({ digest, head }: BegunInput, length: number): InputMark {
    return {
      length,
      sha256: digest.at(length),
      unterminated: digest.isUnterminated(length),
      head: head(),
      delivered: this.pipeline.delivered,
    };
  }

  /** Events may be delivered at the end of an input after its last line: those in flight. */
  #withDelivered(mark: InputMark): InputMark {
    return { ...mark, delivered: this.pipeline.delivered };
  }
}

/** A session that somebody else left open is given up, and the next one begins. */
function stateFor(now: ChainState, continues: boolean): ChainState {
  const abandoned = now.sessionOpen && !continues;
  return abandoned ? { ...now, session: now.session + 1, sessionOpen: false } : now;
}
