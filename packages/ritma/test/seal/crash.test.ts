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
import { mustLoseNothing } from "./slices.ts";

/** Images that differ in a byte or a name, or that were left at another promise. */
const DISTINCT_MIN = 10_000;

test("a power cut at any moment loses nothing and forges nothing", async () => {
  const small = await mustLoseNothing("small batches");
  assert.equal(small("batches"), 4, "each hour is a batch of its own");
  const joined = await mustLoseNothing("joined batches");
  const distinct = small("distinct") + joined("distinct");
  assert.ok(distinct >= DISTINCT_MIN, `${distinct} distinct images`);
  const verified = small("verified") + joined("verified");
  assert.ok(verified >= distinct / 4, `${verified} of them differ for a verifier`);
});

test("nor where a tile of the node log becomes full", async () => {
  const distinct = (await mustLoseNothing("full tile"))("distinct");
  assert.ok(distinct >= 50, `${distinct} distinct images`);
});
