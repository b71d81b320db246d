/**
 * Goal: times are shown, and taken, as the clocks of the reader's place show them, also over a
 * change of these clocks; with `--utc`, in JSON and in what is stored nothing of the place is left.
 *
 * Method: an event every half hour over the night in which clocks are put back, in a zone of whole
 * hours and in one of half hours. What is shown is read back and compared with the stamps of
 * `--json`; every command is asked in several zones.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isRelative, parseTime } from "../../src/cli/timeline/times.ts";
import { UTC, zoneNamed } from "../../src/cli/timeline/zone.ts";
import { processIo } from "../../src/cli/process-io.ts";
import { Bench, type Ran, runMain } from "../cli/harness.ts";
import { Json } from "../cli/json-document.ts";
import { call, EXECVE, OPENAT } from "./attack-log.ts";

const BERLIN = "Europe/Berlin";
const ST_JOHNS = "America/St_Johns";
const HOUR_US = 3_600_000_000;

function utc(text: string): number {
  return Date.parse(`${text}Z`) * 1000;
}

function iso(timeUs: number): string {
  return new Date(timeUs / 1000).toISOString().slice(0, 19);
}

test("the offset before, at and after a change, in whatever order it is asked", () => {
  const rows: readonly (readonly [string, string, number])[] = [
    [BERLIN, "2026-03-29T00:59:59", 60],
    [BERLIN, "2026-03-29T01:00:00", 120],
    [BERLIN, "2026-10-25T00:59:59", 120],
    [BERLIN, "2026-10-25T01:00:00", 60],
    [ST_JOHNS, "2026-11-01T04:29:59", -150],
    [ST_JOHNS, "2026-11-01T04:30:00", -210],
    ["Asia/Kathmandu", "2026-11-01T04:30:00", 345],
  ];
  for (const order of [rows, rows.toReversed()]) {
    const zones = new Map(order.map(([name]) => [name, zoneNamed(name)]));
    for (const [name, at, minutes] of order) {
      assert.equal(zones.get(name)?.offsetAt(utc(at)), minutes * 60e6, `${name} ${at}`);
    }
  }
  for (const name of ["UTC", "Etc/UTC", "nowhere", "", "\u001b[31m"]) {
    assert.equal(zoneNamed(name), UTC);
  }
});

/** Last event: 2026-10-25 03:10 in Berlin, when clocks have been put back. */
const LAST = utc("2026-10-25T02:10:00");

test("a time without a zone is one of the reader's clocks", () => {
  const rows: readonly (readonly [zone: string, text: string, want: string])[] = [
    [BERLIN, "2026-11-20 14:03", "2026-11-20T13:03:00"],
    [BERLIN, "2026-07-01 14:03", "2026-07-01T12:03:00"],
    [ST_JOHNS, "2026-11-20 14:03", "2026-11-20T17:33:00"],
    [BERLIN, "2026-11-20", "2026-11-19T23:00:00"],
    [BERLIN, "2026-11-20 14:03Z", "2026-11-20T14:03:00"],
    [BERLIN, "2026-11-20T14:03:00-03:30", "2026-11-20T17:33:00"],
    // Clocks show it twice: the first is meant, and the other one can be told.
    [BERLIN, "2026-10-25 02:30", "2026-10-25T00:30:00"],
    [BERLIN, "2026-10-25 02:30+01:00", "2026-10-25T01:30:00"],
    // And this one never.
    [BERLIN, "2026-03-29 02:30", "2026-03-29T01:30:00"],
    [BERLIN, "09:32", "2026-10-25T08:32:00"],
    [BERLIN, "01:00", "2026-10-24T23:00:00"],
    [BERLIN, "09:32Z", "2026-10-25T09:32:00"],
    // The day of the last event is that of the reader's clocks.
    [ST_JOHNS, "23:00", "2026-10-25T01:30:00"],
    [BERLIN, "-2h", "2026-10-25T00:10:00"],
  ];
  for (const [zone, text, want] of rows) {
    assert.equal(iso(parseTime(text, LAST, zoneNamed(zone))), want, `${text} in ${zone}`);
    assert.equal(isRelative(text), text.startsWith("-"));
  }
  assert.equal(parseTime("2026-11-20 14:03:00.000007", LAST, zoneNamed(BERLIN)) % 1000, 7);
});

