/**
 * The flat engine, the default one: plain files, one append and one sync a beat.
 *
 * A beat is appended to the commit log, which all branches share, and is then in memory as places
 * in that log. A checkpoint moves what lives into the branches' runs; meanwhile beats and reads go
 * on. Whoever reads keeps the files that it began with.
 *
 * Beats wait for beats, checkpoints and compactions for each other; a checkpoint holds up a beat
 * only while it begins a new segment.
 *
 * Invariant: memory says what is durable. A beat is put there when its sync has returned.
 *
 * Not here: recovery (`open-flat.ts`), making of runs (`fold.ts`), the log's bytes
 * (`commit-log.ts`).
 *
 * Format: spec/17-beat-store.md.
 *
 * @module
 */
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { BRANCHES_MAX, LOG_BYTES_MAX, LOG_CHECKPOINT_BYTES } from "../../../base/limits.ts";
import { Turns } from "../../../base/turns.ts";
import type {
  BeatEngine,
  BranchHead,
  EngineCapability,
  EngineStats,
  ScanOptions,
  StoredRecord,
} from "../engine.ts";
import { FRAME_HEADER_BYTES } from "../frame-codec.ts";
import { recordLength } from "../record-codec.ts";
import type { BeatRecord } from "../record.ts";
import { type BuiltFrame, keyText, StagedBeat } from "../staged-beat.ts";
import type { Branch } from "./branch.ts";
import { type CommitLog, removeSegments } from "./commit-log.ts";
import type { SyncCount } from "./counting-disk.ts";
import { type Entry, rangeOf } from "./entry.ts";
import { fold, type FoldContext } from "./fold.ts";
import type { FlatEngineOptions } from "./open-flat.ts";
import { Pins } from "./pins.ts";
import { PlaceReader } from "./place-reader.ts";
import { Run, type RunContext } from "./run.ts";

export interface FlatParts {
  readonly options: FlatEngineOptions;
  readonly disk: Disk;
  readonly count: SyncCount;
  readonly branches: Map<string, Branch>;
  readonly makeBranch: (name: string) => Branch;
  readonly runsOf: (name: string) => RunContext;
  readonly log: CommitLog;
  readonly logDir: string;
  readonly lastBeat: number;
}

const CAPABILITIES: readonly EngineCapability[] = [
  "atomic-beats",
  "durable",
  "checkpoint",
  "compact",
];

export class FlatEngine implements BeatEngine {
  readonly name = "flat";
  readonly capabilities = CAPABILITIES;
  readonly #parts: FlatParts;
  readonly #stage = new StagedBeat();
  readonly #pins: Pins;
  /** Appends to the log, and begins its segments. */
  readonly #writing = new Turns();
  /** Checkpoints and compactions. */
  readonly #maintaining = new Turns();
  /** That nobody waits for; null when there is none. */
  #background: Promise<void> | null = null;
  #isCommitting = false;
  #lastBeat: number;
  #failure: unknown = undefined;

  constructor(parts: FlatParts) {
    this.#parts = parts;
    this.#lastBeat = parts.lastBeat;
    this.#pins = new Pins((error) => void this.#fail(error));
  }

  get lastBeat(): number {
    return this.#lastBeat;
  }

