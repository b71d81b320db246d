/**
 * Group commit: many callers append, one beat takes what is there, each is told when it is durable.
 *
 * A beat is made when the oldest that waits has waited long enough, or when enough records wait.
 * While one is being committed, what comes waits for the next: the slower the disk, the larger the
 * beats. What waits is bounded; whoever brings more waits until there is room, first come first.
 *
 * One piece of work that fails is taken out of its beat and told so; the others go on. When the
 * beat itself fails, all that are in it and all that wait are told, and nothing is accepted again.
 *
 * @module
 */
import type { OpenBeat } from "./open-beat.ts";

export interface GroupOptions {
  /** Longest wait of a record for its beat. */
  readonly ms: number;
  /** As many make a beat at once. */
  readonly records: number;
  readonly waitingRecordsMax: number;
  readonly waitingBytesMax: number;
}

/** What the group needs of the store. */
export interface GroupStore {
  /** Waits until no other beat is open. @throws RitmaError `store/refused` */
  readonly begin: () => Promise<OpenBeat>;
  /** Durable on return, and nothing of it when it throws. */
  readonly commit: (beat: OpenBeat) => Promise<void>;
  readonly abort: (beat: OpenBeat) => void;
}

interface Waiting {
  readonly records: number;
  readonly bytes: number;
  readonly change: (beat: OpenBeat) => Promise<void> | void;
  readonly done: PromiseWithResolvers<number>;
}

export class GroupCommit {
  readonly #store: GroupStore;
  readonly #options: GroupOptions;
  #queue: Waiting[] = [];
  /** Records of the queue. */
  #queued = 0;
  /** Of the queue and of the beat that is being committed. */
  #records = 0;
  #bytes = 0;
  /** Pieces of work so far, and how many of them were told their end. */
  #accepted = 0;
  #settled = 0;
  /** Callers that wait for room, in order. */
  readonly #outside: PromiseWithResolvers<void>[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** Set when a beat is due though it may be too small. */
  #due = false;
  #running: Promise<void> | null = null;
  #refusal: unknown = null;

  constructor(store: GroupStore, options: GroupOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * @param change what to put; run when the beat is made
   * @returns the beat that has it, once that is durable.
   */
  async add(records: number, bytes: number, change: Waiting["change"]): Promise<number> {
    this.#accepted += 1;
    await this.#room(records, bytes);
    const done = Promise.withResolvers<number>();
    this.#queue.push({ records, bytes, change, done });
    this.#queued += records;
    this.#arm();
    return await done.promise;
  }

  /**
   * Commits what waits now, for a beat or for room; on return it is durable, or its callers were
   * told otherwise.
   */
  async flush(): Promise<void> {
    const target = this.#accepted;
    while (this.#settled < target) {
      this.#due = true;
      this.#arm();
      await this.#running;
    }
  }

  /** From now on everything is refused with `error`, also what waits. */
  refuse(error: unknown): void {
    this.#refusal ??= error;
    const left = this.#take();
    for (const { done } of left) done.reject(error);
    this.#settled += left.length;
    for (const caller of this.#outside.splice(0)) caller.resolve();
    this.#disarm();
  }

  /** Waits for room, and takes it. */
  async #room(records: number, bytes: number): Promise<void> {
    const { waitingRecordsMax, waitingBytesMax } = this.#options;
    const isFull = (): boolean =>
      this.#records > 0 &&
      (this.#records + records > waitingRecordsMax || this.#bytes + bytes > waitingBytesMax);
    let isNew = true;
    // One that was woken is the first in line; one that comes now stands behind those who wait.
    while (this.#refusal === null && ((isNew && this.#outside.length > 0) || isFull())) {
      const caller = Promise.withResolvers<void>();
      if (isNew) this.#outside.push(caller);
      else this.#outside.unshift(caller);
      isNew = false;
      await caller.promise;
    }
    if (this.#refusal !== null) {
      this.#settled += 1;
      throw this.#refusal;
    }
    // Taken here, before anybody else can look.
    this.#records += records;
    this.#bytes += bytes;
    this.#outside.shift()?.resolve();
  }

  #arm(): void {
    if (this.#queue.length === 0 || this.#running !== null) return;
    if (this.#due || this.#queued >= this.#options.records) {
      this.#running = this.#run();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#due = true;
      this.#arm();
    }, this.#options.ms);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #take(): readonly Waiting[] {
    const taken = this.#queue;
    this.#queue = [];
    this.#queued = 0;
    this.#due = false;
    this.#disarm();
    return taken;
  }

  /** Never rejects: whoever waits is told. */
  async #run(): Promise<void> {
    let taken: readonly Waiting[] = [];
    try {
      const beat = await this.#store.begin();
      taken = this.#take();
      await this.#make(beat, taken);
    } catch (error) {
      for (const { done } of taken) done.reject(error);
      this.refuse(error);
    }
    for (const { records, bytes } of taken) {
      this.#records -= records;
      this.#bytes -= bytes;
    }
    this.#settled += taken.length;
    this.#running = null;
    this.#outside.shift()?.resolve();
    this.#arm();
  }

  async #make(beat: OpenBeat, taken: readonly Waiting[]): Promise<void> {
    const made: Waiting[] = [];
    for (const waiting of taken) {
      beat.mark();
      try {
        await waiting.change(beat);
        made.push(waiting);
      } catch (error) {
        beat.undo();
        waiting.done.reject(error);
      }
    }
    if (beat.isEmpty) this.#store.abort(beat);
    else await this.#store.commit(beat);
    for (const { done } of made) done.resolve(beat.beat);
  }
}
