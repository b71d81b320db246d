/**
 * Goal: where there is no room for the whole tree, what happened once is drawn and what happens all
 * the time is told in one line; and of a range only those are drawn who did something in it, below
 * those who began them.
 *
 * Method: a host whose ticker runs the same job every second, and once something else: a job that
 * runs what no other does.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, EXECVE } from "../timeline/attack-log.ts";
import { Bench } from "./harness.ts";

const TICKER = 400;
const JOBS = 40;
/** The one that is not like the others. */
const ODD = 17;

function ran(clock: string, serial: number, pid: number, ppid: number, program: string): string {
  const [comm, exe] = [`"${program}"`, `"/usr/bin/${program}"`];
  return call({ clock, serial, number: EXECVE, pid, ppid, comm, exe, paths: [exe], argv: [comm] });
}

function job(at: number): string {
  const clock = `08:00:${String(at + 10).padStart(2, "0")}`;
  const [job, child, grandchild] = [1_000 + at * 10, 1_001 + at * 10, 1_002 + at * 10];
  const serial = 100 + at * 10;
  const last = at === ODD ? "implant" : "gzip";
  return [
    ran(`${clock}.100`, serial, job, TICKER, "job"),
    ran(`${clock}.200`, serial + 1, child, job, "sh"),
    ran(`${clock}.300`, serial + 2, grandchild, child, last),
  ].join("");
}

const LOG = [
  ran("08:00:00", 1, TICKER, 1, "ticker"),
  ran("08:00:01", 2, 500, 1, "editor"),
  ...Array.from({ length: JOBS }, (_, at) => job(at)),
].join("");

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", LOG)}`)).status, 0);

async function tree(...flags: readonly string[]): Promise<string> {
  const { status, out, err } = await bench.run("report", ...flags);
  assert.equal(status, 0, err);
  const [, drawn = ""] = /^Processes\n─+\n(.*?)\nTimeline$/msu.exec(out) ?? [];
  return drawn;
}

/** Names and stems alone. */
function shape(drawn: string): string[] {
  const [lines = ""] = drawn.split("\n\n");
  return lines.split("\n").map((line) => /^ *.*?(?= {2,}\d|$)/u.exec(line)?.[0] ?? "");
}

test("all of it where there is room", async () => {
  const drawn = await tree("--limit", "0");
  assert.equal(drawn.match(/─ sh\[/gu)?.length, JOBS);
  assert.match(drawn, /implant\[1172\]/u);
  assert.match(drawn, /\n {2}122 processes\n/u);
});

test("what happened once is drawn, what is like it is counted", async () => {
  const drawn = await tree("--limit", "10");
  assert.deepEqual(shape(drawn), [
    "2026-11-20 UTC",
    "ticker[400]",
    "├─ job ×39",
    "└─ job[1170]",
    "   └─ sh[1171]",
    "      └─ implant[1172]",
    "editor[500]",
  ]);
  assert.match(drawn, /122 processes · 78 of families like others left out/u);
});

test("the first lines where there is no room for more", async () => {
  const drawn = await tree("--limit", "2");
  assert.deepEqual(shape(drawn), ["2026-11-20 UTC", "ticker[400]"]);
  assert.match(drawn, /120 of families like others left out · 1 line left out at the end/u);
});

test("of a range those who did something in it, below who began them", async () => {
  const drawn = await tree("--since", "08:00:27", "--until", "08:00:28");
  assert.deepEqual(shape(drawn), [
    "2026-11-20 UTC",
    "ticker[400]",
    "└─ job[1170]",
    "   └─ sh[1171]",
    "      └─ implant[1172]",
  ]);
  assert.match(drawn, /\n {2}4 processes\n/u);
});
