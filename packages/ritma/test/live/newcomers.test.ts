/**
 * Goal: whoever follows a store is told each event once, in order at each look, whatever is sealed
 * between two looks, and wherever in a line or an event a look falls.
 *
 * Method: a recorder of random logs leaves a picture behind each of its steps; looks fall on some
 * of these, some of them without their open hours. What was told is compared with what is sealed at
 * the end. Besides, looks made by hand: rows of what is found, and of what must be told.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventTypeNumber } from "@ritma/evidence";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { type Newcomer, Newcomers } from "../../src/cli/timeline/newcomers.ts";
import { decodeEntries } from "../../src/flow/journal/entry.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { EventSearch, type FoundEvent } from "../../src/stores/sealed/events.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { type Draw, drawFrom, randomLines } from "../recorder/random-log.ts";
import { init, recorded, type Settings } from "../recorder/recording.ts";
import { EVERY_EVENT, eventsIn, openReader } from "../sealed/searching.ts";
import { append, preview } from "./journalled.ts";
import { type Left, MemoryJournal, newestUs, runLive, type Script } from "./scripted.ts";

const SECOND_US = 1_000_000;
const AHEAD_US = [0, SECOND_US, 100 * SECOND_US, 5_000 * SECOND_US];
const SEEDS = [4, 7, 16];
const NEWLINE = 10;
const HOUR_US = 3_600 * SECOND_US;

/** Pieces end within events, and some within a line. */
function scriptOf(lines: readonly string[], draw: Draw): Script {
  const log = bytesOf(lines.join(""));
  const pieces: { bytes: Uint8Array; nowUs: number }[] = [];
  let newest = newestUs(bytesOf(...lines.slice(0, 3)), 1_700_000_000 * SECOND_US);
  for (let at = 0; at < log.length;) {
    const end = draw(3) === 0 ? at + 1 + draw(900) : log.indexOf(10, at + draw(2_500)) + 1;
    const bytes = log.slice(at, end > at ? end : log.length);
    newest = newestUs(bytes, newest);
    pieces.push({ bytes, nowUs: newest + (AHEAD_US[draw(AHEAD_US.length)] ?? 0) });
    at += bytes.length;
  }
  return { pieces };
}

async function toldAt(
  newcomers: Newcomers,
  reader: StoreReader,
  isComplete: boolean,
): Promise<readonly Newcomer[]> {
  const query = { ...EVERY_EVENT, fromHour: newcomers.fromHour };
  const { sealedHours } = reader;
  const found = new EventSearch(reader, query).run();
  const told: Newcomer[] = [];
  for await (const each of newcomers.at({ found, sealedHours, isComplete, skip: 0 })) {
    told.push(each);
  }
  return told;
}

test("whatever a recorder does between two looks, each event is told once", async () => {
  let [looks, open, sealed] = [0, 0, 0];
  for (const seed of SEEDS) {
    const draw = drawFrom(seed);
    const lines = randomLines(draw, 12 + draw(14));
    const script = scriptOf(lines, draw);
    const settings: Settings = { windowSecs: 60, limits: { hourAtomsMax: 6 + draw(20) } };
    const disk = new SimDisk();
    await init(disk, settings);
    const left: Left[] = [];
    await runLive({ disk, journal: new MemoryJournal() }, script, settings, (each) => {
      left.push(each);
    });
    const newcomers = new Newcomers();
    const told: Newcomer[] = [];
    let before = -1;
    for (let at = 0; at < left.length; at += 1 + draw(9)) {
      const each = left[at];
      if (each === undefined) break;
      // Whoever writes half a line writes the other half soon, and not two looks later.
      const halfAt = endsInLine(each) ? bytesIn(each).length : -1;
      if (halfAt !== -1 && halfAt === before) continue;
      before = halfAt;
      looks += 1;
      const reader = await openReader(each.disk);
      const isComplete = draw(5) > 0;
      if (isComplete) await append(each.disk, each.journal.beats.map(decodeEntries), settings);
      const previewed = isComplete ? await preview(each.disk, settings) : null;
      const now = await toldAt(newcomers, previewed ?? reader, isComplete);
      inOrder(now);
      told.push(...now);
      if (isComplete && halfAt === -1 && draw(4) === 0) told.push(...newcomers.waiting());
    }
    told.push(...(await toldAt(newcomers, await openReader(disk), true)));
    told.push(...newcomers.waiting());
    const whole = await eventsIn(disk);
    assert.deepEqual(spelled(told.map(({ view }) => view)), spelled(whole), `seed ${seed}`);
    open += told.filter(({ isOpen }) => isOpen).length;
    sealed += told.filter(({ isOpen }) => !isOpen).length;
  }
  assert.ok(looks > SEEDS.length * 4 && open > 9 && sealed > 9, `${looks} ${open} ${sealed}`);
});

