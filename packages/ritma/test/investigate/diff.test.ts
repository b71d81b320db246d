/**
 * Goal: `ritma diff` says of two spans what only one of them has, and what is more frequent in one
 * by the time that was recorded; the most remarkable first, in any width, hashed or not; and what
 * it cannot know it says.
 *
 * Method: random logs, where both spans are counted over all events; spans made by hand; then the
 * command on small logs and on the recorded attack of the demo.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { compareFacts, type Differences } from "../../src/flow/investigate/diff.ts";
import type { Fact, FactKind } from "../../src/flow/investigate/facts-counter.ts";
import { factsIn } from "../../src/flow/investigate/facts.ts";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { opened, timeUs } from "../recorder/audit-lines.ts";
import { ATTACK, call, CONNECT, EXECVE, hex, inet } from "../timeline/attack-log.ts";
import { anyLog, anySettings, boundOf, storeOf, storeOfSessions } from "./facts-random.ts";
import { countsOf, referenceFacts, type Spelled, spelledFacts } from "./facts-reference.ts";
import { allEvents } from "./facts-seats.ts";

const RUNS = 15;

/** Cones apart. */
function factsBySide(differences: readonly Differences[], side: "appeared" | "vanished"): Spelled {
  const kinds = new Map<FactKind, Map<string, Fact>>();
  for (const each of differences) {
    kinds.set(each.kind, new Map(each[side].map((fact) => [fact.key, fact])));
  }
  return spelledFacts({ facts: kinds });
}

function only(here: Spelled, there: Spelled): Spelled {
  return new Map([...here].filter(([key]) => !there.has(key)));
}

test("what appeared and vanished is what only one span has", async () => {
  await fc.assert(
    fc.asyncProperty(anyLog, anySettings, fc.nat(99), async (log, settings, at) => {
      const store = await storeOf(log, settings);
      const events = await allEvents(store);
      const middle = boundOf(events, at);
      const [begin, end] = [timeUs("-1+00:00:00"), timeUs("5+00:00:00")];
      const spans = [
        { since: begin, until: middle },
        { since: middle, until: end },
      ] as const;
      const differences = compareFacts(
        await factsIn(store, spans[0]),
        await factsIn(store, spans[1]),
      );
      const [a, b] = [referenceFacts(events, spans[0]), referenceFacts(events, spans[1])];
      assert.deepEqual(factsBySide(differences, "appeared"), only(b, a));
      assert.deepEqual(factsBySide(differences, "vanished"), only(a, b));
    }),
    { numRuns: RUNS },
  );
});

function ran(clock: string, serial: number, exe: string): string {
  const named = `"${exe}"`;
  return call({ clock, serial, pid: 9_000 + serial, number: EXECVE, exe: named, paths: [named] });
}

function connected(clock: string, serial: number, address: string, port: number): string {
  return call({ clock, serial, number: CONNECT, saddr: inet(address, port) });
}

/** `times` in the minute that begins at `clock`, and `from` its first serial. */
function often(clock: string, from: number, times: number, exe: string): string {
  const each = Array.from({ length: times }, (_, at) =>
    ran(`${clock}:${String(at).padStart(2, "0")}`, from + at, exe),
  );
  return each.join("");
}

/** @param logs one a session */
async function differencesOf(
  logs: readonly string[],
  a: readonly [string, string],
  b: readonly [string, string],
): Promise<readonly Differences[]> {
  const store = await storeOfSessions(logs, { windowSecs: 60 });
  const inA = await factsIn(store, { since: timeUs(a[0]), until: timeUs(a[1]) });
  const inB = await factsIn(store, { since: timeUs(b[0]), until: timeUs(b[1]) });
  return compareFacts(inA, inB);
}

function changesOf(differences: readonly Differences[], kind: FactKind): string[] {
  const changed = differences.find((each) => each.kind === kind)?.changed ?? [];
  return changed.map(
    ({ b, rateA, rateB }) => `${countsOf([b]).join("")}: ${rateA.toFixed(2)} → ${rateB.toFixed(2)}`,
  );
}

