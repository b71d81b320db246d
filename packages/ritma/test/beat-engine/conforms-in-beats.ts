/**
 * Conformance of engines: what a beat is. All of it or nothing, in order, chained, and still there
 * when the engine is opened again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { encodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { type Check, reopened } from "./engine-place.ts";
import { beat, got, recordOf, scanned, stage, STORE } from "./records.ts";

export function conformsInBeats(check: Check): void {
  values(check);
  order(check);
  visibility(check);
  forgetting(check);
  chain(check);
}

function values(check: Check): void {
  check("reads back what was committed, before and after it is opened again", async (place) => {
    let engine = await place.open();
    await beat(engine, 1, { data: { a: "1", "a/b": "2" }, rt: { a: "3" } });
    await beat(engine, 2, { data: { a: "4" } });
    for (let times = 0; times < 3; times += 1) {
      assert.equal(await got(engine, "data", "a"), "4@2");
      assert.equal(await got(engine, "data", "a/b"), "2@1");
      assert.equal(await got(engine, "rt", "a"), "3@1");
      assert.equal(await got(engine, "rt", "a/b"), null);
      assert.equal(await got(engine, "none", "a"), null);
      assert.deepEqual(engine.branches(), ["data", "rt"]);
      assert.equal(engine.lastBeat, 2);
      engine = await reopened(place, engine);
    }
    await engine[Symbol.asyncDispose]();
  });
  check("keeps what is empty, long, and full of zeros", async (place) => {
    let engine = await place.open();
    const long = "x".repeat(300_000);
    await beat(engine, 1, { data: { empty: "", long, zeros: "\0\0\0", "z/é\u{1f980}": "ü" } });
    engine = await reopened(place, engine);
    await engine.checkpoint();
    assert.equal(await got(engine, "data", "empty"), "@1");
    assert.equal(await got(engine, "data", "long"), `${long}@1`);
    assert.equal(await got(engine, "data", "zeros"), "\0\0\0@1");
    assert.equal(await got(engine, "data", "z/é\u{1f980}"), "ü@1");
    await engine[Symbol.asyncDispose]();
  });
  check("takes the later of two puts in one beat", async (place) => {
    const engine = await place.open();
    engine.beginBeat(1);
    engine.putRecord("data", recordOf("a", "first"));
    engine.putRecord("data", recordOf("b", "b"));
    engine.putRecord("data", recordOf("a", "later"));
    await engine.commitBeat();
    assert.equal(await scanned(engine, "data"), "a=later@1 b=b@1");
    await engine[Symbol.asyncDispose]();
  });
  check("beats go on while it is checkpointed and compacted", async (place) => {
    let engine = await place.open();
    await beat(engine, 1, { b0: { k: "1" }, b1: { k: "1" }, b2: { k: "1" } });
    await engine.checkpoint();
    for (let round = 0; round < 6; round += 1) {
      const maintain = async (): Promise<unknown> =>
        round % 2 === 0 ? await engine.compact() : await engine.checkpoint();
      await together(engine, maintain, round * 6 + 2);
      engine = await reopened(place, engine);
      for (const branch of [0, 1, 2]) {
        const newest = [5, 6, 7].find((at) => (at + round * 6) % 3 === branch) ?? 0;
        const wanted = newest + round * 6;
        assert.equal(await got(engine, `b${branch}`, "k"), `${wanted}@${wanted}`);
        assert.equal((await scanned(engine, `b${branch}`)).split(" ").length, 3 + round * 2);
      }
    }
    await engine[Symbol.asyncDispose]();
  });
  check("holds what it holds through checkpoint and compact", async (place) => {
    let engine = await place.open();
    for (let at = 1; at <= 40; at += 1) {
      await beat(engine, at, { data: { a: `${at}`, [`k${at % 7}`]: `${at}` }, rt: { b: `${at}` } });
      if (at % 5 === 0) await engine.checkpoint();
      if (at % 16 === 0) assert.ok((await engine.compact()) >= 0);
    }
    const wanted = "a=40@40 k0=35@35 k1=36@36 k2=37@37 k3=38@38 k4=39@39 k5=40@40 k6=34@34";
    for (let times = 0; times < 2; times += 1) {
      assert.equal(await scanned(engine, "data"), wanted);
      assert.equal(await scanned(engine, "rt"), "b=40@40");
      engine = await reopened(place, engine);
    }
    await engine.compact();
    assert.equal(engine.stats().records, 9, "compacted, so counted exactly");
    assert.equal(await scanned(engine, "data"), wanted);
    await engine[Symbol.asyncDispose]();
  });
}

/** Steps of one go on between steps of the other. */
async function together(
  engine: BeatEngine,
  maintain: () => Promise<unknown>,
  first: number,
): Promise<void> {
  const maintained = maintain();
  for (let at = first; at < first + 6; at += 1) {
    await beat(engine, at, { [`b${at % 3}`]: { k: `${at}`, [`k${at}`]: "x".repeat(400) } });
  }
  await maintained;
}

