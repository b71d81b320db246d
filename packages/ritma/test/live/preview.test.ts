/**
 * Goal: open hours answer what they would answer if the recorder had stopped, and looking at them
 * changes nothing and keeps nobody from writing.
 *
 * Method: random logs through a journal on a simulated disk. What is asked of a preview is compared
 * with a store that sealed the same log, and hour by hour with what a recorder seals that is
 * started and stopped there, wherever one died. The disk refuses every call that is not reading.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as forAll, asyncProperty, constantFrom } from "fast-check";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { coverageOf } from "../../src/flow/investigate/coverage.ts";
import { Investigation, type Span } from "../../src/flow/investigate/investigation.ts";
import { livesOf } from "../../src/flow/investigate/lives.ts";
import { trace } from "../../src/flow/investigate/trace.ts";
import { who } from "../../src/flow/investigate/who.ts";
import { decodeEntries, type JournalEntry } from "../../src/flow/journal/entry.ts";
import { EMPTY_DIGEST } from "../../src/services/recorder/input-digest.ts";
import { needleAsked, pathAsked } from "../../src/services/investigator/needles.ts";
import { EventSearch } from "../../src/stores/sealed/events.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { choicesOf, FILES, randomLog } from "../investigate/random-log.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { type Draw, drawFrom, randomLines } from "../recorder/random-log.ts";
import { init, recorded, type Settings } from "../recorder/recording.ts";
import { EVERY_EVENT, openReader } from "../sealed/searching.ts";
import { append, preview, readOnly, stopped, waiting } from "./journalled.ts";
import { type Left, MemoryJournal, newestUs, runLive, type Script } from "./scripted.ts";

const EVERYTHING: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const SECOND_US = 1_000_000;
const FIRST: readonly JournalEntry[] = [
  { kind: "session", session: 0 },
  { kind: "input", input: { place: null, digest: EMPTY_DIGEST, head: null } },
];
/** How far the clock is ahead of the log when a piece has come. */
const AHEAD_US = [0, SECOND_US, 100 * SECOND_US, 5_000 * SECOND_US];
const LIMITS = { depth: 1_000, budget: 100_000, fan: 100_000, all: true };
const SETTINGS: Settings = { windowSecs: 60 };
const privacy = rawPrivacy();

const CHOICES = choicesOf({ least: 1, most: 30 });

function scriptOf(lines: readonly string[], draw: Draw): Script {
  const pieces: { bytes: Uint8Array; nowUs: number }[] = [];
  let newest = newestUs(bytesOf(...lines.slice(0, 3)), 1_700_000_000 * SECOND_US);
  for (let at = 0; at < lines.length;) {
    const count = 1 + draw(6);
    const bytes = bytesOf(...lines.slice(at, at + count));
    newest = newestUs(bytes, newest);
    pieces.push({ bytes, nowUs: newest + (AHEAD_US[draw(AHEAD_US.length)] ?? 0) });
    at += count;
  }
  return { pieces };
}

/** Of an investigator, all answers that the command line makes its answers of. */
async function answers(reader: StoreReader): Promise<unknown> {
  const investigation = new Investigation(reader);
  const file = await investigation.find(EVERYTHING, pathAsked(privacy, FILES[0] ?? ""));
  const process = await investigation.find(EVERYTHING, needleAsked(privacy, "502").test);
  const start = [...file, ...process].slice(0, 1);
  const query = { ...LIMITS, span: EVERYTHING };
  const roots = await investigation.origins(EVERYTHING);
  const views = [];
  for await (const event of new EventSearch(reader, EVERY_EVENT).run()) views.push(event.view());
  return {
    who: await who(investigation, [...file, ...process], EVERYTHING),
    back: await trace(investigation, start, { ...query, direction: "back" }),
    forward: await trace(investigation, start, { ...query, direction: "forward" }),
    lives: await livesOf(investigation, roots, EVERYTHING, { depth: 99, max: 999 }),
    coverage: await coverageOf(investigation, EVERYTHING),
    views,
    hours: reader.hours.map(({ sequence, t1, t2, hourRoot }) => [sequence, t1, t2, hourRoot]),
    last: await reader.lastEventTime(),
  };
}

test("what is open answers as if it were sealed", async () => {
  await forAll(
    asyncProperty(CHOICES, constantFrom(6, 1_000_000), async (choices, most) => {
      const settings: Settings = { ...SETTINGS, limits: { hourAtomsMax: most } };
      const log = bytesOf(randomLog(choices));
      const disk = readOnly(await waiting([log], settings));
      const before = disk.contents();
      const reader = await preview(disk, settings);
      assert.deepEqual(disk.contents(), before);
      const whole = await openReader(await recorded([[memoryInput(log)]], settings));
      assert.ok(reader !== null);
      assert.equal(reader.sealedHours, (await openReader(disk)).hours.length);
      assert.ok(reader.isOpen(whole.hours.length - 1));
      assert.deepEqual(await answers(reader), await answers(whole));
    }),
    { numRuns: 4, seed: 11 },
  );
});

