/**
 * Goal: nothing is recorded twice and nothing is left out, whatever a file is called today, however
 * it is packed, and in whatever pieces it came.
 *
 * Method: rows of commands on one data root and what the last one must find known; then the whole
 * store is counted, and verified. Compressed inputs are real files, the rest lies in memory.
 */
import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type InputFile, openInput } from "../../src/base/disk/input-file.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import type { IngestReport } from "../../src/services/recorder/ingest.ts";
import { bytesOf, endOf, memoryInput, opened } from "./audit-lines.ts";
import { assertValid, filesBelow, init, OUT, record, recorded } from "./recording.ts";

const MORNING = [opened("09:00:00", 1), opened("09:30:00", 2), opened("10:10:00", 3)].join("");
const NOON = [opened("11:50:00", 4), opened("12:10:00", 5)].join("");
const EVENING = [opened("18:00:00", 6)].join("");

const input = (text: string, path?: string): InputFile => memoryInput(bytesOf(text), 100, path);

/** Gives the commands to a new data root. @returns what the last one said. */
async function check(
  commands: readonly (readonly InputFile[])[],
  expected: { readonly events: number; readonly sessions: number; readonly known: number },
): Promise<IngestReport> {
  const disk = new SimDisk();
  await init(disk);
  const reports: IngestReport[] = [];
  for (const files of commands) reports.push(await record(disk, files));
  const { counts } = await assertValid(disk);
  assert.equal(counts.events, expected.events, "events");
  assert.equal(counts.sessions, expected.sessions, "sessions");
  const last = reports.at(-1);
  assert.ok(last !== undefined);
  assert.equal(last.bytesKnown, expected.known, "bytes known to the last command");
  return last;
}

test("the same file again changes not one byte", async () => {
  const disk = await recorded([[input(MORNING)]]);
  const before = filesBelow(disk, OUT);
  const report = await record(disk, [input(MORNING)]);
  assert.equal(report.nothingNew, true);
  assert.equal(report.session, null);
  assert.deepEqual(filesBelow(disk, OUT), before);
});

test("a grown file goes on behind what is known", async () => {
  const files = [[input(MORNING)], [input(MORNING + NOON)]];
  const report = await check(files, { events: 5, sessions: 2, known: MORNING.length });
  assert.equal(report.recorded.events, 2);
});

test("a file that grew within its last line", async () => {
  const half = MORNING + NOON.slice(0, 130);
  const report = await check([[input(half)], [input(MORNING + NOON)]], {
    events: 5,
    sessions: 2,
    known: half.length,
  });
  assert.equal(report.recorded.uninterpreted, 1, "the rest of the line that was taken as one");
});

test("a rotated set: the file was renamed, and a new one was begun", async () => {
  await check([[input(MORNING)], [input(MORNING + NOON, "/audit.log.1"), input(EVENING)]], {
    events: 6,
    sessions: 2,
    known: MORNING.length,
  });
});

test("an event whose records lie in both files of a set is one", async () => {
  const head = opened("12:20:00", 9, { ends: false });
  const end = endOf("12:20:00", 9).join("");
  await check([[input(NOON + head), input(end + EVENING)]], { events: 4, sessions: 1, known: 0 });
});

test("an unrelated file continues the chain", async () => {
  const other = NOON + EVENING + opened("19:00:00", 7);
  assert.ok(other.length > MORNING.length, "so that it could be a grown one");
  await check([[input(MORNING)], [input(other)]], { events: 7, sessions: 2, known: 0 });
});

test("a known file and a new one", async () => {
  const known = MORNING.length;
  await check([[input(MORNING)], [input(MORNING), input(NOON)]], { events: 5, sessions: 2, known });
  await check([[input(NOON)], [input(MORNING), input(NOON)]], {
    events: 5,
    sessions: 2,
    known: NOON.length,
  });
});

test("a file that begins as a known one and goes on otherwise is known as far", async () => {
  const other = opened("10:20:00", 3);
  await check([[input(MORNING)], [input(NOON)], [input(MORNING + other)]], {
    events: 6,
    sessions: 3,
    known: MORNING.length,
  });
});

for (const [name, pack] of [
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const) {
  test(`a copy packed with ${name} is known`, async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-input-"));
    const path = join(folder.path, "audit.log.2");
    writeFileSync(path, pack(bytesOf(MORNING)));
    await using packed = await openInput(path);
    const report = await check([[input(MORNING)], [packed]], {
      events: 3,
      sessions: 1,
      known: MORNING.length,
    });
    assert.equal(report.nothingNew, true);
  });
}

for (const privacy of ["raw", "hash-only"] as const) {
  test(`chunks of any size give the same bytes: ${privacy}`, async () => {
    const bytes = bytesOf(MORNING, NOON, opened("12:10:01", 8, { ends: false }));
    const fresh = new SimDisk();
    await init(fresh, { privacy });
    const stores = [];
    for (const chunkBytes of [1, 7, 100, 4096, 1_000_000]) {
      const disk = fresh.snapshot();
      await record(disk, [memoryInput(bytes, chunkBytes)], { privacy });
      stores.push(filesBelow(disk, OUT));
    }
    for (const store of stores) assert.deepEqual(store, stores[0]);
  });
}

test("what is no audit log is refused before anything is recorded", async () => {
  const disk = new SimDisk();
  await init(disk);
  const before = filesBelow(disk, OUT);
  for (const [text, code] of [
    ["a line\nand another\n", "input/not-audit"],
    ["", "input/empty"],
    ["\n\n", "input/not-audit"],
  ] as const) {
    await assert.rejects(
      async () => await record(disk, [input(MORNING), input(text)]),
      (error) => error instanceof RitmaError && error.code === code,
    );
  }
  assert.deepEqual(filesBelow(disk, OUT), before);
});
