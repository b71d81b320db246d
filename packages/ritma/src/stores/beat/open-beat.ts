/**
 * A beat that is being made: what was put so far, and reads that see it.
 *
 * Nothing of it is in the engine before it is committed, so to abort it is to let go of it. Work
 * that reads before it writes (a cell's revision, a parent's children) asks the beat, and finds
 * what the same beat has put.
 *
 * `mark` and `undo` make one of several pieces of work in a beat fail without the others.
 *
 * Not here: committing (`beat-store.ts`), who shares a beat with whom (`group-commit.ts`).
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
import type { BeatEngine } from "./engine.ts";
import { isRecordType } from "./record-codec.ts";
import type { BeatRecord } from "./record.ts";
import { keyText } from "./staged-beat.ts";
import { isBranchName } from "./trailer.ts";

/** What a beat has for one branch. */
export interface BranchPart {
  /** In the order in which keys were first put; each key once. */
  readonly records: Iterable<BeatRecord>;
  readonly count: number;
  /** 0 forgets nothing. */
  readonly forgetBefore: number;
}

interface Staged {
  /** By the bytes of the key, one character each. */
  readonly records: Map<string, BeatRecord>;
  forgetBefore: number;
}

/** Room for what a frame has besides keys and bodies. */
const RECORD_OVERHEAD_BYTES = 32;
/** So that no engine finds a beat too large that was accepted here. */
const STAGED_BYTES_MAX = BEAT_BYTES_MAX / 2;
const STAGED_RECORDS_MAX = BEAT_RECORDS_MAX / 2;

export class OpenBeat {
  readonly beat: number;
  readonly #engine: BeatEngine;
  readonly #branches: Map<string, Staged> = new Map();
  /** How to take back what was done since the mark; null without one. */
  #undo: (() => void)[] | null = null;
  #records = 0;
  #bytes = 0;

  constructor(engine: BeatEngine, beat: number) {
    this.#engine = engine;
    this.beat = beat;
  }

  get isEmpty(): boolean {
    for (const { records, forgetBefore } of this.#branches.values()) {
      if (records.size > 0 || forgetBefore > 0) return false;
    }
    return true;
  }

  /**
   * Takes the bytes over: the caller may not change them any more. Of two records with one key the
   * later one counts.
   *
   * @throws RitmaError `internal/limit` when the beat would be larger than a beat may be
   * @throws TypeError for what is no name of a branch, and for a record that no frame may have
   */
  put(branch: string, record: BeatRecord): void {
    const { key, body } = record;
    if (!isRecordType(key[0] ?? 0) || key.length > RECORD_KEY_BYTES_MAX) {
      throw new TypeError("a record whose key is of no type, or too long");
    }
    if (body.length > RECORD_BODY_BYTES_MAX) throw new TypeError(`a body of ${body.length} bytes`);
    const { records } = this.#staged(branch);
    const name = keyText(record.key);
    const old = records.get(name);
    const bytes = this.#bytes + sizeOf(record) - (old === undefined ? 0 : sizeOf(old));
    const count = this.#records + (old === undefined ? 1 : 0);
    if (bytes > STAGED_BYTES_MAX || count > STAGED_RECORDS_MAX) {
      throw new RitmaError("internal/limit", `${count} records of ${bytes} bytes in one beat`);
    }
    this.#note(records, name, old);
    records.set(name, record);
    this.#bytes = bytes;
    this.#records = count;
  }

  /** Removes what beats before `beforeBeat` put into the branch and no later one replaced. */
  forget(branch: string, beforeBeat: number): void {
    if (!Number.isSafeInteger(beforeBeat) || beforeBeat < 1 || beforeBeat > this.beat) {
      throw new RangeError(`beat ${this.beat} cannot forget what is before ${beforeBeat}`);
    }
    const staged = this.#staged(branch);
    const old = staged.forgetBefore;
    this.#undo?.push(() => {
      staged.forgetBefore = old;
    });
    staged.forgetBefore = Math.max(old, beforeBeat);
  }

  /** Whether this beat itself has put a record with this key. */
  has(branch: string, key: Uint8Array): boolean {
    return this.#branches.get(branch)?.records.has(keyText(key)) ?? false;
  }

  /** As it will be once the beat is committed. @throws RitmaError `beat/damaged` */
  async get(branch: string, key: Uint8Array): Promise<BeatRecord | null> {
    const staged = this.#branches.get(branch);
    const own = staged?.records.get(keyText(key));
    if (own !== undefined) return own;
    const stored = await this.#engine.getRecord(branch, key);
    return stored === null || stored.beat < (staged?.forgetBefore ?? 0) ? null : stored;
  }

  /** Branches that have something in this beat, with what they have. */
  *parts(): Generator<readonly [branch: string, part: BranchPart]> {
    for (const [branch, { records, forgetBefore }] of this.#branches) {
      if (records.size === 0 && forgetBefore === 0) continue;
      yield [branch, { records: records.values(), count: records.size, forgetBefore }];
    }
  }

  /** From here on until `undo` or the next mark, everything can be taken back. */
  mark(): void {
    this.#undo = [];
  }

  /** Takes back all that was done since the mark. */
  undo(): void {
    for (const step of this.#undo?.toReversed() ?? []) step();
    this.#undo = null;
  }

  #note(records: Staged["records"], name: string, old: BeatRecord | undefined): void {
    if (this.#undo === null) return;
    const [bytes, count] = [this.#bytes, this.#records];
    this.#undo.push(() => {
      if (old === undefined) records.delete(name);
      else records.set(name, old);
      this.#bytes = bytes;
      this.#records = count;
    });
  }

  #staged(branch: string): Staged {
    const known = this.#branches.get(branch);
    if (known !== undefined) return known;
    if (!isBranchName(branch)) throw new TypeError(`"${branch}" is no name of a branch`);
    const staged = { records: new Map<string, BeatRecord>(), forgetBefore: 0 };
    this.#branches.set(branch, staged);
    return staged;
  }
}

function sizeOf({ key, body }: BeatRecord): number {
  return key.length + body.length + RECORD_OVERHEAD_BYTES;
}
