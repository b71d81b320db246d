/**
 * Goal: whatever moment the power is cut at, the flat engine opens again, with every beat that was
 * acknowledged and nothing of one that was given up; also when that happens while it recovers,
 * after a process was killed, and after a call to the disk failed.
 *
 * Method: exhaustive over moments. Small workloads on the simulated disk, the power cut before each
 * call, and many of the images that may be left then; see crash-judge.ts for what is held against
 * each. Mistakes are put between the engine and its disk, and each must be found.
 * `npm run campaign:beats` does the same for as long as one likes, with other seeds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BEAT_MISTAKES } from "./crash-mistakes.ts";
import { mustLoseNothing, run } from "./crash-slices.ts";

test("a power cut at any moment loses no beat and brings none back", async () => {
  const count = await mustLoseNothing("power");
  assert.ok(count("distinct") >= 1_200, `${count("distinct")} distinct images`);
  assert.ok(count("torn") >= 100, `${count("torn")} with something to cut off`);
  assert.ok(count("whole") >= 20, `${count("whole")} with a beat that nobody was told of`);
});

test("a power cut during recovery is followed by another recovery", async () => {
  const count = await mustLoseNothing("recovery");
  assert.ok(count("distinct") >= 100, `${count("distinct")} distinct images`);
});

test("what a killed process left visible is made durable before it is believed", async () => {
  const count = await mustLoseNothing("kills");
  assert.ok(count("tried") >= 15, `${count("tried")} kills`);
});

for (const kind of ["eio", "enospc"]) {
  test(`${kind} on any call is told, and opening again goes on`, async () => {
    const count = await mustLoseNothing(kind);
    assert.ok(count("tried") >= 60, `${count("tried")} faults`);
  });
}

for (const name of BEAT_MISTAKES.keys()) {
  test(`catches: ${name}`, async () => {
    const { lost } = await run(name);
    assert.match(lost ?? "", /\(point \d+, state \d+\): |nobody was told/u);
  });
}
