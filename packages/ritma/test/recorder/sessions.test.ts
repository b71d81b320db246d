/**
 * Goal: a session that died goes on where it was when the same command is given, and ends with the
 * bytes of one that did not die. Given other commands first, it is told as unclosed, and still no
 * event is lost or recorded twice.
 *
 * Method: the disk as it was after each batch of a run, then the commands. Rows first, then logs
 * drawn from a seed with everything that makes events wait: late writers, calls without an end,
 * stamps out of range, hours that close early.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HourCount } from "@ritma/evidence";
import type { InputFile } from "../../src/base/disk/input-file.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, line, memoryInput, opened } from "./audit-lines.ts";
import { drawFrom, randomLines } from "./random-log.ts";
import {
  assertValid,
  type Files,
  filesBelow,
  hoursOf,
  init,
  logOf,
  OUT,
  record,
  type Settings,
} from "./recording.ts";

const HOURS = ["09:00:00", "10:30:00", "11:00:00", "12:00:00", "12:30:00", "13:10:00"];
const LOG = HOURS.map((clock, at) => opened(clock, at + 1));
const OTHER = [opened("14:00:00", 50), opened("14:30:00", 51)];

const SEEDS = Array.from({ length: 20 }, (_, at) => at + 1);

/** In these an hour ends in the midst of what one line delivers, and time alone cannot tell. */
const SAME_LINE_SEEDS = [52, 105, 119];

/** In these an hour ends before a late event, so that this one belongs to the next. */
const LATE_SEEDS = [26, 384];

/** The disks that a recorder leaves which dies after the first batch, the second, and so on. */
async function died(files: readonly InputFile[], settings: Settings = {}) {
  const disk = new SimDisk();
  await init(disk, settings);
  const left: SimDisk[] = [];
  await record(disk, files, settings, async () => void left.push(disk.snapshot()));
  left.pop();
  return { left, whole: filesBelow(disk, OUT) };
}

function small(...lines: readonly string[]): InputFile {
  return memoryInput(bytesOf(...lines), 200);
}

test("the same command continues the same session, to the same bytes", async () => {
  const { left, whole } = await died([small(...LOG)]);
  assert.ok(left.length >= 3, `${left.length} places to die`);
  for (const disk of left) {
    const report = await record(disk, [small(...LOG)]);
    assert.equal(report.session, 0);
    const files = filesBelow(disk, OUT);
    assert.deepEqual(files, whole);
    const opens = logOf(files).filter(({ type }) => type === "open");
    assert.equal(opens.length, 1);
  }
});

test("also when the file has grown meanwhile", async () => {
  const { left } = await died([small(...LOG)]);
  for (const disk of left) {
    await record(disk, [small(...LOG, ...OTHER)]);
    const { counts } = await assertValid(disk);
    assert.deepEqual([counts.sessions, counts.events], [1, LOG.length + OTHER.length]);
  }
});

test("another input opens another session, and the old one is told as unclosed", async () => {
  const { left } = await died([small(...LOG)]);
  for (const disk of left) {
    const { session } = await record(disk, [small(...OTHER)]);
    assert.equal(session, 1);
    const { notes, counts } = await assertValid(disk);
    assert.deepEqual(notes, ["session 0 ended without a close"]);
    assert.equal(counts.sessions, 2);
    await record(disk, [small(...LOG)]);
    const after = await assertValid(disk);
    assert.equal(after.counts.events, LOG.length + OTHER.length);
    assert.equal((await record(disk, [small(...LOG), small(...OTHER)])).nothingNew, true);
  }
});

test("a known file that ends within a line is known up to there", async () => {
  const [head, tail] = [LOG.slice(0, 2).join(""), LOG.slice(2)];
  // Without the EOE, and without the newline of the line that ends the event.
  const future = line("DAEMON_START", "40000+00:00:00", 7, "op=start");
  const older = small(future, head.slice(0, head.lastIndexOf("type=EOE") - 1));
  const { left } = await died([older, small(...tail)]);
  for (const disk of left) {
    await record(disk, [small(...OTHER)]);
    await record(disk, [older]);
    await record(disk, [small(...tail)]);
    const { counts } = await assertValid(disk);
    assert.equal(counts.events, 1 + LOG.length + OTHER.length);
  }
});

test("whatever waited, a session that died ends with the same bytes", async () => {
  let deaths = 0;
  for (const seed of [...SEEDS, ...LATE_SEEDS]) {
    const draw = drawFrom(seed);
    const text = randomLines(draw, 10 + draw(20)).join("");
    const middle = text.indexOf("\n", draw(text.length)) + draw(2);
    const parts = draw(2) === 0 ? [text] : [text.slice(0, middle), text.slice(middle)];
    const chunkBytes = [1, 300, 5000][draw(3)] ?? 1;
    const inputs = parts.map((part) => memoryInput(bytesOf(part), chunkBytes));
    const limits = { hourAtomsMax: 3 + draw(10), generationEntitiesMax: 5 + draw(20) };
    const settings = draw(2) === 0 ? {} : { limits };
    const run = await unlessNoAudit(async () => await died(inputs, settings));
    for (const disk of run?.left ?? []) {
      deaths += 1;
      await record(disk, inputs, settings);
      assert.deepEqual(filesBelow(disk, OUT), run?.whole, `seed ${seed}`);
    }
  }
  assert.ok(deaths > 30, `${deaths} deaths`);
});

test("nor is anything lost or doubled when other commands come first", async () => {
  let deaths = 0;
  for (const seed of [...SEEDS, ...SAME_LINE_SEEDS, ...LATE_SEEDS]) {
    const draw = drawFrom(seed + 1_000);
    const first = memoryInput(bytesOf(...randomLines(draw, 10 + draw(20))), 300);
    const second = memoryInput(bytesOf(...randomLines(draw, 6)), 300);
    const settings = draw(2) === 0 ? {} : { limits: { hourAtomsMax: 3 + draw(10) } };
    const run = await unlessNoAudit(async () => {
      const disk = new SimDisk();
      await init(disk, settings);
      await record(disk, [second], settings);
      await record(disk, [first], settings);
      return { wanted: linesOf(filesBelow(disk, OUT)), ...(await died([first], settings)) };
    });
    for (const disk of run?.left ?? []) {
      deaths += 1;
      await record(disk, [second], settings);
      await record(disk, [first], settings);
      await assertValid(disk);
      assert.deepEqual(linesOf(filesBelow(disk, OUT)), run?.wanted, `seed ${seed}`);
    }
  }
  assert.ok(deaths > 20, `${deaths} deaths`);
});

/** What all hours together say of the input. */
function linesOf(files: Files): number[] {
  const names: readonly HourCount[] = ["events", "records", "uninterpreted", "refused"];
  return names.map((name) =>
    hoursOf(files).reduce((sum, { header }) => sum + header.counts[name], 0),
  );
}

/** Of the drawn files some hold no record at all. */
async function unlessNoAudit<Value>(work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RitmaError && error.code.startsWith("input/")) return null;
    throw error;
  }
}
