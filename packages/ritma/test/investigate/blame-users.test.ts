/**
 * Goal: `ritma blame` of a user finds the same events wherever the dictionary turned, also where a
 * process changed its user before that; and what nothing tells is counted, not lost.
 *
 * Method: the same logs recorded with one generation and with one for each hour, against each
 * other; rows; and a scan that begins too late to see the change.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { blame } from "../../src/flow/investigate/blame.ts";
import { HitScan, type Question } from "../../src/flow/investigate/blame-scan.ts";
import { blameNeedle } from "../../src/services/investigator/blame-needle.ts";
import type { Window } from "../../src/flow/investigate/windows.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { KnownCredentials } from "../../src/stores/sealed/known-credentials.ts";
import type { Entities } from "../../src/stores/sealed/entities.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { Bench } from "../cli/harness.ts";
import { opened } from "../recorder/audit-lines.ts";
import { call, EXECVE, OPENAT } from "../timeline/attack-log.ts";
import { anyLog, anySettings, storeOf } from "./facts-random.ts";
import { allEvents } from "./facts-seats.ts";

const RUNS = 15;
const EACH_HOUR = { generationEntitiesMax: 1 };
const SETUID = 105;
const ANY_TIME = Number.POSITIVE_INFINITY;

const daemon = { pid: 700, ppid: 1, comm: '"p"', exe: '"/bin/p"' };
const read = (clock: string, serial: number, uid: number): string =>
  call({ ...daemon, clock, serial, uid, number: OPENAT, exit: 3, paths: ['"/etc/shadow"'] });
const begin = (clock: string, serial: number): string =>
  call({ ...daemon, clock, serial, uid: 33, number: EXECVE, paths: ['"/bin/p"'] });
const become = (clock: string, serial: number, uid: number): string =>
  call({ ...daemon, clock, serial, uid, number: SETUID });

/** Begun as 33, is 77 in the first hour and till the third, then 88. */
const CHANGES = [
  begin("07:00:00", 1),
  become("07:20:00", 2, 77),
  read("07:30:00", 3, 77),
  read("08:30:00", 4, 77),
  read("09:30:00", 5, 77),
  become("09:50:00", 6, 88),
  read("10:30:00", 7, 88),
].join("");

const asked = (needle: string): Question => blameNeedle(rawPrivacy(), needle).question;

async function serials(store: StoreReader, needle: string): Promise<string> {
  const { events, first, last, undecided } = await blame(store, asked(needle));
  return `${events} ${first?.view.serial ?? "-"} ${last?.view.serial ?? "-"} ${undecided}`;
}

async function check(log: string, needle: string, want: string): Promise<void> {
  const turning = { limits: EACH_HOUR };
  for (const settings of [{}, turning, { ...turning, privacy: "hash-only" }] as const) {
    const store = await storeOf(log, settings);
    assert.equal(await serials(store, needle), want, `${needle} ${JSON.stringify(settings)}`);
  }
}

const SAME = [7, 8, 9, 10].map((hour, at) =>
  read(`${String(hour).padStart(2, "0")}:30:00`, at + 2, 33),
);

const ROWS: readonly (readonly [what: string, log: string, needle: string, want: string])[] = [
  ["that it began with", [begin("07:00:00", 1), ...SAME].join(""), "uid=33", "5 1 5 0"],
  ["that it had first", CHANGES, "uid=33", "1 1 1 0"],
  ["that it took on before a turn", CHANGES, "uid=77", "4 2 5 0"],
  ["that it took on after a turn", CHANGES, "uid=88", "2 6 7 0"],
  ["that nobody ever was", CHANGES, "uid=99", "0 - - 0"],
];

for (const [what, log, needle, want] of ROWS) {
  test(`a process is found by the user ${what}`, async () => {
    await check(log, needle, want);
  });
}

test("an event shows the user that its process took on in an earlier generation", async () => {
  for (const limits of [{}, EACH_HOUR]) {
    const store = await storeOf(CHANGES, { limits });
    const users = (await allEvents(store, asked("p"))).map(({ credentials }) => credentials);
    const uids = users.map((each) => each?.ids[1] ?? null);
    assert.deepEqual(uids, [33, 77, 77, 77, 77, 88, 88]);
    const { last } = await blame(store, asked("uid=77"));
    assert.equal(last?.view.credentials?.ids[1], 77);
  }
});