test("a rate is by covered minute, and changed from factor three and ten times on", async () => {
  const log = [
    often("09:00", 1, 4, "/usr/bin/four"),
    often("09:00", 11, 3, "/usr/bin/three"),
    often("09:00", 21, 12, "/usr/bin/rare"),
    often("09:01", 41, 12, "/usr/bin/four"),
    often("09:01", 61, 9, "/usr/bin/three"),
    often("09:01", 81, 5, "/usr/bin/rare"),
  ].join("");
  const differences = await differencesOf(
    [log],
    ["09:00:00", "09:01:00"],
    ["09:01:00", "09:01:30"],
  );
  // The recording ends with the twelfth event, 11 seconds into its minute.
  assert.deepEqual(changesOf(differences, "program"), ["/usr/bin/four 12: 4.00 → 65.45"]);
});

test("a span that was hardly recorded is not quieter for it, one without events is", async () => {
  const before = often("08:58", 1, 30, "/usr/bin/same") + opened("08:59:00", 40);
  const after = often("10:00", 41, 10, "/usr/bin/same") + opened("10:00:59", 99);
  const [a, b] = [["08:58:00", "08:59:00"] as const, ["09:00:00", "10:00:59"] as const];
  const sparse = await differencesOf([before, after], a, b);
  assert.deepEqual(changesOf(sparse, "program"), []);
  const quiet = await differencesOf([before + after], a, b);
  assert.deepEqual(changesOf(quiet, "program"), ["/usr/bin/same 10: 30.00 → 0.16"]);
});

test("what is out of its place comes first, then what happened first", async () => {
  const log = [
    opened("09:00:00", 1),
    ran("09:01:00", 2, "/usr/bin/usual"),
    ran("09:01:01", 3, "/tmp/odd"),
    ran("09:01:02", 4, "/usr/bin/apt"),
    ran("09:01:03", 5, "/dev/shm/odder"),
    connected("09:01:04", 6, "127.0.0.1", 80),
    connected("09:01:05", 7, "198.51.100.9", 443),
    opened("09:01:06", 8),
  ].join("");
  const found = await differencesOf([log], ["09:00:00", "09:01:00"], ["09:01:00", "09:02:00"]);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ["program", "destination", "user", "cone"],
  );
  assert.deepEqual(countsOf(found[0]?.appeared ?? []), [
    "/tmp/odd 1",
    "/dev/shm/odder 1",
    "/usr/bin/usual 1",
    "/usr/bin/apt 1",
  ]);
  assert.deepEqual(countsOf(found[1]?.appeared ?? []), ["198.51.100.9:443 1", "127.0.0.1:80 1"]);
});

test("a kind that had no room is not sure", async () => {
  const log = [ran("09:00:00", 1, "/bin/a"), ran("09:00:01", 2, "/bin/b")].join("");
  const store = await storeOf([log, ran("09:01:00", 3, "/bin/b")].join(""));
  const a = await factsIn(store, { since: timeUs("09:00:00"), until: timeUs("09:00:30") }, 1);
  const b = await factsIn(store, { since: timeUs("09:00:30"), until: timeUs("09:02:00") }, 1);
  const [first] = compareFacts(a, b);
  assert.deepEqual([first?.kind, first?.isUnsure], ["program", true]);
});

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
const LOG = [
  opened("08:10:00", 1),
  ran("08:11:00", 2, "/usr/bin/before"),
  ran("09:30:00", 3, "/usr/bin/always"),
  ran("09:32:00", 4, "/tmp/after"),
  connected("09:32:01", 5, "203.0.113.66", 4443),
  ran("09:32:02", 6, "/usr/bin/always"),
  ran("11:10:00", 7, "/usr/bin/late"),
].join("");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", LOG)}`)).status, 0);

