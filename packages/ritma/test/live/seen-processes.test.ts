/**
 * Goal: what is told of /proc is true of the process that is named, is told once and in time, and
 * nobody is told to have gone before the log could say so itself.
 *
 * Method: a /proc and a clock made by hand; what the looks tell is compared, step by step.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ANCESTORS_MAX,
  PROCESS_SEEN_MS,
  PROCESS_START_ERROR_US,
  PROCESSES_AT_ONCE,
  SWEEP_EVERY_US,
} from "../../src/base/limits.ts";
import type { JournalEntry } from "../../src/flow/journal/entry.ts";
import { ProcessSweep } from "../../src/services/recorder/process-sweep.ts";
import { SeenProcesses } from "../../src/services/recorder/seen-processes.ts";
import { speakersIn } from "../../src/services/recorder/speakers.ts";
import { bytesOf, opened, timeUs } from "../recorder/audit-lines.ts";
import { type Lived, tableOf } from "./process-lists.ts";

const SECOND_US = 1_000_000;
const START_US = timeUs("09:00:00");

interface Host {
  nowUs: number;
  readonly asked: number[];
  readonly seen: SeenProcesses;
  readonly sweep: ProcessSweep;
}

function hostOf(lived: readonly Lived[], lives: (pid: number) => boolean = () => true): Host {
  const nowUs = (): number => host.nowUs;
  const asked: number[] = [];
  const table = tableOf(lived, nowUs, (pid) => void asked.push(pid));
  const seen = new SeenProcesses(table);
  const sweep = new ProcessSweep(table, seen, { nowUs }, lives);
  const host: Host = { nowUs: START_US, asked, seen, sweep };
  return host;
}

/** `+20<10` was observed, `-20` is gone. */
function shown(entries: readonly JournalEntry[]): string {
  return entries
    .flatMap((entry) => {
      if (entry.kind === "observed") {
        return entry.processes.map(({ pid, ppid }) => `+${pid}<${ppid}`);
      }
      return entry.kind === "gone" ? entry.pids.map((pid) => `-${pid}`) : [`?${entry.kind}`];
    })
    .join(" ");
}

const SYSTEMD: Lived = { pid: 1, ppid: 0, startUs: START_US - 3_600 * SECOND_US };
const SHELL: Lived = { pid: 10, ppid: 1, startUs: START_US - 60 * SECOND_US };
const CHILD: Lived = { pid: 20, ppid: 10, startUs: START_US - SECOND_US };

function speaks(pid: number, clock = "09:00:00"): Uint8Array {
  return bytesOf(opened(clock, 1, { pid }));
}

/** As the recorder does, which passes old lines by. */
async function look(
  { seen, nowUs }: Pick<Host, "seen" | "nowUs">,
  lines: Uint8Array,
): Promise<JournalEntry[]> {
  const nowMs = nowUs / 1_000;
  const pids = speakersIn(lines, nowMs);
  return pids === null ? [] : await seen.lookAt(pids, nowMs);
}

/** A host of which a recorder has been there since before anybody lived. */
async function longSeen(lived: readonly Lived[]): Promise<Host> {
  const host = hostOf(lived);
  host.nowUs = timeUs("07:00:00");
  assert.equal(shown(await look(host, speaks(99, "07:00:00"))), "");
  host.asked.length = 0;
  host.nowUs = START_US;
  return host;
}

test("at first all are told, without those that vanish or are hidden", async () => {
  const hidden: Lived = { ...CHILD, pid: 30, isHidden: true };
  const host = hostOf([SYSTEMD, SHELL, CHILD, hidden]);
  assert.equal(shown(await look(host, speaks(20))), "+1<0 +10<1 +20<10");
  assert.equal(shown(await look(host, speaks(20))), "");
  const vanishing = hostOf([SYSTEMD, { ...SHELL, endUs: START_US + 1 }, CHILD]);
  const table = tableOf([SYSTEMD, { ...SHELL, endUs: START_US + 1 }, CHILD], () => vanishing.nowUs);
  const pids = await table.pids();
  vanishing.nowUs += 1;
  const seen = new SeenProcesses({ ...table, pids: async () => pids });
  assert.deepEqual(pids, [1, 10, 20]);
  assert.equal(shown(await look({ seen, nowUs: vanishing.nowUs }, speaks(20))), "+1<0 +20<10");
});

test("one that vanishes while it is read has no executable, and is told all the same", async () => {
  const table = tableOf([CHILD], () => START_US);
  const seen = new SeenProcesses({ ...table, executable: async () => null });
  const [entry] = await look({ seen, nowUs: START_US }, speaks(20));
  assert.ok(entry?.kind === "observed");
  assert.equal(entry.processes[0]?.executable, null);
});

test("who speaks is told once, with the ancestors that are not known yet", async () => {
  const host = await longSeen([SYSTEMD, SHELL, CHILD, { ...CHILD, pid: 21 }]);
  assert.equal(shown(await look(host, speaks(20))), "+20<10 +10<1 +1<0");
  assert.equal(shown(await look(host, speaks(20))), "");
  assert.equal(shown(await look(host, speaks(21))), "+21<10");
  assert.deepEqual(host.asked, [20, 10, 1, 21], "and those seen a moment ago not asked for again");
  host.nowUs += PROCESS_SEEN_MS * 1_000;
  assert.equal(shown(await look(host, speaks(20))), "", "asked, nothing new");
  assert.deepEqual(host.asked, [20, 10, 1, 21, 20]);
});