test("the dictionary's turns change no answer", async () => {
  await fc.assert(
    fc.asyncProperty(anyLog, anySettings, async (log, settings) => {
      const told = await Promise.all(
        [{}, EACH_HOUR].map(async (limits) => {
          const { events, windows, undecided } = await blame(
            await storeOf(log, { ...settings, limits }),
            asked("uid=33"),
          );
          return [events, undecided, windows.map(({ window }) => window.name)];
        }),
      );
      const [[events, undecided, windows] = [], turned] = told;
      // Which windows are looked at, and so where users are missed, is the dictionary's to say.
      assert.deepEqual([turned?.[0], turned?.[2]], [events, windows]);
      assert.ok(Number(turned?.[1]) <= Number(undecided), log);
    }),
    { numRuns: RUNS },
  );
});

test("who reads on from after a change is told that the user is not known", async () => {
  const store = await storeOf(CHANGES, { limits: EACH_HOUR });
  for (const [first, want] of [
    ["1.2", [0, 2, 1]],
    ["2.3", [0, 0, 1]],
  ] as const) {
    const scan = new HitScan(store, asked("uid=77"));
    let events = 0;
    const isAsked = ({ hour, number }: Window): boolean =>
      `${hour.sequence}.${number ?? "late"}` >= first;
    for await (const { hits } of scan.run(isAsked)) events += hits.length;
    assert.deepEqual([events, scan.undecided, scan.skipped], want, `from window ${first}`);
  }
});

async function entitiesOf(store: StoreReader): Promise<Entities[]> {
  const headers = await Promise.all(store.hours.map(async (hour) => await store.header(hour)));
  return await Promise.all(headers.map(async (header) => await store.entities(header)));
}

function find(entities: Entities, kind: string): number {
  for (let id = 1; id <= entities.size; id += 1) {
    const entity = entities.entity(id);
    if (entity.kind === kind && (entity.kind !== "process" || entity.pid === 700)) return id;
  }
  throw new Error(`no ${kind}`);
}

test("what there is no room to carry is not known, and not taken for unchanged", async () => {
  const entities = await entitiesOf(await storeOf(CHANGES, { limits: EACH_HOUR }));
  const [older, newer] = [entities[0], entities[1]];
  assert.ok(older !== undefined && newer !== undefined && older !== newer);
  for (const [room, since, isKnown] of [
    [1, 5, true],
    [0, 9, false],
  ] as const) {
    const known = new KnownCredentials(5, room);
    known.turn(older, 5);
    known.saw(find(older, "process"), find(older, "credentials"));
    known.turn(newer, 9);
    const carried = known.of(find(newer, "process"));
    assert.deepEqual([known.since, carried !== 0], [since, isKnown], `room for ${room}`);
  }
  assert.equal(new KnownCredentials(ANY_TIME).of(1), 0);
});

const bench = new Bench();
after(() => bench[Symbol.dispose]());

test("the command counts events whose user is not known", async () => {
  await bench.init("--privacy", "raw");
  const late = read("07:10:00", 5, 33);
  const log = [
    begin("07:00:00", 1),
    opened("07:30:00", 2),
    opened("10:30:00", 3),
    opened("10:31:00", 4),
    late,
  ];
  await bench.run("ingest", bench.file("audit.log", log.join("")));
  const document = await bench.json("blame", "uid=33");
  assert.deepEqual([document.number("events"), document.number("undecided")], [1, 1]);
  const { out } = await bench.run("blame uid=33");
  assert.match(
    out.replaceAll("\n", " "),
    /windows?[.;].* The user of 1 event there is not known\./u,
  );
  assert.doesNotMatch((await bench.run("blame /etc/shadow")).out, /is not known/u);
  // Windows before the good one are not read, and who a process was is not learned from them.
  const since = await bench.json("bisect --good 10:30 --user uid=33");
  assert.deepEqual([since.number("events"), since.number("undecided")], [0, 3]);
  const told = (await bench.run("bisect --good 10:30 --user uid=33")).out.replaceAll("\n", " ");
  assert.match(told, /Looked at \d windows?\. .*The user of 3 events there is not known\./u);
});
