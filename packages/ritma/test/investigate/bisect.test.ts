/**
 * Goal: `ritma bisect` names the first window of a range that has an event as asked, however often
 * that comes and goes, with the event and where it is sealed; and says how much it looked at.
 *
 * Method: random logs through the real recorder, against all events sorted by the place where they
 * are sealed; then the command on hours made by hand.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Entity } from "@ritma/evidence";
import fc from "fast-check";
import { bisect } from "../../src/flow/investigate/bisect.ts";
import type { Question } from "../../src/flow/investigate/blame-scan.ts";
import { type Window, windowsOf } from "../../src/flow/investigate/windows.ts";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { opened } from "../recorder/audit-lines.ts";
import { anyLog, anySettings, storeOf } from "./facts-random.ts";
import { allEvents, assertSeat } from "./facts-seats.ts";

const RUNS = 25;

const isFile = (entity: Entity): boolean =>
  entity.kind === "file" && (entity.path?.components.length ?? 0) > 2;
const anyQuestion: fc.Arbitrary<Question> = fc.record({
  wanted: fc.constantFrom(
    (etype: number) => (etype === 1 ? "yes" : "no"),
    (etype: number) => (etype === 19 || etype === 34 ? "yes" : "no"),
  ),
  wantedObject: fc.constant(() => true),
  process: fc.constantFrom(null, ({ pid }: { readonly pid: number }) => pid === 502),
  objects: fc.constantFrom([], [isFile]),
  user: fc.constant(null),
});

test("it is the first window that has such an event", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyLog,
      anySettings,
      anyQuestion,
      fc.nat(12),
      fc.nat(12),
      async (log, settings, question, a, b) => {
        const store = await storeOf(log, settings);
        const windows: Window[] = [];
        for (const hour of store.hours) windows.push(...(await windowsOf(store, hour)));
        const good = windows[a] ?? null;
        const bad = windows[a + b + 1] ?? null;
        const found = await bisect(store, question, good, bad);
        const events = await allEvents(store, question);
        const asked = windows.slice(good === null ? 0 : a, bad === null ? undefined : a + b + 2);
        const first = asked.find((window) => events.some((event) => isIn(event, window)));
        const { view, leaf, window } = found.first ?? {};
        assert.equal(window?.name, first?.name);
        assert.equal(found.holdsInGood, first !== undefined && first === good);
        if (view === undefined || leaf === undefined || first === undefined) {
          assert.equal(found.examined + found.skipped, asked.length);
          return;
        }
        assert.equal(found.examined + found.skipped, asked.indexOf(first) + 1);
        const own = events.filter((event) => isIn(event, first));
        assert.equal(found.events, own.length);
        assert.deepEqual([view.time, view.serial], [own[0]?.time, own[0]?.serial]);
        const { time, serial, sequence, window: number } = view;
        await assertSeat(store, { time, serial, leaf, sequence, window: number });
      },
    ),
    { numRuns: RUNS },
  );
});

function isIn({ sequence, window }: EventView, { hour, number }: Window): boolean {
  return sequence === hour.sequence && window === number;
}

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
/** `/srv/a` comes, goes and comes again. */
const HOURS = [
  opened("08:10:00", 1),
  opened("08:11:00", 2, { path: "/srv/a", comm: "less" }),
  opened("09:10:00", 3),
  opened("10:10:00", 4, { path: "/srv/a" }),
  opened("10:11:00", 5, { path: "/srv/a", comm: "less" }),
].join("");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", HOURS)}`)).status, 0);

async function check(flags: string, want: string): Promise<void> {
  const document = await bench.json(`bisect ${flags}`);
  assert.equal(document.status, 0, document.err);
  const found =
    document.get("found") === null
      ? "none"
      : `${document.text("found.name")} ${document.number("found.event.serial")}`;
  const [examined, skipped] = [document.number("examined"), document.number("skipped")];
  assert.equal(`${found} ${examined} ${skipped}`, want, flags);
}

