/**
 * Goal: `--around` shows what was on both sides of a moment, marks what was just there, and never
 * leaves the moment out for want of room.
 *
 * Method: the hand-made log of 19 events; rows of flags with the serials that they must give, an
 * asterisk behind those that are marked.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { line } from "../recorder/audit-lines.ts";
import { ATTACK } from "./attack-log.ts";

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", ATTACK)}`)).status, 0);
const ALL = (await bench.json("timeline --all")).list("events");

async function check(want: string, flags: string): Promise<void> {
  const document = await bench.json(`timeline --around ${flags}`);
  assert.equal(document.status, 0, document.err);
  const events = document.list("events");
  const shown = events.map((each) => {
    return `${String(get(each, "serial"))}${get(each, "moment") === true ? "*" : ""}`;
  });
  assert.equal(shown.join(" "), want, flags);
}

function get(event: unknown, name: string): unknown {
  assert.ok(typeof event === "object" && event !== null && name in event, name);
  return Reflect.get(event, name);
}

const ROWS: readonly (readonly [flags: string, want: string])[] = [
  // An event: itself alone is marked, whatever else has its stamp.
  ["17@09:32:10.016 --all --within 0s", "16 17*"],
  ["10@09:32:10.002 --all --within 1s", "6 7 8 9 10* 11 12 13 14 15 16 17"],
  ["1795167130.002:10 --type exec", "4 6 10*"],
  ["10@09:32:10.002 --type open", "5 8 11"],
  // A time is as exact as it is written.
  ["09:32:10.002 --all --within 0s", "10*"],
  ["09:32:10.016 --all --within 0s", "16* 17*"],
  ["09:32:10 --all --within 0s", "10* 11* 12* 13* 14* 15* 16* 17*"],
  ["09:32:10 --all --within 2s", "6 7 8 9 10* 11* 12* 13* 14* 15* 16* 17* 18"],
  ["09:33 --type exec --within 1m", "4 6 10"],
  ["09:32:11 --all --within 1s", "10 11 12 13 14 15 16 17 18"],
  // What is nearest, where not all fits.
  ["10@09:32:10.002 --all --limit 1", "10*"],
  ["10@09:32:10.002 --all --limit 2", "9 10*"],
  ["10@09:32:10.002 --all --limit 5", "8 9 10* 11 12"],
  ["2@09:32:07.100 --all --limit 4", "1 2* 3 4"],
  ["19@09:32:15 --all --limit 4", "16 17 18 19*"],
  ["09:32:11 --all --limit 4", "16 17 18 19"],
  ["09:32:11 --all --limit 0 --within 5s", "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19"],
];

for (const [flags, want] of ROWS) {
  test(`timeline --around ${flags}`, async () => {
    await check(want, flags);
  });
}

test("what is not shown is counted, and how far it reaches is told", async () => {
  const document = await bench.json("timeline --around 10@09:32:10.002 --all --limit 5");
  assert.equal(document.number("more"), ALL.length - 5);
  const at = 1_795_167_130_002_000;
  const around = { sinceUs: at, untilUs: at + 1, serial: 10, withinUs: 120_000_000 };
  assert.deepEqual(document.get("around"), around);
  const plain = await bench.json("timeline --limit 1");
  assert.equal(plain.get("around"), null);
  assert.equal(Reflect.get(Object(plain.list("events")[0]), "moment"), undefined);
});

test("the row is marked, and stands by itself", async () => {
  const { out } = await bench.run("timeline --around 17@09:32:10.016 --within 1s");
  const rows = out.split("\n").filter((row) => row.includes("signal"));
  assert.deepEqual(
    rows.map((row) => row.slice(0, 15)),
    ["09:32:10.016   ", "09:32:10.016▸  "],
  );
  assert.doesNotMatch(out, /×2/u);
  assert.match(out, /^▸ is event 17 at 2026-11-20 09:32:10\.016 UTC, with 1 s before and after$/mu);
  const story = await bench.run("timeline --around 5@09:32:07.120 --within 1s");
  assert.match(story.out, /^the event itself is not among these/mu);
  assert.doesNotMatch(story.out, /▸/u);
});

test("a record that is told in one line with others marks that line", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const rest = "pid=300 uid=0 auid=1000 ses=3 msg='op=login acct=\"deploy\" res=success'";
  const types = ["USER_AUTH", "USER_ACCT", "USER_LOGIN"];
  const log = types.map((type, at) => line(type, `09:32:0${at}`, at + 1, rest)).join("");
  await other.run("ingest", other.file("audit.log", log));
  const { out } = await other.run("timeline --around 2@09:32:01");
  assert.match(out, /^09:32:00\.000▸ .* login /mu);
  assert.doesNotMatch(out, /^09:32:0[12]/mu);
});

for (const [flags, code] of [
  ["--around 09:32 --since 09:00", "usage/bad-flag"],
  ["--around 09:32 --until 10:00", "usage/bad-flag"],
  ["--around 09:32 --follow", "usage/bad-flag"],
  ["--follow --until 10:00", "usage/bad-flag"],
  ["--follow --limit x", "usage/bad-argument"],
  ["--follow --type nothing", "usage/bad-argument"],
  ["--within 2m", "usage/bad-flag"],
  ["--around 09:32 --within 2", "usage/bad-argument"],
  ["--around 09:32 --within=-2m", "usage/bad-argument"],
  ["--around nginx", "time/bad"],
  ["--around 10@09:32:11", "query/unknown"],
] as const) {
  test(`timeline ${flags} is refused`, async () => {
    assert.equal((await bench.json(`timeline ${flags}`)).text("error.code"), code);
  });
}