test("wherever a recorder died, its preview is what the next one would seal", async () => {
  let [previews, windows] = [0, 0];
  for (const seed of [1, 3]) {
    const draw = drawFrom(seed);
    const script = scriptOf(randomLines(draw, 8 + draw(12)), draw);
    const settings: Settings =
      draw(2) === 0 ? SETTINGS : { ...SETTINGS, limits: { hourAtomsMax: 4 + draw(8) } };
    const disk = new SimDisk();
    await init(disk, settings);
    const left: Left[] = [];
    await runLive({ disk, journal: new MemoryJournal() }, script, settings, (each) => {
      left.push(each);
    });
    for (const [at, each] of left.entries()) {
      // All of them, seed by seed, would take long.
      if (at % 3 !== 0) continue;
      const where = `seed ${seed}, death ${at}`;
      const sealedHours = (await openReader(each.disk)).hours.length;
      const next = each.disk.snapshot();
      await append(each.disk, each.journal.beats.map(decodeEntries), settings);
      const reader = await preview(readOnly(each.disk), settings);
      await stopped(next, each.journal, settings);
      const { hours } = await openReader(next);
      assert.equal(reader === null, hours.length === sealedHours, where);
      if (reader === null) continue;
      previews += 1;
      windows += hours.slice(sealedHours).reduce((sum, hour) => sum + hour.windows, 0);
      assert.equal(reader.sealedHours, sealedHours, where);
      assert.deepEqual(reader.hours, hours, where);
    }
  }
  assert.ok(previews > 12 && windows > previews, `${previews} previews, ${windows} windows`);
});

test("nothing is open where nothing waits", async () => {
  const disk = new SimDisk();
  await init(disk, SETTINGS);
  assert.equal(await preview(readOnly(disk), SETTINGS), null);
  await append(disk, [], SETTINGS);
  assert.equal(await preview(readOnly(disk), SETTINGS), null);
  const sealed = await recorded([[memoryInput(bytesOf(opened("09:00:10", 1)))]], SETTINGS);
  assert.equal(await preview(readOnly(sealed), SETTINGS), null);
});

test("what is damaged is told, and answers nothing else", async () => {
  const lines = ["09:00:10", "09:00:20", "09:07:00"].map((clock, at): JournalEntry[] => [
    { kind: "bytes", bytes: bytesOf(opened(clock, at + 1)) },
  ]);
  const beats = [FIRST, ...lines];
  const whole = new SimDisk();
  await init(whole, SETTINGS);
  await append(whole, beats, SETTINGS);
  // The newest beat may look like one that was being written.
  const could = new Set<string>();
  for (const count of [beats.length - 1, beats.length]) {
    const disk = new SimDisk();
    await init(disk, SETTINGS);
    await append(disk, beats.slice(0, count), SETTINGS);
    could.add(rootsOf(await preview(disk, SETTINGS)));
  }
  const codes = new Set<string>();
  const [path = "", bytes] = [...whole.contents()].find(([each]) => each.endsWith(".log")) ?? [];
  for (let at = 0; at < (bytes?.length ?? 0); at += 127) {
    const disk = whole.snapshot();
    const changed = bytes?.slice() ?? new Uint8Array(0);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    await writeDurably(disk, `/${path}`, changed);
    try {
      const found = rootsOf(await preview(readOnly(disk), SETTINGS));
      assert.ok(could.has(found), `byte ${at}: ${found}`);
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      codes.add(error.code);
    }
  }
  assert.deepEqual([...codes], ["beat/damaged"]);
});

test("without its keys, or beside another store, nothing of it is told", async () => {
  const disk = await waiting([bytesOf(opened("09:00:10", 1))], SETTINGS);
  const without = disk.snapshot();
  await without.remove("/data/keys/salt.key");
  await assert.rejects(preview(without, SETTINGS), { code: "store/key-missing" });
  const other = await recorded([[memoryInput(bytesOf(opened("08:00:00", 9)))]], SETTINGS);
  await append(other, [[{ kind: "session", session: 5 }]], SETTINGS);
  await assert.rejects(preview(other, SETTINGS), { code: "store/damaged" });
});

function rootsOf(reader: StoreReader | null): string {
  return (reader?.hours ?? []).map(({ hourRoot }) => hourRoot.toHex()).join(" ");
}
