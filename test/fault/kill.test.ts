/**
 * Goal: a recorder that is killed at any moment (kill -9) leaves a store that is never TAMPERED and
 * that the same command finishes, to the bytes of an uninterrupted run.
 *
 * Method: real processes. A kill falls some moments after the n-th change in the folder of the
 * intent, so that it hits the sealing and not the start of Node.js; n is drawn from a seed.
 */
import assert from "node:assert/strict";
import { watch } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { drawFrom } from "../../packages/ritma/test/recorder/random-log.ts";
import { ended, startRitma } from "../e2e/processes.ts";
import { type Twins, twins } from "./twins.ts";

const KILLS = Number(process.env["RITMA_KILLS"] ?? 5);
const SEED = Number(process.env["RITMA_SEED"] ?? 1);
/** Changes that one batch makes in the folder, about. */
const CHANGES = 9;
const WAIT_MS = 6;
/** After so many, something else is recorded first. */
const OTHER_KILLS = 3;

/** @returns "SIGKILL", or 0 when the ingest was faster. */
async function killed(pair: Twins, root: string, draw: (limit: number) => number) {
  const child = startRitma(pair.ingest(root), ["ignore", "ignore", "pipe"]);
  const end = ended(child);
  let left = draw(CHANGES);
  const waitMs = draw(WAIT_MS);
  const changes = watch(join(root, "RITMA_OUT", "_meta"), () => {
    left -= 1;
    if (left === -1) void setTimeout(waitMs).then(() => child.kill("SIGKILL"));
  });
  const { how, err } = await end;
  changes.close();
  assert.ok(how === "SIGKILL" || how === 0, `${how} ${err}`);
  return how;
}

test(`${KILLS} kills, and the store is that of a recorder nobody killed`, async () => {
  using pair = twins({ events: 2_500, step: 40 });
  const draw = drawFrom(SEED);
  let root = pair.fresh();
  let kills = 0;
  for (let tries = 0; kills < KILLS && tries < 2 * KILLS; tries += 1) {
    const how = await killed(pair, root, draw);
    if (how === "SIGKILL") kills += 1;
    await pair.mustNotBeTampered(root, `after ${kills} kills`);
    if (kills % OTHER_KILLS === 0) await pair.mustTakeAnother(root, `after ${kills} kills`);
    if (how === "SIGKILL") continue;
    pair.mustBecomeTheSame(root, `after ${kills} kills`);
    root = pair.fresh();
  }
  pair.mustBecomeTheSame(root, `after ${kills} kills`);
  assert.equal(kills, KILLS);
});
