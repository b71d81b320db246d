/**
 * Goal: nothing is read out of a store that is not what was sealed. A file that was changed, cut,
 * replaced by a link or taken away is `store/damaged` and named; nothing else ever changes an
 * answer.
 *
 * Method: one small store of two hours and two generations. Every file of it, in turn, has bits
 * flipped at several places, is cut, and is removed; then everything is asked for. Which files a
 * question reads is not written down here: a change either is damage, or changes nothing.
 */
import assert from "node:assert/strict";
import { mkdtempDisposableSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { HOUR_US, INTENT_PATH, isDerived } from "@ritma/evidence";
import type { Disk } from "../../src/base/disk/disk.ts";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, memoryInput, opened, timeUs } from "../recorder/audit-lines.ts";
import {
  type Files,
  filesBelow,
  init,
  OUT,
  primitives,
  record,
  recorded,
} from "../recorder/recording.ts";
import { eventsIn, openReader, serialsIn, spelled } from "./searching.ts";

const LOG = bytesOf(
  opened("08:10:00", 1),
  opened("09:10:00", 3, { path: "/tmp/b" }),
  opened("09:40:00", 4, { pid: 7 }),
  opened("08:20:00", 2, { pid: 8 }),
  opened("10:10:00", 5, { pid: 9, path: "/tmp/c" }),
);
const LIMITS = { limits: { generationEntitiesMax: 4 } };

/** Everything that a reader gives, as text; or the damage that it found. */
async function readAll(disk: Disk): Promise<string> {
  const reader = await openReader(disk);
  const windows = [];
  for (const hour of reader.hours) windows.push(await reader.windows(hour));
  return spelled(await eventsIn(disk)) + JSON.stringify(windows.map((each) => each.length));
}

async function diskOf(files: Files): Promise<SimDisk> {
  const disk = new SimDisk();
  for (const [path, bytes] of files) {
    const at = `${OUT}/${path}`;
    await disk.makeDir(at.slice(0, at.lastIndexOf("/")));
    await using file = await disk.create(at);
    await file.write(bytes);
  }
  return disk;
}

