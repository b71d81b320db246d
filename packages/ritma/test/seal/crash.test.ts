/**
 * Goal: whatever moment the power is cut at, the evidence store opens again, keeps every batch that
 * was acknowledged, was never TAMPERED, and the same commands bring it to the bytes of a run that
 * nobody interrupted. No hour and no size of the node log ever has two signed roots.
 *
 * Method: exhaustive over moments. Small workloads on the simulated disk, the power cut before each
 * call, and many of the images that may be left then; see judge.ts for what is held against each.
 * `npm run campaign:crash` does the same for as long as one likes, with other seeds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { powerCuts } from "./crash-runs.ts";
import { Judge } from "./judge.ts";
import { fullTile, grownFile } from "./workload.ts";

/** Images that differ in a byte or a name, or that were left at another promise. */
const DISTINCT_MIN = 10_000;

test("a power cut at any moment loses nothing and forges nothing", async () => {
  const small = await Judge.of(grownFile(300));
  await powerCuts(small, { seed: 1, perPoint: 110, atomBytes: 512, part: 1 });
  assert.equal(small.batches, 4, "each hour is a batch of its own");
  const joined = await Judge.of(grownFile(100_000));
  await powerCuts(joined, { seed: 2, perPoint: 60, atomBytes: 4096, part: 1 });
  const distinct = small.counts.distinct + joined.counts.distinct;
  assert.ok(distinct >= DISTINCT_MIN, `${distinct} distinct images`);
  const verified = small.counts.verified + joined.counts.verified;
  assert.ok(verified >= distinct / 4, `${verified} of them differ for a verifier`);
});

test("nor where a tile of the node log becomes full", async () => {
  const judge = await Judge.of(fullTile());
  await powerCuts(judge, { seed: 3, perPoint: 24, atomBytes: 512, part: 0.02, since: 1 });
  assert.ok(judge.counts.distinct >= 50, `${judge.counts.distinct} distinct images`);
});
