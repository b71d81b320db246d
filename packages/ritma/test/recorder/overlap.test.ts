/**
 * Goal: a copy of a log is never recorded beside it: neither an older, shorter one, nor an edited
 * one, nor the same bytes twice in one command; and a rotation while a file is read does no harm.
 *
 * Method: rows of commands on one data root and how the last one ends. What is refused must leave
 * every byte as it was. Files that are replaced while they are open are real ones.
 */
import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdtempDisposableSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type InputFile, openInput } from "../../src/base/disk/input-file.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError, type ErrorCode } from "../../src/base/error.ts";
import { bytesOf, memoryInput, opened } from "./audit-lines.ts";
import { assertValid, filesBelow, init, OUT, record, recorded } from "./recording.ts";

const FIRST = [opened("09:00:00", 1), opened("09:30:00", 2)];
const NEXT = [opened("10:10:00", 3), opened("11:10:00", 4)];
const OTHER = [opened("10:10:00", 30)];

const input = (...parts: readonly string[]): InputFile => memoryInput(bytesOf(...parts), 100);

async function rejects(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error) => error instanceof RitmaError && error.code === code);
}

for (const [name, commands] of [
  ["a shorter copy of what is recorded", [[input(...FIRST, ...NEXT)], [input(...FIRST)]]],
  [
    "a copy from between two recordings",
    [[input(...FIRST)], [input(...FIRST, ...NEXT)], [input(...FIRST, NEXT[0] ?? "")]],
  ],
  ["an edited copy", [[input(...FIRST, ...NEXT)], [input(...FIRST, ...OTHER, ...NEXT)]]],
  ["a log and a shorter copy, together", [[input(...FIRST, ...NEXT), input(...FIRST)]]],
  ["a log and an edited copy, together", [[input(...FIRST, ...NEXT), input(...FIRST, ...OTHER)]]],
] as const) {
  test(`${name} is refused`, async () => {
    const disk = await recorded(commands.slice(0, -1));
    const before = filesBelow(disk, OUT);
    await rejects(record(disk, commands.at(-1) ?? []), "input/overlap");
    assert.deepEqual(filesBelow(disk, OUT), before);
  });
}

test("--overlap records what follows the longest known beginning", async () => {
  const disk = await recorded([[input(...FIRST)]]);
  await record(disk, [input(...FIRST, ...NEXT)]);
  const overlap = { overlap: true };
  const { recorded: now } = await record(disk, [input(...FIRST, ...OTHER, ...NEXT)], overlap);
  assert.equal(now.events, OTHER.length + NEXT.length);
  await assertValid(disk);
});

test("the same bytes twice in one command are read once", async () => {
  const wanted = filesBelow(await recorded([[input(...FIRST, ...NEXT)]]), OUT);
  const disk = new SimDisk();
  await init(disk);
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-copies-"));
  const path = join(folder.path, "audit.log.1.gz");
  writeFileSync(path, gzipSync(bytesOf(...FIRST, ...NEXT)));
  await using packed = await openInput(path);
  const { copies } = await record(disk, [input(...FIRST, ...NEXT), packed]);
  assert.equal(copies, 1);
  assert.deepEqual(filesBelow(disk, OUT), wanted);
});

test("a file that is rotated away after it was opened is read to its end", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-rotation-"));
  const path = join(folder.path, "audit.log");
  writeFileSync(path, bytesOf(...FIRST));
  await using file = await openInput(path);
  renameSync(path, `${path}.1`);
  writeFileSync(path, bytesOf(...OTHER));
  appendFileSync(`${path}.1`, bytesOf(...NEXT));
  const disk = new SimDisk();
  await init(disk);
  const { events, bytes } = await record(disk, [file]);
  assert.deepEqual([events, bytes], [FIRST.length, bytesOf(...FIRST).length]);
});

test("a file that is cut while it is open is an error, and what came before it stays", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-cut-"));
  const path = join(folder.path, "audit.log");
  writeFileSync(path, bytesOf(...FIRST, ...NEXT));
  await using file = await openInput(path);
  truncateSync(path, 400);
  const disk = await recorded([[input(...OTHER)]]);
  const before = filesBelow(disk, OUT);
  await rejects(record(disk, [file]), "input/changed");
  assert.deepEqual(filesBelow(disk, OUT), before);
});

test("a known beginning that is rewritten between planning and reading is an error", async () => {
  const disk = await recorded([[input(...FIRST)]]);
  let readings = 0;
  const plain = input(...FIRST, ...NEXT);
  const rewritten = input(FIRST[0]?.replaceAll("cat", "cut") ?? "", FIRST[1] ?? "", ...NEXT);
  const chunks = (): AsyncIterable<Uint8Array> => {
    readings += 1;
    return readings <= 2 ? plain.chunks() : rewritten.chunks();
  };
  const before = filesBelow(disk, OUT);
  await rejects(record(disk, [{ ...plain, chunks }]), "input/changed");
  assert.deepEqual(filesBelow(disk, OUT), before);
});
