/**
 * Goal: `ritma blame` finds each event that has to do with a needle, in whatever hour, generation
 * or late window, says by whom and where it is sealed; a hash-only store answers whoever has its
 * key; and what cannot be asked is refused with a reason.
 *
 * Method: random logs through the real recorder, against a search over all events; then the command
 * on a small intrusion, in both kinds of stores.
 */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { CREDENTIAL_IDS, type Entity, type ProcessEntity } from "@ritma/evidence";
import fc from "fast-check";
import { type Blame, blame } from "../../src/flow/investigate/blame.ts";
import type { Question } from "../../src/flow/investigate/blame-scan.ts";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { blameNeedle } from "../../src/services/investigator/blame-needle.ts";
import { thingText } from "../../src/cli/diff/things.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { Namer } from "../../src/cli/timeline/names.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { Json } from "../cli/json-document.ts";
import { opened } from "../recorder/audit-lines.ts";
import { ATTACK, call, EXECVE, hex } from "../timeline/attack-log.ts";
import { anyLog, anySettings, storeOf } from "./facts-random.ts";
import { allEvents, assertSeat } from "./facts-seats.ts";

const RUNS = 25;
const EVERYTHING: Question = {
  wanted: () => "yes",
  wantedObject: () => true,
  process: null,
  objects: [],
  user: null,
};

const isFile = (entity: Entity): boolean =>
  entity.kind === "file" && (entity.path?.components.length ?? 0) === 2;
const isFlow = (entity: Entity): boolean => entity.kind === "flow" && entity.port === 81;
const isPid = ({ pid }: ProcessEntity): boolean => pid === 502;
const hasUser: Question["user"] = ({ ids }) => ids[CREDENTIAL_IDS.indexOf("uid")] === 33;

const anyQuestion: fc.Arbitrary<Question> = fc.record({
  wanted: fc.constantFrom(EVERYTHING.wanted, (etype: number) => (etype === 1 ? "yes" : "no")),
  wantedObject: fc.constant(() => true),
  process: fc.constantFrom(null, isPid),
  objects: fc.constantFrom([], [isFile], [isFlow]),
  user: fc.constantFrom(null, hasUser),
});

const namer = new Namer(32);

function programName({ executable, name }: ProcessEntity): string {
  return namer.pathOrNull(executable) ?? (name === null ? "(not known)" : namer.value(name));
}

function counts(names: readonly string[]): string[] {
  const found = Map.groupBy(names, (name) => name);
  return Array.from(found, ([name, all]) => `${name} ${all.length}`).toSorted();
}

function expected(events: readonly EventView[]): unknown {
  const [first, last] = [events[0], events.at(-1)];
  return {
    events: events.length,
    first: first === undefined ? null : [first.time, first.serial],
    last: last === undefined ? null : [last.time, last.serial],
    programs: counts(events.map(({ process }) => programName(process))),
    processes: new Set(
      events.map(({ process: { pid, start, serial } }) => `${pid} ${start} ${serial}`),
    ).size,
    windows: counts(events.map(({ sequence, window }) => `${sequence}.${window}`)),
  };
}

function told({ events, first, last, programs, windows }: Blame): unknown {
  return {
    events,
    first: first === null ? null : [first.view.time, first.view.serial],
    last: last === null ? null : [last.view.time, last.view.serial],
    programs: programs.map((each) => `${thingText(namer, each.program)} ${each.events}`).toSorted(),
    processes: programs.reduce((sum, each) => sum + each.processes, 0),
    windows: windows
      .map(({ window, events: own }) => `${window.hour.sequence}.${window.number} ${own}`)
      .toSorted(),
  };
}

test("it finds what a search over all events finds", async () => {
  await fc.assert(
    fc.asyncProperty(anyLog, anySettings, anyQuestion, async (log, settings, question) => {
      const store = await storeOf(log, settings);
      const found = await blame(store, question);
      const { user } = question;
      const events = (await allEvents(store, question)).filter(
        ({ credentials }) => user === null || (credentials !== null && user(credentials)),
      );
      assert.deepEqual(told(found), expected(events));
      const all = store.hours.reduce((sum, { logged }) => sum + logged.length, 0);
      assert.equal(found.examined + found.skipped, all);
      for (const { window, first } of found.windows) {
        const { time, serial, leaf } = first;
        const { hour, number } = window;
        await assertSeat(store, { time, serial, leaf, sequence: hour.sequence, window: number });
      }
      for (const end of [found.first, found.last]) {
        if (end === null) continue;
        const { view, leaf } = end;
        const { time, serial, sequence, window } = view;
        await assertSeat(store, { time, serial, leaf, sequence, window });
      }
    }),
    { numRuns: RUNS },
  );
});

