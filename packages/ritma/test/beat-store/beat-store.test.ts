/**
 * Goal: a store asks of its engine only what that says it does; its counters are those of what was
 * committed, are found in the tree, and outlive it; notices say what happened to which branch.
 *
 * Method: rows over the memory engine, on which store after store is opened.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RitmaError } from "../../src/base/error.ts";
import { METRIC_NAMES, metricPath } from "../../src/stores/beat/metrics.ts";
import { blobOf } from "./casting.ts";
import { memoryEngine, record, type Storing, storing } from "./storing.ts";

async function published(
  { store }: Pick<Storing, "store">,
  branch: string,
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of METRIC_NAMES) {
    const read = await store.cells.get("data", metricPath(branch, name));
    texts[name] = new TextDecoder().decode(read?.bytes ?? undefined);
  }
  return texts;
}

test("what an engine does not say of itself is refused at open, by name", async () => {
  for (const requires of [["durable"], ["atomic-beats", "frames", "shared"]] as const) {
    await assert.rejects(storing({ requires }), (error: RitmaError) => {
      assert.match(error.message, /the engine "memory" does not do (?:durable|frames, shared)$/u);
      return error.code === "beat/unsupported";
    });
  }
  await using made = await storing({ requires: ["atomic-beats"] });
  assert.deepEqual(
    made.notices.map(({ topic, severity }) => `${topic} ${severity}`),
    ["persist.bootstrap info"],
  );
});

test("counters are those of what was committed, and come with it", async () => {
  await using made = await storing();
  const { store } = made;
  const beat = await store.beginBeat();
  beat.put("x", record("a", new Uint8Array(10)));
  await store.cells.put(beat, "x", ["c"], blobOf(1, 100));
  await store.commitBeat(beat);
  const aborted = await store.beginBeat();
  aborted.put("x", record("b"));
  store.abortBeat(aborted);
  const { frames, beats, bytes_dat, bytes_idx } = store.metrics.of("x");
  assert.deepEqual([frames, beats], [1, 1]);
  // The record's key has 10 bytes; that of the chunk 8, its body 102.
  assert.equal(bytes_dat, 110);
  assert.ok(bytes_idx > 20 + 16, `${bytes_idx}`);
  const cells = await published(made, "x");
  assert.deepEqual(cells, {
    frames: "1",
    beats: "1",
    bytes_idx: `${bytes_idx}`,
    bytes_dat: "110",
    cas_hits: "0",
    cas_miss: "0",
    cas_lat_ns: "0",
  });
  const engine = await store.cells.get("data", metricPath("x", null));
  assert.equal(new TextDecoder().decode(engine?.bytes ?? undefined), "memory");
});

test("counters outlive the store, and a store that did nothing puts nothing", async () => {
  const engine = await memoryEngine();
  const { store, disk } = await storing({}, engine);
  const blob = blobOf(3, 250_000);
  await store.apply(async (beat) => await store.cells.put(beat, "x", ["b"], blob));
  await store.cells.get("x", ["b"]);
  await store.cells.get("x", ["b"]);
  await store[Symbol.asyncDispose]();
  const before = store.metrics.of("x");
  assert.equal(before.cas_hits, 2);
  for (let opened = 0; opened < 3; opened += 1) {
    await using made = await storing({}, engine, disk);
    assert.deepEqual(made.store.metrics.of("x"), before);
    assert.equal((await published(made, "x"))["cas_hits"], "2");
    assert.equal(made.store.lastBeat, store.lastBeat);
  }
  const last = await storing({}, engine, disk);
  await last.store.cells.get("x", ["b"]);
  await last.store[Symbol.asyncDispose]();
  assert.equal((await storing({}, engine, disk)).store.metrics.of("x").cas_hits, 3);
});

test("counters are put at most once in a while", async () => {
  let nowMs = 0;
  await using made = await storing({ nowMs: () => nowMs });
  const { store } = made;
  const framesOfData = (): number => store.metrics.of("data").frames;
  for (const [at, expected] of [
    [0, 1],
    [500, 1],
    [999, 1],
    [1_000, 2],
    [1_500, 2],
    [9_000, 3],
  ] as const) {
    nowMs = at;
    await store.append("x", [record(`${at}`)]);
    assert.equal(framesOfData(), expected, `${at} ms`);
  }
  assert.equal(store.metrics.of("x").frames, 6);
});

test("a counter that is no number begins again, and that is said", async () => {
  const engine = await memoryEngine();
  const { store } = await storing({}, engine);
  const path = metricPath("x", "cas_hits");
  await store.append("x", [record("a")]);
  await store.apply(async (beat) => await store.cells.put(beat, "data", path, blobOf(1, 3)));
  const again = await storing({}, engine);
  assert.equal(again.store.metrics.of("x").cas_hits, 0);
  assert.ok(
    again.notices.some(({ topic, branch }) => topic === "persist.recover" && branch === "x"),
  );
});

test("each commit is noticed by branch, and an empty beat is none", async () => {
  await using made = await storing();
  const { store, notices } = made;
  notices.length = 0;
  const beat = await store.beginBeat();
  beat.put("x", record("a"));
  beat.put("y", record("a"));
  beat.put("y", record("b"));
  await store.commitBeat(beat);
  await store.commitBeat(await store.beginBeat());
  const said = notices
    .filter(({ branch }) => branch !== "data")
    .map(({ topic, branch, detail }) => `${topic} ${branch} ${detail}`);
  assert.deepEqual(said, [
    "persist.commit x beat 1: 1 records",
    "persist.commit y beat 1: 2 records",
  ]);
  assert.equal(store.lastBeat, 1);
});

test("what is forgotten is gone in the beat and after it", async () => {
  await using made = await storing();
  const { store } = made;
  await store.append("x", [record("old"), record("both")]);
  const beat = await store.beginBeat();
  beat.put("x", record("both"));
  beat.forget("x", 2);
  assert.equal(await beat.get("x", record("old").key), null);
  assert.ok((await beat.get("x", record("both").key)) !== null);
  assert.ok((await store.get("x", record("old").key)) !== null, "not before its commit");
  await store.commitBeat(beat);
  assert.equal(await store.get("x", record("old").key), null);
  assert.ok((await store.get("x", record("both").key)) !== null);
});

test("a store that is opened for reading writes nothing at all", async () => {
  const engine = await memoryEngine();
  const first = await storing({}, engine);
  const blob = blobOf(1, 300_000);
  await first.store.apply(async (beat) => await first.store.cells.put(beat, "x", ["b"], blob));
  await first.store[Symbol.asyncDispose]();
  const before = first.disk.contents();
  const made = await storing({ readOnly: true }, engine, first.disk);
  assert.deepEqual((await made.store.cells.get("x", ["b"]))?.bytes, blob);
  await assert.rejects(made.store.append("x", [record("a")]), TypeError);
  await made.store[Symbol.asyncDispose]();
  assert.equal(engine.engine.lastBeat, first.store.lastBeat);
  assert.deepEqual(first.disk.contents(), before);
});
