/**
 * One branch as the engine knows it: where it stands, what is in the log, what is in runs.
 *
 * A look-up asks the table of the log, then the one that is being checkpointed, then the runs, the
 * newest first; the first that knows the key is right.
 *
 * Where something of a beat was found damaged so that keys of it may be missing, the branch is in
 * doubt up to that beat: a record that an older beat put may have been replaced, one that is not
 * there may have been. Such reads are refused, until the doubtful beats are forgotten.
 *
 * Not here: who may change it when (`flat-engine.ts`), how runs are made (`fold.ts`).
 *
 * @module
 */
import { RitmaError } from "../../../base/error.ts";
import type { BranchHead } from "../engine.ts";
import { type Batches, type Entry, type KeyRange, mergeEntries } from "./entry.ts";
import { LogTable } from "./log-table.ts";
import type { Run } from "./run.ts";
import type { BranchState } from "./segment-codec.ts";

/** Its part of the disk, as it was opened. */
export interface OpenedBranch {
  /** Null where nothing is checkpointed. */
  readonly state: BranchState | null;
  /** The newest first. */
  readonly runs: readonly Run[];
  readonly nextSequence: number;
  /** `meta` says something else, or nothing: it is written again before the engine is open. */
  readonly isUnsaved: boolean;
}

/** As of the begin of the log's newest segment: what is committed meanwhile is not in it. */
export interface FrozenBranch {
  readonly table: LogTable;
  readonly state: BranchState;
  readonly isBehind: boolean;
}

const NO_HEAD: BranchHead = { beat: 0, frame: new Uint8Array(32), frames: 0 };

export class Branch {
  readonly name: string;
  readonly dir: string;
  readonly #pathOf: (segment: number) => string;
  head: BranchHead;
  forgotten: number;
  doubt: number;
  /** All beats up to this one are in runs. */
  checkpointed: number;
  /** Something is to be checkpointed though no frame is. */
  isUnsaved = false;
  runs: readonly Run[];
  nextSequence: number;
  active: LogTable;
  /** Being checkpointed, with where the branch stood then. */
  frozen: FrozenBranch | null = null;

  constructor(
    name: string,
    dir: string,
    pathOf: (segment: number) => string,
    opened: OpenedBranch | null = null,
  ) {
    this.name = name;
    this.dir = dir;
    this.#pathOf = pathOf;
    this.head = opened?.state?.head ?? NO_HEAD;
    this.forgotten = opened?.state?.forgotten ?? 0;
    this.doubt = opened?.state?.doubt ?? 0;
    this.checkpointed = this.head.beat;
    this.runs = opened?.runs ?? [];
    this.nextSequence = opened?.nextSequence ?? 1;
    this.active = new LogTable(pathOf);
  }

  get state(): BranchState {
    const { name: branch, head, forgotten, doubt } = this;
    return { branch, head, forgotten, doubt };
  }

  /** Of both tables and all runs; a key that is in several is counted as often. */
  get records(): number {
    const inRuns = this.runs.reduce((sum, { foot }) => sum + foot.records, 0);
    return this.active.size + (this.frozen?.table.size ?? 0) + inRuns;
  }

  /** Whether a checkpoint has something to say of it. */
  get isBehind(): boolean {
    return this.head.beat > this.checkpointed || this.isUnsaved;
  }

  /** From the next commit on. */
  advance(head: BranchHead, forgetBefore: number): void {
    this.head = head;
    if (forgetBefore <= this.forgotten) return;
    this.forgotten = forgetBefore;
    this.active = this.active.without(forgetBefore);
  }

  freeze(): void {
    this.frozen = { table: this.active, state: this.state, isBehind: this.isBehind };
    this.active = new LogTable(this.#pathOf);
  }

  /** @throws RitmaError `beat/damaged` */
  async find(key: string): Promise<Entry | null> {
    const { active, frozen, runs, forgotten, doubt } = this;
    let entry = active.get(key) ?? frozen?.table.get(key) ?? null;
    for (let at = 0; entry === null && at < runs.length; at += 1) {
      entry = (await runs[at]?.find(key)) ?? null;
    }
    if (entry !== null && entry.beat < forgotten) entry = null;
    if (doubt >= Math.max(forgotten, 1) && (entry === null || entry.beat < doubt)) {
      throw this.#doubtful();
    }
    return entry;
  }

  /** As of now. @throws RitmaError `beat/damaged` */
  scan(range: KeyRange, limit: number): AsyncGenerator<readonly Entry[]> {
    const { active, frozen, runs, forgotten, doubt } = this;
    if (doubt >= Math.max(forgotten, 1)) throw this.#doubtful();
    const tables = frozen === null ? [active] : [active, frozen.table];
    const sources: Batches[] = tables.map((table) => table.scan(range, forgotten, limit));
    sources.push(...runs.map((run) => run.scan(range)));
    return mergeEntries(sources, forgotten);
  }

  #doubtful(): RitmaError {
    const message = `branch ${this.name}: something of beat ${this.doubt} or before is damaged`;
    return new RitmaError("beat/damaged", message);
  }
}
