/**
 * `npm run campaign:faults`: EIO, ENOSPC and kills in calls that make something durable.
 *
 * Half of the faults go into an ingest that seals at once, half into one through the journal. They
 * are drawn from all of them by the seed. Prints what was tried and what was bad; ends with status
 * 1 when anything was. It needs strace.
 *
 *     node tools/faults-campaign.ts [--faults N] [--seed N]
 *
 * Without either 320 faults, seed 1. It works on one core; two seeds use two.
 *
 * @module
 */
import { AssertionError } from "node:assert";
import { parseArgs } from "node:util";
import { drawFrom } from "../packages/ritma/test/recorder/random-log.ts";
import { type Fault, faultsOf, inject } from "../test/fault/injection.ts";
import { twins } from "../test/fault/twins.ts";

const FAULTS = "320";
const EVERY = 20;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns how many were felt, and what was bad. */
async function injectMany(
  isJournalled: boolean,
  count: number,
  draw: (limit: number) => number,
): Promise<{ felt: number; bad: number }> {
  using pair = twins({ events: 60, step: 300, isJournalled });
  const every = faultsOf(pair, isJournalled);
  const all = every.length;
  const faults = Array.from({ length: Math.min(count, all) }, () =>
    every.splice(draw(every.length), 1),
  ).flat();
  const done = { felt: 0, bad: 0 };
  for (const [at, fault] of faults.entries()) {
    const isFelt = await isGood(() => inject(pair, fault), fault);
    if (isFelt === null) done.bad += 1;
    else if (isFelt) done.felt += 1;
    if ((at + 1) % EVERY === 0) say(`${at + 1} of ${faults.length}: ${done.bad} bad`);
  }
  const where = isJournalled ? "through the journal" : "straight";
  say(`${where}: ${faults.length} of ${all} faults, ${done.felt} felt, ${done.bad} bad`);
  return done;
}

/** @returns null when something was not as it must be, which is told. */
async function isGood(work: () => Promise<boolean>, fault: Fault): Promise<boolean | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    say(`BAD: ${JSON.stringify(fault)}: ${error.message}`);
    return null;
  }
}

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: FAULTS },
    seed: { type: "string", default: "1" },
  },
});
const draw = drawFrom(Number(values.seed));
const half = Math.ceil(Number(values.faults) / 2);
const straight = await injectMany(false, half, draw);
const journalled = await injectMany(true, half, draw);
const bad = straight.bad + journalled.bad;
say(`${straight.felt + journalled.felt} faults felt, ${bad} bad`);
process.exitCode = bad === 0 ? 0 : 1;
