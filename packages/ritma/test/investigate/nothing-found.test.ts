/**
 * Goal: an answer that finds nothing says why: that the store does not know a name, that only
 * other hours do, or that the range has nothing at all; and what there is instead.
 *
 * Method: a log of two hours, asked about hours that it has and has not.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { call, EXECVE, OPENAT } from "../timeline/attack-log.ts";

const READ = { number: OPENAT, exit: 3, args: ["ffffff9c", "0", "0"] };
const SHADOW = { ...READ, paths: ['"/etc/shadow"'] };
const LATER = { ...READ, paths: ['"/etc/later"'] };
const RUN = { number: EXECVE, paths: ['"/usr/bin/dash"'] };
const HELD =
  /the store holds events from 2026-11-20 09:00:00\.000 to 2026-11-20 11:30:12\.000 UTC/u;

let bench: Bench;

before(async () => {
  bench = new Bench();
  await bench.init("--privacy", "raw");
  const log = [
    call({ ...RUN, clock: "09:00:00", serial: 1 }),
    call({ ...SHADOW, clock: "09:00:01", serial: 2 }),
    call({ ...SHADOW, clock: "09:00:40", serial: 3 }),
    call({ ...SHADOW, clock: "09:20:00", serial: 4 }),
    call({ ...SHADOW, clock: "11:30:10", serial: 5 }),
    call({ ...LATER, clock: "11:30:12", serial: 6 }),
  ];
  const { status, err } = await bench.run("ingest", bench.file("audit.log", log.join("")));
  assert.equal(status, 0, err);
});
after(() => bench[Symbol.dispose]());

for (const question of ["who /etc/shadow", "trace /etc/shadow", "tree sh[500]", "tree ses=3"]) {
  test(`${question} in a range without hours`, async () => {
    const { status, err } = await bench.run(question, "--since", "2026-12-01");
    assert.equal(status, 66);
    assert.match(err, /no hour is in this range: the store holds events from /u);
    assert.match(err, HELD);
    assert.doesNotMatch(err, /knows no/u);
  });
}

test("who is of another hour is not unknown", async () => {
  const { status, err } = await bench.run("who /etc/later --until 10:00");
  assert.equal(status, 66);
  assert.match(err, /the hours of this range do not know file "\/etc\/later"; other hours /u);
});

test("what no hour knows is unknown, with and without a range", async () => {
  for (const range of ["", " --since 09:00 --until 12:00"]) {
    const { status, err } = await bench.run(`who /etc/nowhere${range}`);
    assert.equal(status, 66);
    assert.match(err, /the store knows no file "\/etc\/nowhere" \(query\/unknown\)/u);
  }
});

test("a session that is not there", async () => {
  const { status, out, err } = await bench.run("tree ses=9999");
  assert.equal(status, 66);
  assert.equal(out, "");
  assert.match(err, /the store knows no session 9999 \(query\/unknown\)/u);
  assert.equal((await bench.run("tree ses=3")).status, 0);
});

test("an empty store says so", async () => {
  using empty = new Bench();
  await empty.init("--privacy", "raw");
  const { status, err } = await empty.run("who /etc/shadow");
  assert.equal(status, 66);
  assert.match(err, /who: the store is empty \(query\/unknown\)/u);
});

test("a tree and touchers of nothing are told with what there is", async () => {
  const tree = await bench.run("tree --since 2026-12-01");
  assert.equal(tree.status, 0);
  assert.match(tree.out, /^No process is in this range: the store\sholds /u);
  assert.match(tree.out.replaceAll("\n", " "), HELD);
  const { status, out } = await bench.run("who /etc/shadow --since 11:30:11 --until 11:30:12");
  assert.equal(status, 0);
  assert.match(out, /^Nobody touched it in this range: the store/u);
  assert.match(out.replaceAll("\n", " "), HELD);
});

test("a trace to nothing has no empty parts", async () => {
  const { out } = await bench.run("trace /etc/shadow --since 11:30:11 --until 11:30:12");
  assert.match(out, /^1 file · nothing cut$/mu);
});

/** On one line. */
async function asked(...range: readonly string[]): Promise<string> {
  return (await bench.run("timeline", ...range)).out.replaceAll("\n", " ");
}

test("a timeline of a quiet time names the events next to it", async () => {
  const within = await asked("--since", "09:00:02", "--until", "09:00:30");
  assert.match(within, /^Nothing that fits in this range\. The store holds events from /u);
  assert.match(within, /the last one before it is at 2026-11-20 09:00:01\.000 UTC, the next one /u);
  assert.match(within, /the next one at 2026-11-20 09:00:40\.000 UTC\./u);
  const between =
    /is at 2026-11-20 09:20:00\.000 UTC, the next one at 2026-11-20 11:30:10\.000 UTC/u;
  assert.match(await asked("--since", "10:00", "--until", "11:00"), between);
  // The window that it is in has events, and none of them before it.
  assert.match(await asked("--since", "11:30:05", "--until", "11:30:06"), between);
  for (const range of [
    ["--since", "08:00", "--until", "08:30"],
    ["--since", "12:00", "--until", "12:30"],
    // Here are events, though none that fits.
    ["--since", "09:00:30", "--until", "09:10"],
    ["--since", "09:00:01", "--until", "09:01", "--path", "/etc/nowhere"],
  ]) {
    assert.doesNotMatch(await asked(...range), /No event of any kind/u, range.join(" "));
  }
});