test("hours before it was ever heard of are passed over", async () => {
  const log = [8, 9, 10, 11].map((hour, at) =>
    opened(`${String(hour).padStart(2, "0")}:10:00`, at + 1, {
      path: at < 2 ? "/etc/a" : "/etc/b",
    }),
  );
  const store = await storeOf(log.join(""));
  const { question } = blameNeedle(rawPrivacy(), "/etc/b");
  const { events, examined, skipped } = await blame(store, question);
  assert.deepEqual([events, examined, skipped], [2, 2, 2]);
});

test("the first and the last may have come late", async () => {
  const path = "/srv/a";
  const early = opened("09:09:00", 3, { pid: 7, path });
  const log = [
    opened("09:10:00", 1, { path }),
    opened("09:30:00", 2),
    opened("09:40:00", 4),
    early,
    opened("09:41:00", 5, { path }),
    opened("10:50:00", 6),
    opened("10:51:00", 7),
    opened("09:42:00", 8, { pid: 7, path }),
    opened("11:00:00", 9),
  ].join("");
  const store = await storeOf(log, { windowSecs: 60 });
  const { question } = blameNeedle(rawPrivacy(), path);
  const { first, last, windows } = await blame(store, question);
  assert.deepEqual([first?.view.serial, first?.window.name], [3, "0.late"]);
  assert.deepEqual([last?.view.serial, last?.window.name], [8, "1.late"]);
  assert.deepEqual(
    windows.map(({ window, events }) => `${window.name} ${events}`),
    ["0.010 1", "0.041 1", "0.late 1", "1.late 1"],
  );
});

test("an older one that came late does not become the last", async () => {
  const path = "/srv/a";
  const log = [
    opened("09:10:00", 1),
    opened("10:50:00", 2, { path }),
    opened("10:51:00", 3),
    opened("10:52:00", 4),
    opened("09:42:00", 5, { pid: 7, path }),
    opened("10:53:00", 6),
  ].join("");
  const { question } = blameNeedle(rawPrivacy(), path);
  const { first, last } = await blame(await storeOf(log, { windowSecs: 60 }), question);
  assert.deepEqual([first?.view.serial, last?.view.serial], [5, 2]);
});

test("who runs a program that came late is known by the program", async () => {
  const log = [
    opened("09:10:00", 1),
    opened("09:30:00", 2),
    opened("09:40:00", 3),
    call({ clock: "09:11:00", serial: 4, number: EXECVE, uid: 44, paths: ['"/bin/x"'] }),
    opened("09:41:00", 5),
  ].join("");
  const { question } = blameNeedle(rawPrivacy(), "uid=44");
  const { first, events } = await blame(await storeOf(log, { windowSecs: 60 }), question);
  assert.deepEqual([first?.view.serial, first?.window.name, events], [4, "0.late", 1]);
});

test("generations are told apart, and a process that lives through them is one", async () => {
  const log = [
    opened("09:00:00", 1, { pid: 5 }),
    opened("10:00:00", 2, { pid: 6, comm: "less" }),
    opened("11:00:00", 3, { pid: 5, path: "/srv/a" }),
    opened("12:00:00", 4, { pid: 5, path: "/srv/a" }),
  ].join("");
  const store = await storeOf(log, { limits: { generationEntitiesMax: 1 } });
  const rowsOf = async (needle: string): Promise<string[]> => {
    const { programs } = await blame(store, blameNeedle(rawPrivacy(), needle).question);
    return programs.map(
      ({ program, events, processes }) => `${thingText(namer, program)} ${events} ${processes}`,
    );
  };
  assert.deepEqual(await rowsOf("/"), ["/usr/bin/cat 3 1", "/usr/bin/less 1 1"]);
  assert.deepEqual(await rowsOf("/srv/a"), ["/usr/bin/cat 2 1"]);
});

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", ATTACK)}`)).status, 0);

async function check(needle: string, want: string): Promise<void> {
  const document = await bench.json("blame", needle);
  assert.equal(document.status, 0, document.err);
  const [kind, events] = [document.text("kind"), document.number("events")];
  const ends = ["first", "last"].map((end) =>
    document.get(end) === null ? "-" : document.number(`${end}.event.serial`),
  );
  assert.equal(`${kind} ${events} ${ends.join(" ")}`, want, needle);
}

const NEEDLES: readonly (readonly [needle: string, want: string])[] = [
  ["/etc/shadow", "path 1 11 11"],
  ["/tmp/", "path 5 8 14"],
  ["/tmp/.x", "path 4 8 13"],
  ["/nowhere", "path 0 - -"],
  ["127.0.0.1:8081", "address 1 7 7"],
  ["127.0.0.1:8082", "address 0 - -"],
  ["[::1]:8080", "address 1 18 18"],
  ["euid=0", "user 5 15 19"],
  ["uid=77", "user 0 - -"],
  ["curl", "process 3 6 8"],
  ["curl[501]", "process 3 6 8"],
  ["502", "process 10 10 19"],
];