test("who is gone before the look is not told, nor of a log that lags", async () => {
  const host = await longSeen([SHELL, { ...CHILD, endUs: START_US }]);
  assert.equal(shown(await look(host, speaks(20))), "");
  host.nowUs += 11 * SECOND_US;
  assert.equal(shown(await look(host, speaks(10))), "");
  assert.equal(shown(await look(host, speaks(10, "09:00:02"))), "+10<1");
  const other = hostOf([SYSTEMD, SHELL]);
  assert.equal(shown(await look(other, speaks(10, "08:59:00"))), "");
  assert.deepEqual(other.asked, [], "a log that is not of now: nobody looks at this host");
});

test("a pid that is another's now: the one before is gone, but not who begins", async () => {
  const ends = START_US + 5 * SECOND_US;
  const again: Lived = { ...CHILD, startUs: ends };
  const host = await longSeen([SHELL, { ...CHILD, endUs: ends }, again]);
  await look(host, speaks(20));
  host.nowUs = ends + SECOND_US;
  const told = await look(host, speaks(20, "09:00:06"));
  assert.equal(shown(told), "-20 +20<10");
  assert.ok(told[0]?.kind === "gone" && told[0].beforeUs === ends - PROCESS_START_ERROR_US);
});

test("of a chain of parents without end, only so many are asked for", async () => {
  const chain = Array.from({ length: 200 }, (_, at) => ({ ...CHILD, pid: at + 2, ppid: at + 3 }));
  const host = await longSeen(chain);
  await look(host, speaks(2));
  assert.equal(host.asked.length, ANCESTORS_MAX + 1);
});

async function sweptAt(host: Host, seconds: number, logSeconds = seconds): Promise<string> {
  host.nowUs = START_US + seconds * SECOND_US;
  return shown(await host.sweep.step(START_US + logSeconds * SECOND_US));
}

test("who is gone is told at the second look that misses it, and once", async () => {
  const host = hostOf([SHELL, { ...CHILD, endUs: START_US + 15 * SECOND_US }]);
  await look(host, speaks(99));
  assert.equal(await sweptAt(host, 0), "");
  assert.equal(await sweptAt(host, 9), "", "too soon for another look");
  assert.equal(await sweptAt(host, 10), "", "it lives");
  assert.equal(await sweptAt(host, 20), "", "missed, and not told");
  assert.equal(await sweptAt(host, 25), "");
  assert.equal(await sweptAt(host, 30), "-20");
  assert.equal(await sweptAt(host, 40), "");
  assert.equal(await sweptAt(host, 50), "");
});

test("while the log lags behind the first look that missed it, nobody is told", async () => {
  const host = hostOf([{ ...CHILD, endUs: START_US + SECOND_US }]);
  await look(host, speaks(99));
  assert.equal(await sweptAt(host, 10, 0), "");
  assert.equal(await sweptAt(host, 20, 0), "");
  assert.equal(await sweptAt(host, 30, 9), "");
  assert.equal(await sweptAt(host, 40, 10), "-20");
});

test("whose exit the log told meanwhile is not told again", async () => {
  let lives = true;
  const host = hostOf([{ ...CHILD, endUs: START_US + SECOND_US }], () => lives);
  await look(host, speaks(99));
  assert.equal(await sweptAt(host, 10), "");
  lives = false;
  assert.equal(await sweptAt(host, 20), "");
  lives = true;
  assert.equal(await sweptAt(host, 30), "", "missed for the first time again");
});

test("a pid that is another's at the second look: who was seen is gone, it is not", async () => {
  const begins = START_US + 5 * SECOND_US;
  const again: Lived = { ...CHILD, startUs: begins };
  const host = hostOf([{ ...CHILD, endUs: begins - 1 }, again]);
  await look(host, speaks(99));
  await sweptAt(host, 10);
  host.nowUs = START_US + 20 * SECOND_US;
  const [told] = await host.sweep.step(host.nowUs);
  assert.ok(told?.kind === "gone");
  assert.deepEqual(told, { kind: "gone", beforeUs: begins - PROCESS_START_ERROR_US, pids: [20] });
});

test("what the kernel does not tell is not gone", async () => {
  const [early, late] = [START_US + SECOND_US, START_US + 35 * SECOND_US];
  const hidden: Lived = { ...CHILD, endUs: late, isHidden: true };
  const host = hostOf([{ ...CHILD, endUs: early }, hidden]);
  await look(host, speaks(99));
  assert.equal(await sweptAt(host, 10), "");
  assert.equal(await sweptAt(host, 20), "");
  assert.equal(await sweptAt(host, 30), "");
  assert.equal(await sweptAt(host, 40), "");
  assert.equal(await sweptAt(host, 50), "-20");
});

test("who was never seen to live is not told to have gone", async () => {
  const host = hostOf([SHELL]);
  await look(host, speaks(77));
  for (const seconds of [0, 10, 20, 30]) assert.equal(await sweptAt(host, seconds), "");
});

test("a look takes no more at a step than it may, and goes over all", async () => {
  const count = 3 * PROCESSES_AT_ONCE + 5;
  const ends = START_US + SECOND_US;
  const all = Array.from({ length: count }, (_, at) => ({ ...CHILD, pid: at + 2, endUs: ends }));
  const host = hostOf(all);
  await look(host, speaks(99));
  const told: string[] = [];
  for (let look = 1; look <= 2; look += 1) {
    host.nowUs += SWEEP_EVERY_US;
    for (let step = 0; step < 5; step += 1) {
      host.asked.length = 0;
      told.push(shown(await host.sweep.step(host.nowUs)));
      assert.ok(host.asked.length <= PROCESSES_AT_ONCE);
    }
  }
  assert.equal(told.join(" ").split("-").length - 1, count);
});