function namesIn(facts: readonly unknown[], kind: string): string[] {
  return facts.flatMap((fact) => {
    const text = JSON.stringify(fact);
    if (!text.includes(`"kind":"${kind}","things"`)) return [];
    return [/"name":"([^"]*)"/u.exec(text)?.[1] ?? ""];
  });
}

async function check(sides: string, appeared: string, vanished: string): Promise<void> {
  const document = await bench.json(`diff ${sides}`);
  assert.equal(document.status, 0, document.err);
  const found = ["appeared", "vanished"].map((part) =>
    namesIn(document.list(part), "program").join(" "),
  );
  assert.deepEqual(found, [appeared, vanished], sides);
}

const SIDES: readonly (readonly [sides: string, appeared: string, vanished: string])[] = [
  ["09:30..09:31 09:32..09:33", "/tmp/after", ""],
  ["..09:32 09:32..", "/tmp/after /usr/bin/late", "/usr/bin/before"],
  ["2026-11-20T09:30..2026-11-20T09:32:00.001 09:32:01..09:33", "", "/tmp/after"],
  ["0 1", "/tmp/after /usr/bin/always", "/usr/bin/before"],
  ["1 2", "/usr/bin/late", "/tmp/after /usr/bin/always"],
  ["1.030 1.032", "/tmp/after", ""],
  ["09:30 09:32", "/tmp/after", ""],
  ["0 0", "", ""],
  ["10:10..10:20 2", "/usr/bin/late", ""],
];

for (const [sides, appeared, vanished] of SIDES) {
  test(`diff ${sides}`, async () => {
    await check(sides, appeared, vanished);
  });
}

test("a window by its root", async () => {
  const shown = await bench.json("blame /tmp/after");
  const root = shown.text("first.root");
  const document = await bench.json(`diff 1.030 ${root.slice(0, 12)}`);
  assert.equal(document.text("b.window"), "1.032");
  assert.deepEqual(namesIn(document.list("appeared"), "program"), ["/tmp/after"]);
});

test("what was not recorded is said", async () => {
  const gap = await bench.run("diff 07:10..07:20 11:00..11:20");
  assert.match(gap.out, /A is in no sealed hour: nothing of it was recorded/u);
  assert.match(gap.out, /B was not recorded in 2026-11-20 11:10:00 → 11:20:00\./u);
  const session = await bench.json("diff ..09:00 1");
  const [hole] = session.list("a.uncovered");
  assert.match(
    JSON.stringify(hole),
    /"since":"2026-11-20T08:00:00\.000000Z","until":"2026-11-20T08:10/u,
  );
});

async function refused(sides: string, exit: number, want: RegExp): Promise<void> {
  const { status, err } = await bench.run(`diff ${sides}`);
  assert.equal(status, exit, sides);
  assert.match(err, want);
}

test("what is no span is refused with its code", async () => {
  await refused("0 9", 66, /no hour 9: its hours are 0 to 2 \(query\/unknown\)/u);
  await refused("0 9.001", 66, /no hour 9/u);
  await refused("0 09:33..09:32", 64, /begins at .*09:33.* and ends at .*09:32.*\(time\/bad\)/u);
  await refused("0 noon..09:32", 64, /"noon" is not a time.*\(time\/bad\)/u);
  await refused("0 noon", 66, /"noon" is no window here.*\(query\/unknown\)/u);
  await refused("0 10:30", 66, /no window with events holds 10:30/u);
  await refused("0", 64, /missing.*B.*\(usage\/bad-argument\)/u);
});

test("a window of late events has no span", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const late = opened("09:11:00", 4, { pid: 7 });
  const log = [opened("09:10:00", 1), opened("09:30:00", 2), opened("09:35:00", 3), late];
  await other.run("ingest", other.file("audit.log", [...log, opened("09:40:00", 5)].join("")));
  const { status, err } = await other.run("diff 0 0.late");
  assert.equal(status, 64, err);
  assert.match(err, /window 0\.late holds late events of any time/u);
});

