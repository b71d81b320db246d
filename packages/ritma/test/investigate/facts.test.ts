/**
 * Goal: what is counted of a span is what anybody finds who decodes every event of the store: in
 * any hour, window or generation, late or not, with names or keyed hashes; and the seat of a fact
 * is where its first event is sealed.
 *
 * Method: random logs through the real recorder, against a count over all events; then by hand what
 * chance does not meet: no room, gaps, the begin of a session, cones.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { coneHash } from "@ritma/evidence";
import fc from "fast-check";
import { coveredIn } from "../../src/flow/investigate/coverage.ts";
import { keyOf } from "../../src/flow/investigate/facts-thing.ts";
import { factsIn } from "../../src/flow/investigate/facts.ts";
import { readConeUses } from "../../src/stores/sealed/cone-uses.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { opened, timeUs } from "../recorder/audit-lines.ts";
import { call, EXECVE } from "../timeline/attack-log.ts";
import { anyLog, anySettings, boundOf, storeOf, storeOfSessions } from "./facts-random.ts";
import { allEvents, assertSeat } from "./facts-seats.ts";
import { countsOf, referenceFacts, spelledFacts } from "./facts-reference.ts";

const RUNS = 25;
const WHOLE = { since: timeUs("-1+00:00:00"), until: timeUs("5+00:00:00") };

test("facts are those of all events of the span", async () => {
  await fc.assert(
    fc.asyncProperty(anyLog, anySettings, fc.nat(99), fc.nat(99), async (log, settings, a, b) => {
      const store = await storeOf(log, settings);
      const events = await allEvents(store);
      const bounds = [boundOf(events, a), boundOf(events, b)];
      const part = { since: Math.min(...bounds), until: Math.max(...bounds) };
      for (const span of [WHOLE, part]) {
        const facts = await factsIn(store, span);
        assert.deepEqual(spelledFacts(facts), referenceFacts(events, span));
        for (const [first] of Array.from(facts.facts.values(), (all) => [...all.values()])) {
          if (first !== undefined && span === part) await assertSeat(store, first.first);
        }
      }
    }),
    { numRuns: RUNS },
  );
});

function executed(clock: string, serial: number, pid: number, exe: string): string {
  return call({ clock, serial, pid, number: EXECVE, exe: `"${exe}"`, paths: [`"${exe}"`] });
}

test("what has no room is counted by kind, each time", async () => {
  const exes = ["/bin/a", "/bin/b", "/bin/a", "/bin/c", "/bin/c"];
  const log = exes.map((exe, at) => executed(`09:00:0${at}`, at + 1, 600 + at, exe)).join("");
  const { facts, uncounted } = await factsIn(await storeOf(log), WHOLE, 2);
  assert.deepEqual(countsOf(facts.get("program")?.values() ?? []), ["/bin/a 2", "/bin/b 1"]);
  assert.equal(uncounted.get("program"), 2);
  assert.equal(uncounted.has("user"), false);
});

test("what has no room is counted each time also of one entity", async () => {
  const paths = ["/srv/a", "/srv/b", "/srv/b", "/srv/b"];
  const log = paths
    .map((path, at) =>
      call({
        clock: `09:00:0${at}`,
        serial: at + 1,
        number: 257,
        exit: 3,
        args: ["ffffff9c", "0", "1"],
        paths: [`"${path}"`],
      }),
    )
    .join("");
  const { facts, uncounted } = await factsIn(await storeOf(log), WHOLE, 1);
  assert.deepEqual(countsOf(facts.get("written")?.values() ?? []), ["/srv/a 1"]);
  assert.equal(uncounted.get("written"), 3);
});

const MORNING = [opened("08:10:00", 1), opened("08:20:00", 2)];
const NOON = [opened("10:40:00", 3), opened("10:50:00", 4)];

/** @param want gaps, each with its begin and end */
async function checkGaps(
  store: StoreReader,
  since: string,
  until: string,
  want: readonly (readonly [string | number, string | number])[],
): Promise<void> {
  const span = { since: timeUs(since), until: timeUs(until) };
  const { coveredUs, gaps } = await coveredIn(store, span);
  const shown = gaps.map(({ t1, t2 }) => [t1, t2]);
  const total = span.until - span.since;
  assert.equal(
    coveredUs,
    gaps.reduce((left, { t1, t2 }) => left - (t2 - t1), total),
  );
  const bounds = want.map((gap) => gap.map((at) => (typeof at === "string" ? timeUs(at) : at)));
  assert.deepEqual(shown, bounds, `${since} to ${until}`);
}

