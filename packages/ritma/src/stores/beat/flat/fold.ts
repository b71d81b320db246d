/**
 * Checkpointing and compacting one branch: what is in its frozen table, and some or all of its
 * runs, become one new run.
 *
 *     drafts of dat and idx, durable -> their names, durable -> meta, durable -> old files removed
 *
 * What is forgotten or replaced is not copied. What is damaged is copied as it is, so that it stays
 * damaged and does not become absent; the file it came from is set aside and not removed.
 *
 * Not here: removing log segments, which is for all branches at once (`flat-engine.ts`).
 *
 * Format: spec/17-beat-store.md, "Checkpoint" and "Compaction".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { type Disk, removeAllDurably, writeDurably } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { RUNS_MERGED } from "../../../base/limits.ts";
import type { NoticeSink } from "../notice.ts";
import type { Branch, FrozenBranch } from "./branch.ts";
import { type Entry, type KeyRange, mergeEntries } from "./entry.ts";
import { META_NAME } from "./layout.ts";
import { encodeMeta } from "./meta-codec.ts";
import { PlaceReader, recordIn } from "./place-reader.ts";
import type { Pins } from "./pins.ts";
import type { Run } from "./run.ts";
import { RunWriter } from "./run-writer.ts";
import type { BranchState } from "./segment-codec.ts";
import { setAside } from "./set-aside.ts";

export interface FoldContext {
  readonly disk: Disk;
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
  readonly pins: Pins;
  readonly openRun: (branch: Branch, sequence: number) => Promise<Run>;
  /** A segment that holds something damaged, by its path: to be kept. */
  readonly keepSegment: (path: string) => void;
}

const EVERYTHING: KeyRange = { from: "", upTo: null };
/** Runs up to here count as one size. */
const TIER_BYTES = 1024 * 1024;

/** @param all whether every run goes into the new one, or only those of about its size */
export async function fold(
  context: FoldContext,
  branch: Branch,
  frozen: FrozenBranch,
  all: boolean,
): Promise<void> {
  const { runs } = branch;
  const { table, state } = frozen;
  const taken = all ? allWorthIt(runs, frozen) : runsToMerge(table.bytes, runs);
  const old = runs.slice(0, taken);
  const damaged = new Set<string>();
  const isWorthIt = table.size > 0 || taken > 0;
  const made = isWorthIt ? await writeRun(context, branch, frozen, old, damaged) : null;
  const left = runs.slice(taken);
  const now = made === null ? left : [made, ...left];
  if (isWorthIt || frozen.isBehind) await saveMeta(context, branch, state, now);
  branch.runs = now;
  branch.frozen = null;
  branch.checkpointed = Math.max(branch.checkpointed, state.head.beat);
  // What was found since is for the next one.
  branch.isUnsaved = branch.doubt > state.doubt;
  for (const path of damaged) context.keepSegment(path);
  if (old.length > 0) {
    await context.pins.retire(async () => await removeRuns(context.disk, old, damaged));
  }
}

/** Durable on return. */
export async function saveMeta(
  { disk, store }: Pick<FoldContext, "disk" | "store">,
  branch: Branch,
  state: BranchState,
  runs: readonly Run[],
): Promise<void> {
  const references = runs.map(({ foot }) => foot);
  const bytes = encodeMeta({ store, state, runs: references });
  await writeDurably(disk, `${branch.dir}/${META_NAME}`, bytes);
}

/**
 * By tiers of size, each four times the one below: RUNS_MERGED of one tier become one of the next.
 * So a record is written again once for each tier, and there are few runs to look into.
 */
function runsToMerge(freshBytes: number, runs: readonly Run[]): number {
  if (freshBytes === 0) return 0;
  let [taken, bytes] = [0, freshBytes];
  for (;;) {
    const tier = tierOf(bytes);
    let end = taken;
    while (end < runs.length && tierOf(runs[end]?.bytes ?? 0) <= tier) end += 1;
    if (end - taken + 1 < RUNS_MERGED) return taken;
    for (; taken < end; taken += 1) bytes += runs[taken]?.bytes ?? 0;
  }
}

function tierOf(bytes: number): number {
  return Math.max(0, Math.ceil(Math.log2(bytes / TIER_BYTES) / 2));
}

function allWorthIt(runs: readonly Run[], { table, state }: FrozenBranch): number {
  const [only] = runs;
  const isTidy = runs.length === 1 && only !== undefined && only.foot.oldestBeat >= state.forgotten;
  return table.size === 0 && isTidy ? 0 : runs.length;
}

/** @returns null when nothing is left to keep. */
async function writeRun(
  context: FoldContext,
  branch: Branch,
  { table, state }: FrozenBranch,
  old: readonly Run[],
  damaged: Set<string>,
): Promise<Run | null> {
  const { disk, store } = context;
  await disk.makeDir(branch.dir);
  const sequence = branch.nextSequence;
  const since = old.at(-1)?.foot.since ?? sequence;
  await using writer = await RunWriter.create(disk, branch.dir, { store, sequence, since, state });
  const sources = [
    table.scan(EVERYTHING, state.forgotten, Infinity),
    ...old.map((run) => run.scan(EVERYTHING)),
  ];
  const reader = new PlaceReader(disk);
  for await (const batch of mergeEntries(sources, state.forgotten)) {
    for (const entry of batch) {
      const { bytes, fault } = await copyOf(reader, entry);
      if (fault !== null) {
        damaged.add(entry.path);
        const detail = `a damaged record of beat ${entry.beat} is kept as it is: ${fault}`;
        context.notice({
          topic: "persist.checkpoint",
          severity: "error",
          branch: branch.name,
          detail,
        });
      }
      await writer.add(entry.key, entry.beat, bytes);
    }
  }
  if (writer.records === 0) {
    await writer.discard();
    return null;
  }
  await writer.finish();
  await using dir = await disk.openDir(branch.dir);
  await dir.sync();
  branch.nextSequence = sequence + 1;
  return await context.openRun(branch, sequence);
}

/** The record's bytes, as long as they were, and what is wrong with them. */
async function copyOf(
  reader: PlaceReader,
  entry: Entry,
): Promise<{ readonly bytes: Uint8Array; readonly fault: string | null }> {
  let bytes: Uint8Array = new Uint8Array(0);
  try {
    bytes = reader.bytesAhead(entry) ?? (await reader.bytes(entry));
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "disk/missing") throw error;
  }
  const found = recordIn(bytes, entry);
  if (!(found instanceof FormatError)) return { bytes, fault: null };
  const kept = new Uint8Array(entry.length);
  kept.set(bytes);
  return { bytes: kept, fault: found.message };
}

async function removeRuns(
  disk: Disk,
  runs: readonly Run[],
  damaged: ReadonlySet<string>,
): Promise<void> {
  const paths: string[] = [];
  for (const { datPath, idxPath, isSuspect } of runs) {
    if (isSuspect || damaged.has(datPath)) await setAside(disk, datPath);
    else paths.push(datPath);
    paths.push(idxPath);
  }
  if (paths.length > 0) await removeAllDurably(disk, paths);
}
