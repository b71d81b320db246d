/**
 * Cuts the power, and places faults, everywhere in a piece of work.
 *
 * Exhaustive, not sampled: the work is stopped before each of its calls to the disk, and `check`
 * sees every disk that a cut there could leave. What the work has promised by then (which calls it
 * has returned from) is whatever its own variables say at that moment, so `check` may read them.
 *
 * A check may itself be such a run, from the disk it was given: a crash during recovery.
 *
 * @module
 */
import { RitmaError } from "../error.ts";
import { SimDisk, type SimFault, type SimOperation } from "./sim-disk.ts";
import type { CrashOptions } from "./sim-crash.ts";

export interface CrashContext {
  /** Which point of the run, from 1, and which image there. */
  readonly point: number;
  readonly state: number;
  /** "before rename /a.draft -> /a", "at the end", "after eio on write /a.draft". */
  readonly when: string;
}

export interface CrashCount {
  readonly points: number;
  readonly states: number;
}

export interface CrashRun extends Partial<CrashOptions> {
  /** The disk that the work begins on, which stays as it is. An empty one by default. */
  readonly from?: SimDisk;
}

export interface FaultRun extends CrashRun {
  /** Each is placed on each call. Default "eio" and "enospc". */
  readonly faults?: readonly SimFault[];
}

type Work = (disk: SimDisk) => Promise<void>;
type Check = (disk: SimDisk, context: CrashContext) => Promise<void>;

const DEFAULTS: CrashOptions = { seed: 1, perPoint: 64, atomBytes: 512 };

/** Calls after which the disk is another one. */
const CHANGING: ReadonlySet<SimOperation> = new Set([
  "create",
  "append",
  "write",
  "sync",
  "syncDir",
  "truncate",
  "makeDir",
  "rename",
  "remove",
  "removeDir",
]);

/**
 * Runs `work` once, and `check` on every disk that a power cut before any call could leave.
 *
 * @throws Error with the point and the state in its message, and what `check` threw as its cause.
 */
export async function everyCrash(
  work: Work,
  check: Check,
  run: CrashRun = {},
): Promise<CrashCount> {
  const count = { points: 0, states: 0 };
  const found = new Found();
  const disk: SimDisk = (run.from ?? new SimDisk()).snapshot({
    watch: async (_, operation, path) => {
      if (!CHANGING.has(operation)) return;
      await found.during(disk, async () => {
        count.points += 1;
        await examine(disk, `before ${operation} ${path}`, check, run, count);
      });
    },
  });
  try {
    await work(disk);
  } catch (error) {
    found.rethrow();
    throw error;
  }
  found.rethrow();
  count.points += 1;
  await examine(disk, "at the end", check, run, count);
  return count;
}

/**
 * Runs `work` once for each call it makes and each fault, with that fault on that call, then
 * `check` on the disk as it is and on every disk that a power cut then could leave. `work` may
 * throw a RitmaError, and may retry; anything else that it throws is thrown on.
 *
 * @throws Error as `everyCrash` does; state 0 is the disk as it is.
 */
export async function everyFault(
  work: Work,
  check: Check,
  run: FaultRun = {},
): Promise<CrashCount> {
  const count = { points: 0, states: 0 };
  for (const kind of run.faults ?? ["eio", "enospc"]) {
    for (let step = 1, hit = true; hit; step += 1) {
      hit = false;
      let where = "";
      const disk = (run.from ?? new SimDisk()).snapshot({
        failAt: (at, operation, path) => {
          if (at !== step) return null;
          hit = true;
          where = `after ${kind} on ${operation} ${path}`;
          return kind;
        },
      });
      await tolerating(async () => {
        await work(disk);
      });
      if (!hit) break;
      count.points += 1;
      if (kind !== "power") {
        await checked(check, disk.snapshot(), { point: count.points, state: 0, when: where });
      }
      await examine(disk, where, check, run, count);
    }
  }
  return count;
}

async function examine(
  disk: SimDisk,
  when: string,
  check: Check,
  run: CrashRun,
  count: { readonly points: number; states: number },
): Promise<void> {
  let state = 0;
  // Each point draws its own numbers, or all would try the same few subsets.
  const seed = (run.seed ?? DEFAULTS.seed) + count.points;
  for (const image of disk.crashStates({ ...DEFAULTS, ...run, seed })) {
    state += 1;
    count.states += 1;
    await checked(check, image, { point: count.points, state, when });
  }
}

async function checked(check: Check, disk: SimDisk, context: CrashContext): Promise<void> {
  try {
    await check(disk, context);
  } catch (error) {
    const { point, state, when } = context;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${when} (point ${point}, state ${state}): ${why}`, {
      cause: error,
    });
  }
}

async function tolerating(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
  }
}

/** Keeps what a check found from the work, which may catch and retry what its calls throw. */
class Found {
  #error: { readonly thrown: unknown } | null = null;

  async during(disk: SimDisk, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      this.#error ??= { thrown: error };
      disk.cutPower();
      throw error;
    }
  }

  rethrow(): void {
    if (this.#error !== null) throw this.#error.thrown;
  }
}
