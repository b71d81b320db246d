/**
 * The object engine: beats as immutable objects, and one head that is replaced on a condition.
 *
 *     commit      put segments/GENERATION-NONCE, which must be absent    nobody sees it
 *                 put head, which must be the version we read           the commit point
 *     checkpoint  put parts/..., replace the head, then remove what only the old head named
 *
 * Of two writers, the one whose head put comes second is refused (`store/busy`), and refuses from
 * then on; its segment counts for nobody, and is swept by a later opening.
 *
 * An object without a name in the head is garbage once the head's generation has reached its own:
 * whoever made it would have had to replace a head that is gone. What is younger may be a beat that
 * is being committed, and is left alone.
 *
 * All live records are in memory: for stores of some hundred MB. A restored older head, with the
 * objects that it names, is not noticed: whoever can write to the bucket can turn it back.
 *
 * Format: spec/19-beat-engines.md, "Objects".
 *
 * @module
 */
import { concatBytes } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import { OBJECT_LISTED_MAX, OBJECT_SEGMENTS_MAX } from "../../../base/limits.ts";
import { Turns } from "../../../base/turns.ts";
import type { NodePrimitives } from "../../../base/primitives.ts";
import type { Rng } from "../../../base/rng.ts";
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
import { cutParts } from "./cut-parts.ts";
import {
  encodeHead,
  generationOf,
  type NamedObject,
  type ObjectHead,
  partName,
  PROBES,
  segmentName,
} from "./object-head.ts";
import type { ObjectStore } from "./object-store.ts";
import { applyBeat, HEAD_NAME, type LoadedStore, openObjects } from "./open-objects.ts";
import { PatientStore, type Patience } from "./patient-store.ts";
import { mustKeepConditions } from "./probe.ts";

export interface ObjectEngineOptions {
  /** The engine's from now on. */
  readonly objects: ObjectStore;
  readonly primitives: NodePrimitives;
  readonly rng: Rng;
  /** 16 bytes. */
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
  readonly patience?: Patience;
}

const CAPABILITIES: readonly EngineCapability[] = [
  "atomic-beats",
  "durable",
  "checkpoint",
  "compact",
  "shared",
];
const NONCE_BYTES = 8;
/** A probe may be under way that began at an older head than ours. */
const PROBE_GENERATIONS = 64;

/**
 * @throws RitmaError `beat/damaged`, `beat/unreachable`; `beat/unsupported` for a server that does
 * not keep conditions
 */
export async function openObjectEngine(options: ObjectEngineOptions): Promise<BeatEngine> {
  const { primitives, rng, store } = options;
  const objects = new PatientStore(options.objects, options.patience);
  try {
    const loaded = await openObjects(objects, primitives.blake3, store);
    await mustKeepConditions(objects, rng, loaded.head.generation);
    const engine = new ObjectEngine(options, objects, loaded);
    if (loaded.head.generation > 1) await engine.sweep();
    return engine;
  } catch (error) {
    await objects[Symbol.asyncDispose]();
    throw error;
  }
}

class ObjectEngine implements BeatEngine {
  readonly name = "object";
  readonly capabilities = CAPABILITIES;
  readonly #options: ObjectEngineOptions;
  readonly #objects: ObjectStore;
  readonly #branches: LoadedStore["branches"];
  readonly #staged = new StagedBeat();
  #head: ObjectHead;
  #version: string;
  /** Commits and checkpoints, one at a time. */
  readonly #turns = new Turns();
  #isCommitting = false;
  #failure: unknown = undefined;
  #puts = 0;

  constructor(options: ObjectEngineOptions, objects: ObjectStore, loaded: LoadedStore) {
    this.#options = options;
    this.#objects = objects;
    this.#branches = loaded.branches;
    this.#head = loaded.head;
    this.#version = loaded.version;
  }

  get lastBeat(): number {
    return this.#head.lastBeat;
  }

