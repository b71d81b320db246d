/**
 * The beat store: beats, cells, blobs and counters over any engine.
 *
 *     beginBeat -> put, cells.put ... -> commitBeat     one beat, by whom it is begun
 *     append, apply                                     many callers, one beat: group commit
 *     get, scan, cells.get                              what is committed, and nothing else
 *
 * What is asked of the engine is compared with what it says of itself when the store is opened; a
 * store on an engine that cannot do it is refused then, not later.
 *
 * Invariant: nobody sees beat n before `commitBeat` of it has returned, and then it is durable, on
 * an engine that says so. A blob is durable before the beat that refers to it.
 * Invariant: after a failed commit everything that writes is refused with `store/refused`, until
 * the store is opened again: only then is known what is on the disk.
 *
 * The counters of a crashed process lag behind (`metrics.ts`); nothing else does.
 *
 * Not here: operations (`operations/`), the tree of all branches (`tree.ts`), locks: whoever opens
 * a store for writing holds that of the data root.
 *
 * @module
 */
import { toHex } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import {
  CAS_BYTES_MIN,
  GROUP_MS,
  GROUP_RECORDS,
  GROUP_WAITING_BYTES_MAX,
  GROUP_WAITING_RECORDS_MAX,
  METRICS_PUBLISH_MS,
} from "../../base/limits.ts";
import type { Blake3 } from "../../base/blake3.ts";
import { CasCache, type RuntimeBlobs } from "./cas/cas-cache.ts";
import { CellStore } from "./cells/cell-store.ts";
import type { BeatEngine, EngineCapability, ScanOptions, StoredRecord } from "./engine.ts";
import { GroupCommit, type GroupOptions } from "./group-commit.ts";
import { Metrics } from "./metrics.ts";
import type { Notice, NoticeSink, NoticeTopic } from "./notice.ts";
import { OpenBeat } from "./open-beat.ts";
import type { BeatRecord } from "./record.ts";

/** Where blobs lie: `<dir>/<branch>/cas`. */
export interface BlobPlace {
  readonly disk: Disk;
  readonly dir: string;
  /** Asked for a blob that no branch has. Default: nobody is. */
  readonly runtime?: RuntimeBlobs;
  /** Keep what the runtime tree had. Default false. */
  readonly fill?: boolean;
  /** From this length on a payload is a blob. Default CAS_BYTES_MIN. */
  readonly bytesMin?: number;
}

export interface BeatStoreOptions {
  /** The store's from now on: closed with it, and when it cannot be opened. */
  readonly engine: BeatEngine;
  readonly blake3: Blake3;
  readonly notice: NoticeSink;
  /** What the engine must say of itself. Default: all branches of a beat at once. */
  readonly requires?: readonly EngineCapability[];
  /** Null where no blobs can be kept: payloads of any length are chunks. Default null. */
  readonly blobs?: BlobPlace | null;
  readonly group?: Partial<GroupOptions>;
  /** Milliseconds from any origin, for what is measured. */
  readonly nowMs?: () => number;
  /** Nothing is written: neither beats nor blobs nor counters. */
  readonly readOnly?: boolean;
}

const ALL_BRANCHES = "";
const NS_PER_MS = 1_000_000;
const GROUP_DEFAULTS: GroupOptions = {
  ms: GROUP_MS,
  records: GROUP_RECORDS,
  waitingRecordsMax: GROUP_WAITING_RECORDS_MAX,
  waitingBytesMax: GROUP_WAITING_BYTES_MAX,
};

