/**
 * The memory engine: the port without a disk, for tests and for what need not outlive a process.
 *
 * It is honest: a beat is seen whole or not at all, a scan sees one beat, heads are chained by the
 * digests of real frames. It does not say "durable", and a store that needs that refuses it.
 *
 * @module
 */
import type { NodePrimitives } from "../../../base/primitives.ts";
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
import { MemoryBranch } from "./memory-branch.ts";

export interface MemoryEngineOptions {
  readonly primitives: NodePrimitives;
  /** 16 bytes. */
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
}

const CAPABILITIES: readonly EngineCapability[] = ["atomic-beats"];

export async function openMemoryEngine(options: MemoryEngineOptions): Promise<BeatEngine> {
  return new MemoryEngine(options);
}

class MemoryEngine implements BeatEngine {
  readonly name = "memory";
  readonly capabilities = CAPABILITIES;
  readonly #options: MemoryEngineOptions;
  readonly #branches: Map<string, MemoryBranch> = new Map();
  readonly #staged = new StagedBeat();
  #lastBeat = 0;

  constructor(options: MemoryEngineOptions) {
    this.#options = options;
  }

  get lastBeat(): number {
    return this.#lastBeat;
  }

  branches(): readonly string[] {
    return [...this.#branches.keys()].toSorted();
  }

  head(branch: string): BranchHead | null {
    return this.#branches.get(branch)?.head ?? null;
  }

  beginBeat(beat: number): void {
    this.#staged.begin(beat, this.#lastBeat);
  }

  putRecord(branch: string, record: BeatRecord): void {
    this.#staged.put(branch, record);
  }

  forget(branch: string, beforeBeat: number): void {
    this.#staged.forget(branch, beforeBeat);
  }

  async commitBeat(): Promise<void> {
    const { primitives, store } = this.#options;
    const frames = this.#staged.build(primitives.blake3, store, (branch) => this.head(branch));
    for (const { branch: name, records, forgetBefore, head } of frames) {
      const branch = this.#branches.get(name) ?? new MemoryBranch(head);
      for (const { key, body } of records) branch.put({ key, body, beat: head.beat });
      if (forgetBefore > 0) branch.forget(forgetBefore);
      branch.head = head;
      this.#branches.set(name, branch);
      this.#lastBeat = head.beat;
    }
  }

  abortBeat(): void {
    this.#staged.abort();
  }

  async getRecord(branch: string, key: Uint8Array): Promise<StoredRecord | null> {
    return this.#branches.get(branch)?.get(key) ?? null;
  }

  scanPrefix(
    branch: string,
    prefix: Uint8Array,
    options: ScanOptions = {},
  ): AsyncIterable<StoredRecord> {
    return slowly(this.#branches.get(branch)?.scan(prefix, options) ?? []);
  }

  async checkpoint(): Promise<void> {}

  async compact(): Promise<number> {
    return 0;
  }

  stats(): EngineStats {
    let [records, dataBytes] = [0, 0];
    for (const branch of this.#branches.values()) {
      records += branch.records;
      dataBytes += branch.bytes;
    }
    return { records, indexBytes: 0, dataBytes, logBytes: 0, syncs: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abortBeat();
  }
}

async function* slowly(records: Iterable<StoredRecord>): AsyncGenerator<StoredRecord> {
  yield* records;
}