test("an empty store has nothing to compare", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  for (const sides of ["..09:00 09:00..", "0 1"]) {
    const { status, err } = await other.run(`diff ${sides}`);
    assert.deepEqual([status, /empty/u.test(err)], [66, true], err);
  }
});

test("every answer has the fields that the command promises", async () => {
  const promised = Object.keys(COMMANDS.find(({ name }) => name === "diff")?.fields ?? {});
  for (const sides of ["0 1", "0 0"]) {
    const names = (await bench.json(`diff ${sides}`)).names();
    assert.deepEqual(names.toSorted(), promised.toSorted());
  }
});

test("an intrusion: its program and its server come first", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  await other.run("ingest", other.file("audit.log", ATTACK));
  const { out } = await other.run("diff ..09:32:09.500 09:32:09.500..");
  const want = [
    "appeared in B",
    "  programs run · 2",
    "    1×  /tmp/.x        10@09:32:10.002  0.032",
    "    1×  /usr/bin/curl  6@09:32:09.530   0.032",
    "  connected to, or tried to · 2",
    "    1×  127.0.0.1:8081  7@09:32:09.541   0.032",
    "    1×  [::1]:8080      18@09:32:12.000  0.032",
  ];
  assert.ok(out.includes(`\n${want.join("\n")}\n`), out);
  assert.match(out, /files refused \(EACCES, EPERM\) · 1\n {4}1× {2}\/etc\/shadow /u);
});

/** Names that no terminal has room for, and more of a kind than are shown. */
const LONG = [
  opened("09:00:00", 1),
  ...Array.from({ length: 13 }, (_, at) =>
    ran(`09:01:${10 + at}`, 10 + at, `/home/${"someone/".repeat(12)}program-${at}`),
  ),
  connected("09:01:50", 40, "203.0.113.66", 4443),
  opened("09:02:00", 50),
].join("");

for (const privacy of ["raw", "hash-only"]) {
  test(`lines fit into the terminal, and --all shows all: ${privacy}`, async () => {
    using other = new Bench();
    await other.init("--privacy", privacy);
    await other.run("ingest", other.file("audit.log", LONG));
    const isRaw = privacy === "raw";
    const sides = ["09:00..09:01", "09:01..09:02"];
    for (const columns of [40, 60, 80, 100]) {
      const argv = ["diff", ...sides, "--data", other.root];
      const { out } = await runMain(argv, { columns });
      for (const line of out.split("\n")) assert.ok(columnsOf(line) <= columns, line);
      assert.match(out, /^ {4}… 3 more · --all$/mu);
      assert.equal(/^•… is a keyed hash/mu.test(out), !isRaw);
      assert.equal(out.includes("203.0.113.66:4443"), isRaw);
    }
    const { out } = await other.run(`diff ${sides.join(" ")} --all --wide`);
    assert.doesNotMatch(out, /more · --all/u);
    assert.equal(out.includes("/program-12 "), isRaw);
    const document = await other.json(`diff ${sides.join(" ")}`);
    assert.equal(namesIn(document.list("appeared"), "program").length, 13);
    assert.equal(JSON.stringify(document.list("appeared")).includes('"hashed":true'), !isRaw);
  });
}

test("a hostile name is shown and not obeyed", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const exe = hex("/tmp/\u001b[31m\u202e\n");
  const log = [
    opened("09:00:00", 1),
    call({ clock: "09:01:00", serial: 2, number: EXECVE, exe, comm: exe, paths: [exe] }),
    opened("09:02:00", 3),
  ];
  await other.run("ingest", other.file("audit.log", log.join("")));
  for (const form of [[], ["--json"], ["--wide"]]) {
    const { status, out, err } = await other.run("diff 09:00..09:01 09:01..09:02", ...form);
    assert.equal(status, 0, err);
    assert.match(out, /\/tmp\/\\{1,2}e\[31m\\{1,2}u\{202e\}/u);
    assert.doesNotMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
  }
  const { err } = await other.run("diff 0", "\u001b[31m..\u202e");
  assert.doesNotMatch(err.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
});
