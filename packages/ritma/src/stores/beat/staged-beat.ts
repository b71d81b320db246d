/**
 * What a beat has put so far, until it becomes frames: the half of `BeatEngine` that all engines
 * have in common.
 *
 *     begin(n) -> put ... forget ... -> build()      one frame for each branch that has something
 *                                    \> abort()
 *
 * Of two records with one key the later one counts. A branch that is new has nothing to forget, so
 * a beat that only forgets in one leaves no trace of it.
 *
 * Invariant: nothing of it can be read. What was put is the engine's until the beat ends.
 *
 * Not here: writing the frames, and what beat is the newest (the engines).
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import {
  BEAT_BYTES_MAX,
  BEAT_RECORDS_MAX,
  RECORD_BODY_BYTES_MAX,
  RECORD_KEY_BYTES_MAX,
} from "../../base/limits.ts";
import type { Blake3 } from "../../base/blake3.ts";
import type { BranchHead } from "./engine.ts";
import { encodeFrame } from "./frame-codec.ts";
import { isRecordType } from "./record-codec.ts";
import type { BeatRecord } from "./record.ts";
import { isBranchName, ROOT_BYTES } from "./trailer.ts";

/** One branch's part of a beat. */
export interface BuiltFrame {
  readonly branch: string;
  readonly bytes: Uint8Array;
  /** Sorted by key, each key once. */
  readonly records: readonly BeatRecord[];
  /** Of the records, as `keyText` gives them. */
  readonly keys: readonly string[];
  /** 0 forgets nothing. */
  readonly forgetBefore: number;
  /** Of the branch, once this is committed. */
  readonly head: BranchHead;
}

interface Staged {
  /** By the bytes of the key, one character each. */
  readonly records: Map<string, BeatRecord>;
  forgetBefore: number;
}

interface Open {
  readonly beat: number;
  readonly branches: Map<string, Staged>;
  records: number;
  bytes: number;
}

/** What a frame has for each record besides key and body, at most. */
const RECORD_OVERHEAD_BYTES = 24;
/** Of a beat: with its tables and the largest record, still a frame. */
const STAGED_BYTES_MAX = BEAT_BYTES_MAX - 16 * 1024 * 1024;
const NO_FRAME = new Uint8Array(ROOT_BYTES);

export class StagedBeat {
  #open: Open | null = null;

  /** The open beat, null when there is none. */
  get beat(): number | null {
    return this.#open?.beat ?? null;
  }

  /** @throws RitmaError `beat/order` unless `beat` is greater than `lastBeat` */
  begin(beat: number, lastBeat: number): void {
    if (this.#open !== null) throw new TypeError(`beat ${this.#open.beat} is still open`);
    if (!Number.isSafeInteger(beat) || beat <= lastBeat) {
      throw new RitmaError("beat/order", `beat ${beat} does not follow beat ${lastBeat}`);
    }
    this.#open = { beat, branches: new Map(), records: 0, bytes: 0 };
  }

  /**
   * @throws RitmaError `internal/limit` when the beat would be larger than a beat may be
   * @throws TypeError for a branch or a record that no frame may have: the caller's bug
   */
  put(branch: string, record: BeatRecord): void {
    const open = this.#mustBeOpen();
    const { key, body } = record;
    if (!isRecordType(key[0] ?? 0) || key.length > RECORD_KEY_BYTES_MAX) {
      throw new TypeError("a record whose key is of no type, or too long");
    }
    if (body.length > RECORD_BODY_BYTES_MAX) throw new TypeError(`a body of ${body.length} bytes`);
    const { records } = stagedOf(open, branch);
    const name = keyText(key);
    const old = records.get(name);
    const bytes = open.bytes + sizeOf(record) - (old === undefined ? 0 : sizeOf(old));
    const count = open.records + (old === undefined ? 1 : 0);
    if (bytes > STAGED_BYTES_MAX || count > BEAT_RECORDS_MAX) {
      throw new RitmaError("internal/limit", `${count} records of ${bytes} bytes in one beat`);
    }
    records.set(name, record);
    open.bytes = bytes;
    open.records = count;
  }

  /** @throws RangeError for a beat behind the open one: it would forget what is not there yet */
  forget(branch: string, beforeBeat: number): void {
    const open = this.#mustBeOpen();
    if (!Number.isSafeInteger(beforeBeat) || beforeBeat < 1 || beforeBeat > open.beat) {
      throw new RangeError(`beat ${open.beat} cannot forget what is before ${beforeBeat}`);
    }
    const staged = stagedOf(open, branch);
    staged.forgetBefore = Math.max(staged.forgetBefore, beforeBeat);
  }

  abort(): void {
    this.#open = null;
  }

  /**
   * Ends the beat.
   *
   * @returns its frames, sorted by branch; none when there is nothing to write.
   */
  build(
    blake3: Blake3,
    store: Uint8Array,
    headOf: (branch: string) => BranchHead | null,
  ): readonly BuiltFrame[] {
    const { beat, branches } = this.#mustBeOpen();
    this.#open = null;
    const frames: BuiltFrame[] = [];
    for (const branch of [...branches.keys()].toSorted()) {
      const staged = branches.get(branch);
      const old = headOf(branch);
      const keys = [...(staged?.records.keys() ?? [])].toSorted(byUnits);
      const records = keys.flatMap((key) => staged?.records.get(key) ?? []);
      const forgetBefore = old === null ? 0 : (staged?.forgetBefore ?? 0);
      if (records.length === 0 && forgetBefore === 0) continue;
      const previous = old?.frame ?? NO_FRAME;
      const bytes = encodeFrame(blake3, { store, branch, beat, previous, forgetBefore }, records);
      const head = { beat, frame: blake3(bytes), frames: (old?.frames ?? 0) + 1 };
      frames.push({ branch, bytes, records, keys, forgetBefore, head });
    }
    return frames;
  }

  #mustBeOpen(): Open {
    if (this.#open === null) throw new TypeError("no beat is open");
    return this.#open;
  }
}

/** The bytes of a key, one character each: strings of this kind sort as the keys do. */
export function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}

/** Not by locale: one unit of these strings is one byte. */
function byUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function stagedOf({ branches }: Open, branch: string): Staged {
  const known = branches.get(branch);
  if (known !== undefined) return known;
  if (!isBranchName(branch)) throw new TypeError(`"${branch}" is no name of a branch`);
  const staged = { records: new Map<string, BeatRecord>(), forgetBefore: 0 };
  branches.set(branch, staged);
  return staged;
}

function sizeOf({ key, body }: BeatRecord): number {
  return key.length + body.length + RECORD_OVERHEAD_BYTES;
}