for (const [needle, want] of NEEDLES) {
  test(`blame ${needle}`, async () => {
    await check(needle, want);
  });
}

async function refused(needle: string, want: RegExp): Promise<void> {
  const { status, err } = await bench.run("blame", needle);
  assert.equal(status, 64, needle);
  assert.match(err, want);
}

test("what cannot be asked is refused with a reason", async () => {
  await refused("a".repeat(64), /no hashes of content: ask by path \(usage\/bad-argument\)/u);
  await refused("sha256:00ff", /no hashes of content/u);
  await refused("uid=www-data", /numbers and not the names of accounts/u);
  await refused("name=3", /names no id; known: auid, uid/u);
  await refused("nginx@09:32", /leave out the @/u);
  await refused("", /there is no needle/u);
  await refused("uid=\u001b[31m", /uid=\\e\[31m/u);
});

test("every answer has the fields that the command promises", async () => {
  const promised = Object.keys(COMMANDS.find(({ name }) => name === "blame")?.fields ?? {});
  for (const needle of ["/tmp/", "/nowhere"]) {
    const names = (await bench.json("blame", needle)).names();
    assert.deepEqual(names.toSorted(), promised.toSorted());
  }
});

test("lines fit into the terminal, but for what is copied", async () => {
  for (const columns of [60, 80, 120]) {
    const argv = ["blame", "/tmp/", "--data", bench.root];
    const { status, out } = await runMain(argv, { columns });
    assert.equal(status, 0);
    for (const line of out.split("\n")) {
      if (/^ {2}(?:root|The first one)/u.test(line)) continue;
      assert.ok(columnsOf(line) <= columns, line);
    }
    assert.match(out, /^ {2}event +8@09:32:09\.547$/mu);
    assert.match(out, /^ {2}window +0\.\d{3} · 2026-11-20 09:32:00 → 09:3\d:\d/mu);
  }
});

test("what has no room on a page is counted, and --all shows it", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const log = Array.from({ length: 13 }, (_, at) =>
    opened(`09:${10 + at}:00`, at + 1, { pid: 700 + at, comm: `tool${at}` }),
  );
  await other.run("ingest", other.file("audit.log", log.join("")));
  const { out } = await other.run("blame /etc/passwd");
  assert.equal(out.match(/^ {2}… 3 more · --all$/gmu)?.length, 2, out);
  const all = await other.run("blame /etc/passwd --all");
  assert.doesNotMatch(all.out, /more · --all/u);
  assert.match(all.out, /\/usr\/bin\/tool12 /u);
});

async function ask(needle: string, store: string): Promise<Json> {
  const argv = ["blame", needle, store, "--json", "--data", "/nonexistent"];
  const { status, out, err } = await runMain(argv, {});
  return new Json(out, status, err);
}

test("a hash-only store answers by exact name whoever has its key, and nobody else", async () => {
  using other = new Bench();
  await other.init("--privacy", "hash-only");
  await other.run("ingest", other.file("audit.log", ATTACK));
  const copied = join(other.dir, "copied");
  cpSync(other.out, copied, { recursive: true });
  for (const needle of ["/tmp/.x", "127.0.0.1:8081"]) {
    assert.ok((await ask(needle, other.out)).number("events") > 0, needle);
    assert.equal((await ask(needle, copied)).text("error.code"), "query/needs-key", needle);
  }
  assert.equal((await ask("/etc/shadow", copied)).number("events"), 1);
  assert.equal((await ask("curl", copied)).number("events"), 3);
  assert.equal((await ask("euid=0", copied)).number("events"), 5);
  const { out } = await other.run("blame /tmp/.x");
  assert.match(out, /^•… is a keyed hash/mu);
  assert.doesNotMatch(out.split("\n").slice(1).join("\n"), /\/tmp\/\.x/u);
});

test("a hostile name is shown and not obeyed", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const exe = hex("/tmp/\u001b[31m\u202e\n");
  const evil = call({
    clock: "09:00:00",
    serial: 1,
    number: EXECVE,
    exe,
    comm: exe,
    paths: [exe],
  });
  await other.run("ingest", other.file("audit.log", evil));
  for (const form of [[], ["--json"], ["--wide"]]) {
    const { status, out } = await other.run("blame /tmp/", ...form);
    assert.equal(status, 0);
    assert.match(out, /\\e\[31m\\u\{202e\}|\\\\e\[31m/u);
    assert.doesNotMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
  }
  const { out } = await other.run("blame", "/tmp/\u001b[31m");
  assert.doesNotMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
});
