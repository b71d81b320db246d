/**
 * `npm run campaign:beats`: crashes and faults of the store of beats, for as long as one likes.
 *
 * Each round draws a workload from its seed and interrupts it in one way after another: the power
 * goes; it goes again during recovery; the process is killed and the power goes later; a call to
 * the disk fails. What is left is judged as in packages/ritma/test/beat-engine/crash-judge.ts.
 * Prints what was tried and what was lost; ends with status 1 when anything was. A round repeats
 * with its seed.
 *
 *     node tools/beats-campaign.ts [--states N] [--seconds N] [--seed N]
 *
 * Without either it ends after 250,000 images. It works on one core; two seeds use two.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  type CrashPlan,
  cutsInRecovery,
  faults,
  killsThenCuts,
  powerCuts,
} from "../packages/ritma/test/beat-engine/crash-beats.ts";
import { BeatJudge, type JudgeCounts } from "../packages/ritma/test/beat-engine/crash-judge.ts";
import {
  behind,
  type CrashWorkload,
  everything,
  inTheBackground,
  randomBeats,
} from "../packages/ritma/test/beat-engine/crash-workload.ts";

const STATES = 250_000;

interface Total {
  readonly rounds: number;
  readonly counts: JudgeCounts;
  readonly lost: readonly string[];
}

type Way = readonly [name: string, run: (judge: BeatJudge, plan: CrashPlan) => Promise<unknown>];

const WAYS: readonly Way[] = [
  ["power", async (judge, plan) => await powerCuts(judge, plan)],
  ["recovery", async (judge, plan) => await cutsInRecovery(judge, { ...plan, part: 0.02 })],
  ["kill", async (judge, plan) => await killsThenCuts(judge, { ...plan, part: 0.3 })],
  ["eio", async (judge, plan) => await faults(judge, "eio", { ...plan, part: 0.05 })],
  ["enospc", async (judge, plan) => await faults(judge, "enospc", { ...plan, part: 0.05 })],
];

function workloadFor(seed: number): CrashWorkload {
  if (seed % 20 === 1) return everything();
  if (seed % 20 === 2) return inTheBackground();
  return seed % 20 === 3 ? behind() : randomBeats(seed);
}

/** @returns what was lost, in words; empty when nothing was. */
async function round(seed: number, counts: JudgeCounts): Promise<string[]> {
  const lost: string[] = [];
  const workload = workloadFor(seed);
  const atomBytes = seed % 2 === 0 ? 512 : 4096;
  const plan: CrashPlan = { seed, perPoint: 64, atomBytes, part: 1 };
  const judge = await BeatJudge.of(workload);
  for (const [way, run] of WAYS) {
    try {
      await run(judge, plan);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      lost.push(`seed ${seed}, ${workload.name}, ${way}: ${why}`);
    }
  }
  for (const name of ["images", "distinct", "whole", "torn"] as const) {
    counts[name] += judge.counts[name];
  }
  return lost;
}

async function campaign(first: number, states: number, seconds: number): Promise<Total> {
  const counts: JudgeCounts = { images: 0, distinct: 0, whole: 0, torn: 0 };
  const lost: string[] = [];
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) / 1000;
  let rounds = 0;
  for (; counts.images < states && elapsed() < seconds; rounds += 1) {
    const found = await round(first + rounds, counts);
    for (const line of found) say(`LOST  ${line}`);
    lost.push(...found);
    if (rounds % 10 === 9) say(`${summary(counts)}, ${Math.round(elapsed())} s`);
  }
  return { rounds, counts, lost };
}

function summary({ images, distinct, whole, torn }: JudgeCounts): string {
  return (
    `${images} images, ${distinct} of them distinct; of these ${torn} with a torn beat, ` +
    `${whole} with a whole one that nobody was told of`
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function numberOf(text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isNaN(value)) throw new RangeError(`${text} is no number`);
  return value;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      states: { type: "string" },
      seconds: { type: "string" },
      seed: { type: "string" },
    },
  });
  const seed = numberOf(values.seed, 1);
  const seconds = numberOf(values.seconds, Infinity);
  const states = numberOf(values.states, values.seconds === undefined ? STATES : Infinity);
  const total = await campaign(seed, states, seconds);
  say(`${total.rounds} rounds from seed ${seed}: ${summary(total.counts)}.`);
  say(total.lost.length === 0 ? "Nothing was lost." : `${total.lost.length} LOST`);
  process.exitCode = total.lost.length === 0 ? 0 : 1;
}
