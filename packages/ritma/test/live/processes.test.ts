/**
 * Goal: what a live recorder sees in /proc is recorded as it was journalled: the same after a
 * restart, whatever /proc says by then; an end that nobody told stands in the store once.
 *
 * Method: logs and a /proc made by hand, recorded on a simulated disk; what is in the store is
 * read back. Recorders that died are started again on hosts on which everything is different.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventTypeName } from "@ritma/evidence";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { bytesOf, line, opened, timeUs } from "../recorder/audit-lines.ts";
import { assertValid, filesBelow, init, OUT } from "../recorder/recording.ts";
import { eventsIn } from "../sealed/searching.ts";
import { type Lived, tableOf } from "./process-lists.ts";
import { type Left, MemoryJournal, runLive, type Script } from "./scripted.ts";

const SETTINGS = { windowSecs: 60 };
const SYSTEMD: Lived = { pid: 1, ppid: 0, startUs: timeUs("07:00:00"), executable: "/init" };
const KILLED: Lived = {
  pid: 10,
  ppid: 1,
  startUs: timeUs("08:00:00"),
  endUs: timeUs("09:00:12"),
};
const OTHER: Lived = { pid: 11, ppid: 1, startUs: timeUs("08:00:01") };

const ends = (clock: string, serial: number, pid: number): string =>
  line(
    "SYSCALL",
    clock,
    serial,
    `arch=c000003e syscall=231 a0=0 a1=0 a2=0 a3=0 items=0 ppid=1 pid=${pid} auid=1000 uid=0 ` +
      "gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 " +
      'comm="cat" exe="/usr/bin/cat" key=(null)',
  ) + line("EOE", clock, serial, "");

interface Told {
  /** When it comes; for the clock, the end of what has come. */
  readonly at: string;
  readonly lines: readonly string[];
}

function scriptOf(told: readonly Told[], lived: readonly Lived[] | null): Script {
  const pieces = told.map(({ at, lines }) => ({ bytes: bytesOf(...lines), nowUs: timeUs(at) }));
  return lived === null ? { pieces } : { pieces, processes: (nowUs) => tableOf(lived, nowUs) };
}

/** Process 10 speaks once, process 11 at each of these times. */
function story(clocks: readonly string[], more: readonly Told[] = []): Told[] {
  const first = [opened("09:00:00", 1, { pid: 10 }), opened("09:00:01", 2, { pid: 11 })];
  const rest = clocks.map((at, index) => ({ at, lines: [opened(at, 100 + index, { pid: 11 })] }));
  const all = [{ at: "09:00:02", lines: first }, ...rest, ...more];
  return all.toSorted((a, b) => timeUs(a.at) - timeUs(b.at));
}

const CLOCKS = ["09:00:10", "09:00:25", "09:00:40", "09:00:55", "09:01:10", "09:02:30"];

async function fresh(): Promise<Left> {
  const disk = new SimDisk();
  await init(disk, SETTINGS);
  return { disk, journal: new MemoryJournal() };
}

/** `clock type pid<ppid`, as far as /proc has a part in it. */
async function seenIn(disk: SimDisk): Promise<string[]> {
  const views = await eventsIn(disk);
  return views
    .filter(({ serial, atom }) => serial === 0 || eventTypeName(atom.etype) === "exit")
    .map(({ time, process: { pid, parent }, atom, late }) => {
      const clock = new Date(time / 1_000).toISOString().slice(11, 19);
      const type = `${eventTypeName(atom.etype)}${atom.flags === 0 ? "" : `:${atom.flags}`}`;
      return `${clock} ${type} ${pid}<${parent?.pid ?? "none"}${late ? " late" : ""}`;
    });
}

async function recorded(script: Script): Promise<SimDisk> {
  const left = await fresh();
  await runLive(left, script, SETTINGS);
  const { counts } = await assertValid(left.disk);
  assert.equal(counts.late, 0);
  return left.disk;
}

test("who was killed ends when two looks have missed it, and its ancestors are there", async () => {
  const disk = await recorded(scriptOf(story(CLOCKS), [SYSTEMD, KILLED, OTHER]));
  assert.deepEqual(await seenIn(disk), ["09:00:00 name 1<none", "09:00:35 exit:2 10<1"]);
  const [, speaks] = await eventsIn(disk);
  assert.deepEqual([speaks?.process.start, speaks?.process.serial], [KILLED.startUs, 0]);
  assert.equal(speaks?.parent?.pid, 1);
});

test("where nobody looks, nothing of this is recorded", async () => {
  assert.deepEqual(await seenIn(await recorded(scriptOf(story(CLOCKS), null))), []);
});

test("an end that the log tells stands alone", async () => {
  const inTime = story(CLOCKS, [{ at: "09:00:13", lines: [ends("09:00:12", 50, 10)] }]);
  const seen = await seenIn(await recorded(scriptOf(inTime, [SYSTEMD, KILLED, OTHER])));
  assert.deepEqual(seen.slice(1), ["09:00:12 exit:1 10<1"]);
});

