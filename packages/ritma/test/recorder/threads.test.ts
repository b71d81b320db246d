/**
 * Goal: what is sealed does not depend on how many threads press it, and a store that goes on after
 * a restart holds the bytes of one that did not stop.
 *
 * Method: the same logs, some hours long and with generations that end early, recorded with none,
 * one and two threads; every file is compared. Then in two commands on one data root, with a thread
 * and without.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { bytesOf, memoryInput } from "./audit-lines.ts";
import { drawFrom, randomLines } from "./random-log.ts";
import {
  assertValid,
  type Files,
  filesBelow,
  init,
  OUT,
  record,
  type Settings,
} from "./recording.ts";

const LIMITS = { hourAtomsMax: 40, generationEntitiesMax: 25 };
const LOG = randomLines(drawFrom(7), 120);

async function storeOf(settings: Settings, ...parts: readonly string[][]): Promise<Files> {
  const disk = new SimDisk();
  await init(disk, settings);
  for (const lines of parts) await record(disk, [memoryInput(bytesOf(...lines), 500)], settings);
  await assertValid(disk);
  return filesBelow(disk, OUT);
}

for (const [name, limits] of [
  ["", {}],
  [" of hours and generations that end early", { limits: LIMITS }],
] as const) {
  test(`any number of threads, the same store${name}`, async () => {
    const alone = await storeOf({ ...limits, threads: 0 }, LOG);
    assert.ok([...alone.keys()].some((path) => path.startsWith("windows/")));
    for (const threads of [1, 2]) {
      assert.deepEqual(await storeOf({ ...limits, threads }, LOG), alone, `${threads} threads`);
    }
  });
}

test("a session that follows another goes on where its logs are", async () => {
  const grown = [...LOG, ...randomLines(drawFrom(8), 60).map((line) => line.replaceAll(":", ":"))];
  const alone = await storeOf({ threads: 0 }, LOG, grown);
  for (const threads of [1, 2]) {
    assert.deepEqual(await storeOf({ threads }, LOG, grown), alone, `${threads} threads`);
  }
});
