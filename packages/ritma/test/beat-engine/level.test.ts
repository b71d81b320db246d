/**
 * Goal: the LevelDB engine is what the port says, and what LevelDB would pass over in silence is
 * damage.
 *
 * Method: the conformance suite, on a real folder; then every file of a store changed at many
 * places, cut and removed: what is found must be what was committed, or damage.
 */
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RitmaError } from "../../src/base/error.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { openLevelEngine } from "../../src/stores/beat/level/level-engine.ts";
import { checkLog } from "../../src/stores/beat/level/level-log.ts";
import { refuses } from "../base/disk-helpers.ts";
import { engineSuite } from "./conformance.ts";
import { filesBelow, libraryPlace } from "./library-place.ts";
import { beat, got } from "./records.ts";

const BEATS = 12;
/** Bytes between two that are changed. */
const STRIDE = 131;

engineSuite({
  name: "leveldb",
  modelRuns: 20,
  make: async (context) => await libraryPlace(context, openLevelEngine, { canBeDamaged: false }),
});

async function fill(engine: BeatEngine): Promise<void> {
  for (let at = 1; at <= BEATS; at += 1) {
    await beat(engine, at, { data: { all: `${at}`, [`k${at}`]: `${at}-`.repeat(60) } });
    if (at === BEATS / 2) await engine.compact();
  }
  await engine[Symbol.asyncDispose]();
}

/** @returns what is told: "whole", "damaged", or "rolled back" by the last beat */
async function look(open: () => Promise<BeatEngine>, when: string): Promise<string> {
  let damage = 0;
  try {
    await using engine = await open();
    const last = engine.lastBeat;
    for (let at = 1; at <= last; at += 1) {
      try {
        assert.equal(await got(engine, "data", `k${at}`), `${`${at}-`.repeat(60)}@${at}`, when);
      } catch (error) {
        if (!isDamage(error)) throw error;
        damage += 1;
      }
    }
    if (last === BEATS) return damage > 0 ? "damaged" : "whole";
    assert.equal(last, BEATS - 1, when);
    return "rolled back";
  } catch (error) {
    if (!isDamage(error)) throw error;
    return "damaged";
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof RitmaError && error.code === "beat/damaged";
}

test("changed bytes anywhere never give other records, nor fewer", async (context) => {
  const place = await libraryPlace(context, openLevelEngine, { canBeDamaged: false });
  await fill(await place.open());
  const saved = `${place.dir}.saved`;
  cpSync(place.dir, saved, { recursive: true });
  const counts = new Map<string, number>();
  for (const path of filesBelow(saved)) {
    const name = path.slice(saved.length);
    const content = readFileSync(path);
    for (let at = name.endsWith(".log") ? content.length - 1 : 0; at >= 0;) {
      rmSync(place.dir, { recursive: true });
      cpSync(saved, place.dir, { recursive: true });
      const changed = Buffer.from(content);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      writeFileSync(join(place.dir, name), changed);
      const found = await look(place.open, `${name} at ${at}`);
      // A broken last batch is what a crash leaves, too.
      const isLast = name.endsWith(".log") && at > content.length - 1_200;
      assert.ok(found !== "rolled back" || isLast, `${name} at ${at}: ${found}`);
      counts.set(found, (counts.get(found) ?? 0) + 1);
      at = name.endsWith(".log") ? at - STRIDE : at + STRIDE < content.length ? at + STRIDE : -1;
    }
  }
  assert.ok((counts.get("damaged") ?? 0) > 10, JSON.stringify([...counts]));
});

test("a store without its CURRENT, or without a table, is not begun anew", async (context) => {
  const place = await libraryPlace(context, openLevelEngine, { canBeDamaged: false });
  await fill(await place.open());
  const folder = join(place.dir, "level");
  const names = readdirSync(folder).filter((name) => /^CURRENT|ldb$|^MANIFEST/u.test(name));
  assert.ok(names.length >= 3);
  for (const name of names) {
    const content = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    await refuses("beat/damaged", place.open);
    writeFileSync(join(folder, name), content);
  }
  assert.equal(await look(place.open, "mended"), "whole");
});

test("a second writer is refused", async (context) => {
  const place = await libraryPlace(context, openLevelEngine, { canBeDamaged: false });
  await using _ = await place.open();
  await refuses("store/busy", place.open);
});

test("a log that is cut is torn, one that is broken before its end is damaged", async (context) => {
  const place = await libraryPlace(context, openLevelEngine, { canBeDamaged: false });
  const engine = await place.open();
  const long = "y".repeat(20_000);
  for (let at = 1; at <= 4; at += 1) await beat(engine, at, { data: { [`k${at}`]: long } });
  const path = filesBelow(place.dir).find((each) => each.endsWith(".log"));
  const log = readFileSync(path ?? "");
  await engine[Symbol.asyncDispose]();
  assert.ok(log.length > 80_000, "over several blocks");
  assert.equal(checkLog(log), "whole");
  for (let end = 1; end < log.length; end += 997) {
    assert.notEqual(checkLog(log.subarray(0, end)), "damaged", `cut at ${end}`);
  }
  for (let at = 0; at < 50_000; at += 997) {
    const broken = Buffer.from(log);
    broken[at] = (broken[at] ?? 0) ^ 1;
    const isPadding = checkLog(broken) === "whole";
    assert.ok(isPadding || checkLog(broken) === "damaged", `broken at ${at}`);
  }
});