/** Half past and at every hour, from 22:30 UTC on the evening before. */
const HALVES = 16;

/** @param day as of `audit-lines.ts`: days from 2026-11-20 on */
function nightLog(day: number): string {
  return Array.from({ length: HALVES }, (_, at) => {
    const minutes = 22 * 60 + 30 + at * 30;
    const own = minutes >= 24 * 60 ? day + 1 : day;
    const of = minutes % (24 * 60);
    const clock = `${own}+${pad(Math.floor(of / 60))}:${pad(of % 60)}:00.250`;
    const process = { pid: 700 + at, ppid: 699 + at, comm: '"cat"', exe: '"/usr/bin/cat"' };
    const open = { number: OPENAT, exit: 3, args: ["ffffff9c", "0", "2"], paths: ['"/srv/x"'] };
    const run = { number: EXECVE, paths: ['"/usr/bin/cat"'], argv: ['"cat"', '"/srv/x"'] };
    return (
      call({ ...process, ...run, clock, serial: 2 * at + 1 }) +
      call({ ...process, ...open, clock, serial: 2 * at + 2 })
    );
  }).join("");
}

async function benchOf(day: number): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", "raw");
  const path = bench.file("audit.log", nightLog(day));
  assert.equal((await bench.run(`ingest ${path}`)).status, 0);
  return bench;
}

const nights = [
  { zone: BERLIN, bench: await benchOf(-27), offsets: ["+02:00", "+01:00"] },
  { zone: ST_JOHNS, bench: await benchOf(-20), offsets: ["-02:30", "-03:30"] },
] as const;
after(() => {
  for (const { bench } of nights) bench[Symbol.dispose]();
});

async function ask(bench: Bench, zone: string, ...argv: readonly string[]): Promise<Ran> {
  const environment = { TZ: zone };
  return await runMain([...argv, "--data", bench.root], { environment, columns: 200 });
}

async function stamps(bench: Bench): Promise<number[]> {
  const { out } = await ask(bench, "UTC", "timeline", "--type", "exec", "--json");
  return new Json(out)
    .list("events")
    .map((each) => new Json(JSON.stringify(each)).number("timeUs"));
}

function pad(part: number): string {
  return String(part).padStart(2, "0");
}

const OFFSET = String.raw`([+-]\d\d:\d\d)?`;
const DAY = String.raw`\d{4}-\d\d-\d\d`;
const CLOCK = String.raw`\d\d:\d\d:\d\d`;
/** `2026-10-25 02:30:00+02:00 → 02:00:00+01:00`, an offset only where it is another one. */
const SPAN = new RegExp(
  String.raw`(${DAY}) (${CLOCK})(?:\.\d+)?${OFFSET} → (?:${DAY} )?\S+?${OFFSET}(?:\s|$)`,
  "gu",
);

/** The time that a clock and its offset mean. */
function meant(day: string, clock: string, offset: string): number {
  return Date.parse(`${day}T${clock}${offset}`) * 1000;
}

/** Of lines below headings "2026-10-25 UTC+02:00". */
function belowHeadings(out: string): number[] {
  let [day, offset] = ["", ""];
  const times: number[] = [];
  for (const line of out.split("\n")) {
    const heading = /^(\d{4}-\d\d-\d\d) UTC([+-]\d\d:\d\d)/u.exec(line);
    if (heading !== null) [, day = "", offset = ""] = heading;
    const [, clock] = /(?:^|\s)(\d\d:\d\d:\d\d\.\d{3})(?:\s|$)/u.exec(line) ?? [];
    if (clock !== undefined) times.push(meant(day, clock, offset));
  }
  return times;
}

