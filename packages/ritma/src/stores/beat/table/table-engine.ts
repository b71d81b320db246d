/**
 * A beat engine over a table: each branch a range of keys, each beat one batch.
 *
 * The table's library makes a batch durable as a whole, so a beat is there with all its branches or
 * not at all. Readers hold a view of the newest beat whose commit has returned.
 *
 * `forget` is a number in the head of a branch: what older beats put is skipped from then on, and
 * removed by `compact`. How many records that leaves is known from the tally of each beat.
 *
 * Not here: how bytes get to the disk (`table.ts`, and who implements it), and frames: a table
 * keeps the digests that chain them, not the frames themselves.
 *
 * @module
 */
import { Turns } from "../../../base/turns.ts";
import { RitmaError } from "../../../base/error.ts";
import { TABLE_REMOVALS_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type {
  BeatEngine,
  BranchHead,
  EngineCapability,
  EngineStats,
  ScanOptions,
  StoredRecord,
} from "../engine.ts";
import type { NoticeSink } from "../notice.ts";
import type { BeatRecord } from "../record.ts";
import { StagedBeat } from "../staged-beat.ts";
import { planBatch } from "./plan-batch.ts";
import { Snapshot, type SnapshotLease } from "./snapshot.ts";
import { auditTable, mustBeAll, readHeads, readUnlessBroken } from "./table-audit.ts";
import {
  damaged,
  HEADER_KEY,
  keyBehind,
  readHeader,
  readRecordEntry,
  recordTableKey,
} from "./table-codec.ts";
import type { BeatTable } from "./table.ts";
import { successor, walk } from "./walk.ts";

export interface TableEngineOptions {
  /** "lmdb", "leveldb" */
  readonly name: string;
  /** The engine's from now on. It has a header, and was audited. */
  readonly table: BeatTable;
  readonly blake3: Blake3;
  /** 16 bytes. */
  readonly store: Uint8Array;
}

const CAPABILITIES: readonly EngineCapability[] = ["atomic-beats", "durable", "compact"];
const NOTHING = new Uint8Array(0);

/** What an engine says when its table was looked through. @param broken records, 0 for none */
export function tellBroken(notice: NoticeSink, broken: number): void {
  if (broken === 0) return;
  const detail = `${broken} records cannot be read: their checksums are wrong`;
  notice({ topic: "persist.recover", severity: "error", branch: "", detail });
}

/** @returns how many records cannot be read. @throws RitmaError `beat/damaged` */
export async function auditNow(table: BeatTable): Promise<number> {
  const view = table.view();
  try {
    return await auditTable(view);
  } finally {
    view.release();
  }
}

/** Closes the table when it cannot be opened. @throws RitmaError `beat/damaged` */
export async function openTableEngine(options: TableEngineOptions): Promise<BeatEngine> {
  try {
    const view = options.table.view();
    const store = readHeader(await view.get(HEADER_KEY));
    if (store.toHex() !== options.store.toHex()) {
      throw damaged(`the table is of store ${store.toHex()}, not of ${options.store.toHex()}`);
    }
    return new TableEngine(options, new Snapshot(view, await readHeads(view)));
  } catch (error) {
    await options.table[Symbol.asyncDispose]();
    throw error;
  }
}

class TableEngine implements BeatEngine {
  readonly name: string;
  readonly capabilities = CAPABILITIES;
  readonly #options: TableEngineOptions;
  readonly #table: BeatTable;
  readonly #staged = new StagedBeat();
  /** What readers see. */
  #snapshot: Snapshot;
  /** Commits and compactions, one at a time. */
  readonly #turns = new Turns();
  #isCommitting = false;
  #failure: unknown = undefined;
  #isClosed = false;

  constructor(options: TableEngineOptions, snapshot: Snapshot) {
    this.name = options.name;
    this.#options = options;
    this.#table = options.table;
    this.#snapshot = snapshot;
  }

  get lastBeat(): number {
    return this.#snapshot.lastBeat;
  }

  branches(): readonly string[] {
    return [...this.#snapshot.heads.keys()].toSorted();
  }

  head(branch: string): BranchHead | null {
    const head = this.#snapshot.heads.get(branch);
    if (head === undefined) return null;
    return { beat: head.beat, frame: head.frame.slice(), frames: head.frames };
  }

  beginBeat(beat: number): void {
    this.#mustWork();
    if (this.#isCommitting) throw new TypeError("the beat before is being committed");
    this.#staged.begin(beat, this.lastBeat);
  }

  putRecord(branch: string, record: BeatRecord): void {
    this.#staged.put(branch, record);
  }

  forget(branch: string, beforeBeat: number): void {
    this.#staged.forget(branch, beforeBeat);
  }

  async commitBeat(): Promise<void> {
    this.#mustWork();
    const { blake3, store } = this.#options;
    const frames = this.#staged.build(blake3, store, (branch) => this.head(branch));
    if (frames.length === 0) return;
    this.#isCommitting = true;
    try {
      await this.#turns.run(async () => {
        const { batch, heads } = await planBatch(this.#snapshot, frames);
        await this.#write(async () => await this.#table.write(batch));
        this.#show(new Map([...this.#snapshot.heads, ...heads]));
      });
    } finally {
      this.#isCommitting = false;
    }
  }

  abortBeat(): void {
    this.#staged.abort();
  }

  async getRecord(branch: string, key: Uint8Array): Promise<StoredRecord | null> {
    using lease = this.#lease();
    const head = lease.heads.get(branch);
    if (head === undefined) return null;
    const tableKey = recordTableKey(branch, key);
    const value = await lease.view.get(tableKey);
    if (value === null) return null;
    const record = readRecordEntry(branch, { key: tableKey, value });
    return record.beat < head.forgetBefore ? null : record;
  }

  scanPrefix(
    branch: string,
    prefix: Uint8Array,
    options: ScanOptions = {},
  ): AsyncIterable<StoredRecord> {
    const lease = this.#lease();
    const records = scan(lease, branch, prefix, options);
    // Who never asks for the first record does not end the scan either.
    lease.releaseWith(records);
    return records;
  }

  /** Opening reads a table as a whole, whatever is done here: not among the capabilities. */
  async checkpoint(): Promise<void> {
    this.#mustWork();
  }

  async compact(): Promise<number> {
    this.#mustWork();
    return await this.#turns.run(async () => {
      const before = this.#table.sizeBytes;
      for (const branch of this.branches()) await this.#removeForgotten(branch);
      await this.#write(async () => await this.#table.compact());
      this.#show(this.#snapshot.heads);
      return Math.max(0, before - this.#table.sizeBytes);
    });
  }

  stats(): EngineStats {
    let records = 0;
    for (const head of this.#snapshot.heads.values()) records += head.records;
    const { sizeBytes, syncs } = this.#table;
    return { records, indexBytes: 0, dataBytes: sizeBytes, logBytes: 0, syncs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.abortBeat();
    await this.#turns.over();
    await this.#table[Symbol.asyncDispose]();
  }

  async #removeForgotten(branch: string): Promise<void> {
    const head = this.#snapshot.heads.get(branch);
    if (head === undefined || head.forgetBefore === 0) return;
    const first = recordTableKey(branch, NOTHING);
    let removals: Uint8Array[] = [];
    for await (const entry of walk(this.#snapshot.view, first, keyBehind(first))) {
      const record = readUnlessBroken(branch, entry);
      // What cannot be read is kept: for whoever mends it, and so that it goes on being told.
      if (record === null || record.beat >= head.forgetBefore) continue;
      removals.push(entry.key);
      if (removals.length < TABLE_REMOVALS_MAX) continue;
      const batch = { puts: [], removals };
      await this.#write(async () => await this.#table.write(batch));
      removals = [];
    }
    if (removals.length === 0) return;
    const batch = { puts: [], removals };
    await this.#write(async () => await this.#table.write(batch));
  }

  /** Readers who come from now on see the table as it is, with these heads. */
  #show(heads: Snapshot["heads"]): void {
    const old = this.#snapshot;
    this.#snapshot = new Snapshot(this.#table.view(), heads);
    old.replace();
  }

  #lease(): SnapshotLease {
    if (this.#isClosed) throw new TypeError("the engine is closed");
    return this.#snapshot.lease();
  }

  async #write(step: () => Promise<void>): Promise<void> {
    this.#mustWork();
    try {
      await step();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #mustWork(): void {
    if (this.#isClosed) throw new TypeError("the engine is closed");
    if (this.#failure === undefined) return;
    this.#staged.abort();
    throw new RitmaError("store/refused", `the ${this.name} engine: an earlier write failed`, {
      cause: this.#failure,
    });
  }
}

async function* scan(
  lease: SnapshotLease,
  branch: string,
  prefix: Uint8Array,
  { after, limit = Number.POSITIVE_INFINITY }: ScanOptions,
): AsyncGenerator<StoredRecord> {
  using held = lease;
  const head = held.heads.get(branch);
  if (head === undefined || limit <= 0) return;
  const first = recordTableKey(branch, prefix);
  const behind = after === undefined ? first : successor(recordTableKey(branch, after));
  const from = Buffer.compare(first, behind) > 0 ? first : behind;
  let found = 0;
  for await (const entry of walk(held.view, from, keyBehind(first))) {
    const record = readRecordEntry(branch, entry);
    if (record.beat < head.forgetBefore) continue;
    found += 1;
    yield record;
    if (found >= limit) return;
  }
  if (prefix.length === 0 && after === undefined) mustBeAll(branch, found, head);
}
