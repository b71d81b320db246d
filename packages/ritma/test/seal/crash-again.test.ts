/**
 * Goal: recovery may itself be interrupted, may follow a process that was killed, and may follow a
 * disk that failed. It trusts nothing that is visible and not durable.
 *
 * Method: runs inside runs. The first interruption is placed at every sync (kills), at every call
 * (faults) or drawn from a seed (cuts); of the second, part of the images is drawn.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { assertValid, init, open, record } from "../recorder/recording.ts";
import { MISTAKES } from "./mistakes.ts";
import { mustLoseNothing, run } from "./slices.ts";

test("a power cut during recovery is followed by another recovery", async () => {
  const states = (await mustLoseNothing("recovery"))("states");
  assert.ok(states > 500, `${states} states`);
});

test("what a killed process left visible is made durable before it is believed", async () => {
  const points = (await mustLoseNothing("kills"))("points");
  assert.ok(points >= 8, `${points} kills`);
});

for (const kind of ["eio", "enospc"] as const) {
  test(`${kind} on any call is told, and the same command goes on`, async () => {
    const count = (await mustLoseNothing(kind))("faults");
    assert.ok(count >= 250, `${count} faults`);
  });
}

test("after one failed batch the store refuses until it is opened anew", async () => {
  let fails = false;
  const disk = new SimDisk({
    failAt: (_, operation) => {
      const hit = fails && operation === "sync";
      fails &&= !hit;
      return hit ? "eio" : null;
    },
  });
  await init(disk);
  const input = memoryInput(bytesOf(opened("09:00:00", 1)));
  const { store } = await open(disk);
  const batch = { files: [], growing: [], sign: [], plain: [], logSize: 4, entries: [] };
  fails = true;
  await refused("disk/io", async () => await store.write(batch));
  await refused("store/refused", async () => await store.write(batch));
  await refused("store/refused", async () => await store.write(batch));
  await record(disk, [input]);
  assert.equal((await assertValid(disk)).counts.hours, 1);
});

async function refused(code: string, call: () => Promise<void>): Promise<void> {
  await assert.rejects(call, (error) => error instanceof RitmaError && error.code === code);
}

for (const name of MISTAKES.keys()) {
  test(`catches: ${name}`, async () => {
    assert.match((await run(name)).lost ?? "", /\(point \d+, state \d+\): /u);
  });
}

test("catches: what is visible is taken for durable", async () => {
  const { lost } = await run("what is visible is taken for durable");
  assert.match(lost ?? "", /^Error: killed before/u);
});
