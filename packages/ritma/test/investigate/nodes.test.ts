/**
 * Goal: what people call one thing is one node, and what they do not is not.
 *
 * Method: hand-made logs through the real recorder, and the graph of their only generation.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entity } from "@ritma/evidence";
import type { RitmaError } from "../../src/base/error.ts";
import { Investigation } from "../../src/flow/investigate/investigation.ts";
import { livesOf } from "../../src/flow/investigate/lives.ts";
import { trace } from "../../src/flow/investigate/trace.ts";
import { indexAll, keepingWith } from "../keep/indexed.ts";
import { who } from "../../src/flow/investigate/who.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { call, CONNECT, EXECVE, inet, OPENAT } from "../timeline/attack-log.ts";

const EVERYTHING = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const LIMITS = { depth: 9, budget: 99, fan: 99, all: false };
const CLONE = 56;
const BIND = 49;
const sh = { pid: 500, ppid: 400, comm: '"sh"', exe: '"/usr/bin/dash"' };
const fork = { pid: 501, ppid: 500, comm: '"sh"', exe: '"/usr/bin/dash"' };
const curl = { pid: 501, ppid: 500, comm: '"curl"', exe: '"/usr/bin/curl"' };

async function investigationOf(...events: readonly string[]): Promise<Investigation> {
  const disk = await recorded([[memoryInput(bytesOf(...events))]]);
  // What an index leaves out must not be missing.
  await indexAll(await keepingWith(disk, await openReader(disk)));
  return new Investigation(await openReader(disk));
}

function isPid(pid: number): (entity: Entity) => boolean {
  return (entity) => entity.kind === "process" && entity.pid === pid;
}

function isFile(name: string): (entity: Entity) => boolean {
  return (entity) =>
    entity.kind === "file" &&
    new TextDecoder().decode(entity.path?.components.at(-1)?.bytes) === name;
}

const isFlow = ({ kind }: Entity): boolean => kind === "flow";

async function namesOf(
  investigation: Investigation,
  test_: (entity: Entity) => boolean,
  direction: "back" | "forward",
): Promise<string[]> {
  const start = await investigation.find(EVERYTHING, test_);
  const { steps } = await trace(investigation, start, { ...LIMITS, direction, span: EVERYTHING });
  return steps.map(({ thing: { entity } }) =>
    entity.kind === "process"
      ? `${new TextDecoder().decode(entity.name?.bytes)}[${entity.pid}]`
      : entity.kind,
  );
}

test("a fork and what it runs are one process, a second program is another", async () => {
  const investigation = await investigationOf(
    call({ ...sh, clock: "09:00:00", serial: 1, number: CLONE, exit: 501 }),
    call({
      ...fork,
      clock: "09:00:00.100",
      serial: 2,
      number: OPENAT,
      exit: 3,
      args: ["ffffff9c", "0", "1"],
      paths: ['"/tmp/out"'],
    }),
    call({ ...curl, clock: "09:00:00.200", serial: 3, number: EXECVE, paths: ['"/usr/bin/curl"'] }),
    call({ ...curl, comm: '"cat"', clock: "09:00:03", serial: 4, number: EXECVE, paths: ['"/c"'] }),
  );
  const found = await investigation.find(EVERYTHING, isPid(501));
  assert.equal(found.length, 2);
  const [first] = found;
  const { lives } = await livesOf(investigation, found.slice(0, 1), EVERYTHING, {
    depth: 9,
    max: 9,
  });
  const life = lives.get(first?.name ?? "");
  assert.equal(life?.launch?.serial, 3);
  assert.equal(life?.children.length, 1);
  // What was opened before the program ran is the program's.
  assert.deepEqual((await namesOf(investigation, isFile("out"), "back")).slice(0, 3), [
    "file",
    "curl[501]",
    "sh[500]",
  ]);
});

test("a file stays one when its mode changes, and another of its name is another", async () => {
  const write = { args: ["ffffff9c", "0", "1"], exit: 3 };
  const investigation = await investigationOf(
    call({ ...sh, clock: "09:00:00", serial: 1, number: OPENAT, ...write, paths: ['"/tmp/x"'] }),
    call({
      ...sh,
      clock: "09:00:01",
      serial: 2,
      number: 90,
      args: ["0", "1ed"],
      paths: ['"/tmp/x"'],
    }),
    call({ ...sh, clock: "09:00:02", serial: 3, number: OPENAT, ...write, paths: ['"/srv/x"'] }),
  );
  assert.equal((await investigation.find(EVERYTHING, isFile("x"))).length, 2);
});

test("of an address, those who listen are followed and those who connect are not", async () => {
  const address = inet("10.0.0.1", 80);
  const other = { ...curl, pid: 502 };
  const server = { ...curl, pid: 503, comm: '"nginx"', exe: '"/usr/sbin/nginx"' };
  const investigation = await investigationOf(
    call({ ...server, clock: "09:00:00", serial: 1, number: BIND, saddr: address }),
    call({ ...other, clock: "09:00:01", serial: 2, number: CONNECT, saddr: address }),
    call({ ...curl, clock: "09:00:02", serial: 3, number: CONNECT, saddr: address }),
  );
  const names = await namesOf(investigation, isPid(501), "back");
  assert.ok(names.includes("nginx[503]"), names.join(" "));
  assert.ok(!names.includes("curl[502]"), names.join(" "));
  // Of an address that is asked about, all are told.
  assert.equal((await namesOf(investigation, isFlow, "back")).includes("curl[502]"), true);
});

test("what is met twice is followed from the time that reaches furthest", async () => {
  const read = { args: ["ffffff9c", "0", "0"], exit: 3 };
  const write = { args: ["ffffff9c", "0", "1"], exit: 3 };
  const at = { number: OPENAT };
  const a = { ...curl, pid: 510, comm: '"p510"' };
  const b = { ...curl, pid: 511, comm: '"p511"' };
  const c = { ...curl, pid: 512, comm: '"p512"' };
  const investigation = await investigationOf(
    call({ ...a, ...at, ...write, clock: "09:00:01", serial: 1, paths: ['"/tmp/early"'] }),
    call({ ...c, ...at, ...read, clock: "09:00:02", serial: 2, paths: ['"/tmp/early"'] }),
    // Told to nobody yet, but before the second of its writes.
    call({ ...b, ...at, ...write, clock: "09:00:03", serial: 3, paths: ['"/tmp/secret"'] }),
    call({ ...a, ...at, ...read, clock: "09:00:04", serial: 4, paths: ['"/tmp/secret"'] }),
    call({ ...a, ...at, ...write, clock: "09:00:05", serial: 5, paths: ['"/tmp/late"'] }),
    call({ ...c, ...at, ...read, clock: "09:00:06", serial: 6, paths: ['"/tmp/late"'] }),
  );
  const names = await namesOf(investigation, isPid(512), "back");
  assert.ok(names.includes("p511[511]"), names.join(" "));
});

test("what did things before it ran another program is a process of its own", async () => {
  const bash = { pid: 500, ppid: 400, comm: '"bash"', exe: '"/usr/bin/bash"' };
  const vim = { pid: 500, ppid: 400, comm: '"vim"', exe: '"/usr/bin/vim"' };
  const read = { number: OPENAT, exit: 3, args: ["ffffff9c", "0", "0"] };
  const investigation = await investigationOf(
    call({ ...bash, ...read, clock: "09:00:00", serial: 1, paths: ['"/etc/shadow"'] }),
    call({ ...vim, clock: "09:50:00", serial: 2, number: EXECVE, paths: ['"/usr/bin/vim"'] }),
  );
  const things = await investigation.find(EVERYTHING, isFile("shadow"));
  const [toucher] = await who(investigation, things, EVERYTHING);
  const { entity } = toucher?.process ?? assert.fail();
  assert.ok(entity.kind === "process");
  assert.equal(new TextDecoder().decode(entity.name?.bytes), "bash");
});

test("a server that listened already is reached forward", async () => {
  const address = inet("10.0.0.1", 80);
  const server = { ...curl, pid: 503, comm: '"nginx"', exe: '"/usr/sbin/nginx"' };
  const investigation = await investigationOf(
    call({ ...server, clock: "09:00:00", serial: 1, number: BIND, saddr: address }),
    call({ ...curl, clock: "09:00:02", serial: 2, number: CONNECT, saddr: address }),
  );
  const names = await namesOf(investigation, isPid(501), "forward");
  assert.ok(names.includes("nginx[503]"), names.join(" "));
});

test("what is asked about and has no room is counted", async () => {
  const write = { number: OPENAT, args: ["ffffff9c", "0", "1"], exit: 3 };
  const investigation = await investigationOf(
    ...["a", "b", "c"].map((name, at) =>
      call({ ...sh, ...write, clock: `09:00:0${at}`, serial: at + 1, paths: [`"/tmp/${name}"`] }),
    ),
  );
  const start = await investigation.find(EVERYTHING, ({ kind }) => kind === "file");
  const query = { ...LIMITS, budget: 2, direction: "back", span: EVERYTHING } as const;
  const { cuts } = await trace(investigation, start, query);
  assert.deepEqual(cuts[0], { step: null, edges: 1, why: "budget" });
});

test("an id that stands for nothing is damage, and no crash", async () => {
  const log = call({ ...sh, clock: "09:00:00", serial: 1, number: OPENAT, paths: ['"/tmp/x"'] });
  const disk = await recorded([[memoryInput(bytesOf(log))]]);
  for (const column of ["process", "object"] as const) {
    const reader = await openReader(disk);
    const blocks = reader.blocks.bind(reader);
    reader.blocks = async function* changed(...asked) {
      for await (const block of blocks(...asked)) {
        for (const { atoms } of block.sections) atoms[column].fill(900_000);
        yield block;
      }
    };
    const investigation = new Investigation(reader);
    const things = await investigation.find(EVERYTHING, isPid(500));
    const asked = who(investigation, things, EVERYTHING);
    await assert.rejects(asked, ({ code }: RitmaError) => code === "store/damaged");
  }
});

test("acts that are sealed late come where they belong, and one kind is one act", async () => {
  const read = { number: OPENAT, exit: 3, args: ["ffffff9c", "0", "0"], paths: ['"/tmp/x"'] };
  const other = { ...curl, pid: 502 };
  const investigation = await investigationOf(
    call({ ...other, ...read, clock: "08:15:00", serial: 1 }),
    call({ ...curl, ...read, clock: "08:20:00", serial: 2 }),
    call({ ...curl, ...read, clock: "09:40:00", serial: 3 }),
    call({ ...curl, ...read, clock: "08:10:00", serial: 4 }),
    call({ ...sh, ...read, clock: "11:00:00", serial: 5 }),
  );
  const things = await investigation.find(EVERYTHING, isFile("x"));
  const touchers = await who(investigation, things, EVERYTHING);
  const told = touchers.map(({ process: { entity }, acts }) => {
    const own = acts.map(({ times, serial }) => `${times} from ${serial}`).join(", ");
    return `${entity.kind === "process" ? entity.pid : 0}: ${own}`;
  });
  assert.deepEqual(told, ["501: 3 from 4", "502: 1 from 1", "500: 1 from 5"]);
});