function order(check: Check): void {
  check("beats strictly increase, also after it is opened again", async (place) => {
    let engine = await place.open();
    for (const wrong of [0, -1]) assert.throws(() => engine.beginBeat(wrong), isOrder);
    await beat(engine, 5, { data: { a: "1" } });
    engine = await reopened(place, engine);
    for (const wrong of [0, 1, 4, 5]) assert.throws(() => engine.beginBeat(wrong), isOrder);
    await beat(engine, 1_000_000_007, { data: { b: "2" } });
    engine = await reopened(place, engine);
    assert.equal(engine.lastBeat, 1_000_000_007);
    assert.equal(await scanned(engine, "data"), "a=1@5 b=2@1000000007");
    await engine[Symbol.asyncDispose]();
  });
  check("an empty beat is no beat", async (place) => {
    let engine = await place.open();
    await beat(engine, 1, { data: { a: "1" } });
    await beat(engine, 2, {});
    assert.equal(engine.lastBeat, 1);
    await beat(engine, 3, {}, { nobody: 2 });
    assert.equal(engine.lastBeat, 1);
    assert.deepEqual(engine.branches(), ["data"]);
    engine = await reopened(place, engine);
    await beat(engine, 2, { data: { a: "2" } });
    assert.equal(await scanned(engine, "data"), "a=2@2");
    await engine[Symbol.asyncDispose]();
  });
  check("an aborted beat leaves nothing, and its number free", async (place) => {
    let engine = await place.open();
    engine.abortBeat();
    await beat(engine, 1, { data: { a: "1" } });
    stage(engine, 2, { data: { a: "2" }, rt: { b: "2" } }, { data: 2 });
    engine.abortBeat();
    assert.equal(await scanned(engine, "data"), "a=1@1");
    assert.deepEqual(engine.branches(), ["data"]);
    await beat(engine, 2, { data: { c: "3" } });
    engine = await reopened(place, engine);
    assert.equal(await scanned(engine, "data"), "a=1@1 c=3@2");
    await engine[Symbol.asyncDispose]();
  });
  check("refuses what is no beat and no record", async (place) => {
    const engine = await place.open();
    assert.throws(() => engine.putRecord("data", recordOf("a", "1")), TypeError);
    await assert.rejects(async () => await engine.commitBeat(), TypeError);
    engine.beginBeat(1);
    assert.throws(() => engine.beginBeat(2), TypeError);
    for (const name of ["", "Data", "../a", ".a", "a/b", "a".repeat(64), "ä"]) {
      assert.throws(() => engine.putRecord(name, recordOf("a", "1")), TypeError);
    }
    assert.throws(() => engine.putRecord("data", { key: bytes(9), body: bytes(1) }), TypeError);
    assert.throws(() => engine.putRecord("data", { key: bytes(), body: bytes(1) }), TypeError);
    assert.throws(() => engine.forget("data", 2), RangeError);
    assert.throws(() => engine.forget("data", 0), RangeError);
    await engine[Symbol.asyncDispose]();
  });
}

function visibility(check: Check): void {
  check("nobody sees a beat before it is committed", async (place) => {
    const engine = await place.open();
    await beat(engine, 1, { data: { a: "1" } });
    stage(engine, 2, { data: { a: "2", b: "2" }, rt: { c: "2" } }, { data: 2 });
    assert.equal(await scanned(engine, "data"), "a=1@1");
    assert.equal(await got(engine, "data", "b"), null);
    assert.equal(engine.head("rt"), null);
    assert.equal(engine.lastBeat, 1);
    await engine.commitBeat();
    assert.equal(await scanned(engine, "data"), "a=2@2 b=2@2");
    assert.equal(await scanned(engine, "rt"), "c=2@2");
    await engine[Symbol.asyncDispose]();
  });
  check("nobody sees a part of a beat while it is being committed", async (place) => {
    const engine = await place.open();
    const names = Array.from({ length: 20 }, (_, at) => `k${at}`);
    for (let at = 1; at <= 10; at += 1) {
      stage(engine, at, { data: Object.fromEntries(names.map((name) => [name, `${at}`])) });
      const committed = engine.commitBeat();
      for (let reads = 0; reads < 5; reads += 1) {
        const seen = await scanned(engine, "data");
        const beats = new Set([...seen.matchAll(/@(\d+)/gu)].map(([, number]) => number));
        assert.ok(beats.size <= 1, `beats ${[...beats].join(", ")} at once`);
        assert.ok(seen === "" ? at === 1 : seen.split(" ").length === names.length);
      }
      await committed;
      assert.equal(await got(engine, "data", "k7"), `${at}@${at}`);
    }
    await engine[Symbol.asyncDispose]();
  });
}

