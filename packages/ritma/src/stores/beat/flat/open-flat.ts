/**
 * Opens the flat engine: the branches' folders first, then the commit log, which goes on where they
 * end; then what is left over is removed.
 *
 * What opening reads is `meta` and the tables' ends of each branch, and the log: not what was
 * checkpointed.
 *
 * @module
 */
import { type Disk, removeAllDurably } from "../../../base/disk/disk.ts";
import { RealDisk } from "../../../base/disk/real-disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { BRANCHES_MAX } from "../../../base/limits.ts";
import type { NodePrimitives } from "../../../base/primitives.ts";
import { realRng, type Rng } from "../../../base/rng.ts";
import type { BeatEngine } from "../engine.ts";
import type { NoticeSink } from "../notice.ts";
import { isBranchName, STORE_BYTES } from "../trailer.ts";
import { Branch } from "./branch.ts";
import { CommitLog } from "./commit-log.ts";
import { countingDisk } from "./counting-disk.ts";
import { FlatEngine, type FlatParts } from "./flat-engine.ts";
import { saveMeta } from "./fold.ts";
import { LOG_DIR, segmentName } from "./layout.ts";
import { rebuildIndex } from "./rebuild-run.ts";
import { recoverBranch } from "./recover-branch.ts";
import { recoverLog } from "./recover-log.ts";
import { BlockCache, type RunContext } from "./run.ts";

export interface FlatEngineOptions {
  /** Default: the host's. */
  readonly disk?: Disk;
  /** Everything of the engine is below it. One process at a time: the caller holds a lock. */
  readonly dir: string;
  readonly primitives: Pick<NodePrimitives, "blake3">;
  /** 16 bytes. */
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
  /** For salts. */
  readonly rng?: Rng;
  /** Default LOG_SEGMENT_BYTES. */
  readonly segmentBytes?: number;
  /** The log is checkpointed at this length, while beats go on. Default LOG_CHECKPOINT_BYTES. */
  readonly checkpointBytes?: number;
}

/**
 * @throws RitmaError `beat/damaged` when the folder belongs to another store. What is damaged in
 * its own folder is set aside and told, and hinders nobody who does not read it.
 */
export async function openFlatEngine(options: FlatEngineOptions): Promise<BeatEngine> {
  const { dir, store, notice } = options;
  if (store.length !== STORE_BYTES) throw new TypeError(`a store id of ${store.length} bytes`);
  const count = { syncs: 0 };
  const disk = countingDisk(options.disk ?? new RealDisk(), count);
  const branches = new Map<string, Branch>();
  const runsOf = runContexts(disk, options, branches);
  const logDir = `${dir}/${LOG_DIR}`;
  const pathOf = segmentPaths(logDir);
  const makeBranch = (name: string): Branch => new Branch(name, `${dir}/${name}`, pathOf);

  await disk.makeDir(dir);
  const leftovers: string[] = [];
  for (const name of await branchFolders(disk, dir)) {
    const place = { disk, store, notice, branch: name, dir: `${dir}/${name}` };
    const found = await recoverBranch({ ...place, runs: runsOf(name) });
    leftovers.push(...found.leftovers);
    if (found.state === null) continue;
    const branch = new Branch(name, place.dir, pathOf, found);
    if (found.isUnsaved) await saveMeta({ disk, store }, branch, found.state, found.runs);
    branches.set(name, branch);
  }
  const context = {
    disk,
    blake3: options.primitives.blake3,
    rng: options.rng ?? realRng,
    store,
    dir: logDir,
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
  };
  const end = await recoverLog({ ...context, notice, branches, makeBranch });
  leftovers.push(...end.leftovers);
  if (leftovers.length > 0) await removeAllDurably(disk, leftovers);
  const parts: FlatParts = {
    options,
    disk,
    count,
    branches,
    makeBranch,
    runsOf,
    log: new CommitLog(context, end),
    logDir,
    lastBeat: end.lastBeat,
  };
  const engine = new FlatEngine(parts);
  await engine.tidy();
  return engine;
}

async function branchFolders(disk: Disk, dir: string): Promise<readonly string[]> {
  const names = (await disk.list(dir))
    .filter(({ name, kind }) => kind === "dir" && isBranchName(name))
    .map(({ name }) => name);
  if (names.length > BRANCHES_MAX) {
    throw new RitmaError("internal/limit", `${dir}: ${names.length} branches`);
  }
  return names;
}

/** What the runs of a branch need. */
function runContexts(
  disk: Disk,
  { dir, notice }: FlatEngineOptions,
  branches: ReadonlyMap<string, Branch>,
): (name: string) => RunContext {
  const cache = new BlockCache();
  return (name) => ({
    disk,
    cache,
    mend: async (opening) => {
      const detail = `the table of run ${opening.sequence} is damaged, and is made again`;
      notice({ topic: "persist.recover", severity: "warning", branch: name, detail });
      const doubt = await rebuildIndex(disk, `${dir}/${name}`, opening);
      const branch = branches.get(name);
      if (branch === undefined || doubt <= branch.doubt) return;
      branch.doubt = doubt;
      branch.isUnsaved = true;
    },
  });
}

/** Many places in a row are in one segment. */
function segmentPaths(logDir: string): (segment: number) => string {
  let [last, path] = [-1, ""];
  return (segment) => {
    if (segment !== last) [last, path] = [segment, `${logDir}/${segmentName(segment)}`];
    return path;
  };
}
