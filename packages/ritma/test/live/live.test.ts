/**
 * Goal: a live recorder that dies goes on to the bytes of one that did not die, wherever it dies;
 * what it signs of an open hour stands in the node log when the minute is over, and never twice.
 *
 * Method: logs drawn from a seed, with late writers, stamps out of range and quiet hours in which
 * the clock alone moves, are given piece by piece. After each beat and each durable batch the disk
 * and the journal are copied, and a recorder goes on from there.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { drawFrom, randomLines } from "../recorder/random-log.ts";
import {
  assertValid,
  filesBelow,
  hoursOf,
  init,
  logOf,
  OUT,
  record,
  type Settings,
  verify,
} from "../recorder/recording.ts";
import { type Left, MemoryJournal, newestUs, runLive, type Script } from "./scripted.ts";

const SEEDS = Array.from({ length: 8 }, (_, at) => at + 1);
const SECOND_US = 1_000_000;
/** How far the clock is ahead of the log when a piece has come. */
const AHEAD_US = [0, SECOND_US, 20 * SECOND_US, 100 * SECOND_US, 5_000 * SECOND_US];

async function fresh(settings: Settings): Promise<Left> {
  const disk = new SimDisk();
  await init(disk, settings);
  return { disk, journal: new MemoryJournal() };
}

function scriptOf(lines: readonly string[], draw: (limit: number) => number): Script {
  const pieces: { bytes: Uint8Array; nowUs: number }[] = [];
  let newest = 1_700_000_000 * SECOND_US;
  newest = newestUs(bytesOf(...lines.slice(0, 3)), newest);
  for (let at = 0; at < lines.length;) {
    const count = 1 + draw(6);
    const bytes = bytesOf(...lines.slice(at, at + count));
    newest = newestUs(bytes, newest);
    pieces.push({ bytes, nowUs: newest + (AHEAD_US[draw(AHEAD_US.length)] ?? 0) });
    at += count;
  }
  return { pieces };
}

test("wherever it dies, it goes on to the same bytes", async () => {
  let deaths = 0;
  for (const seed of SEEDS) {
    const draw = drawFrom(seed);
    const script = scriptOf(randomLines(draw, 8 + draw(16)), draw);
    const settings: Settings =
      draw(2) === 0
        ? { windowSecs: 60 }
        : { windowSecs: 60, limits: { hourAtomsMax: 4 + draw(8) } };
    const begun = await fresh(settings);
    const left: Left[] = [];
    await runLive(begun, script, settings, (each) => void left.push(each));
    const whole = filesBelow(begun.disk, OUT);
    await assertValid(begun.disk);
    assert.equal(begun.journal.beats.length, 0, "the journal is empty when all is sealed");
    for (const [at, each] of left.entries()) {
      deaths += 1;
      await runLive(each, script, settings);
      assert.deepEqual(filesBelow(each.disk, OUT), whole, `seed ${seed}, death ${at}`);
    }
  }
  assert.ok(deaths > 250, `${deaths} deaths`);
});

test("dead between its end and its seal, it is sealed, and the next session goes on", async () => {
  const settings = { windowSecs: 60 };
  const now = 1_795_000_000 * SECOND_US;
  const pieces = ["09:00:10", "09:00:20", "09:05:00"].map((clock, at) => {
    const bytes = bytesOf(opened(clock, at + 1));
    return { bytes, nowUs: newestUs(bytes, now) };
  });
  const begun = await fresh(settings);
  const left: Left[] = [];
  const first = { pieces: pieces.slice(0, 2) };
  await runLive(begun, first, settings, (each) => void left.push(each));
  const ended = left.filter(({ journal }) => journal.holdsEnd());
  assert.ok(ended.length >= 2, `${ended.length} deaths behind the end`);
  for (const each of ended) {
    await runLive(each, { pieces }, settings);
    const { counts } = await assertValid(each.disk);
    assert.deepEqual([counts.events, counts.sessions], [3, 2]);
  }
});

test("a window is signed when its minute is over, and its hour goes on", async () => {
  const settings = { windowSecs: 60 };
  const left = await fresh(settings);
  const lines = ["09:00:10", "09:00:20", "09:02:30"].map((clock, at) => opened(clock, at + 1));
  const nows = [0, 0, 30 * SECOND_US];
  let newest = 0;
  const pieces = lines.map((text, at) => {
    const bytes = bytesOf(text);
    newest = newestUs(bytes, Math.max(newest, 1_795_000_000 * SECOND_US));
    return { bytes, nowUs: newest + (nows[at] ?? 0) };
  });
  const seen: string[][] = [];
  const story: string[] = [];
  await runLive(left, { pieces }, settings, ({ disk }) => {
    const types = logOf(filesBelow(disk, OUT)).map(({ type }) => type);
    if (types.join() !== seen.at(-1)?.join()) seen.push(types);
    story.push(types.at(-1) ?? "");
  });
  assert.ok(story.includes("micro"), story.join(" "));
  const micros = (seen.at(-1) ?? []).filter((type) => type === "micro");
  assert.equal(micros.length, 2);
  const open = seen.findIndex((types) => types.at(-1) === "micro");
  assert.ok(open !== -1 && open < seen.length - 1, "signed before its hour");
});

test("what was signed of an hour whose journal is lost is told as missing", async () => {
  const settings = { windowSecs: 60 };
  const begun = await fresh(settings);
  const bytes = bytesOf(opened("09:00:10", 1));
  const nowUs = newestUs(bytes, 1_795_000_000 * SECOND_US) + 200 * SECOND_US;
  const left: Left[] = [];
  await runLive(begun, { pieces: [{ bytes, nowUs }] }, settings, (each) => void left.push(each));
  const signed = left.find(({ disk }) => logOf(filesBelow(disk, OUT)).at(-1)?.type === "micro");
  assert.ok(signed !== undefined);
  assert.equal((await verify(filesBelow(signed.disk, OUT))).result, "INCOMPLETE");
  await record(signed.disk, [memoryInput(bytesOf(opened("10:00:00", 9)))], settings);
  const report = await verify(filesBelow(signed.disk, OUT));
  assert.equal(report.result, "TAMPERED");
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ["log/order"],
  );
  assert.equal(hoursOf(filesBelow(signed.disk, OUT)).length, 1);
});

test("a journal that was changed signs nothing", async () => {
  const settings = { windowSecs: 60 };
  const begun = await fresh(settings);
  const bytes = bytesOf(opened("09:00:10", 1));
  const nowUs = newestUs(bytes, 1_795_000_000 * SECOND_US) + 200 * SECOND_US;
  const left: Left[] = [];
  const script = { pieces: [{ bytes, nowUs }] };
  await runLive(begun, script, settings, (each) => void left.push(each));
  const signed = left.find(({ disk }) => logOf(filesBelow(disk, OUT)).at(-1)?.type === "micro");
  assert.ok(signed !== undefined);
  const changed = signed.journal.beats.map((beat) => {
    const text = Buffer.from(beat).toString("latin1");
    const place = text.indexOf('comm="');
    if (place === -1) return beat;
    const copy = beat.slice();
    copy[place + 6] = (copy[place + 6] ?? 0) ^ 1;
    return copy;
  });
  const journal = new MemoryJournal(changed, null);
  await assert.rejects(
    async () => await runLive({ disk: signed.disk, journal }, script, settings),
    (error) => error instanceof RitmaError && error.code === "store/damaged",
  );
});