function forgetting(check: Check): void {
  check("forgets what older beats put and no later one replaced", async (place) => {
    let engine = await place.open();
    await beat(engine, 1, { data: { a: "1", b: "1", c: "1" }, rt: { a: "1" } });
    await beat(engine, 2, { data: { b: "2" } });
    await beat(engine, 3, { data: { d: "3" } }, { data: 2 });
    for (let times = 0; times < 2; times += 1) {
      assert.equal(await scanned(engine, "data"), "b=2@2 d=3@3");
      assert.equal(await got(engine, "data", "a"), null);
      assert.equal(await scanned(engine, "rt"), "a=1@1", "another branch is left alone");
      engine = await reopened(place, engine);
      await engine.checkpoint();
    }
    await beat(engine, 4, {}, { data: 4 });
    for (let times = 0; times < 2; times += 1) {
      assert.equal(await scanned(engine, "data"), "");
      assert.equal(engine.lastBeat, 4, "to forget is a beat");
      assert.equal(engine.head("data")?.frames, 4);
      engine = await reopened(place, engine);
      await engine.compact();
    }
    await beat(engine, 5, { data: { a: "5" } });
    engine = await reopened(place, engine);
    assert.equal(await scanned(engine, "data"), "a=5@5");
    await engine[Symbol.asyncDispose]();
  });
  check("a beat that forgets keeps what it puts", async (place) => {
    let engine = await place.open();
    await beat(engine, 1, { data: { a: "1", b: "1" } });
    await engine.checkpoint();
    await beat(engine, 2, { data: { a: "2" } }, { data: 2 });
    await engine.checkpoint();
    engine = await reopened(place, engine);
    assert.equal(await scanned(engine, "data"), "a=2@2");
    await engine[Symbol.asyncDispose]();
  });
  check("an older mark takes nothing back", async (place) => {
    let engine = await place.open();
    await beat(engine, 1, { data: { a: "1" } });
    await beat(engine, 2, { data: { b: "2" } }, { data: 2 });
    await beat(engine, 3, { data: { c: "3" } }, { data: 1 });
    engine = await reopened(place, engine);
    assert.equal(await scanned(engine, "data"), "b=2@2 c=3@3");
    await engine[Symbol.asyncDispose]();
  });
}

function chain(check: Check): void {
  check("heads are those of the frames that the beats are", async (place) => {
    const { blake3 } = await loadPrimitives();
    let engine = await place.open();
    let previous: Uint8Array = new Uint8Array(32);
    assert.equal(engine.head("data"), null);
    for (let at = 1; at <= 6; at += 1) {
      await beat(engine, at * 2, { data: { b: `${at}`, a: "x" }, rt: { a: "y" } }, { data: at });
      const head = { store: STORE, branch: "data", beat: at * 2, previous, forgetBefore: at };
      // The first one has nothing to forget.
      const forgetBefore = at === 1 ? 0 : at;
      const records = [recordOf("a", "x"), recordOf("b", `${at}`)];
      previous = blake3(encodeFrame(blake3, { ...head, forgetBefore }, records));
      assertHead(engine, { beat: at * 2, frame: previous, frames: at });
      engine = await reopened(place, engine);
      assertHead(engine, { beat: at * 2, frame: previous, frames: at });
      if (at % 2 === 0) await engine.checkpoint();
      if (at % 3 === 0) await engine.compact();
    }
    await engine[Symbol.asyncDispose]();
  });
}

function assertHead(engine: BeatEngine, wanted: ReturnType<BeatEngine["head"]>): void {
  assert.deepEqual(engine.head("data"), wanted);
}

function isOrder(error: unknown): boolean {
  return error instanceof RitmaError && error.code === "beat/order";
}

function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}
