/**
 * The ways in which a workload is interrupted: the power goes, the process is killed and the power
 * goes later, one call to the disk fails.
 *
 * Each run is judged by a `Judge` and repeats with its seed. With a `part` below 1 only some points
 * are tried, drawn from the seed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type CrashCount, everyCrash } from "../../src/base/disk/crash.ts";
import type { CrashOptions } from "../../src/base/disk/sim-crash.ts";
import { SimDisk, type SimFault, type SimOperation } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { open } from "../recorder/recording.ts";
import type { Judge } from "./judge.ts";
import { perform, performAgain } from "./workload.ts";

export interface CrashPlan extends CrashOptions {
  /** Of the images, kills or faults: 1 is all of them. */
  readonly part: number;
  /**
   * Nothing is interrupted before so many batches were acknowledged: 0 begins after `init`. The
   * power cuts begin before it, the others at 0, unless this says otherwise.
   */
  readonly since?: number;
}

/** Of the moments in a run inside a run; of each the first image, all that is not durable gone,
 * always is looked at. */
const INNER_PART = 0.02;

const READING: ReadonlySet<SimOperation> = new Set([
  "read",
  "size",
  "access",
  "lock",
  "list",
  "openDir",
  "isDir",
]);

/** A workload, or the rest of one, and how much of it was promised so far. */
interface Performance {
  readonly from: SimDisk;
  readonly work: (disk: SimDisk) => Promise<void>;
  /** Newest batch that was acknowledged; 0 is `init`, -1 not even that. */
  readonly acknowledged: () => number;
}

function performanceOf(judge: Judge, since: number): Performance {
  let acknowledged = since;
  const work = async (disk: SimDisk): Promise<void> => {
    acknowledged = since;
    if (since >= 0) {
      await performAgain(judge.workload, judge.wrap(disk), () => {
        acknowledged += 1;
      });
      return;
    }
    await perform(judge.workload, judge.wrap(disk), (count) => {
      acknowledged = count;
    });
  };
  const from = since < 0 ? new SimDisk() : judge.diskAt(since);
  return { from, work, acknowledged: () => acknowledged };
}

/** Cuts the power before every call to the disk. */
export async function powerCuts(judge: Judge, plan: CrashPlan): Promise<CrashCount> {
  const chosen = chooser(plan);
  const { from, work, acknowledged } = performanceOf(judge, plan.since ?? -1);
  const check = async (image: SimDisk): Promise<void> => {
    if (chosen()) await judge.examine(image, acknowledged());
  };
  return await everyCrash(work, check, { ...plan, from });
}

/** Cuts the power, and then again while recovery runs on what is left. */
export async function cutsInRecovery(judge: Judge, plan: CrashPlan): Promise<number> {
  let states = 0;
  const chosen = chooser(plan);
  const { from, work, acknowledged } = performanceOf(judge, plan.since ?? 0);
  const recovery = async (disk: SimDisk): Promise<void> => {
    await open(judge.wrap(disk), judge.workload.settings);
  };
  const checkInside = async (image: SimDisk): Promise<void> =>
    await judge.examine(image, acknowledged());
  const check = async (image: SimDisk): Promise<void> => {
    if (chosen()) states += await someCrashes(recovery, checkInside, plan, image);
  };
  await everyCrash(work, check, { ...plan, from });
  return states;
}

/**
 * Kills the process before a sync: everything it did is visible, what it did not sync is not
 * durable. Another one goes on, and the power is cut before each of its calls.
 */
export async function killsThenCuts(judge: Judge, plan: CrashPlan): Promise<CrashCount> {
  const kills: (Left & { readonly where: string })[] = [];
  const chosen = chooser(plan);
  const { from, work, acknowledged } = performanceOf(judge, plan.since ?? 0);
  const disk: SimDisk = from.snapshot({
    watch: async (_, operation, path) => {
      if (operation !== "sync" && operation !== "syncDir") return;
      if (!chosen()) return;
      const where = `killed before ${operation} ${path}`;
      kills.push({ left: disk.snapshot(), acknowledged: acknowledged(), where });
    },
  });
  await work(disk);
  const total = { points: kills.length, states: 0 };
  for (const kill of kills) total.states += await goOn(judge, kill, plan, kill.where);
  return total;
}

export interface FaultCount {
  faults: number;
  states: number;
}

