/**
 * Goal: whoever goes on wherever a trace was cut reaches what one trace without limits reaches, and
 * nothing else; each time something new is asked; the commands that are told do the same.
 *
 * Method: random logs, traced with limits so small that nearly everything is cut, and gone on with
 * until nothing is; the same by commands alone, as a shell would take them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as forAll, asyncProperty, boolean, integer, nat, record } from "fast-check";
import { type Limits, limitsToGoOn } from "../../src/flow/investigate/going-on.ts";
import { Investigation, type Span, type Thing } from "../../src/flow/investigate/investigation.ts";
import { trace, type TraceQuery } from "../../src/flow/investigate/trace.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { needleAsked } from "../../src/services/investigator/needles.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { Json } from "../cli/json-document.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { call, EXECVE, OPENAT } from "../timeline/attack-log.ts";
import { ADDRESSES, type Choice, choicesOf, FILES, randomLog } from "./random-log.ts";

const EVERYTHING: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const NO_LIMITS: Limits = { depth: 1_000, budget: 100_000, fan: 100_000 };
const ROUNDS_MAX = 5_000;
const privacy = rawPrivacy();

const CHOICES = choicesOf({ least: 10, most: 40 });
const LIMITS = record({
  depth: nat(3),
  fan: integer({ min: 1, max: 3 }),
  budget: integer({ min: 1, max: 6 }),
});

interface Reached {
  readonly things: Set<string>;
  /** `from > to`. */
  readonly edges: Set<string>;
}

type Asked = Pick<TraceQuery, "direction" | "span" | "all">;

async function reachedIn(
  investigation: Investigation,
  start: readonly Thing[],
  asked: Asked,
  limits: Limits,
): Promise<Reached> {
  const reached: Reached = { things: new Set(), edges: new Set() };
  const done = new Set<string>();
  type Turn = { start: readonly Thing[]; bound: number | null; limits: Limits };
  const waiting: Turn[] = [{ start, bound: null, limits }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const query = { ...asked, ...next.limits, bound: next.bound };
    const { steps, cuts, goOn } = await trace(investigation, next.start, query);
    for (const { from, thing } of steps) {
      reached.things.add(thing.name);
      if (from !== null) reached.edges.add(`${steps[from]?.thing.name} > ${thing.name}`);
    }
    const isCut = cuts.some(({ why }) => why !== "only-read");
    assert.equal(goOn.length > 0, isCut, "where something was cut, one can go on");
    for (const each of goOn) {
      const raised = limitsToGoOn(each, limits);
      const key = [each.thing.name, each.bound, raised.depth, raised.fan, raised.budget].join();
      if (done.has(key)) continue;
      done.add(key);
      waiting.push({ start: [each.thing], bound: each.bound, limits: raised });
    }
    assert.ok(done.size < ROUNDS_MAX, "it comes to an end");
  }
  return reached;
}

test("going on everywhere reaches what one trace without limits reaches", async () => {
  let wasCut = 0;
  await forAll(
    asyncProperty(CHOICES, LIMITS, boolean(), async (choices, limits, all) => {
      const disk = await recorded([[memoryInput(bytesOf(randomLog(choices)))]]);
      const investigation = new Investigation(await openReader(disk), 30);
      const { hours } = investigation.reader;
      const [begin = 0, end = 0] = [hours[0]?.t1, hours.at(-1)?.t2];
      const middle = { since: begin + (end - begin) / 4, until: end - (end - begin) / 4 };
      for (const text of [FILES[0] ?? "", ADDRESSES[0] ?? "", "502", "sh"]) {
        const start = await investigation.find(EVERYTHING, needleAsked(privacy, text).test);
        for (const span of [EVERYTHING, middle]) {
          for (const direction of ["back", "forward"] as const) {
            const asked = { direction, span, all };
            const whole = await reachedIn(investigation, start, asked, NO_LIMITS);
            const parts = await reachedIn(investigation, start, asked, limits);
            const what = `${direction} ${text} ${JSON.stringify(limits)}`;
            assert.deepEqual([...parts.things].toSorted(), [...whole.things].toSorted(), what);
            // A part does not know what it came from, so it may also tell of a way back there.
            assert.deepEqual([...whole.edges.difference(parts.edges)], [], what);
            wasCut += parts.edges.size > limits.fan ? 1 : 0;
          }
        }
      }
    }),
    { numRuns: 12, seed: 11 },
  );
  assert.ok(wasCut > 20, `${wasCut} were cut`);
});