  branches(): readonly string[] {
    return [...this.#parts.branches.keys()].toSorted();
  }

  head(branch: string): BranchHead | null {
    return this.#parts.branches.get(branch)?.head ?? null;
  }

  beginBeat(beat: number): void {
    this.#mustWork();
    if (this.#isCommitting) throw new TypeError("a beat is being committed");
    this.#stage.begin(beat, this.#lastBeat);
  }

  putRecord(branch: string, record: BeatRecord): void {
    this.#stage.put(branch, record);
  }

  forget(branch: string, beforeBeat: number): void {
    this.#stage.forget(branch, beforeBeat);
  }

  async commitBeat(): Promise<void> {
    const { options, branches, log } = this.#parts;
    const beat = this.#stage.beat ?? 0;
    const headOf = (branch: string): BranchHead | null => this.head(branch);
    const frames = this.#stage.build(options.primitives.blake3, options.store, headOf);
    this.#mustWork();
    if (frames.length === 0) return;
    const more = frames.filter(({ branch }) => !branches.has(branch)).length;
    if (branches.size + more > BRANCHES_MAX) {
      throw new RitmaError("internal/limit", `more than ${BRANCHES_MAX} branches`);
    }
    this.#isCommitting = true;
    try {
      // A checkpoint that cannot keep up holds up those who write.
      if (log.bytes > LOG_BYTES_MAX) await this.#background;
      await this.#write(async () => await this.#commit(beat, frames));
    } finally {
      this.#isCommitting = false;
    }
    if (log.bytes > (options.checkpointBytes ?? LOG_CHECKPOINT_BYTES)) this.#checkpointLater();
  }

  abortBeat(): void {
    this.#stage.abort();
  }

  async getRecord(branch: string, key: Uint8Array): Promise<StoredRecord | null> {
    using _ = this.#pins.pin();
    const entry = (await this.#parts.branches.get(branch)?.find(keyText(key))) ?? null;
    if (entry === null) return null;
    return await new PlaceReader(this.#parts.disk).record(entry);
  }

  scanPrefix(
    branch: string,
    prefix: Uint8Array,
    { after, limit = Infinity }: ScanOptions = {},
  ): AsyncIterable<StoredRecord> {
    const range = rangeOf(keyText(prefix), after === undefined ? null : keyText(after));
    const batches = limit > 0 ? this.#parts.branches.get(branch)?.scan(range, limit) : undefined;
    // From now on, not from when it is first asked: the files are to be there when it is.
    const pin = this.#pins.pin();
    return this.#records(batches ?? [], limit, pin);
  }

  async checkpoint(): Promise<void> {
    await this.#maintaining.run(async () => await this.#fold(false));
  }

  async compact(): Promise<number> {
    return await this.#maintaining.run(async () => {
      const before = this.#bytes();
      await this.#fold(true);
      return Math.max(0, before - this.#bytes());
    });
  }

  stats(): EngineStats {
    const { branches, log, count } = this.#parts;
    const sum = (of: (branch: Branch) => number): number =>
      branches.values().reduce((total, branch) => total + of(branch), 0);
    return {
      records: sum(({ records }) => records),
      indexBytes: sum(({ runs }) => runs.reduce((total, { idxBytes }) => total + idxBytes, 0)),
      dataBytes: sum(({ runs }) => runs.reduce((total, { foot }) => total + foot.datBytes, 0)),
      logBytes: log.bytes,
      syncs: count.syncs,
    };
  }

  /** Removes segments of the log that nobody needs. */
  async tidy(): Promise<void> {
    const { branches, disk, log, logDir } = this.#parts;
    const done = log.take((name, beat) => {
      const branch = branches.get(name);
      return branch !== undefined && (beat <= branch.checkpointed || beat < branch.forgotten);
    });
    if (done.length === 0) return;
    await this.#pins.retire(async () => await removeSegments(disk, logDir, done));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stage.abort();
    await this.#background;
    await this.#maintaining.run(async () => {});
    await this.#writing.run(async () => {
      const { log } = this.#parts;
      try {
        if (this.#failure === undefined) await log.mark();
      } finally {
        await log.close();
      }
    });
    await this.#pins.settle();
  }

  async *#records(
    batches: AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>,
    limit: number,
    pin: Disposable,
  ): AsyncGenerator<StoredRecord> {
    using _ = pin;
    const reader = new PlaceReader(this.#parts.disk);
    let left = limit;
    for await (const batch of batches) {
      for (const entry of batch) {
        yield await reader.record(entry);
        left -= 1;
        if (left <= 0) return;
      }
    }
  }

  /** In turn. What fails here fails before whoever waits for the next turn may try. */
  async #write(work: () => Promise<void>): Promise<void> {
    await this.#writing.run(async () => {
      this.#mustWork();
      try {
        await work();
      } catch (error) {
        throw this.#fail(error);
      }
    });
  }

  async #commit(beat: number, frames: readonly BuiltFrame[]): Promise<void> {
    const { log } = this.#parts;
    if (log.isFull(frames)) await this.#roll();
    const { segment, offsets } = await log.append(beat, frames);
    // Nothing is awaited from here on: readers see all of the beat or nothing.
    for (const [index, frame] of frames.entries()) {
      this.#apply(frame, segment, offsets[index] ?? 0);
    }
    this.#lastBeat = beat;
  }

  #apply(frame: BuiltFrame, segment: number, offset: number): void {
    const { branches, makeBranch } = this.#parts;
    const branch = branches.get(frame.branch) ?? makeBranch(frame.branch);
    branches.set(frame.branch, branch);
    let at = offset + FRAME_HEADER_BYTES;
    for (const [index, { key, body }] of frame.records.entries()) {
      const length = recordLength(key.length, body.length);
      branch.active.put(frame.keys[index] ?? "", frame.head.beat, segment, at, length);
      at += length;
    }
    branch.advance(frame.head, frame.forgetBefore);
  }

  /** With it goes what was forgotten before. */
  async #roll(): Promise<void> {
    const { branches, log } = this.#parts;
    await log.roll([...branches.values()].map(({ state }) => state));
    await this.tidy();
  }

  async #fold(all: boolean): Promise<void> {
    this.#mustWork();
    try {
      await this.#write(async () => await this.#freeze(all));
      const context = this.#foldContext();
      for (const branch of this.#parts.branches.values()) {
        const { frozen } = branch;
        if (frozen !== null) await fold(context, branch, frozen, all);
      }
      await this.#write(async () => await this.tidy());
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** From here on the log has, before its newest segment, only what is now to be checkpointed. */
  async #freeze(all: boolean): Promise<void> {
    const { branches, log } = this.#parts;
    await log.roll([...branches.values()].map(({ state }) => state));
    for (const branch of branches.values()) {
      if (all || branch.isBehind) branch.freeze();
    }
  }

  #foldContext(): FoldContext {
    const { options, disk, runsOf, log } = this.#parts;
    return {
      disk,
      store: options.store,
      notice: options.notice,
      pins: this.#pins,
      openRun: async (branch, sequence) =>
        await Run.open(runsOf(branch.name), branch.dir, sequence),
      keepSegment: (path) => log.keep(path),
    };
  }

  #checkpointLater(): void {
    if (this.#background !== null) return;
    const done = async (): Promise<void> => {
      try {
        await this.checkpoint();
      } catch {
        // The engine refuses from now on, and has said why.
      } finally {
        this.#background = null;
      }
    };
    this.#background = done();
  }

  #bytes(): number {
    const { indexBytes, dataBytes, logBytes } = this.stats();
    return indexBytes + dataBytes + logBytes;
  }

  #mustWork(): void {
    if (this.#failure === undefined) return;
    throw new RitmaError("store/refused", "an earlier write or sync of the beat store failed", {
      cause: this.#failure,
    });
  }

  #fail(error: unknown): unknown {
    if (this.#failure !== undefined) return error;
    this.#failure = error;
    const detail = `refuses from now on: ${error instanceof Error ? error.message : String(error)}`;
    const { notice } = this.#parts.options;
    notice({ topic: "persist.commit", severity: "error", branch: "", detail });
    return error;
  }
}