  branches(): readonly string[] {
    return [...this.#branches.keys()].toSorted();
  }

  head(branch: string): BranchHead | null {
    const head = this.#branches.get(branch)?.records.head;
    return head === undefined ? null : { ...head, frame: head.frame.slice() };
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
    const { primitives, store } = this.#options;
    const beat = this.#staged.beat ?? 0;
    const frames = this.#staged.build(primitives.blake3, store, (branch) => this.head(branch));
    if (frames.length === 0) return;
    this.#isCommitting = true;
    try {
      await this.#turns.run(async () => {
        if (this.#head.segments.length >= OBJECT_SEGMENTS_MAX) await this.#checkpoint();
        const name = segmentName(this.#head.generation + 1, this.#nonce());
        const segment = await this.#put(name, concatBytes(...frames.map(({ bytes }) => bytes)));
        const segments = [...this.#head.segments, segment];
        await this.#replaceHead({ ...this.#head, lastBeat: beat, segments });
        for (const frame of frames) applyBeat(this.#branches, frame.branch, frame, frame.head);
      });
    } finally {
      this.#isCommitting = false;
    }
  }

  abortBeat(): void {
    this.#staged.abort();
  }

  async getRecord(branch: string, key: Uint8Array): Promise<StoredRecord | null> {
    return this.#branches.get(branch)?.records.get(key) ?? null;
  }

  scanPrefix(
    branch: string,
    prefix: Uint8Array,
    options: ScanOptions = {},
  ): AsyncIterable<StoredRecord> {
    return slowly(this.#branches.get(branch)?.records.scan(prefix, options) ?? []);
  }

  async checkpoint(): Promise<void> {
    this.#mustWork();
    await this.#turns.run(async () => await this.#checkpoint());
  }

  /** A checkpoint has what is live and nothing else. */
  async compact(): Promise<number> {
    this.#mustWork();
    return await this.#turns.run(async () => {
      const before = bytesOf(this.#head);
      await this.#checkpoint();
      return Math.max(0, before - bytesOf(this.#head));
    });
  }

  stats(): EngineStats {
    let records = 0;
    for (const branch of this.#branches.values()) records += branch.records.records;
    const { parts, segments } = this.#head;
    const sizes = { dataBytes: sumOf(parts), logBytes: sumOf(segments), indexBytes: 0 };
    return { records, ...sizes, syncs: this.#puts };
  }

  /** Removes what no head will ever name. What cannot be removed now is left to the next time. */
  async sweep(): Promise<void> {
    const { generation, parts, segments } = this.#head;
    const named = new Set([...parts, ...segments].map(({ name }) => name));
    const garbage: string[] = [];
    for (const name of await this.#objects.list("", OBJECT_LISTED_MAX)) {
      const made = generationOf(name);
      const isProbe = name.startsWith(PROBES);
      const youngest = generation - (isProbe ? PROBE_GENERATIONS : 0);
      if (made !== null && made <= youngest && !named.has(name)) garbage.push(name);
    }
    if (garbage.length === 0) return;
    await this.#remove(garbage);
    const detail = `${garbage.length} objects that no head names were swept`;
    this.#options.notice({ topic: "persist.recover", severity: "info", branch: "", detail });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abortBeat();
    await this.#turns.over();
    await this.#objects[Symbol.asyncDispose]();
  }

  async #checkpoint(): Promise<void> {
    const old = this.#head;
    if (old.segments.length === 0) return;
    const names = this.branches();
    const parts: NamedObject[] = [];
    const branches = names.flatMap((name) => this.#branches.get(name) ?? []);
    for (const bytes of cutParts(branches)) {
      parts.push(await this.#put(partName(old.generation + 1, this.#nonce()), bytes));
    }
    const base = branches.map(({ records, forgetBefore }, at) => {
      const { beat, frame, frames } = records.head;
      return { name: names[at] ?? "", beat, frame, frames, forgetBefore };
    });
    await this.#replaceHead({ ...old, branches: base, parts, segments: [] });
    await this.#remove([...old.parts, ...old.segments].map(({ name }) => name));
  }

  /** The commit point of everything. */
  async #replaceHead(next: ObjectHead): Promise<void> {
    const head = { ...next, generation: this.#head.generation + 1 };
    const bytes = encodeHead(this.#options.primitives.blake3, head);
    const condition = { version: this.#version };
    const version = await this.#write(async () => {
      const put = await this.#objects.put(HEAD_NAME, bytes, condition);
      if (put === null) throw new RitmaError("store/busy", "another writer has replaced the head");
      return put;
    });
    this.#head = head;
    this.#version = version;
  }

  async #put(name: string, bytes: Uint8Array): Promise<NamedObject> {
    await this.#write(async () => {
      if ((await this.#objects.put(name, bytes, { absent: true })) !== null) return;
      throw new RitmaError("store/busy", `${name} was put by somebody else`);
    });
    return { name, length: bytes.length, digest: this.#options.primitives.blake3(bytes) };
  }

  /** Garbage is no reason to fail: the next opening sweeps it. */
  async #remove(names: readonly string[]): Promise<void> {
    try {
      for (const name of names) await this.#objects.remove(name);
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      const detail = `objects that nobody names are left: ${error.message}`;
      this.#options.notice({ topic: "persist.recover", severity: "warning", branch: "", detail });
    }
  }

  #nonce(): Uint8Array {
    return this.#options.rng.bytes(NONCE_BYTES);
  }

  async #write<Value>(step: () => Promise<Value>): Promise<Value> {
    this.#mustWork();
    try {
      const value = await step();
      this.#puts += 1;
      return value;
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #mustWork(): void {
    if (this.#failure === undefined) return;
    this.#staged.abort();
    throw new RitmaError("store/refused", "the object engine: an earlier write failed", {
      cause: this.#failure,
    });
  }
}

function bytesOf({ parts, segments }: ObjectHead): number {
  return sumOf(parts) + sumOf(segments);
}

function sumOf(objects: readonly NamedObject[]): number {
  return objects.reduce((sum, { length }) => sum + length, 0);
}

async function* slowly(records: Iterable<StoredRecord>): AsyncGenerator<StoredRecord> {
  yield* records;
}