test("an end that the log tells when it has caught up stands alone", async () => {
  const lagging: Told[] = [
    { at: "09:00:02", lines: [opened("09:00:00", 1, { pid: 10 })] },
    { at: "09:00:25", lines: [opened("09:00:05", 2, { pid: 11 })] },
    { at: "09:00:40", lines: [opened("09:00:10", 3, { pid: 11 })] },
    { at: "09:00:50", lines: [opened("09:00:11", 4, { pid: 11 })] },
    { at: "09:01:00", lines: [ends("09:00:12", 5, 10), opened("09:00:59", 6, { pid: 11 })] },
    { at: "09:01:15", lines: [opened("09:01:15", 7, { pid: 11 })] },
    { at: "09:01:30", lines: [opened("09:01:30", 8, { pid: 11 })] },
  ];
  const seen = await seenIn(await recorded(scriptOf(lagging, [SYSTEMD, KILLED, OTHER])));
  assert.deepEqual(seen.slice(1), ["09:00:12 exit:1 10<1"]);
});

test("an end that still waits for its order stands alone", async () => {
  const lagging: Told[] = [
    { at: "09:00:02", lines: [opened("09:00:00", 1, { pid: 10 })] },
    { at: "09:00:13", lines: [opened("09:00:13", 2, { pid: 11 })] },
    { at: "09:00:25", lines: [opened("09:00:14", 3, { pid: 11 })] },
    { at: "09:00:40", lines: [ends("09:00:24", 4, 10), opened("09:00:26", 5, { pid: 11 })] },
    { at: "09:00:55", lines: [] },
    { at: "09:01:10", lines: [opened("09:01:10", 6, { pid: 11 })] },
  ];
  const killed = { ...KILLED, endUs: timeUs("09:00:24") };
  const seen = await seenIn(await recorded(scriptOf(lagging, [SYSTEMD, killed, OTHER])));
  assert.deepEqual(seen.slice(1), ["09:00:24 exit:1 10<1"]);
});

test("who has the pid of one that is missed, and was heard of, does not end for it", async () => {
  const killed: Lived = { ...KILLED, endUs: timeUs("09:00:23") };
  const again: Lived = { ...KILLED, startUs: timeUs("09:00:23.8"), endUs: Infinity };
  const dog: Lived = { ...again, executable: "/usr/bin/dog" };
  const told = story(
    ["09:00:13", "09:00:23.500", "09:00:34.500", "09:00:45"],
    [
      { at: "09:00:22.500", lines: [opened("09:00:22.500", 50, { pid: 10 })] },
      { at: "09:00:24", lines: [opened("09:00:24", 51, { pid: 10, comm: "dog" })] },
    ],
  );
  const seen = await seenIn(await recorded(scriptOf(told, [SYSTEMD, killed, dog, OTHER])));
  assert.deepEqual(seen, ["09:00:00 name 1<none"]);
});

test("a log that falls silent lets the end be told a minute later", async () => {
  const silent = story([]).concat(
    ["09:00:20", "09:00:35", "09:01:00", "09:01:25", "09:01:50"].map((at) => ({ at, lines: [] })),
  );
  const seen = await seenIn(await recorded(scriptOf(silent, [SYSTEMD, KILLED, OTHER])));
  assert.deepEqual(seen.slice(1), ["09:01:15 exit:2 10<1"]);
});

test("a pid that was reused between two looks: the first ends, the second does not", async () => {
  const again: Lived = { ...KILLED, startUs: timeUs("09:00:15"), endUs: Infinity };
  const speaks = opened("09:00:41", 60, { pid: 10 });
  const told = story(CLOCKS, [{ at: "09:00:41", lines: [speaks] }]);
  const disk = await recorded(scriptOf(told, [SYSTEMD, KILLED, again, OTHER]));
  assert.deepEqual((await seenIn(disk)).slice(1), ["09:00:35 exit:2 10<1"]);
  const last = (await eventsIn(disk)).find(({ serial }) => serial === 60);
  assert.deepEqual([last?.process.start, last?.process.serial], [again.startUs, 0]);
});

test("a log of two nodes is of two hosts: nobody's end is inferred", async () => {
  const foreign = opened("09:00:03", 70, { pid: 12 }).replaceAll("type=", "node=far type=");
  const told = story(CLOCKS, [{ at: "09:00:03", lines: [foreign] }]);
  const seen = await seenIn(await recorded(scriptOf(told, [SYSTEMD, KILLED, OTHER])));
  assert.ok(!seen.some((each) => each.includes("exit")), seen.join());
});

test("wherever it dies, what was journalled comes out the same on any host", async () => {
  const script = scriptOf(story(CLOCKS), [SYSTEMD, KILLED, OTHER]);
  const begun = await fresh();
  const left: Left[] = [];
  await runLive(begun, script, SETTINGS, (each) => void left.push(each));
  const whole = filesBelow(begun.disk, OUT);
  const stranger: Lived = { pid: 10, ppid: 77, startUs: timeUs("08:59:00"), executable: "/x" };
  const elsewhere = { ...script, processes: scriptOf([], [stranger]).processes ?? (() => null) };
  let same = 0;
  for (const [at, each] of left.entries()) {
    const hasTold = each.journal.holds("gone");
    await runLive(each, elsewhere, SETTINGS);
    await assertValid(each.disk);
    const files = filesBelow(each.disk, OUT);
    const ended = (await seenIn(each.disk)).filter((text) => text.includes("exit:2"));
    if (hasTold || at === left.length - 1) {
      same += 1;
      assert.deepEqual(ended, ["09:00:35 exit:2 10<1"], `death ${at}`);
      assert.deepEqual(files, whole, `death ${at}`);
    } else assert.deepEqual(ended, [], `death ${at}`);
  }
  assert.ok(same > 10 && left.length - same > 5, `${same} of ${left.length}`);
});
