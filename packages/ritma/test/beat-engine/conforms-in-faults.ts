/**
 * Conformance of engines: what is wrong is told. A medium that fails, one that was changed, a store
 * that is another's.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RitmaError } from "../../src/base/error.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { bytesOf, refuses } from "../base/disk-helpers.ts";
import { type Check, type Place, reopened } from "./engine-place.ts";
import { ALL, beat, collect, got, OTHER_STORE, scanned, stage } from "./records.ts";

export function conformsInFaults(check: Check): void {
  check("a store of another id is refused", async (place) => {
    const engine = await place.open();
    await beat(engine, 1, { data: { a: "1" } });
    if (!engine.capabilities.includes("durable")) return;
    await engine[Symbol.asyncDispose]();
    await refuses("beat/damaged", async () => await place.open(OTHER_STORE));
    const same = await place.open();
    assert.equal(await got(same, "data", "a"), "1@1");
    await same.checkpoint();
    await same[Symbol.asyncDispose]();
    await refuses("beat/damaged", async () => await place.open(OTHER_STORE));
  });
  check("after a failed beat it refuses until it is opened again", async (place) => {
    const engine = await place.open();
    if (place.failNext === undefined) return await engine[Symbol.asyncDispose]();
    await beat(engine, 1, { data: { a: "1" } });
    stage(engine, 2, { data: { a: "2", b: "2" } });
    place.failNext();
    await assert.rejects(async () => await engine.commitBeat(), isOperating);
    await mustRefuse(engine);
    assert.equal(await got(engine, "data", "a"), "1@1", "reading goes on");
    const again = await reopened(place, engine);
    const seen = await scanned(again, "data");
    assert.ok(seen === "a=1@1" || seen === "a=2@2 b=2@2", seen);
    await beat(again, 3, { data: { c: "3" } });
    assert.equal(await scanned(again, "data"), `${seen} c=3@3`);
    await again[Symbol.asyncDispose]();
  });
  check("after a failed checkpoint it refuses, and has lost nothing", async (place) => {
    const engine = await place.open();
    if (place.failNext === undefined || !engine.capabilities.includes("checkpoint")) {
      return await engine[Symbol.asyncDispose]();
    }
    await beat(engine, 1, { data: { a: "1" } });
    place.failNext();
    await assert.rejects(async () => await engine.checkpoint(), isOperating);
    await mustRefuse(engine);
    assert.equal(await got(engine, "data", "a"), "1@1", "reading goes on");
    const again = await reopened(place, engine);
    assert.equal(await scanned(again, "data"), "a=1@1");
    await again.checkpoint();
    assert.equal(await scanned(again, "data"), "a=1@1");
    await again[Symbol.asyncDispose]();
  });
  for (const when of ["committed", "checkpointed", "compacted"]) {
    check(`a changed body that was ${when} is damage, and nothing else`, async (place) => {
      const secret = "the only place where this text is";
      let engine = await place.open();
      if (place.damage === undefined) return await engine[Symbol.asyncDispose]();
      await beat(engine, 1, { data: { a: "a", b: "old", c: "c" } });
      await beat(engine, 2, { data: { b: secret } });
      await beat(engine, 3, { data: { z: "z" } });
      if (when !== "committed") await engine.checkpoint();
      if (when === "compacted") await engine.compact();
      await engine[Symbol.asyncDispose]();
      assert.ok((await place.damage(bytesOf(secret))) > 0, "the text is on the medium");
      engine = await place.open();
      await mustTell(place, engine);
      await engine.checkpoint();
      await engine.compact();
      engine = await reopened(place, engine);
      await mustTell(place, engine);
      await engine[Symbol.asyncDispose]();
    });
  }
}

async function mustTell(place: Place, engine: BeatEngine): Promise<void> {
  await refuses("beat/damaged", async () => await got(engine, "data", "b"));
  await refuses("beat/damaged", async () => await collect(engine.scanPrefix("data", ALL)));
  for (const path of ["a", "c", "z"]) {
    try {
      assert.match((await got(engine, "data", path)) ?? "not there", new RegExp(`^${path}@`, "u"));
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      assert.equal(error.code, "beat/damaged", "its own bytes, or damage");
    }
  }
  assert.ok(place.notices.every(({ detail }) => detail !== ""));
}

async function mustRefuse(engine: BeatEngine): Promise<void> {
  const refused = async (): Promise<void> => {
    engine.beginBeat(100);
    await engine.commitBeat();
  };
  await refuses("store/refused", refused);
  engine.abortBeat();
  if (engine.capabilities.includes("checkpoint")) {
    await refuses("store/refused", async () => await engine.checkpoint());
  }
  if (engine.capabilities.includes("compact")) {
    await refuses("store/refused", async () => await engine.compact());
  }
}

function isOperating(error: unknown): boolean {
  return error instanceof RitmaError && error.code !== "store/refused";
}