test("things of the name that had no room are gone on with as what was asked", async () => {
  const disk = await recorded([[memoryInput(bytesOf(MANY_CATS))]]);
  const investigation = new Investigation(await openReader(disk));
  const start = await investigation.find(EVERYTHING, needleAsked(privacy, "cat").test);
  assert.equal(start.length, 6);
  const query = {
    direction: "back",
    span: EVERYTHING,
    all: true,
    ...NO_LIMITS,
    budget: 2,
  } as const;
  const { steps, goOn } = await trace(investigation, start, query);
  assert.equal(steps.length, 2);
  const left = goOn.filter(({ step }) => step === null);
  assert.deepEqual(
    left.map(({ thing, bound, why }) => [thing.name, bound, why]),
    start.slice(2).map(({ name }) => [name, null, "budget"]),
  );
});

/** Six of one name, each begun by the one before, that open one file. */
const MANY_CATS = Array.from({ length: 6 }, (_, at) => {
  const own = { pid: 600 + at, ppid: 599 + at, comm: '"cat"', exe: '"/usr/bin/cat"' };
  const clock = `09:00:0${at}`;
  const open = { number: OPENAT, exit: 3, args: ["ffffff9c", "0", "2"], paths: ['"/srv/x y"'] };
  return (
    call({ ...own, clock, serial: 2 * at + 1, number: EXECVE, paths: ['"/usr/bin/cat"'] }) +
    call({ ...own, ...open, clock: `${clock}.100`, serial: 2 * at + 2 })
  );
}).join("");

/** Choices that make a graph in which much leads to much. */
const BUSY: readonly Choice[] = Array.from({ length: 16 }, (_, at) => ({
  kind: (at * 5 + (at >> 3)) % 7,
  who: at % 5,
  what: (at >> 1) % 4,
  how: (at * 3) % 10,
  after: 400,
  late: 9,
}));

/** Words of a command as a shell takes them apart. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/gu)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}

function named(steps: readonly unknown[]): string[] {
  return steps.map((each) => {
    const step = new Json(JSON.stringify(each));
    return [step.text("name"), step.get("pid"), step.get("start")].join(" ");
  });
}

async function byCommands(argv: readonly string[]): Promise<Set<string>> {
  const reached = new Set<string>();
  const done = new Set<string>();
  const waiting: (readonly string[])[] = [argv];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { status, out, err } = await runMain([...next, "--json"], {});
    assert.equal(status, 0, `${next.join(" ")}: ${err}`);
    const answer = new Json(out);
    for (const name of named(answer.list("steps"))) reached.add(name);
    for (const each of answer.list("continue")) {
      const command = new Json(JSON.stringify(each)).text("command");
      if (done.has(command)) continue;
      done.add(command);
      const [program, ...words] = wordsOf(command);
      assert.equal(program, "ritma");
      waiting.push(words);
    }
    assert.ok(done.size < 200, "it comes to an end");
  }
  return reached;
}

test("the commands that are told lead on, in names with spaces and brackets too", async () => {
  for (const log of [randomLog(BUSY), MANY_CATS]) {
    using bench = new Bench();
    await bench.init("--privacy", "raw");
    assert.equal((await bench.run(`ingest ${bench.file("audit.log", log)}`)).status, 0);
    const names = log === MANY_CATS ? ["/srv/x y"] : [FILES[0] ?? ""];
    for (const name of names) {
      for (const direction of ["--back", "--forward"]) {
        const asked = ["trace", name, direction, "--all", "--data", bench.root];
        const large = ["--depth", "999", "--fan", "9999", "--limit", "9999", "--json"];
        const whole = new Json((await runMain([...asked, ...large], {})).out);
        assert.deepEqual(whole.list("continue"), []);
        const small = ["--depth", "2", "--fan", "2", "--limit", "6"];
        const reached = await byCommands([...asked, ...small]);
        const want = new Set(named(whole.list("steps")));
        assert.deepEqual([...reached].toSorted(), [...want].toSorted(), `${name} ${direction}`);
      }
    }
  }
});

test("the first few commands stand below the answer, and how many more there are", async () => {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  assert.equal((await bench.run(`ingest ${bench.file("audit.log", MANY_CATS)}`)).status, 0);
  const asked = ["trace", "/srv/x y", "--depth", "1", "--data", bench.root];
  const commands = new Json((await runMain([...asked, "--json"], {})).out).list("continue");
  const { out } = await runMain(asked, {});
  const shown = /^go on: ritma trace 'cat\[60\d\]@\S+Z' --bound \S+Z --depth 1 --data /gmu;
  assert.deepEqual([out.match(shown)?.length, commands.length], [3, 5], out);
  assert.ok(out.includes("\n… 2 more places to go on: --json, or larger"), out);
  const { out: whole } = await runMain([...asked, "--depth", "99"], {});
  assert.ok(!whole.includes("go on"), whole);
});