function bytesIn({ journal }: Left): Uint8Array {
  const entries = journal.beats.flatMap(decodeEntries);
  return Buffer.concat(entries.flatMap((entry) => (entry.kind === "bytes" ? entry.bytes : [])));
}

function endsInLine(left: Left): boolean {
  const last = bytesIn(left).at(-1);
  return last !== undefined && last !== NEWLINE;
}

function inOrder(told: readonly Newcomer[]): void {
  for (const [at, { view }] of told.entries()) {
    const next = told[at + 1];
    if (next === undefined) continue;
    const isBefore =
      view.time < next.view.time ||
      (view.time === next.view.time && view.serial <= next.view.serial);
    assert.ok(isBefore || next.isBehind, `${next.view.serial} after ${view.serial}`);
  }
}

/** Lines that are no records are stamped by those near them: of these there is only the count. */
function spelled(views: readonly EventView[]): string[] {
  return views
    .map(({ time, serial, process }) =>
      serial === 0 ? "line" : `${time} ${serial} ${process.pid}`,
    )
    .toSorted();
}

/** "7@3" is event 7 at second 3; with an x behind it, a line that is no record. */
interface MadeLook {
  /** From hour 0 on. */
  readonly hours: readonly string[];
  readonly sealed: number;
  readonly isComplete?: boolean;
  readonly skip?: number;
  /** A tilde behind what is told behind a later one. */
  readonly told: string;
  /** What is told once nothing has changed; absent where that is not asked. */
  readonly waiting?: string;
}