/** @returns the path that was named, or null when all was read. */
async function damageIn(disk: Disk, whole: string): Promise<string | null> {
  try {
    assert.equal(await readAll(disk), whole, "another answer");
    return null;
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    assert.ok(["store/damaged", "store/missing", "store/version"].includes(error.code), error.code);
    return error.message;
  }
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

function* changesOf(bytes: Uint8Array): Generator<Uint8Array | null> {
  for (let part = 0; part < 4; part += 1) {
    yield flipped(bytes, Math.floor((bytes.length * part) / 4), part);
  }
  yield flipped(bytes, bytes.length - 1, 7);
  yield bytes.slice(0, -1);
  yield Uint8Array.of(...bytes, 0);
  yield null;
}

test("a changed file is damage that names it, or changes nothing", async () => {
  const files = filesBelow(await recorded([[memoryInput(LOG)]], LIMITS), OUT);
  const whole = await readAll(await diskOf(files));
  const blind = new Set<string>();
  for (const [path, bytes] of files) {
    if (isDerived(path)) continue;
    for (const changed of changesOf(bytes)) {
      const others = new Map(files);
      if (changed === null) others.delete(path);
      else others.set(path, changed);
      const message = await damageIn(await diskOf(others), whole);
      // Of a generation log, bytes behind the last sealed piece are nobody's.
      const isLonger = changed !== null && changed.length > bytes.length;
      if (message === null && !(/^(?:graph|ctgf)\//u.test(path) && isLonger)) blind.add(path);
    }
  }
  assert.ok(files.has("graph/dict/v0002/entities.cbor.zst"), "two generations");
  const unread = /^_meta\/schema\/|^_tlog\/tile\/\d|\/micro\/|\/chain\.cbor$/u;
  assert.deepEqual(
    [...blind].filter((path) => !unread.test(path)),
    [],
  );
});

test("damage is named by the path of the file", async () => {
  const files = filesBelow(await recorded([[memoryInput(LOG)]], LIMITS), OUT);
  const whole = await readAll(await diskOf(files));
  for (const [path, bytes] of files) {
    if (!path.includes("/blocks/") && !path.endsWith("hour_header.cbor")) continue;
    const disk = await diskOf(new Map([...files, [path, flipped(bytes, bytes.length >> 1, 3)]]));
    assert.ok((await damageIn(disk, whole))?.includes(path), path);
  }
});

test("an hour that another one's files were copied over is damage", async () => {
  const files = filesBelow(await recorded([[memoryInput(LOG)]]), OUT);
  const whole = await readAll(await diskOf(files));
  const swapped = new Map(files);
  for (const [path, bytes] of files) {
    if (path.includes("/20/08/")) swapped.set(path.replace("/20/08/", "/20/09/"), bytes);
  }
  assert.notEqual(await damageIn(await diskOf(swapped), whole), null);
});

test("a link in the place of a block is damage, wherever it leads", async () => {
  using scratch = mkdtempDisposableSync(join(tmpdir(), "ritma-reader-"));
  const disk = new RealDisk();
  const files = filesBelow(await recorded([[memoryInput(LOG)]]), OUT);
  let block = "";
  for (const [path, bytes] of files) {
    const at = `${scratch.path}/${path}`;
    await disk.makeDir(at.slice(0, at.lastIndexOf("/")));
    await using file = await disk.create(at);
    await file.write(bytes);
    if (path.includes("/blocks/inst_")) block = at;
  }
  await using copy = await disk.create(`${block}.kept`);
  await copy.write(await disk.read(block));
  unlinkSync(block);
  symlinkSync(`${block}.kept`, block);
  const reader = await StoreReader.open(disk, primitives, scratch.path);
  await assert.rejects(
    async () => await reader.lastEventTime(),
    (error) => error instanceof RitmaError && error.code === "store/damaged",
  );
});

test("what a recorder that is at work leaves around is not looked at", async () => {
  const disk = await recorded([[memoryInput(LOG)]]);
  const before = await serialsIn(disk);
  for (const path of [INTENT_PATH, "windows/2026/11/20/12/blocks/inst_0000.cbor.zst.draft"]) {
    const at = `${OUT}/${path}`;
    await disk.makeDir(at.slice(0, at.lastIndexOf("/")));
    await using file = await disk.create(at);
    await file.write(new Uint8Array(7));
  }
  assert.deepEqual(await serialsIn(disk), before);
});

/** Gives what a checkpoint was when it is read the first time, and what it is from then on. */
class LaggingDisk extends SimDisk {
  lagging: { readonly path: string; readonly bytes: Uint8Array } | null = null;

  override async read(path: string, maxBytes?: number): Promise<Uint8Array> {
    const { lagging } = this;
    if (lagging === null || path !== lagging.path) return await super.read(path, maxBytes);
    this.lagging = null;
    return lagging.bytes;
  }
}

test("a checkpoint that is replaced while it is read is read again", async () => {
  const disk = new LaggingDisk();
  await init(disk);
  await record(disk, [memoryInput(bytesOf(opened("08:10:00", 1)))]);
  const path = `${OUT}/_tlog/checkpoint`;
  const old = await disk.read(path);
  await record(disk, [memoryInput(bytesOf(opened("09:10:00", 2)), 4096, "/other")]);
  disk.lagging = { path, bytes: old };
  assert.deepEqual(await serialsIn(disk), [1, 2]);
  disk.lagging = null;
});

test("hours, windows and the last event are told", async () => {
  const reader = await openReader(await recorded([[memoryInput(LOG)]]));
  assert.deepEqual(
    reader.hours.map(({ sequence, windows, hasLate }) => ({ sequence, windows, hasLate })),
    [
      { sequence: 0, windows: 1, hasLate: false },
      { sequence: 1, windows: 2, hasLate: true },
      { sequence: 2, windows: 1, hasLate: false },
    ],
  );
  const [first] = reader.hours;
  assert.ok(first !== undefined);
  const windows = await reader.windows(first);
  assert.equal(windows[0]?.t1, timeUs("08:00:00"));
  assert.equal(windows.at(-1)?.t2, timeUs("08:00:00") + HOUR_US);
  assert.equal(await reader.lastEventTime(), timeUs("10:10:00"));
});

test("an empty store has no last event", async () => {
  const reader = await openReader(await recorded([]));
  assert.equal(await reader.lastEventTime(), null);
  assert.deepEqual(reader.hours, []);
});
