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
import { cutsInRecovery, faults, killsThenCuts, powerCuts } from "./crash-beats.ts";
import { BeatJudge } from "./crash-judge.ts";
import { BEAT_MISTAKES } from "./crash-mistakes.ts";
import {
  behind,
  everything,
  inTheBackground,
  oneBranch,
  randomBeats,
  twoBeats,
} from "./crash-workload.ts";

/** What a run counted; `lost` is what it threw, null when nothing was lost. */
interface Outcome {
  readonly counts: Readonly<Record<string, number>>;
  readonly lost: string | null;
}

type Run = () => Promise<Outcome["counts"]>;

const PLAN = { seed: 11, perPoint: 24, atomBytes: 512, part: 1 } as const;

const RUNS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ["power", power],
  [
    "recovery",
    async () => await judged(async (judge) => await cutsInRecovery(judge, { ...PLAN, part: 0.1 })),
  ],
  ["kills", async () => await judged(async (judge) => await killsThenCuts(judge, PLAN))],
  ["eio", async () => await judged(async (judge) => await faults(judge, "eio", PLAN))],
  ["enospc", async () => await judged(async (judge) => await faults(judge, "enospc", PLAN))],
  ...[...BEAT_MISTAKES.keys()].map((name): [string, Run] => [name, async () => await wrong(name)]),
]);

async function power(): Promise<Outcome["counts"]> {
  const total: Record<string, number> = {};
  const small = [everything(), inTheBackground(), behind(), ...[1, 2].map(randomBeats)];
  for (const [index, workload] of small.entries()) {
    const judge = await BeatJudge.of(workload);
    const atomBytes = index % 2 === 0 ? 512 : 4096;
    await powerCuts(judge, { ...PLAN, seed: index + 1, atomBytes });
    for (const [name, count] of Object.entries(judge.counts)) {
      total[name] = (total[name] ?? 0) + Number(count);
    }
  }
  return total;
}

async function judged(run: (judge: BeatJudge) => Promise<unknown>): Promise<Outcome["counts"]> {
  const judge = await BeatJudge.of(twoBeats());
  const tried = await run(judge);
  return { ...judge.counts, tried: typeof tried === "number" ? tried : 0 };
}

async function wrong(name: string): Promise<Outcome["counts"]> {
  const { wrap, found } = BEAT_MISTAKES.get(name) ?? assert.fail(`no mistake ${name}`);
  if (found === "power") {
    for (const workload of [oneBranch(), everything(), inTheBackground(), randomBeats(2)]) {
      await powerCuts(await BeatJudge.of(workload, wrap), PLAN);
    }
    return {};
  }
  const judge = await BeatJudge.of(twoBeats(), wrap);
  if (found === "kills") await killsThenCuts(judge, PLAN);
  else await faults(judge, found, PLAN);
  return {};
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
