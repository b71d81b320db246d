/**
 * Goal: a report of a short range has the processes of that range below those that began them,
 * however many others the store has; what there is no room for is counted; and the document says
 * no more than the command promises of it.
 *
 * Method: a store of many jobs, of which the last one begins a process in an hour of its own, read
 * with less room than there are jobs.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { type LivesInRange, livesInRange } from "../../src/cli/report/lives-in-range.ts";
import { loadWorld } from "../../src/cli/world.ts";
import { Investigation, type Span } from "../../src/flow/investigate/investigation.ts";
import { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { timeUs } from "../recorder/audit-lines.ts";
import { call, EXECVE, OPENAT } from "../timeline/attack-log.ts";
import { Bench } from "./harness.ts";
import { Json } from "./json-document.ts";

const JOBS = 30;
const FIRST = 1_000;
const LAST = FIRST + JOBS - 1;
const EVIL = 40_000;

function ran(clock: string, serial: number, pid: number, ppid: number, program: string): string {
  const [comm, exe] = [`"${program}"`, `"/bin/${program}"`];
  return call({ clock, serial, number: EXECVE, pid, ppid, comm, exe, paths: [exe] });
}

const LOG = [
  ...Array.from({ length: JOBS }, (_, at) =>
    ran(`08:00:${String(at + 10)}`, at + 1, FIRST + at, 1, "job"),
  ),
  ran("09:30:00", 100, EVIL, LAST, "evil"),
  // One that began long before does something.
  call({
    clock: "09:30:01",
    serial: 101,
    number: OPENAT,
    pid: FIRST,
    ppid: 1,
    comm: '"job"',
    exe: '"/bin/job"',
    args: ["ffffff9c"],
    paths: ['"/etc/hosts"'],
    exit: 3,
  }),
  ran("09:40:00", 102, EVIL + 1, EVIL, "later"),
].join("");

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", LOG)}`)).status, 0);

const ALL = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const MINUTE = { since: timeUs("09:29:00"), until: timeUs("09:31:00") };

async function found(span: Span, room: number): Promise<LivesInRange> {
  const { disk, primitives } = await loadWorld();
  const reader = await StoreReader.open(disk, primitives, bench.out);
  return await livesInRange(new Investigation(reader), span, room);
}

function pids({ lives }: LivesInRange): number[] {
  return [...lives.values()].map(({ thing: { entity } }) =>
    entity.kind === "process" ? entity.pid : 0,
  );
}

test("a short range has its processes, with less room than the store needs", async () => {
  const range = await found(MINUTE, 3);
  const { tops, more, lives } = range;
  assert.deepEqual(pids(range), [FIRST, LAST, EVIL]);
  assert.deepEqual([tops.length, more], [2, 0]);
  const begun = [...lives.values()].map(({ children }) => children.length);
  assert.deepEqual(begun, [0, 1, 0]);
});

test("what there is no room for is counted, and nobody stands without who began him", async () => {
  const short = await found(MINUTE, 2);
  assert.deepEqual([pids(short), short.more], [[FIRST], 1]);
  const { lives, more } = await found(ALL, 10);
  assert.deepEqual([lives.size, more], [10, JOBS + 2 - 10]);
  assert.equal((await found(ALL, 100)).lives.size, JOBS + 2);
});

test("of processes and actors the document has what is promised", async () => {
  const document = new Json((await bench.run("report --json")).out);
  const namesAt = (path: string): string[] =>
    document.list(path).flatMap((each) => Object.keys(each ?? {}));
  assert.deepEqual(missing(namesAt("processes"), promised("tree", "processes")), []);
  assert.deepEqual(missing(namesAt("actors.user"), promised("report", "actors")), []);
  assert.ok(namesAt("actors.user").includes("auid"));
});

function promised(command: string, field: string): string {
  return COMMANDS.find(({ name }) => name === command)?.fields[field] ?? "";
}

function missing(names: readonly string[], text: string): string[] {
  return [...new Set(names)].filter((name) => !text.includes(`\`${name}\``));
}
