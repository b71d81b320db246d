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
import { cutsInRecovery, faults, killsThenCuts, powerCuts } from "./crash-runs.ts";
import { Judge } from "./judge.ts";
import { believing, MISTAKES } from "./mistakes.ts";
import { grownFile, oneFile } from "./workload.ts";

const PLAN = { seed: 11, perPoint: 24, atomBytes: 512, part: 1 } as const;

test("a power cut during recovery is followed by another recovery", async () => {
  const judge = await Judge.of(oneFile());
  const states = await cutsInRecovery(judge, { ...PLAN, part: 0.004 });
  assert.ok(states > 500, `${states} states`);
});

test("what a killed process left visible is made durable before it is believed", async () => {
  const judge = await Judge.of(oneFile());
  const { points } = await killsThenCuts(judge, { ...PLAN, part: 0.15 });
  assert.ok(points >= 8, `${points} kills`);
});

for (const kind of ["eio", "enospc"] as const) {
  test(`${kind} on any call is told, and the same command goes on`, async () => {
    const judge = await Judge.of(oneFile());
    const part = kind === "eio" ? 0.01 : 0;
    const { faults: count } = await faults(judge, kind, { ...PLAN, part });
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
  const batch = { files: [], growing: null, sign: [], plain: [], logSize: 3, entries: [] };
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

for (const [name, wrap] of MISTAKES) {
  test(`catches: ${name}`, async () => {
    const judge = await Judge.of(grownFile(300), wrap);
    await assert.rejects(async () => await powerCuts(judge, PLAN), /\(point \d+, state \d+\): /u);
  });
}

test("catches: what is visible is taken for durable", async () => {
  const judge = await Judge.of(oneFile(), believing);
  // The one sync that matters is among these.
  const plan = { ...PLAN, seed: 1, part: 1 };
  await assert.rejects(async () => await killsThenCuts(judge, plan), /^Error: killed before/u);
});
