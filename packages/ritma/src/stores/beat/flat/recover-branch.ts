/**
 * Opens one branch's folder: which runs hold it, and where it stood when it was checkpointed.
 *
 * `meta` says so. Where it is damaged or gone the runs say it, each of itself; and a run that is
 * newer than `meta` is believed too: what is in it was committed. Nothing that is damaged is
 * removed. What no checkpoint names and none was made of is left over from an interrupted one, and
 * is removed, once all that is named is durable.
 *
 * Format: spec/17-beat-store.md, "Recovery".
 *
 * @module
 */
import { equalBytes, FormatError } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import type { NoticeSink } from "../notice.ts";
import type { OpenedBranch } from "./branch.ts";
import { isDraft, META_NAME, runName, runOf } from "./layout.ts";
import { decodeMeta, type Meta, META_BYTES_MAX } from "./meta-codec.ts";
import { readRunOpening, rebuildIndex } from "./rebuild-run.ts";
import { Run, type RunContext } from "./run.ts";
import type { RunOpening } from "./run-codec.ts";
import type { BranchState } from "./segment-codec.ts";
import { setAside } from "./set-aside.ts";

export interface BranchPlace {
  readonly disk: Disk;
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
  readonly branch: string;
  readonly dir: string;
  readonly runs: RunContext;
}

export interface RecoveredBranch extends OpenedBranch {
  /** To be removed when everything that is named is durable. */
  readonly leftovers: readonly string[];
}

/** @throws RitmaError `beat/damaged` when it belongs to another store */
export async function recoverBranch(place: BranchPlace): Promise<RecoveredBranch> {
  const { disk, dir } = place;
  await using folder = await disk.openDir(dir);
  // What a process that was killed left visible is made durable before it is believed.
  await folder.sync();
  const files = (await disk.list(dir)).filter(({ kind }) => kind === "file");
  const names = files.map(({ name }) => name);
  const meta = names.includes(META_NAME) ? await readMeta(place) : null;
  const sequences = [...new Set(names.map((name) => runOf(name)?.sequence ?? 0))]
    .filter((sequence) => sequence > 0)
    .toSorted((a, b) => b - a);

  const opener = new RunOpener(place, meta);
  for (const sequence of sequences) await opener.consider(sequence);
  opener.missing();
  const { runs, state, isChanged } = opener;
  const named = new Set<string>();
  for (const { foot } of runs) {
    for (const part of ["dat", "idx"] as const) named.add(runName(foot.sequence, part));
  }
  const isLeftover = (name: string): boolean =>
    isDraft(name) || (runOf(name) !== null && !named.has(name) && !opener.kept.has(name));
  return {
    state,
    runs,
    nextSequence: Math.max(0, ...sequences, ...(meta?.runs ?? []).map((run) => run.sequence)) + 1,
    isUnsaved: isChanged || (meta === null && runs.length > 0),
    leftovers: names.filter(isLeftover).map((name) => `${dir}/${name}`),
  };
}

async function readMeta(place: BranchPlace): Promise<Meta | null> {
  const { disk, dir, branch, store, notice } = place;
  const path = `${dir}/${META_NAME}`;
  try {
    const meta = decodeMeta(await disk.readRange(path, 0, META_BYTES_MAX));
    if (meta.state.branch !== branch) throw new FormatError("wrong-type", 0, "another branch's");
    refuseOther(store, meta.store, path);
    return meta;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const name = await setAside(disk, path);
    const detail = `meta is damaged (${error.message}); it is set aside as ${name}`;
    notice({ topic: "persist.recover", severity: "error", branch, detail });
    return null;
  }
}

/** @throws RitmaError `beat/damaged` unless the two are the same */
export function refuseOther(store: Uint8Array, found: Uint8Array, path: string): void {
  if (equalBytes(store, found)) return;
  throw new RitmaError(
    "beat/damaged",
    `${path} belongs to store ${found.toHex()}, not to this one`,
  );
}

/** Goes through the runs that are there, the newest first, and takes those that hold the branch. */
class RunOpener {
  readonly runs: Run[] = [];
  state: BranchState | null;
  isChanged = false;
  /** Damaged files that are no part of any run and are left where they are. */
  readonly kept: Set<string> = new Set();
  readonly #place: BranchPlace;
  readonly #meta: Meta | null;
  /** Runs from this one on are in one that was taken. */
  #since = Number.MAX_SAFE_INTEGER;

  constructor(place: BranchPlace, meta: Meta | null) {
    this.#place = place;
    this.#meta = meta;
    this.state = meta?.state ?? null;
  }

