/**
 * The ways in which a workload of beats is interrupted: the power goes, it goes again during
 * recovery, the process is killed and the power goes later, one call to the disk fails.
 *
 * Each run is judged by a `BeatJudge` and repeats with its seed. With a `part` below 1 only some
 * points are tried, drawn from the seed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { everyCrash } from "../../src/base/disk/crash.ts";
import type { CrashOptions } from "../../src/base/disk/sim-crash.ts";
import { SimDisk, type SimFault } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import type { BeatJudge } from "./crash-judge.ts";
import { openOn, perform, type Progress, shown } from "./crash-workload.ts";

export interface CrashPlan extends CrashOptions {
  /** Of the images, kills or faults: 1 is all of them. */
  readonly part: number;
}

/** Of the moments in a run inside a run. */
const INNER_PART = 0.05;
/** Incarnations of whoever goes on. */
const AGAIN = 20;

/** Cuts the power before every call to the disk. */
export async function powerCuts(judge: BeatJudge, plan: CrashPlan): Promise<void> {
  const chosen = chooser(plan);
  const progress: Progress = { begun: 0, acknowledged: 0 };
  await everyCrash(
    async (disk) => await perform(judge.wrap(disk), judge.workload, progress),
    async (image) => {
      if (chosen()) await judge.examine(image, progress);
    },
    plan,
  );
}

/** Cuts the power, and then again while recovery and one more beat run on what is left. */
export async function cutsInRecovery(judge: BeatJudge, plan: CrashPlan): Promise<void> {
  const chosen = chooser(plan);
  const progress: Progress = { begun: 0, acknowledged: 0 };
  await everyCrash(
    async (disk) => await perform(judge.wrap(disk), judge.workload, progress),
    async (image) => {
      if (chosen()) await cutsInside(judge, plan, image, { ...progress });
    },
    plan,
  );
}

/** Goes on with the workload from an image, and cuts the power all along. */
async function cutsInside(
  judge: BeatJudge,
  plan: CrashPlan,
  from: SimDisk,
  progress: Progress,
): Promise<void> {
  const chosen = chooser({ ...plan, part: INNER_PART });
  const inside: Progress = { ...progress };
  await everyCrash(
    async (disk) => await goOn(judge, disk, inside),
    async (image) => {
      if (chosen()) await judge.examine(image, inside);
    },
    { ...plan, perPoint: 8, from },
  );
  assert.equal(inside.acknowledged, judge.beats);
}

/** Opens what is there, and performs the rest of the workload. */
async function goOn(judge: BeatJudge, disk: SimDisk, progress: Progress): Promise<void> {
  const wrapped = judge.wrap(disk);
  const engine = await openOn(wrapped, judge.workload, AGAIN);
  const place = judge.row.indexOf(await shown(engine));
  assert.ok(place >= progress.acknowledged, `LOST: went on from ${place}`);
  assert.ok(place <= Math.max(progress.begun, progress.acknowledged), `went on from ${place}`);
  await engine[Symbol.asyncDispose]();
  progress.acknowledged = place;
  await perform(wrapped, judge.workload, progress, AGAIN + 1);
}

/**
 * Kills the process before a sync: everything it did is visible, what it did not sync is not
 * durable. Another one goes on, and the power is cut before each of its calls.
 */
export async function killsThenCuts(judge: BeatJudge, plan: CrashPlan): Promise<number> {
  const kills: (Progress & { readonly left: SimDisk; readonly where: string })[] = [];
  const chosen = chooser(plan);
  const progress: Progress = { begun: 0, acknowledged: 0 };
  const disk: SimDisk = new SimDisk({
    watch: async (_, operation, path) => {
      if (operation !== "sync" && operation !== "syncDir") return;
      if (!chosen()) return;
      const where = `killed before ${operation} ${path}`;
      kills.push({ ...progress, left: disk.snapshot(), where });
    },
  });
  await perform(judge.wrap(disk), judge.workload, progress);
  for (const { left, where, ...then } of kills) {
    await within(where, async () => await cutsInside(judge, plan, left, then));
  }
  return kills.length;
}

/**
 * Fails one call, each in turn, then goes on with the disk as it is; for `part` of them the power
 * is cut all along. Where the names of a directory could not be synced, file systems give up until
 * they are mounted again: what goes on there is what a power cut would leave.
 */
export async function faults(judge: BeatJudge, kind: SimFault, plan: CrashPlan): Promise<number> {
  const chosen = chooser(plan);
  for (let step = 1; ; step += 1) {
    const progress: Progress = { begun: 0, acknowledged: 0 };
    let where = "";
    let isNames = false;
    const disk = new SimDisk({
      failAt: (at, operation, path) => {
        if (at !== step) return null;
        where = `after ${kind} on ${operation} ${path}`;
        isNames = operation === "syncDir";
        return kind;
      },
    });
    const wasTold = await isRefused(
      async () => await perform(judge.wrap(disk), judge.workload, progress),
    );
    if (where === "") return step - 1;
    await within(where, async () => {
      assert.ok(wasTold, "nobody was told");
      if (!isNames) await judge.examine(disk.snapshot(), progress);
      if (!chosen()) return;
      if (!isNames) return await cutsInside(judge, plan, disk.snapshot(), progress);
      for (const image of disk.crashStates(plan)) await judge.examine(image, progress);
    });
  }
}

async function isRefused(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof RitmaError) return true;
    throw error;
  }
}

async function within(where: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new Error(`${where}, then ${cause instanceof Error ? cause.message : ""}`, { cause });
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
