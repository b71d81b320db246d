/**
 * Conformance of engines: scans. In the order of keys, within a prefix, and of one beat from begin
 * to end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { recordPrefix } from "../../src/stores/beat/record.ts";
import type { Check } from "./engine-place.ts";
import { ALL, beat, collect, keyOf, recordOf, scanned, show } from "./records.ts";

export function conformsInScans(check: Check): void {
  check(
    "scans in the order of keys, within a prefix, from behind a key, up to a limit",
    async (place) => {
      const engine = await place.open();
      await beat(engine, 1, { data: { b: "1", "a/x": "1", ab: "1", a: "1", "a/y/z": "1" } });
      await engine.checkpoint();
      await beat(engine, 2, { data: { "a/y": "2", b: "2", c: "2" }, other: { q: "2" } });
      const whole = "a=1@1 a/x=1@1 a/y=2@2 a/y/z=1@1 ab=1@1 b=2@2 c=2@2";
      assert.equal(await scanned(engine, "data"), whole);
      const below = recordPrefix("cell", ["a"]);
      assert.equal(await scanned(engine, "data", below), "a=1@1 a/x=1@1 a/y=2@2 a/y/z=1@1");
      assert.equal(await scanned(engine, "data", below, { limit: 2 }), "a=1@1 a/x=1@1");
      const after = keyOf("a/x");
      assert.equal(await scanned(engine, "data", below, { after }), "a/y=2@2 a/y/z=1@1");
      assert.equal(await scanned(engine, "data", ALL, { after, limit: 1 }), "a/y=2@2");
      assert.equal(await scanned(engine, "data", below, { after: keyOf("b") }), "");
      assert.equal(await scanned(engine, "data", ALL, { after: Uint8Array.of(0) }), whole);
      assert.equal(await scanned(engine, "data", ALL, { limit: 0 }), "");
      assert.equal(await scanned(engine, "data", recordPrefix("chunk", [])), "");
      assert.equal(await scanned(engine, "data", new Uint8Array(0)), whole);
      assert.equal(await scanned(engine, "none"), "");
      await engine[Symbol.asyncDispose]();
    },
  );
  check("sorts keys by their bytes", async (place) => {
    const engine = await place.open();
    const names = ["\u007f", "\u0080", "\u{10ffff}", "\uffff", "z", "A", "\u0001"];
    await beat(engine, 1, { data: Object.fromEntries(names.map((name) => [name, "1"])) });
    await engine.checkpoint();
    const seen = await collect(engine.scanPrefix("data", ALL));
    const wanted = ["\u0001", "A", "z", "\u007f", "\u0080", "\uffff", "\u{10ffff}"];
    assert.deepEqual(
      seen,
      wanted.map((name) => `${name}=1@1`),
    );
    await engine[Symbol.asyncDispose]();
  });
  check("a scan sees one beat, whatever is done meanwhile", async (place) => {
    const engine = await place.open();
    const names = Array.from({ length: 50 }, (_, at) => `k${String(at).padStart(2, "0")}`);
    const all = (text: string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, text]));
    await beat(engine, 1, { data: all("1") });
    await engine.checkpoint();
    await beat(engine, 2, { data: all("2") });
    const called = engine.scanPrefix("data", ALL);
    await beat(engine, 3, { data: { a: "not there when the scan was called", k00: "3" } });
    const scan = called[Symbol.asyncIterator]();
    const seen: string[] = [];
    const meanwhile = [
      async (): Promise<void> => await beat(engine, 4, { data: { ...all("3"), k005: "new" } }),
      async (): Promise<void> => await engine.checkpoint(),
      async (): Promise<void> => await beat(engine, 5, { data: { last: "4" } }, { data: 5 }),
      async (): Promise<void> => void (await engine.compact()),
      async (): Promise<void> => await beat(engine, 6, { data: { k07: "5" } }),
    ];
    for (;;) {
      const next = await scan.next();
      if (next.done === true) break;
      seen.push(show(next.value));
      await meanwhile.shift()?.();
    }
    assert.deepEqual(
      seen,
      names.map((name) => `${name}=2@2`),
    );
    assert.equal(await scanned(engine, "data"), "k07=5@6 last=4@5");
    await engine[Symbol.asyncDispose]();
  });
  check("what a scan has not read yet stays until it has", async (place) => {
    const engine = await place.open();
    const names = Array.from({ length: 40 }, (_, at) => `k${String(at).padStart(2, "0")}`);
    const all = (text: string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, text.repeat(20_000)]));
    await beat(engine, 1, { data: all("1") });
    await engine.checkpoint();
    const [first, second] = [engine.scanPrefix("data", ALL), engine.scanPrefix("data", ALL)];
    await beat(engine, 2, { data: all("2") }, { data: 2 });
    const newer = engine.scanPrefix("data", ALL);
    await engine.compact();
    await beat(engine, 3, { data: { z: "3" } }, { data: 3 });
    await engine.compact();
    for (const [scan, text] of [
      [first, "1"],
      [newer, "2"],
      [second, "1"],
    ] as const) {
      const seen = await collect(scan);
      assert.equal(seen.length, names.length);
      assert.ok(seen.every((each, at) => each === `${names[at]}=${text.repeat(20_000)}@${text}`));
    }
    assert.equal(await scanned(engine, "data"), "z=3@3");
    await engine[Symbol.asyncDispose]();
  });
  check("a scan that nobody ends hinders nothing", async (place) => {
    const engine = await place.open();
    await beat(engine, 1, { data: { a: "1", b: "1" } });
    const left = engine.scanPrefix("data", ALL)[Symbol.asyncIterator]();
    await left.next();
    for await (const record of engine.scanPrefix("data", ALL)) {
      assert.equal(show(record), "a=1@1");
      break;
    }
    await beat(engine, 2, { data: { a: "2" } });
    await engine.checkpoint();
    await engine.compact();
    assert.equal(await scanned(engine, "data"), "a=2@2 b=1@1");
    await engine[Symbol.asyncDispose]();
  });
  check("many records, in several pieces, come back in order", async (place) => {
    const engine = await place.open();
    for (let at = 0; at < 6; at += 1) {
      engine.beginBeat(at + 1);
      for (let record = at; record < 1_800; record += 6) {
        engine.putRecord("data", recordOf(String(record).padStart(6, "0"), "v".repeat(40)));
      }
      await engine.commitBeat();
      if (at % 2 === 1) await engine.checkpoint();
    }
    let at = 0;
    for await (const record of engine.scanPrefix("data", ALL)) {
      const name = String(at).padStart(6, "0");
      assert.equal(show(record), `${name}=${"v".repeat(40)}@${(at % 6) + 1}`);
      at += 1;
    }
    assert.equal(at, 1_800);
    await engine[Symbol.asyncDispose]();
  });
}