  async consider(sequence: number): Promise<void> {
    if (sequence >= this.#since) return;
    const isNamed = this.#meta?.runs.some((run) => run.sequence === sequence) ?? false;
    const found = await this.#look(sequence);
    if (found === null) {
      if (isNamed || this.#meta === null) await this.#cannotRead(sequence);
      return;
    }
    const { opening, fault } = found;
    refuseOther(this.#place.store, opening.store, runName(sequence, "dat"));
    if (!isNamed) {
      // Left over, unless it says more than meta does: then meta is what is out of date.
      if (!(await this.#hasBodies(sequence))) return;
      if (opening.state.head.beat <= (this.#meta?.state.head.beat ?? 0)) return;
      this.#tell("warning", `run ${sequence} is newer than meta, and is used`);
      this.isChanged = true;
    }
    const { disk, dir, runs: context } = this.#place;
    let doubt = 0;
    if (found.run === null) {
      // A checkpoint that was interrupted may have left the bodies alone.
      if (isNamed || fault !== null) {
        this.#tell("warning", `the table of run ${sequence} is made again: ${fault ?? "gone"}`);
      }
      doubt = await rebuildIndex(disk, dir, opening);
    }
    const run = found.run ?? (await Run.open(context, dir, sequence));
    await this.#compareDat(run);
    this.#take(run, doubt);
  }

  /** Tells of runs that meta names and that are not there. */
  missing(): void {
    for (const { sequence } of this.#meta?.runs ?? []) {
      const isTaken = this.runs.some(
        ({ foot }) => foot.since <= sequence && sequence <= foot.sequence,
      );
      if (isTaken) continue;
      this.#tell("error", `run ${sequence} is gone or cannot be read`);
      this.#lose();
    }
  }

  #take(run: Run, doubt: number): void {
    const { since, state } = run.foot;
    this.runs.push(run);
    this.#since = since;
    if (this.state === null || state.head.beat > this.state.head.beat) this.state = state;
    if (doubt === 0) return;
    this.isChanged = true;
    this.state = { ...this.state, doubt: Math.max(this.state.doubt, doubt) };
  }

  /** What a run says of itself, in its table or else before its bodies; null when in neither. */
  async #look(sequence: number): Promise<{
    readonly opening: RunOpening;
    readonly run: Run | null;
    /** Of the table; null when it is only not there. */
    readonly fault: string | null;
  } | null> {
    const { disk, dir, runs: context } = this.#place;
    try {
      const run = await Run.open(context, dir, sequence);
      return { opening: run.foot, run, fault: null };
    } catch (error) {
      const isGone = error instanceof RitmaError && error.code === "disk/missing";
      if (!isGone && !(error instanceof FormatError)) throw error;
      const known = await readRunOpening(disk, `${dir}/${runName(sequence, "dat")}`);
      const fault = isGone ? null : error.message;
      return known === null ? null : { opening: known.opening, run: null, fault };
    }
  }

  /** An interrupted checkpoint may leave a table alone, without meta, but not bodies alone. */
  async #cannotRead(sequence: number): Promise<void> {
    if (this.#meta === null && !(await this.#hasBodies(sequence))) return;
    this.kept.add(runName(sequence, "dat"));
    this.kept.add(runName(sequence, "idx"));
    this.#tell("error", `run ${sequence} cannot be read, neither bodies nor table`);
    this.#lose();
  }

  async #hasBodies(sequence: number): Promise<boolean> {
    const { disk, dir } = this.#place;
    return (await disk.size(`${dir}/${runName(sequence, "dat")}`)) !== null;
  }

  /** What is missing at the end of the bodies is told when it is read; here it is told at all. */
  async #compareDat(run: Run): Promise<void> {
    const { datPath, foot } = run;
    const size = await this.#place.disk.size(datPath);
    if (size === foot.datBytes) return;
    run.isSuspect = true;
    const found = size === null ? "is gone" : `has ${size} bytes and should have ${foot.datBytes}`;
    this.#tell("error", `the bodies of run ${foot.sequence}: the file ${found}`);
  }

  /** Whole runs: everything that is not newer is in doubt. */
  #lose(): void {
    if (this.state === null) return;
    this.state = { ...this.state, doubt: this.state.head.beat };
    this.isChanged = true;
  }

  #tell(severity: "warning" | "error", detail: string): void {
    const { notice, branch } = this.#place;
    notice({ topic: "persist.recover", severity, branch, detail });
  }
}