/**
 * Fails one call, each in turn, then goes on with the disk as it is; for `part` of
 * them the power is also cut all along.
 *
 * Where the names of a directory could not be synced, the file system has given up: ext4, xfs and
 * btrfs all refuse every write from then on until they are mounted again. So what goes on there is
 * what a power cut would leave.
 */
export async function faults(judge: Judge, kind: SimFault, plan: CrashPlan): Promise<FaultCount> {
  const chosen = chooser(plan);
  const count = { faults: 0, states: 0 };
  for (let step = 1; ; step += 1) {
    const failed = await failOnce(judge, kind, step, plan.since ?? 0);
    if (failed === null) return count;
    count.faults += 1;
    const { disk, acknowledged, where, isNames } = failed;
    await judge.examine(disk.snapshot(), acknowledged);
    if (!chosen()) continue;
    if (!isNames) {
      count.states += await goOn(judge, { left: disk.snapshot(), acknowledged }, plan, where);
      continue;
    }
    for (const image of disk.crashStates(plan)) {
      count.states += 1;
      await judge.examine(image, acknowledged);
    }
  }
}

interface Failed {
  readonly disk: SimDisk;
  readonly acknowledged: number;
  readonly where: string;
  readonly isNames: boolean;
}

/** @returns null when the workload has fewer calls. */
async function failOnce(
  judge: Judge,
  kind: SimFault,
  step: number,
  since: number,
): Promise<Failed | null> {
  let where = "";
  let isNames = false;
  const { from, work, acknowledged } = performanceOf(judge, since);
  const disk = from.snapshot({
    failAt: (at, operation, path) => {
      if (at !== step) return null;
      where = `after ${kind} on ${operation} ${path}`;
      isNames = operation === "syncDir";
      return kind;
    },
  });
  const refusal = await refusalOf(async () => await work(disk));
  if (where === "") return null;
  assert.ok(refusal !== null, `${where}: nobody was told`);
  assert.equal(refusal.code, kind === "enospc" ? "disk/full" : "disk/io", refusal.message);
  return { disk, acknowledged: acknowledged(), where, isNames };
}

interface Left {
  readonly left: SimDisk;
  readonly acknowledged: number;
}

/** Opens what was left, performs the workload to its end, and cuts the power all along. */
async function goOn(
  judge: Judge,
  { left, acknowledged }: Left,
  plan: CrashPlan,
  where: string,
): Promise<number> {
  let promised = acknowledged;
  const run = async (): Promise<number> =>
    await someCrashes(
      async (disk) => {
        await open(judge.wrap(disk), judge.workload.settings);
        promised = judge.placeOf(disk);
        assert.ok(promised >= acknowledged, "recovery lost an acknowledged batch");
        await performAgain(judge.workload, judge.wrap(disk), () => {
          promised += 1;
        });
        assert.equal(judge.placeOf(disk), judge.batches);
      },
      async (image) => await judge.examine(image, promised),
      plan,
      left,
    );
  try {
    return await run();
  } catch (cause) {
    throw new Error(`${where}, then ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

/**
 * As `everyCrash`, for runs inside runs: of most moments only the first image is made, of some
 * drawn from the seed all are.
 *
 * @returns how many images were looked at
 */
async function someCrashes(
  work: (disk: SimDisk) => Promise<void>,
  check: (image: SimDisk) => Promise<void>,
  plan: CrashPlan,
  from: SimDisk,
): Promise<number> {
  const chosen = chooser({ ...plan, part: INNER_PART });
  let states = 0;
  const examine = async (disk: SimDisk, when: string): Promise<void> => {
    const isChosen = chosen();
    for (const image of disk.crashStates({ ...plan, perPoint: 8 })) {
      states += 1;
      try {
        await check(image);
      } catch (cause) {
        throw new Error(`${when}: ${cause instanceof Error ? cause.message : ""}`, { cause });
      }
      if (!isChosen) return;
    }
  };
  const disk: SimDisk = from.snapshot({
    watch: async (_, operation, path) => {
      if (!READING.has(operation)) await examine(disk, `before ${operation} ${path}`);
    },
  });
  await work(disk);
  await examine(disk, "at the end");
  return states;
}

async function refusalOf(work: () => Promise<void>): Promise<RitmaError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof RitmaError) return error;
    throw error;
  }
}

/** @returns true for `part` of the calls, drawn from the seed. */
function chooser({ part, seed }: CrashPlan): () => boolean {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state < part * 2 ** 32;
  };
}