export class BeatStore implements AsyncDisposable {
  readonly cells: CellStore;
  readonly metrics: Metrics;
  readonly #options: BeatStoreOptions;
  readonly #engine: BeatEngine;
  readonly #group: GroupCommit;
  readonly #caches: Map<string, CasCache> = new Map();
  readonly #nowMs: () => number;
  /** Resolved when no beat is open. */
  #turn: Promise<void> = Promise.resolve();
  #open: { readonly beat: OpenBeat; readonly end: () => void } | null = null;
  #refusal: RitmaError | null = null;
  #publishedMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  private constructor(options: BeatStoreOptions) {
    const { engine, blake3, notice } = options;
    this.#options = options;
    this.#engine = engine;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.metrics = new Metrics(engine);
    this.cells = new CellStore({
      reader: this,
      blake3,
      notice,
      casOf: (branch) => this.casOf(branch),
      casBytesMin: options.blobs?.bytesMin ?? CAS_BYTES_MIN,
    });
    const group = {
      begin: async () => await this.beginBeat(),
      commit: async (beat: OpenBeat) => await this.commitBeat(beat),
      abort: (beat: OpenBeat) => this.abortBeat(beat),
    };
    this.#group = new GroupCommit(group, { ...GROUP_DEFAULTS, ...options.group });
  }

  /**
   * @throws RitmaError `beat/unsupported` when the engine does not say of itself what is asked for;
   * `beat/damaged` when the counters cannot be read
   */
  static async open(options: BeatStoreOptions): Promise<BeatStore> {
    const { engine, notice, requires = ["atomic-beats"] } = options;
    await using stack = new AsyncDisposableStack();
    stack.use(engine);
    const absent = requires.filter((one) => !engine.capabilities.includes(one));
    if (absent.length > 0) {
      const message = `the engine "${engine.name}" does not do ${absent.join(", ")}`;
      throw new RitmaError("beat/unsupported", message);
    }
    const store = new BeatStore(options);
    await store.metrics.load(store.cells, notice);
    const detail = `opened on ${engine.name}, beat ${engine.lastBeat}`;
    notice({ topic: "persist.bootstrap", severity: "info", branch: ALL_BRANCHES, detail });
    stack.move();
    return store;
  }

  /** The number that the next beat gets, unless its maker asks for a greater one. */
  get nextBeat(): number {
    return this.#engine.lastBeat + 1;
  }

  get lastBeat(): number {
    return this.#engine.lastBeat;
  }

  /** For what the port says and the store does not: heads, branches, stats. */
  get engine(): Omit<BeatEngine, "beginBeat" | "putRecord" | "commitBeat" | "abortBeat"> {
    return this.#engine;
  }

  /**
   * Waits until no other beat is open, then opens one: `commitBeat` or `abortBeat` must follow.
   *
   * @param number default `nextBeat`
   * @throws RitmaError `beat/order`, `store/refused`
   */
  async beginBeat(number?: number): Promise<OpenBeat> {
    this.#mustWrite();
    const before = this.#turn;
    const { promise, resolve: end } = Promise.withResolvers<void>();
    this.#turn = before.then(async () => await promise);
    await before;
    try {
      this.#mustWrite();
      const next = number ?? this.nextBeat;
      if (!Number.isSafeInteger(next) || next < this.nextBeat) {
        throw new RitmaError("beat/order", `beat ${next} does not follow beat ${this.lastBeat}`);
      }
      const beat = new OpenBeat(this.#engine, next);
      this.#open = { beat, end };
      return beat;
    } catch (error) {
      end();
      throw error;
    }
  }

  /**
   * Durable on return. A beat with nothing in it is dropped.
   *
   * @throws RitmaError of the engine: nothing of the beat will be seen, or all of it once the store
   * is opened again; until then everything that writes is refused
   */
  async commitBeat(beat: OpenBeat): Promise<void> {
    const { end } = this.#mustBeOpen(beat);
    try {
      if (beat.isEmpty) return;
      this.metrics.count(beat);
      await this.#publish(beat);
      await this.#commit(beat);
    } finally {
      this.#open = null;
      end();
    }
  }

  /** Nothing of the beat remains, but blobs that were put for it. */
  abortBeat(beat: OpenBeat): void {
    const { end } = this.#mustBeOpen(beat);
    this.#open = null;
    end();
  }

  /**
   * Puts records into the next beat, together with whoever else does. The bytes are the store's
   * from now on. Waits for room where much is waiting already.
   *
   * @returns the beat that has them, once it is durable.
   * @throws RitmaError `store/refused`, and of the engine
   */
  async append(branch: string, records: readonly BeatRecord[]): Promise<number> {
    let bytes = 0;
    for (const { key, body } of records) bytes += key.length + body.length;
    return await this.#group.add(records.length, bytes, (beat) => {
      for (const record of records) beat.put(branch, record);
    });
  }

  /**
   * The same for work that reads before it puts. It sees what was put before it in its beat. When
   * it throws, what it put is taken back, and the others of the beat go on.
   *
   * @returns what `change` returned, once the beat is durable.
   */
  async apply<Value>(change: (beat: OpenBeat) => Promise<Value>): Promise<Value> {
    const made: Value[] = [];
    await this.#group.add(1, 0, async (beat) => {
      made.push(await change(beat));
    });
    const [value] = made;
    if (made.length !== 1) throw new TypeError("a beat was committed without its work");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- there is one, of this type.
    return value as Value;
  }

  /** Commits what waits, without waiting for more. */
  async flush(): Promise<void> {
    await this.#group.flush();
  }

  /** Committed, and checked. @throws RitmaError `beat/damaged` */
  async get(branch: string, key: Uint8Array): Promise<StoredRecord | null> {
    try {
      return await this.#engine.getRecord(branch, key);
    } catch (error) {
      this.#sayDamaged(branch, error);
      throw error;
    }
  }

  /** In the order of keys, as of the newest beat at the call. @throws RitmaError `beat/damaged` */
  scan(branch: string, prefix: Uint8Array, options?: ScanOptions): AsyncIterable<StoredRecord> {
    return this.#scanned(branch, this.#engine.scanPrefix(branch, prefix, options));
  }

  /** The blobs of a branch; null where none can be kept. */
  casOf(branch: string): CasCache | null {
    const { blobs = null, blake3, notice, readOnly = false } = this.#options;
    if (blobs === null) return null;
    const known = this.#caches.get(branch);
    if (known !== undefined) return known;
    const cache = new CasCache({
      disk: blobs.disk,
      dir: `${blobs.dir}/${branch}/cas`,
      branch,
      blake3,
      notice,
      counters: this.metrics.casOf(branch),
      runtime: async (digest) => await this.#runtimeBlob(branch, digest),
      fill: (blobs.fill ?? false) && !readOnly,
      nowNs: () => this.#nowMs() * NS_PER_MS,
    });
    this.#caches.set(branch, cache);
    return cache;
  }

  /** Puts the counters into a beat of their own where they changed. */
  async publish(): Promise<void> {
    if (!this.metrics.isNew) return;
    const beat = await this.beginBeat();
    try {
      await this.metrics.publish(beat, this.cells);
    } catch (error) {
      this.abortBeat(beat);
      throw error;
    }
    this.#publishedMs = this.#nowMs();
    await this.commitBeat(beat);
  }

  /** Commits what waits, publishes the counters, and closes everything; also after a failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await using stack = new AsyncDisposableStack();
    stack.use(this.#engine);
    stack.defer(() => {
      this.#isClosed = true;
    });
    for (const cache of this.#caches.values()) stack.defer(async () => await cache.close());
    if (this.#options.readOnly === true) return;
    await this.flush();
    if (this.#refusal !== null) return;
    await this.publish();
    for (const cache of this.#caches.values()) await cache.sync();
  }

  /** The tree /cas: blobs of the other branches, then what the system that runs here has. */
  async #runtimeBlob(branch: string, digest: Uint8Array): Promise<Uint8Array | null> {
    const name = toHex(digest);
    for (const other of this.#engine.branches()) {
      const found = other === branch ? null : ((await this.casOf(other)?.check(name)) ?? null);
      if (found !== null && found !== "damaged") return found;
    }
    return (await this.#options.blobs?.runtime?.(digest)) ?? null;
  }

  async #commit(beat: OpenBeat): Promise<void> {
    const engine = this.#engine;
    const branches: string[] = [];
    engine.beginBeat(beat.beat);
    try {
      for (const [branch, { records, forgetBefore }] of beat.parts()) {
        branches.push(branch);
        for (const record of records) engine.putRecord(branch, record);
        if (forgetBefore > 0) engine.forget(branch, forgetBefore);
      }
    } catch (error) {
      engine.abortBeat();
      throw error;
    }
    try {
      await engine.commitBeat();
    } catch (error) {
      this.#refuse(beat, error);
      throw error;
    }
    for (const [branch, { count }] of beat.parts()) {
      this.#say("persist.commit", "info", branch, `beat ${beat.beat}: ${count} records`);
    }
  }

  #refuse(beat: OpenBeat, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : "failed";
    this.#refusal = new RitmaError("store/refused", `beat ${beat.beat} failed: ${why}`, { cause });
    this.#group.refuse(this.#refusal);
    for (const [branch] of beat.parts()) {
      this.#say("persist.frame.io", "error", branch, `beat ${beat.beat}: ${why}`);
      this.#say("persist.commit", "error", branch, `beat ${beat.beat} was not committed`);
    }
  }

  /** Beside what is committed anyway, and not each time. */
  async #publish(beat: OpenBeat): Promise<void> {
    const now = this.#nowMs();
    if (now - this.#publishedMs < METRICS_PUBLISH_MS) return;
    this.#publishedMs = now;
    await this.metrics.publish(beat, this.cells);
  }

  async *#scanned(
    branch: string,
    records: AsyncIterable<StoredRecord>,
  ): AsyncGenerator<StoredRecord> {
    try {
      yield* records;
    } catch (error) {
      this.#sayDamaged(branch, error);
      throw error;
    }
  }

  #sayDamaged(branch: string, error: unknown): void {
    if (!(error instanceof RitmaError) || error.code !== "beat/damaged") return;
    this.#say("persist.frame.io", "error", branch, error.message);
  }

  #say(topic: NoticeTopic, severity: Notice["severity"], branch: string, detail: string): void {
    this.#options.notice({ topic, severity, branch, detail });
  }

  #mustWrite(): void {
    if (this.#options.readOnly === true) throw new TypeError("the store was opened for reading");
    if (this.#isClosed) throw new TypeError("the store is closed");
    if (this.#refusal === null) return;
    throw new RitmaError("store/refused", this.#refusal.message, { cause: this.#refusal });
  }

  #mustBeOpen(beat: OpenBeat): { readonly end: () => void } {
    if (this.#open?.beat !== beat) throw new TypeError(`beat ${beat.beat} is not open`);
    return this.#open;
  }
}
