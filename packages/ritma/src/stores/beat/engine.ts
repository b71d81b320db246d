/**
 * The engine port: what keeps records, one ordered map for each branch, a beat at a time.
 *
 *     beginBeat(n) -> putRecord ... -> commitBeat()      all branches of the beat, or nothing
 *                                   \> abortBeat()
 *
 * Beats strictly increase. What is put is seen by no reader before `commitBeat` has returned; then
 * it is durable, all of it. A put replaces the record with the same key; `forget` alone removes.
 * Reads go on while a beat is being made, and a scan sees one beat from its begin to its end.
 *
 * After a failed write or sync every later call that writes refuses with `store/refused`, until the
 * engine is opened again: what is on the disk is known only then.
 *
 * Everything that is read back was checked against a digest or checksum; what fails is an error
 * with `beat/damaged`, never other bytes and never "not there".
 *
 * Not here: what a frame looks like (`frame-codec.ts`), names of cells, payloads in pieces.
 *
 * @module
 */
import type { BeatRecord } from "./record.ts";

/** What an engine may say of itself; it says only what the conformance suite has seen it do. */
const ENGINE_CAPABILITIES = [
  /** All branches of a beat in one durable write. */
  "atomic-beats",
  /** What was committed is there after a crash. */
  "durable",
  /** Keeps the frames themselves, so that the chain of a branch can be checked from its begin. */
  "frames",
  /** `checkpoint` bounds what opening has to read. */
  "checkpoint",
  /** `compact` gives disk space back. */
  "compact",
  /** Several processes on several machines; the slower of two writers is refused. */
  "shared",
] as const;

export type EngineCapability = (typeof ENGINE_CAPABILITIES)[number];

/** Where a branch stands. */
export interface BranchHead {
  /** Of its newest frame. */
  readonly beat: number;
  /** BLAKE3-256 of that frame's bytes, which the next frame of the branch names. */
  readonly frame: Uint8Array;
  /** Frames so far. */
  readonly frames: number;
}

export interface StoredRecord extends BeatRecord {
  /** That put it. */
  readonly beat: number;
}

export interface ScanOptions {
  /** Only keys greater than this. */
  readonly after?: Uint8Array;
  readonly limit?: number;
}

export interface EngineStats {
  /** Live records of all branches; until `compact`, what was replaced or forgotten may count. */
  readonly records: number;
  /** Bytes of the structural timeline, of bodies, and of the commit log, as far as they differ. */
  readonly indexBytes: number;
  readonly dataBytes: number;
  readonly logBytes: number;
  /** Syncs since it was opened: what a beat costs. */
  readonly syncs: number;
}

export interface BeatEngine extends AsyncDisposable {
  /** "flat", "lmdb", ... */
  readonly name: string;
  readonly capabilities: readonly EngineCapability[];
  /** Newest committed beat of all branches; 0 when there is none. */
  readonly lastBeat: number;
  /** Sorted. A branch begins with its first record. */
  branches(): readonly string[];
  head(branch: string): BranchHead | null;

  /** @throws RitmaError `beat/order` unless `beat` is greater than `lastBeat`; `store/refused` */
  beginBeat(beat: number): void;
  /** Takes the bytes over: the caller may not change them any more. */
  putRecord(branch: string, record: BeatRecord): void;
  /**
   * Removes, with the beat, all records of the branch that beats before `beforeBeat` put and no
   * later one replaced. Reads skip them from then on; `compact` gives the space back.
   */
  forget(branch: string, beforeBeat: number): void;
  /** Durable on return. A beat without records is no beat: nothing is written. */
  commitBeat(): Promise<void>;
  /** Drops what was put. Does nothing when no beat is open. */
  abortBeat(): void;

  /** @throws RitmaError `beat/damaged` */
  getRecord(branch: string, key: Uint8Array): Promise<StoredRecord | null>;
  /** In the order of keys, as of the newest beat at the call. @throws RitmaError `beat/damaged` */
  scanPrefix(
    branch: string,
    prefix: Uint8Array,
    options?: ScanOptions,
  ): AsyncIterable<StoredRecord>;

  /** Bounds what the next opening reads. */
  checkpoint(): Promise<void>;
  /** Gives back what was replaced and forgotten. @returns bytes given back */
  compact(): Promise<number>;
  stats(): EngineStats;
}
