/**
 * Goal: whatever comes to a journal, or is sealed, changes the marks; looking does not.
 *
 * Method: a data root on a simulated disk that refuses to be changed while it is looked at.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { changeMarks } from "../../src/services/recorder/changes.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { DATA, OUT, recorded, type Settings } from "../recorder/recording.ts";
import { append, preview, readOnly } from "./journalled.ts";

const SETTINGS: Settings = { windowSecs: 60 };

async function marksOf(disk: SimDisk): Promise<readonly [open: string, sealed: string]> {
  const looked = readOnly(disk);
  return [await changeMarks(looked, OUT, DATA), await changeMarks(looked, OUT, null)];
}

test("marks change with the journal and with what is sealed, and only then", async () => {
  const first = memoryInput(bytesOf(opened("09:00:10", 1)));
  const disk = await recorded([[first]], SETTINGS);
  const [nothing, sealed] = await marksOf(disk);
  await append(disk, [[{ kind: "session", session: 1 }]], SETTINGS);
  const [begun, stillSealed] = await marksOf(disk);
  assert.notEqual(begun, nothing);
  assert.equal(stillSealed, sealed);
  await preview(readOnly(disk), SETTINGS);
  assert.equal((await marksOf(disk))[0], begun);
  await append(disk, [[{ kind: "tick", nowUs: 1 }]], SETTINGS);
  assert.notEqual((await marksOf(disk))[0], begun);
  const other = await recorded([[first], [memoryInput(bytesOf(opened("11:00:10", 2)))]], SETTINGS);
  assert.notEqual((await marksOf(other))[1], sealed);
});

test("what is not there has marks too", async () => {
  const disk = await recorded([], SETTINGS);
  assert.equal(
    await changeMarks(disk, "/nowhere", null),
    await changeMarks(disk, "/nowhere", "/no"),
  );
});
