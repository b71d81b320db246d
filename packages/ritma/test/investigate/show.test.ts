/**
 * Goal: `ritma show` takes a window, an event or a process by each of their names, says all that is
 * kept of it and where it is sealed, names the candidates where several fit, and prints nothing
 * that a terminal obeys.
 *
 * Method: the small intrusion that the timeline is tested with, a second process under one of its
 * pids, and names made of what is dangerous. A window with one leaf has that leaf's hash as its
 * root, which the recorder made.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { show } from "../../src/cli/commands/show.ts";
import { Bench, runMain } from "../cli/harness.ts";
import type { Json } from "../cli/json-document.ts";
import { opened } from "../recorder/audit-lines.ts";
import { ATTACK, call, CONNECT, EXECVE, hex, OPENAT } from "../timeline/attack-log.ts";
import { CONTROLS, OBEYED } from "../timeline/hostile-log.ts";

const EVIL = `${CONTROLS}'"\\;$(id)\u007f`;
const curl = { pid: 501, ppid: 500, comm: '"curl"', exe: '"/usr/bin/curl"' };

const LOG = [
  ATTACK,
  call({ ...curl, clock: "09:40:00", serial: 30, number: EXECVE, argv: ['"curl"', '"two words"'] }),
  opened("11:00:00", 31),
  opened("11:01:00", 33),
  opened("09:40:30", 32, { pid: 9 }),
  opened("11:02:00", 34),
].join("");

async function benchOf(content: string, privacy: "raw" | "hash-only" = "raw"): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", privacy);
  const { status, err } = await bench.run(`ingest ${bench.file("audit.log", content)}`);
  assert.equal(status, 0, err);
  return bench;
}

const bench = await benchOf(LOG);
after(() => bench[Symbol.dispose]());

async function shown(what: string, ...flags: readonly string[]): Promise<string> {
  const { status, out, err } = await bench.run("show", what, ...flags);
  assert.equal(status, 0, err);
  return out;
}

async function document(what: string): Promise<Json> {
  const made = await bench.json("show", what);
  assert.equal(made.status, 0, made.err);
  assert.deepEqual(made.names().toSorted(), Object.keys(show.fields).toSorted());
  return made;
}

test("a window by its name, its root, a time in it", async () => {
  const byName = await document("0.032");
  assert.equal(byName.text("kind"), "window");
  const root = byName.text("window.root");
  for (const what of [root, root.slice(0, 8), "09:32", "2026-11-20T09:32:59Z", "0.32"]) {
    assert.equal((await document(what)).text("window.root"), root, what);
  }
  assert.equal(byName.number("window.events"), 19);
  assert.equal(byName.number("window.entry"), 5);
  assert.match(byName.text("window.key"), /^[0-9a-f]{16}$/u);
  const programs = byName.list("window.glance.programs.first").map((each) => JSON.stringify(each));
  assert.match(programs.join(" "), /"name":"\/tmp\/\.x","times":1,"failed":0/u);
});

test("a window as a person reads it: head, glance, first events, what is left", async () => {
  const out = await shown("0.032", "--limit", "4", "--wide");
  assert.match(
    out,
    /^window 0\.032\n {2}interval +2026-11-20 09:32:00 → 09:33:00 UTC, in hour 0\n/u,
  );
  assert.match(out, /^ {2}sealed by +key [0-9a-f]{16}, session 0$/mu);
  assert.match(out, /^ {2}connected +127\.0\.0\.1:8081, \[::1\]:8080$/mu);
  assert.match(out, /^09:32:07\.114 .*\/bin\/sh -c 'id; uname -a'/mu);
  assert.match(out, /^… \d+ more events of the story$/mu);
  const [, next = ""] = /^All of it: ritma (.*)$/mu.exec(out) ?? [];
  assert.match((await runMain(next.split(" "), {})).out, /\/etc\/shadow +denied \(EACCES\)/u);
});

test("late events are a window too, whatever their time", async () => {
  const out = await shown("1.late");
  assert.match(out, /late events of hour 1/u);
  const late = await document("1.late");
  assert.equal(late.get("window.late"), true);
  assert.equal(late.number("window.events"), 1);
});

test("an event by serial and time, or as the audit log writes it", async () => {
  const event = await document("11@09:32:10.006");
  for (const what of [
    "1795167130.006:11",
    "audit(1795167130.006:11):",
    "11@09:32",
    "11@2026-11-20 09:32:10",
  ]) {
    assert.deepEqual((await document(what)).get("event"), event.get("event"), what);
  }
  assert.equal(event.text("event.sealed.name"), "0.032");
  const [part] = event.list("event.leaves");
  assert.match(
    JSON.stringify(part),
    /"type":"open","object":\{"kind":"file","path":"\/etc\/shadow"/u,
  );
  assert.match(JSON.stringify(part), /"ret":13,"error":"EACCES"/u);
});

test("all fields of all atoms, and of a window of one leaf its hash is the root", async () => {
  const out = await shown("30@09:40");
  assert.match(out, /^event 30 at 2026-11-20 09:40:00\.000 UTC$/mu);
  assert.match(out, /^ {2}process +curl\[501\]/mu);
  assert.match(out, /^ {2}sealed +hour 0, window 0\.040, leaf 0 of 1$/mu);
  assert.match(out, /^ +args +curl 'two words'$/mu);
  const event = await document("30@09:40");
  const [part] = event.list("event.leaves");
  const [, hash] = /"hash":"([0-9a-f]{64})"/u.exec(JSON.stringify(part)) ?? [];
  assert.match(event.text("event.sealed.root"), /^[0-9a-f]{64}$/u);
  assert.equal(hash, event.text("event.sealed.root"));
});

test("a late event has its place in the late leaves", async () => {
  const event = await document("32@09:40:30");
  assert.equal(event.text("event.sealed.name"), "1.late");
  assert.equal(event.get("event.sealed.window"), null);
});

test("a process: who began it, its arguments, its end, what it did", async () => {
  const out = await shown(".x[502]");
  assert.match(out, /^process .x\[502\]$/mu);
  assert.match(out, /^ {2}began +2026-11-20 09:32:10\.002 UTC, by an exec$/mu);
  assert.match(out, /^ {2}arguments +'?\[kworker\/0:1\]'?$/mu);
  assert.match(out, /^ {2}ended +2026-11-20 09:32:15\.000 UTC, status 0$/mu);
  assert.match(out, /^ {2}did +.*open \(failed\)/mu);
  assert.match(out, /^ {2}first +10@2026-11-20T09:32:10\.002 \(window 0\.032, leaf \d\)$/mu);
  const [, point = ""] = /^ {2}first +(\S+)/mu.exec(out) ?? [];
  assert.match(await shown(point), /^event 10 at/u);
  const process = await document("502");
  assert.equal(process.text("process.executable"), "/tmp/.x");
  assert.equal(process.number("process.end.status"), 0);
  assert.deepEqual((await document(".x")).get("process"), process.get("process"));
});

test("of two processes both are named, and a time tells them apart", async () => {
  for (const what of ["curl[501]", "501", "curl"]) {
    const { status, err } = await bench.run("show", what);
    assert.equal(status, 64);
    assert.match(
      err,
      /2 processes are .*: curl\[501\]@2026-11-20T09:32:09\.530, curl\[501\]@2026/u,
    );
    assert.match(err, /\(query\/ambiguous\)/u);
  }
  const both = await bench.run("show", "curl[501]@2026-11-20");
  assert.match(both.err, /2 processes are "curl\[501\]"/u);
  const rows: readonly (readonly [string, string])[] = [
    ["curl[501]@2026-11-20T09:32:09.530", "09:32:09.530"],
    ["curl[501]@09:32", "09:32:09.530"],
    ["[501]@09:39", "09:32:09.530"],
    ["curl[501]@09:40", "09:40:00.000"],
    ["curl[501]@10:00", "09:40:00.000"],
  ];
  for (const [what, began] of rows) {
    assert.match(await shown(what), new RegExp(`began +2026-11-20 ${began}`, "u"), what);
  }
});

const UNKNOWN: readonly (readonly [what: string, message: RegExp, code: string])[] = [
  ["0.031", /hour 0 has no window 0\.031/u, "query/unknown"],
  ["77@09:32", /no event 77 from/u, "query/unknown"],
  ["9999", /knows no process "9999"/u, "query/unknown"],
  ["curl[501]@09:00", /knows no process "curl\[501\]" that had begun/u, "query/unknown"],
  ["nobody", /is no window here/u, "query/unknown"],
  ["11@nowhen", /"nowhen" is not a time/u, "time/bad"],
  [EVIL, /is no window here/u, "query/unknown"],
  [`4@${EVIL}`, /is not a time/u, "time/bad"],
  [`${EVIL}[4]`, /knows no process/u, "query/unknown"],
];

for (const [what, message, code] of UNKNOWN) {
  test(`${JSON.stringify(what)} is refused`, async () => {
    const { err } = await bench.run("show", what);
    assert.match(err, message);
    assert.ok(err.includes(`(${code})`), err);
    assert.deepEqual(err.replaceAll("\n", "").match(OBEYED), null);
  });
}

test("the store may be named behind what is shown", async () => {
  assert.equal((await runMain(["show", "0.032", bench.root], {})).status, 0);
  const { status, out } = await runMain(["show", "502", bench.out], {});
  assert.equal(status, 0);
  assert.ok(out.includes(` --proc 502 ${bench.out}\n`), out);
});

test("a hash-only store says what is hashed", async () => {
  using hashed = await benchOf(LOG, "hash-only");
  const { out } = await hashed.run("show", ".x[502]");
  assert.match(out, /•… is a keyed hash/u);
  const made = await hashed.json("show", "10@09:32:10");
  assert.match(JSON.stringify(made.list("event.leaves")), /"args":\["•[0-9a-f]{32}"\]/u);
  assert.match(JSON.stringify(made.list("event.leaves")), /"hashed":\[[^\]]*"args"/u);
});

test("no recorded name reaches the terminal as it is", async () => {
  const path = hex(`/tmp/${EVIL}`);
  const facts = { comm: hex(EVIL).slice(0, 30), exe: path };
  using hostile = await benchOf(
    [
      call({ ...facts, clock: "08:00:00", serial: 1, number: EXECVE, paths: [path], argv: [path] }),
      call({ ...facts, clock: "08:00:01", serial: 2, number: CONNECT, saddr: `0100${path}00` }),
      call({ ...facts, clock: "08:00:02", serial: 3, number: OPENAT, paths: [path], exit: -13 }),
      "not an audit line \u001b[2J at all \u202e\n",
    ].join(""),
  );
  for (const what of ["0.000", "1@08:00", "2@08:00", "3@08:00", "500"]) {
    for (const form of [[], ["--json"], ["--wide"]]) {
      for (const columns of [40, 80]) {
        const argv = ["show", what, ...form, "--data", hostile.root];
        const around = { terminal: true, environment: { NO_COLOR: "1" }, columns };
        const { status, out, err } = await runMain(argv, around);
        assert.equal(status, 0, err);
        assert.match(out, /\\e\[31m/u);
        assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
      }
    }
  }
});
