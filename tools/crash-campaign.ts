/**
 * `npm run campaign:crash`: crashes and faults of the sealing path, for as long as one likes.
 *
 * Each round draws a workload from its seed and interrupts it in one way after another: the power
 * goes; it goes again during recovery; the process is killed and the power goes later; a call to
 * the disk fails. What is left is judged as in packages/ritma/test/seal/judge.ts. Prints what was
 * tried and what was lost; ends with status 1 when anything was. A round repeats with its seed.
 *
 *     node tools/crash-campaign.ts [--states N] [--seconds N] [--seed N]
 *
 * Without either it ends after a million images. It works on one core; two seeds use two.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  cutsInRecovery,
  faults,
  killsThenCuts,
  powerCuts,
} from "../packages/ritma/test/seal/crash-runs.ts";
import { Judge, type JudgeCounts } from "../packages/ritma/test/seal/judge.ts";
import {
  fullTile,
  grownFile,
  randomWorkload,
  type Workload,
} from "../packages/ritma/test/seal/workload.ts";

const STATES = 1_000_000;
/** Rounds between two that fill a tile of the node log, which are slow. */
const TILE_ROUNDS = 50;

interface Total {
  readonly rounds: number;
  readonly counts: JudgeCounts;
  readonly lost: readonly string[];
}

function workloadFor(seed: number): Workload {
  if (seed % TILE_ROUNDS === 7) return fullTile();
  return seed % 5 === 0 ? grownFile(seed % 2 === 0 ? 300 : 100_000) : randomWorkload(seed);
}

/** @returns what was lost, in words; empty when nothing was. */
async function round(seed: number, counts: JudgeCounts): Promise<string[]> {
  const lost: string[] = [];
  const workload = workloadFor(seed);
  const judge = await Judge.of(workload);
  const isTile = workload.name === fullTile().name;
  const atomBytes = seed % 2 === 0 ? 512 : 4096;
  const plan = { seed, perPoint: 64, atomBytes } as const;
  const since = isTile ? 1 : undefined;
  const begin = since === undefined ? {} : { since };
  const ways: readonly [string, () => Promise<unknown>][] = [
    ["power", async () => await powerCuts(judge, { ...plan, ...begin, part: isTile ? 0.05 : 1 })],
    ["recovery", async () => await cutsInRecovery(judge, { ...plan, ...begin, part: 0.002 })],
    ["kill", async () => await killsThenCuts(judge, { ...plan, ...begin, part: 0.05 })],
    ["eio", async () => await faults(judge, "eio", { ...plan, ...begin, part: 0.01 })],
    ["enospc", async () => await faults(judge, "enospc", { ...plan, ...begin, part: 0.01 })],
  ];
  for (const [way, run] of ways) {
    try {
      await run();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      lost.push(`seed ${seed}, ${workload.name}, ${way}: ${why}`);
    }
  }
  for (const name of ["images", "distinct", "verified", "recovered", "finished"] as const) {
    counts[name] += judge.counts[name];
  }
  return lost;
}

async function campaign(first: number, states: number, seconds: number): Promise<Total> {
  const counts = { images: 0, distinct: 0, verified: 0, recovered: 0, finished: 0 };
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

function summary({ images, distinct, verified, finished }: JudgeCounts): string {
  return (
    `${images} images, ${distinct} of them distinct, ${verified} verified and recovered, ` +
    `${finished} taken to their end again`
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