const ROWS: Readonly<Record<string, readonly MadeLook[]>> = {
  "what is young waits until no more has come": [
    { hours: ["1@0 2@5 3@6"], sealed: 0, told: "1@0", waiting: "2@5 3@6" },
    { hours: ["1@0 2@5 3@6 4@9"], sealed: 0, told: "", waiting: "4@9" },
    { hours: ["1@0 2@5 3@6 4@9"], sealed: 0, told: "", waiting: "" },
  ],
  "what is young is told when it is there again": [
    { hours: ["1@5"], sealed: 0, told: "" },
    { hours: ["1@5 2@6"], sealed: 0, told: "1@5" },
    { hours: ["1@5 2@6 3@9"], sealed: 0, told: "2@6" },
  ],
  "nothing is told before what is older and still waits": [
    { hours: ["2@6"], sealed: 0, told: "" },
    { hours: ["1@5 2@6"], sealed: 0, told: "", waiting: "1@5 2@6" },
  ],
  "half a line that is there once is never told": [
    { hours: ["0@1x 2@9"], sealed: 0, told: "" },
    { hours: ["1@1 2@9 3@20"], sealed: 0, told: "1@1 2@9", waiting: "3@20" },
  ],
  "a line that stays is told, and keeps nothing waiting": [
    { hours: ["0@1x 2@9 3@20"], sealed: 0, told: "2@9" },
    { hours: ["0@1x 2@9 3@20"], sealed: 0, told: "0@1~ 3@20" },
  ],
  "what comes with an older stamp is behind": [
    { hours: ["5@20 6@30"], sealed: 0, told: "5@20", waiting: "6@30" },
    { hours: ["3@10 5@20 6@30 7@40"], sealed: 0, told: "3@10~", waiting: "7@40" },
  ],
  "what is sealed is told at once, and once": [
    { hours: ["1@0 2@9"], sealed: 0, told: "1@0" },
    { hours: ["1@0 2@9", "3@10"], sealed: 1, told: "2@9", waiting: "3@10" },
    { hours: ["1@0 2@9", "3@10", "4@11"], sealed: 3, told: "4@11" },
  ],
  "what is sealed waits for nothing that is open": [
    { hours: ["5@10", "4@9 6@10"], sealed: 1, told: "5@10", waiting: "4@9~ 6@10" },
    { hours: ["5@10", "4@9 6@10"], sealed: 2, told: "" },
  ],
  "what was told may be sealed in the hour behind": [
    { hours: ["1@0 2@9 3@20"], sealed: 0, told: "1@0 2@9" },
    { hours: ["1@0", "2@9 3@20"], sealed: 1, told: "3@20" },
    { hours: ["1@0", "2@9 3@20", "4@30"], sealed: 2, told: "", waiting: "4@30" },
  ],
  "while the open hours cannot be asked nothing is forgotten": [
    { hours: ["1@0 2@9"], sealed: 0, told: "1@0" },
    { hours: [], sealed: 0, isComplete: false, told: "" },
    { hours: ["1@0 2@9"], sealed: 0, told: "2@9" },
    { hours: ["1@0 2@9"], sealed: 1, isComplete: false, told: "" },
    { hours: ["1@0 2@9", "3@9"], sealed: 1, told: "", waiting: "3@9" },
  ],
  "what was sealed meanwhile is not remembered as open": [
    { hours: ["1@0 2@9"], sealed: 0, told: "1@0", waiting: "2@9" },
    { hours: ["1@0"], sealed: 1, isComplete: false, told: "" },
    { hours: ["1@0", "1@0 2@9"], sealed: 1, told: "1@0~" },
  ],
  "what has one stamp and serial is as often told as it is there": [
    { hours: ["1@0 1@0 2@9"], sealed: 0, told: "1@0 1@0" },
    { hours: ["1@0 1@0 1@0 2@9"], sealed: 0, told: "1@0 2@9" },
  ],
  "what is passed over counts as told": [
    { hours: ["1@0", "2@10 3@20 4@30"], sealed: 1, skip: 2, told: "3@20", waiting: "4@30" },
    { hours: ["1@0", "2@10 3@20 4@30", "5@40"], sealed: 2, told: "", waiting: "5@40" },
  ],
};

for (const [name, looks] of Object.entries(ROWS)) {
  test(name, async () => {
    const newcomers = new Newcomers();
    for (const [at, { hours, sealed, isComplete = true, skip = 0, ...want }] of looks.entries()) {
      const events = hours.slice(newcomers.fromHour).flatMap((each, hour) => {
        return found(each, newcomers.fromHour + hour);
      });
      events.sort((a, b) => a.time - b.time);
      const look = { found: given(events), sealedHours: sealed, isComplete, skip };
      const told: string[] = [];
      for await (const each of newcomers.at(look)) told.push(shown(each));
      assert.equal(told.join(" "), want.told, `look ${at}`);
      if (want.waiting === undefined) continue;
      assert.equal([...newcomers.waiting()].map(shown).join(" "), want.waiting, `look ${at}`);
    }
  });
}

const [SAMPLE] = await eventsIn(
  await recorded([[memoryInput(bytesOf(opened("09:00:00", 1)))]], { windowSecs: 60 }),
);

function found(text: string, sequence: number): FoundEvent[] {
  assert.ok(SAMPLE !== undefined);
  const { atom } = SAMPLE;
  return Array.from(text.matchAll(/(\d+)@(\d+)(x?)/gu), ([, serial, second, isLine]) => {
    const etype = isLine === "x" ? eventTypeNumber("line") : atom.etype;
    const stamp = { time: HOUR_US + Number(second) * SECOND_US, serial: Number(serial) };
    const view = { ...SAMPLE, ...stamp, atom: { ...atom, etype } };
    return { ...stamp, sequence, view: () => view };
  });
}

async function* given(events: readonly FoundEvent[]): AsyncGenerator<FoundEvent> {
  yield* events;
}

function shown({ view, isBehind }: Newcomer): string {
  return `${view.serial}@${(view.time - HOUR_US) / SECOND_US}${isBehind ? "~" : ""}`;
}