test("a span is covered by a session, its gaps too, from its first window on", async () => {
  const settings = { windowSecs: 60 };
  const one = await storeOf([...MORNING, ...NOON].join(""), settings);
  const two = await storeOfSessions([MORNING.join(""), NOON.join("")], settings);
  await checkGaps(one, "08:15:00", "08:20:00", []);
  await checkGaps(one, "08:00:00", "08:20:00", [["08:00:00", "08:10:00"]]);
  await checkGaps(one, "08:30:00", "10:30:00", []);
  await checkGaps(one, "09:10:00", "09:20:00", []);
  const end = one.hours[1]?.t2 ?? 0;
  await checkGaps(one, "10:49:00", "12:00:00", [[end, "12:00:00"]]);
  await checkGaps(one, "12:00:00", "13:00:00", [["12:00:00", "13:00:00"]]);
  const stop = two.hours[0]?.t2 ?? 0;
  assert.ok(stop > timeUs("08:20:00") && stop <= timeUs("08:21:00"));
  await checkGaps(two, "08:15:00", "10:45:00", [[stop, "10:40:00"]]);
  await checkGaps(two, "09:10:00", "09:20:00", [["09:10:00", "09:20:00"]]);
  await checkGaps(two, "10:10:00", "10:50:00", [["10:10:00", "10:40:00"]]);
  // Sealed in an hour of its own: that it came late does not tell who listened until then.
  const late = opened("08:05:00", 9) + NOON.join("");
  const three = await storeOfSessions([MORNING.join(""), late], settings);
  assert.deepEqual(
    three.hours.map(({ windows }) => windows),
    [2, 0, 2],
  );
  await checkGaps(three, "08:15:00", "10:45:00", [[stop, "10:40:00"]]);
});

test("a name and a hash of the same bytes are two things, and so are paths of two bases", () => {
  const bytes = new TextEncoder().encode("sixteen bytes ..");
  const keys = [false, true].flatMap((hashed) => {
    const value = { hashed, bytes };
    const paths = ([0, 1] as const).map((base) => ({ base, components: [value] }));
    return [keyOf([{ kind: "name", value }])].concat(
      paths.map((path) => keyOf([{ kind: "path", path }])),
    );
  });
  assert.equal(new Set(keys).size, 6);
});

test("an empty store has no facts and covers nothing", async () => {
  const { facts, coverage, atoms } = await factsIn(await storeOf(""), WHOLE);
  assert.deepEqual([facts.size, atoms, coverage.coveredUs], [0, 0, 0]);
  assert.deepEqual(coverage.gaps, [{ t1: WHOLE.since, t2: WHOLE.until }]);
});

test("ids of one generation are not those of another", async () => {
  const writing = { number: 257, exit: 3, args: ["ffffff9c", "0", "1"] };
  const log = ["/srv/a", "/srv/b", "/srv/c"].map((path, at) =>
    call({ ...writing, clock: `${10 + at}:00:00`, serial: at + 1, paths: [`"${path}"`] }),
  );
  const store = await storeOf(log.join(""), { limits: { generationEntitiesMax: 1 } });
  const { facts } = await factsIn(store, WHOLE);
  const written = countsOf(facts.get("written")?.values() ?? []);
  assert.deepEqual(written, ["/srv/a 1", "/srv/b 1", "/srv/c 1"]);
});

test("cones are counted by the hash that every generation has", async () => {
  // Of each hour another shape: what a process opens once, twice, three times.
  const events = Array.from({ length: 18 }, (_, at) => {
    const [hour, own] = [Math.floor(at / 6), at % 6];
    const pid = 50 + hour * 6 + Math.floor(own / (hour + 1));
    return opened(`${String(8 + hour).padStart(2, "0")}:10:00.${own}00`, at + 1, { pid });
  });
  const store = await storeOf(events.join(""), { limits: { generationEntitiesMax: 1 } });
  const { sha256 } = store.files.primitives;
  const want = new Map<string, number>();
  for (let generation = 1; ; generation += 1) {
    const uses = await readConeUses(store, generation, null);
    if (uses === null) break;
    for (const { cone, entry } of uses.cones) {
      const hash = coneHash(sha256, cone).toHex();
      want.set(hash, (want.get(hash) ?? 0) + entry.uses);
    }
  }
  const { facts } = await factsIn(store, WHOLE);
  const found = [...(facts.get("cone")?.values() ?? [])].flatMap(({ things, count }) =>
    things.map((thing) => [thing.kind === "shape" ? thing.hash : "", count] as const),
  );
  assert.equal(found.length, 3);
  assert.deepEqual(new Map(found), want);
});
