/**
 * The crash runs of `npm test`, in a thread of their own.
 *
 * The test runner follows every promise of its process, which costs runs of millions of promises
 * as much as their own work. A thread has no test runner.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { cutsInRecovery, faults, killsThenCuts, powerCuts } from "./crash-runs.ts";
import { Judge } from "./judge.ts";
import { believing, MISTAKES } from "./mistakes.ts";
import { fullTile, grownFile, oneFile } from "./workload.ts";

/** What a run counted; `lost` is what it threw, null when nothing was lost. */
interface Outcome {
  readonly counts: Readonly<Record<string, number>>;
  readonly lost: string | null;
}

/** Mistakes that show only in a store that has grown. */
const LATE: ReadonlySet<string> = new Set([
  "intent gone before the checkpoint",
  "leftovers not cut off",
]);

type Run = () => Promise<Outcome["counts"]>;

const PLAN = { seed: 11, perPoint: 24, atomBytes: 512, part: 1 } as const;

const RUNS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ["small batches", async () => await cuts(1)],
  ["joined batches", async () => await cuts(2)],
  ["full tile", fullTileCuts],
  [
    "recovery",
    async () => {
      const states = await cutsInRecovery(await Judge.of(oneFile()), { ...PLAN, part: 0.004 });
      return { states };
    },
  ],
  [
    "kills",
    async () => ({ ...(await killsThenCuts(await Judge.of(oneFile()), { ...PLAN, part: 0.15 })) }),
  ],
  ["eio", async () => await faultsOf("eio", 0.01)],
  ["enospc", async () => await faultsOf("enospc", 0)],
  ...[...MISTAKES].map(([name, wrap]): [string, Run] => [
    name,
    async () => {
      const since = LATE.has(name) ? { since: 2 } : {};
      return { ...(await powerCuts(await Judge.of(grownFile(300), wrap), { ...PLAN, ...since })) };
    },
  ]),
  [
    "what is visible is taken for durable",
    // The one sync that matters is among these.
    async () => ({
      ...(await killsThenCuts(await Judge.of(oneFile(), believing), { ...PLAN, seed: 1 })),
    }),
  ],
]);

async function cuts(seed: 1 | 2): Promise<Outcome["counts"]> {
  const judge = await Judge.of(grownFile(seed === 1 ? 300 : 100_000));
  const plan = { seed, perPoint: seed === 1 ? 100 : 64, part: 1 } as const;
  await powerCuts(judge, { ...plan, atomBytes: seed === 1 ? 512 : 4096 });
  return { ...judge.counts, batches: judge.batches };
}

async function fullTileCuts(): Promise<Outcome["counts"]> {
  const judge = await Judge.of(fullTile());
  await powerCuts(judge, { seed: 3, perPoint: 24, atomBytes: 512, part: 0.02, since: 1 });
  return { ...judge.counts };
}

async function faultsOf(kind: "eio" | "enospc", part: number): Promise<Outcome["counts"]> {
  return { ...(await faults(await Judge.of(oneFile()), kind, { ...PLAN, part })) };
}

/** Of this process; made at the first run. It does not keep the process from ending. */
let thread: Worker | null = null;
let turn: Promise<unknown> = Promise.resolve();

/** One at a time. */
export async function run(name: string): Promise<Outcome> {
  const outcome = turn.then(async () => await send(name));
  turn = outcome.then(
    () => undefined,
    () => undefined,
  );
  return await outcome;
}

/** The same for a run that must lose nothing. @returns what it counted */
export async function mustLoseNothing(name: string): Promise<(count: string) => number> {
  const { counts, lost } = await run(name);
  assert.equal(lost, null);
  return (count) => counts[count] ?? assert.fail(`${name} counts no ${count}`);
}

async function send(name: string): Promise<Outcome> {
  thread ??= new Worker(new URL(import.meta.url));
  const worker = thread;
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  worker.ref();
  worker.once("message", resolve);
  worker.once("error", reject);
  // The rule is about windows; a thread has no origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  worker.postMessage(name);
  try {
    return await promise;
  } finally {
    worker.off("message", resolve);
    worker.off("error", reject);
    worker.unref();
  }
}

/** In the thread. */
async function outcomeOf(name: string): Promise<Outcome> {
  const work = RUNS.get(name);
  try {
    return { counts: (await work?.()) ?? assert.fail(`no run ${name}`), lost: null };
  } catch (error) {
    return { counts: {}, lost: String(error) };
  }
}

async function answer(name: string): Promise<void> {
  const outcome = await outcomeOf(name);
  // As above.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(outcome);
}

if (!isMainThread) parentPort?.on("message", (name: string) => void answer(name));