const ROWS: readonly (readonly [flags: string, want: string])[] = [
  ["--path /srv/a", "0.011 2 2 0"],
  ["--good 0.011 --path /srv/a", "0.011 2 1 0"],
  ["--good 1.010 --path /srv/a", "2.010 4 2 0"],
  ["--good 09:10 --bad 10:11 --path /srv/a --proc less", "2.011 5 3 0"],
  ["--bad 1.010 --path /srv/a --proc cat", "none 3 0"],
  ["--bad 0.010 --path /srv/a", "none 1 0"],
  ["--path /srv/", "0.011 2 2 0"],
  ["--path /srv/b", "none 0 5"],
  ["--type open", "0.010 1 1 0"],
  ["--type exec", "none 5 0"],
  ["--proc less --type open", "0.011 2 2 0"],
  ["--path /srv/a --user uid=0", "0.011 2 2 0"],
  ["--user auid=77", "none 0 5"],
];

for (const [flags, want] of ROWS) {
  test(`bisect ${flags}`, async () => {
    await check(flags, want);
  });
}

async function refused(flags: string, exit: number, want: RegExp): Promise<void> {
  const { status, err } = await bench.run(`bisect${flags}`);
  assert.equal(status, exit, flags);
  assert.match(err, want);
}

test("what is no question is refused with its code", async () => {
  await refused("", 64, /no condition: give --path.*\(usage\/bad-argument\)/u);
  await refused(" --user root", 64, /"root" names no id; known: auid, uid,.*usage\/bad-argument/u);
  await refused(" --type nonsense", 64, /"nonsense" is no event type/u);
  await refused(
    " --path / --good 2.010 --bad 0.011",
    64,
    /2\.010 \(good\) is not before .*0\.011/u,
  );
  await refused(" --path / --good 0.010 --bad 0.010", 64, /is not before/u);
  await refused(" --path / --good 9.001", 66, /no hour 9.*\(query\/unknown\)/u);
  await refused(" --path / --bad 08:30", 66, /no window with events holds 08:30/u);
});

test("every answer has the fields that the command promises", async () => {
  const promised = Object.keys(COMMANDS.find(({ name }) => name === "bisect")?.fields ?? {});
  for (const path of ["/srv/a", "/nowhere"]) {
    const names = (await bench.json("bisect --path", path)).names();
    assert.deepEqual(names.toSorted(), promised.toSorted());
  }
});

test("lines fit into the terminal, and name window, root, leaf and event", async () => {
  for (const columns of [60, 80]) {
    const argv = ["bisect", "--path", "/srv/a", "--data", bench.root];
    const { out } = await runMain(argv, { columns });
    for (const line of out.split("\n")) {
      if (/^ {2}(?:root|The event)/u.test(line)) continue;
      assert.ok(columnsOf(line) <= columns, line);
    }
    assert.match(out, /^first in window 0\.011 · 1 event there\n/u);
    assert.match(out, /^ {2}event +2@08:11:00\.000$/mu);
    assert.match(out, /^ {2}root +[0-9a-f]{64}$/mu);
    assert.match(out, /^ {2}leaf +0$/mu);
    assert.match(out, /^Looked at 2 windows\.$/mu);
  }
  const { out } = await bench.run("bisect --good 0.011 --path /srv/a");
  assert.match(out, /^It holds in window 0\.011 already, which --good named\.\n/u);
  const none = await bench.run("bisect --path /nowhere");
  assert.match(none.out, /^No window .*\nLooked at 0 windows\. 5 windows passed over/u);
});

test("a hash-only store is asked by its key, and the sign is explained", async () => {
  using other = new Bench();
  await other.init("--privacy", "hash-only");
  await other.run("ingest", other.file("audit.log", HOURS));
  const { status, out } = await other.run("bisect --path /srv/a");
  assert.equal(status, 0);
  assert.match(out, /^first in window 0\.011 /u);
  assert.match(out, /open +\/srv\/•[0-9a-f]{8}[^]*^•… is a keyed hash/mu);
});

test("an empty store has no window", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const { status, out } = await other.run("bisect --path /srv/a");
  assert.equal(status, 0);
  assert.match(out, /^No window .*\nLooked at 0 windows\.\n$/u);
});
