/**
 * Goal: the flat engine costs what it promises: one sync a beat however many branches, no second
 * write for what is forgotten in time, few runs, look-ups that do not grow with the store, opening
 * that reads the log alone.
 *
 * Method: the calls to a simulated disk are counted; nothing is timed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { openFlatEngine } from "../../src/stores/beat/flat/open-flat.ts";
import { ALL, beat, collect, got, keyOf, scanned, STORE } from "./records.ts";

const primitives = await loadPrimitives();
const LONG = "x".repeat(200);

interface Counted {
  readonly disk: SimDisk;
  /** Calls since `forget`, "sync a/b". */
  readonly calls: string[];
}

function counted(): Counted {
  const calls: string[] = [];
  const disk = new SimDisk({
    failAt: (_, operation, path) => {
      calls.push(`${operation} ${path}`);
      return null;
    },
  });
  return { disk, calls };
}

async function openOn(
  disk: SimDisk,
  segmentBytes = 2_000,
  checkpointBytes = Infinity,
): Promise<BeatEngine> {
  const options = { disk, dir: "b", primitives, store: STORE, segmentBytes, checkpointBytes };
  return await openFlatEngine({ ...options, notice: () => {} });
}

test("a beat is one write and one sync, however many branches it has", async () => {
  const { disk, calls } = counted();
  const engine = await openOn(disk, 1_000_000);
  const before = engine.stats().syncs;
  for (let at = 1; at <= 20; at += 1) {
    calls.length = 0;
    await beat(engine, at, { a: { k: "1" }, b: { k: "2" }, c: { k: LONG }, d: { k: "4" } });
    const wanted = ["write", "sync"].map((each) => `${each} b/_log/0000000000000001.log`);
    assert.deepEqual(calls, wanted);
  }
  assert.equal(engine.stats().syncs - before, 20);
  await engine[Symbol.asyncDispose]();
});

test("what is forgotten before its checkpoint is never written again", async () => {
  const { disk, calls } = counted();
  const engine = await openOn(disk);
  for (let at = 1; at <= 60; at += 1) {
    const forget = at > 10 ? { journal: at - 5 } : {};
    await beat(engine, at, { journal: { [`e${at}`]: LONG } }, forget);
    const { logBytes, dataBytes } = engine.stats();
    assert.ok(logBytes < 12_000, `${logBytes} bytes of log at beat ${at}`);
    assert.equal(dataBytes, 0);
  }
  assert.ok(calls.every((call) => !call.includes(".dat")));
  assert.equal((await collect(engine.scanPrefix("journal", ALL))).length, 6);
  await engine[Symbol.asyncDispose]();
  const again = await openOn(disk);
  assert.equal((await collect(again.scanPrefix("journal", ALL))).length, 6);
  assert.equal(again.head("journal")?.frames, 60);
  await again[Symbol.asyncDispose]();
});

test("the log is checkpointed at its length, while beats go on", async () => {
  const { disk } = counted();
  const engine = await openOn(disk, 2_000, 8_000);
  for (let at = 1; at <= 120; at += 1) {
    await beat(engine, at, { data: { [`k${at % 50}`]: LONG } });
    assert.ok(engine.stats().logBytes < 40_000);
  }
  await engine[Symbol.asyncDispose]();
  assert.ok(engine.stats().dataBytes > 0);
  const again = await openOn(disk);
  const wanted = Array.from(
    { length: 50 },
    (_, at) => `k${at}=${LONG}@${at < 21 ? at + 100 : at + 50}`,
  );
  assert.deepEqual((await collect(again.scanPrefix("data", ALL))).toSorted(), wanted.toSorted());
  await again[Symbol.asyncDispose]();
});

test("many checkpoints make few runs, and a look-up reads few blocks", async () => {
  const { disk, calls } = counted();
  const engine = await openOn(disk, 1_000_000);
  for (let at = 1; at <= 64; at += 1) {
    const names = Array.from({ length: 20 }, (_, index) => `k${(at * 20 + index) * 7}`);
    await beat(engine, at, { data: Object.fromEntries(names.map((name) => [name, LONG])) });
    await engine.checkpoint();
  }
  const tables = [...disk.contents().keys()].filter((path) => path.endsWith(".idx"));
  assert.ok(tables.length <= 4, `${tables.length} runs`);
  await engine[Symbol.asyncDispose]();
  const again = await openOn(disk);
  calls.length = 0;
  for (let at = 20; at < 40; at += 1) {
    assert.equal(await got(again, "data", `k${at * 7}`), `${LONG}@1`);
  }
  const reads = calls.filter((call) => call.startsWith("read "));
  assert.ok(reads.length <= 20 * 2.5, `${reads.length} reads for 20 look-ups`);
  calls.length = 0;
  for (let at = 0; at < 100; at += 1) await again.getRecord("data", keyOf(`none${at}`));
  assert.ok(calls.length <= 10, `${calls.length} calls for 100 keys that are not there`);
  await again[Symbol.asyncDispose]();
});

test("opening reads the log, and of runs only how they end", async () => {
  const { disk, calls } = counted();
  const engine = await openOn(disk, 1_000_000);
  const puts = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, LONG]));
  await beat(engine, 1, { data: puts });
  await engine.checkpoint();
  await beat(engine, 2, { data: { k0: "2" } });
  await engine[Symbol.asyncDispose]();
  calls.length = 0;
  const again = await openOn(disk);
  assert.deepEqual(
    calls.filter((call) => call.startsWith("read ")),
    [
      "read b/data/meta",
      "read b/data/branch-00000001.idx",
      "read b/data/branch-00000001.idx",
      "read b/_log/0000000000000002.log",
    ],
  );
  assert.equal(await scanned(again, "data", keyOf("k0")), "k0=2@2");
  await again[Symbol.asyncDispose]();
});

test("a table that is damaged while the engine is open is mended where it is read", async () => {
  const { disk } = counted();
  const engine = await openOn(disk, 1_000_000);
  const names = Array.from({ length: 400 }, (_, at) => `k${at}`);
  await beat(engine, 1, { data: Object.fromEntries(names.map((name) => [name, name])) });
  await engine.checkpoint();
  const path = "b/data/branch-00000001.idx";
  const bytes = await disk.read(path);
  bytes.fill(0xff, 100, 9_000);
  await disk.remove(path);
  {
    await using file = await disk.create(path);
    await file.write(bytes);
  }
  const seen = await collect(engine.scanPrefix("data", ALL));
  assert.deepEqual(
    seen,
    names.toSorted().map((name) => `${name}=${name}@1`),
  );
  assert.equal(await got(engine, "data", "k7"), "k7@1");
  assert.ok(disk.contents().has(`${path}.damaged-1`));
  await engine[Symbol.asyncDispose]();
});