for (const { zone, bench, offsets } of nights) {
  const [before, behind] = offsets;

  test(`${zone}: rows stand below the offset that they have`, async () => {
    const wanted = await stamps(bench);
    assert.equal(wanted.length, HALVES);
    const { out } = await ask(bench, zone, "timeline", "--type", "exec");
    assert.deepEqual(belowHeadings(out), wanted, out);
    for (const offset of offsets) assert.ok(out.includes(` UTC${offset} · web-01\n`), out);
    const tree = await ask(bench, zone, "tree", "--depth", "99");
    assert.deepEqual(belowHeadings(tree.out), wanted, tree.out);
    const who = await ask(bench, zone, "who", "/srv/x");
    assert.deepEqual(belowHeadings(who.out), wanted, who.out);
  });

  test(`${zone}: rows without a heading say where their offset is another one`, async () => {
    const wanted = await stamps(bench);
    const depth = ["--depth", "99", "--fan", "99", "--limit", "999"];
    const { out } = await ask(bench, zone, "trace", "/srv/x", ...depth);
    const closing = new RegExp(`^times are UTC([+-]\\d\\d:\\d\\d) \\(${zone}\\), but where `, "mu");
    const base = closing.exec(out)?.[1] ?? "";
    assert.equal(base, before, out);
    const clocks = /(?:^|\s)(\d\d:\d\d:\d\d\.\d{3})([+-]\d\d:\d\d)?(?:\s|$)/gmu;
    const told = [...out.matchAll(clocks)].map(([, clock = "", offset = base]) =>
      [clock, offset].join(" "),
    );
    const shown = wanted.map((time) => {
      const offset = time < changeOf(zone) ? before : behind;
      const local = time - (meant("2026-01-01", "00:00:00", offset) - utc("2026-01-01T00:00:00"));
      return `${new Date(local / 1000).toISOString().slice(11, 23)} ${offset}`;
    });
    assert.deepEqual(new Set(told), new Set(shown), out);
    const log = await ask(bench, zone, "log", "--limit", "0");
    const first = /times are UTC([+-]\d\d:\d\d)/u.exec(log.out)?.[1] ?? "";
    const begins = [...log.out.matchAll(SPAN)].map(([, day = "", clock = "", own, shared]) =>
      meant(day, clock, own ?? shared ?? first),
    );
    const { out: json } = await ask(bench, zone, "log", "--limit", "0", "--json");
    const windows = new Json(json).list("windows");
    const real = windows.map((each) => new Json(JSON.stringify(each)).number("t1"));
    const whole = new Set(real.map((time) => time - (time % 1_000_000)));
    assert.ok(windows.length >= HALVES);
    assert.deepEqual(whole.difference(new Set(begins)), new Set(), log.out);
  });

  test(`${zone}: --since is read from the clocks there`, async () => {
    const wanted = await stamps(bench);
    const change = changeOf(zone);
    const asked = (offset: string, time: number): string => {
      const ahead = utc("2026-01-01T00:00:00") - meant("2026-01-01", "00:00:00", offset);
      return iso(time + ahead).replace("T", " ");
    };
    const since = async (text: string, ...flags: readonly string[]): Promise<number> => {
      const argv = ["timeline", "--type", "exec", "--since", text, ...flags, "--json"];
      return new Json((await ask(bench, zone, ...argv)).out).list("events").length;
    };
    const from = (time: number): number => wanted.filter((each) => each >= time).length;
    const early = change - 2 * HOUR_US;
    const late = change + 2 * HOUR_US;
    assert.equal(await since(asked(before, early)), from(early));
    assert.equal(await since(asked(behind, late)), from(late));
    // Shown twice: half an hour before the change, and half an hour after it.
    const [once, again] = [change - HOUR_US / 2, change + HOUR_US / 2];
    assert.equal(asked(before, once), asked(behind, again));
    assert.equal(await since(asked(before, once)), from(once));
    assert.equal(await since(asked(behind, again) + behind), from(again));
    assert.equal(await since(iso(late), "--utc"), from(late));
    assert.equal(await since(`${iso(late)}Z`), from(late));
  });

  test(`${zone}: what names an event or a process leads back to it`, async () => {
    const late = await ask(bench, zone, "blame", "/srv/x", "--all");
    const references = [...late.out.matchAll(/(?<=\s)(\d+)@(\S+)/gu)];
    assert.ok(references.length >= HALVES, late.out);
    const times = new Map<string, number>();
    for (const [reference, serial = ""] of references) {
      const { out, err } = await ask(bench, zone, "show", reference, "--json");
      assert.notEqual(out, "", `${reference}: ${err}`);
      const found = new Json(out);
      assert.equal(found.number("event.serial"), Number(serial), reference);
      times.set(reference, found.number("event.timeUs"));
    }
    assert.equal(new Set(times.values()).size, HALVES);
    const { err } = await ask(bench, zone, "tree", "cat");
    const candidates = [...err.matchAll(/cat\[\d+\]@[^ ,]+/gu)].map(([text]) => text);
    assert.ok(candidates.length >= 12, err);
    // One before the clocks change, some at it, one behind.
    for (const candidate of [
      ...candidates.slice(5, 9),
      candidates[0] ?? "",
      candidates.at(-1) ?? "",
    ]) {
      const { status } = await ask(bench, zone, "tree", candidate);
      assert.equal(status, 0, candidate);
    }
  });
}

test("with --utc, and as JSON, all is as in UTC", async () => {
  // Half an hour off shows most.
  const { zone, bench } = nights[1];
  const [first = ""] = (await ask(bench, "UTC", "log", "--oneline")).out.split(/\s/u);
  const questions: readonly (readonly string[])[] = [
    ["timeline"],
    ["timeline", "--since", "2030-01-01"],
    ["trace", "/srv/x"],
    ["who", "/srv/x"],
    ["tree"],
    ["log", "--stat"],
    ["log", "--oneline"],
    ["show", first],
    ["show", "cat[705]"],
    ["show", "3@2026-10-24T23:00:00.250"],
    ["diff", "0", "1"],
    ["blame", "/srv/x"],
    ["bisect", "--path", "/srv/x"],
    ["report"],
  ];
  for (const question of questions) {
    const plain = await ask(bench, "UTC", ...question);
    const told = await ask(bench, zone, ...question, "--utc");
    const withoutFlag = told.out.replaceAll(" --utc", "");
    assert.equal(withoutFlag.replaceAll(/\\\n\s+/gu, ""), plain.out.replaceAll(/\\\n\s+/gu, ""));
    assert.equal(told.err, plain.err);
    const next = / {2}(?:The first one|The event), whole: {3}(.*)$/mu.exec(told.out)?.[1];
    assert.ok(next === undefined || next.includes(" --utc "), told.out);
    const isDated = question.some((word) => /^\d+@|^2030/u.test(word));
    if (isDated) continue;
    assert.equal(plain.status, 0, `${question.join(" ")}: ${plain.err}`);
    const [here, there] = [
      await ask(bench, "UTC", ...question, "--json"),
      await ask(bench, zone, ...question, "--json"),
    ];
    assert.equal(there.out, here.out, question.join(" "));
    if (question[0] === "timeline") continue;
    const local = await ask(bench, zone, ...question);
    assert.ok(!/ UTC(?![+-])/u.test(local.out), `${question.join(" ")}: ${local.out}`);
  }
});

function changeOf(zone: string): number {
  return utc(zone === BERLIN ? "2026-10-25T01:00:00" : "2026-11-01T04:30:00");
}

test("the reader's zone is that of the process", () => {
  const { TZ } = process.env;
  process.env["TZ"] = ST_JOHNS;
  assert.equal(processIo().zone(), ST_JOHNS);
  if (TZ === undefined) delete process.env["TZ"];
  else process.env["TZ"] = TZ;
});
