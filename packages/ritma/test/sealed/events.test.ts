/**
 * Goal: a question gets each event that fits it, once and in order of time, from whatever hour,
 * generation or late block holds it.
 *
 * Method: hand-made logs through the real recorder on a simulated disk; the answer is a list of
 * serials. What the recorder never does in so few lines (an event cut in two) is built by hand.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AtomTable,
  type Birth,
  cutSection,
  encodeEntitiesFrame,
  encodeEntity,
  type Entity,
  eventTypeNumber,
  packFrame,
  type ProcessKey,
} from "@ritma/evidence";
import { Entities } from "../../src/stores/sealed/entities.ts";
import { type EventQuery, EventTests } from "../../src/stores/sealed/event-query.ts";
import { EventSearch } from "../../src/stores/sealed/events.ts";
import { viewEvent } from "../../src/stores/sealed/event-view.ts";
import { KnownCredentials } from "../../src/stores/sealed/known-credentials.ts";
import { searchSection } from "../../src/stores/sealed/section-search.ts";
import { bytesOf, line, login, memoryInput, opened, timeUs } from "../recorder/audit-lines.ts";
import { primitives, recorded, type Settings } from "../recorder/recording.ts";
import { between, EVERY_EVENT, eventsIn, openReader, serialsIn } from "./searching.ts";

/** Three hours with two events each; the third hour begins after one without any. */
const HOURS = bytesOf(
  opened("08:10:00", 1),
  opened("08:59:59.999", 2, { path: "/tmp/a" }),
  opened("09:00:00", 3, { pid: 200, comm: "sh" }),
  opened("09:30:00", 4),
  opened("11:00:00", 5),
  opened("11:20:00", 6),
);

function isNamed(name: string): (entity: Entity) => boolean {
  return (entity) =>
    entity.kind === "file" &&
    new TextDecoder().decode(entity.path?.components.at(-1)?.bytes) === name;
}

async function check(
  want: readonly number[],
  query: Partial<EventQuery>,
  log: Uint8Array = HOURS,
  settings: Settings = {},
): Promise<void> {
  const disk = await recorded([[memoryInput(log)]], settings);
  assert.deepEqual(await serialsIn(disk, query), want);
}

test("everything, in order of time", async () => {
  await check([1, 2, 3, 4, 5, 6], {});
});
test("the begin is part of a range and the end is not", async () => {
  await check([2, 3], between("08:59:59.999", "09:30:00"));
});
test("a range in an hour without events", async () => {
  await check([], between("10:00:00", "11:00:00"));
});
test("a range that is open at one end", async () => {
  await check([5, 6], between("09:30:00.001", null));
  await check([1], between(null, "08:59:00"));
});
test("the same over generations that hold a handful of entities", async () => {
  const limits = { generationEntitiesMax: 3 };
  await check([1, 2, 3, 4, 5, 6], {}, HOURS, { limits });
  await check([5, 6], between("10:00:00", null), HOURS, { limits });
});
test("a process is told by its entity", async () => {
  await check([3], { process: ({ pid }) => pid === 200 });
});
test("an object is told by its entity, and each question must have one", async () => {
  await check([2], { objects: [isNamed("a"), (entity) => entity.kind === "file"] });
  await check([], { objects: [isNamed("a"), isNamed("passwd")] });
});

test("events that are not wanted are counted, those that do not fit are not", async () => {
  const disk = await recorded([[memoryInput(HOURS)]]);
  const query = { ...EVERY_EVENT, wanted: () => "no" as const, ...between("09:00:00", null) };
  const search = new EventSearch(await openReader(disk), query);
  for await (const event of search.run()) assert.fail(`found ${event.serial}`);
  assert.equal(search.hidden, 4);
});

test("late events stand where their stamp belongs, and say that they are late", async () => {
  const log = bytesOf(
    opened("08:10:00", 1),
    opened("09:40:00", 4),
    opened("09:50:00", 5),
    opened("08:20:00", 2, { pid: 300 }),
    opened("09:10:00", 3, { pid: 300 }),
    opened("11:00:00", 6),
  );
  const disk = await recorded([[memoryInput(log)]]);
  const views = await eventsIn(disk);
  assert.deepEqual(
    views.map(({ serial, late }) => `${serial}${late ? " late" : ""}`),
    ["1", "2 late", "3 late", "4", "5", "6"],
  );
  assert.deepEqual(await serialsIn(disk, between("08:15:00", "09:00:00")), [2]);
  assert.deepEqual(await serialsIn(disk, between("09:05:00", "09:45:00")), [3, 4]);
});

test("a stamp of no year of ours is an answer to a question without a begin only", async () => {
  const wild = line("USER_LOGIN", "-20000+09:00:00", 7, "pid=300 uid=0 res=success");
  const log = bytesOf(opened("08:10:00", 1), wild, opened("08:11:00", 2));
  const disk = await recorded([[memoryInput(log)]]);
  assert.deepEqual(await serialsIn(disk), [7, 1, 2]);
  assert.deepEqual(await serialsIn(disk, between("08:00:00", null)), [1, 2]);
});

test("one event has all of its atoms, and the one that was asked about in front", async () => {
  const disk = await recorded([[memoryInput(bytesOf(login("08:00:00", 1), login("08:00:05", 2)))]]);
  const [view] = await eventsIn(disk);
  assert.equal(view?.atom.object?.kind, "fields");
  const asked = await eventsIn(disk, {
    wanted: (etype) => (etype === eventTypeNumber("record") ? "ask-object" : "no"),
    wantedObject: (object) => object.kind === "fields" && object.type === "USER_LOGIN",
  });
  assert.equal(asked.length, 2);
});

test("who a process was is said only where it was seen", async () => {
  const log = bytesOf(
    opened("08:10:00", 1),
    opened("09:10:00", 2),
    opened("09:20:00", 3, { pid: 9 }),
  );
  const disk = await recorded([[memoryInput(log)]]);
  const uidsOf = async (query: Partial<EventQuery>): Promise<(number | null | undefined)[]> =>
    (await eventsIn(disk, query)).map(({ credentials }) => credentials?.ids[1]);
  assert.deepEqual(await uidsOf({}), [0, 0, 0]);
  assert.deepEqual(await uidsOf(between("09:00:00", null)), [undefined, 0]);
});

test("of an event that gave its process other credentials, the record is shown", async () => {
  const sent =
    "arch=c000003e syscall=44 success=yes exit=1 a0=3 a1=0 a2=0 a3=0 items=0 ppid=1 pid=100 " +
    'auid=1000 uid=7 gid=7 euid=7 suid=7 fsuid=7 egid=7 sgid=7 fsgid=7 tty=pts0 ses=3 comm="cat" ' +
    'exe="/usr/bin/cat" key=(null)';
  const log = bytesOf(
    opened("08:00:00", 1),
    line("CONFIG_CHANGE", "08:00:05", 2, "op=add_rule list=4 res=1"),
    line("SYSCALL", "08:00:05", 2, sent),
    line("PROCTITLE", "08:00:05", 2, "proctitle=00"),
  );
  const asked = new Set((["record", "credentials"] as const).map(eventTypeNumber));
  const disk = await recorded([[memoryInput(log)]]);
  const views = await eventsIn(disk, {
    wanted: (etype) => (asked.has(etype) ? "yes" : "no"),
    ...between("08:00:05", null),
  });
  assert.deepEqual(
    views.map(({ atom, also }) => [atom.object?.kind, also.length]),
    [["fields", 2]],
  );
});

function keyOf(pid: number, serial: number): ProcessKey {
  return { boot: 0, pid, start: serial, serial };
}

test("a program that is run in place of another has that one's parent for an ancestor", () => {
  const node = { hashed: false, bytes: new Uint8Array(1) };
  const made = (pid: number, serial: number, birth: Birth, parent: ProcessKey | null): Entity => ({
    kind: "process",
    node,
    boot: 0,
    pid,
    start: serial,
    serial,
    birth,
    parent,
    executable: null,
    name: null,
    credentials: null,
    container: null,
  });
  const processes = [
    made(4, 1, "inferred", null),
    made(5, 2, "exec", keyOf(4, 1)),
    made(5, 3, "exec", keyOf(5, 2)),
  ];
  const store = new Uint8Array(16);
  const entities = new Entities(primitives, store, 1);
  const salt = new Uint8Array(32);
  const frame = { store, generation: 1, firstId: 1, salt, entities: processes.map(encodeEntity) };
  entities.add(packFrame(primitives.zstd(encodeEntitiesFrame(frame), 1)));
  const atoms = new AtomTable();
  const row = atoms.add();
  atoms.process[row] = 3;
  atoms.etype[row] = eventTypeNumber("exec");
  const rows = { start: 0, end: 1, more: [] };
  const place = { atoms, rows, shown: 0, credentials: 0, sequence: 0, window: 0 };
  const { parent, ancestor } = viewEvent(entities, place);
  assert.deepEqual([parent?.serial, ancestor?.serial], [2, 1]);
});

test("an event that is cut in two by the size of an instantiation is one", () => {
  const process = encodeEntity({
    kind: "process",
    node: { hashed: false, bytes: new Uint8Array(1) },
    boot: 0,
    pid: 5,
    start: 1,
    serial: 1,
    birth: "fork",
    parent: null,
    executable: null,
    name: null,
    credentials: null,
    container: null,
  });
  const store = new Uint8Array(16);
  const frame = { store, generation: 1, firstId: 1, salt: new Uint8Array(32), entities: [process] };
  const entities = new Entities(primitives, store, 1);
  entities.add(packFrame(primitives.zstd(encodeEntitiesFrame(frame), 1)));
  const table = new AtomTable();
  for (let at = 0; at < 4_098; at += 1) {
    const row = table.add();
    table.time[row] = timeUs("08:00:00");
    table.serial[row] = at < 4_094 ? at : 4_094;
    table.process[row] = 1;
    table.etype[row] = eventTypeNumber("exit");
    table.num[row] = at;
  }
  const section = cutSection(0, table);
  assert.equal(section.starts.length, 3, "two instantiations");
  const span = { since: 0, until: Number.POSITIVE_INFINITY };
  const tests = new EventTests(EVERY_EVENT, entities);
  const { places } = searchSection(tests, 0, section, span, new KnownCredentials(0));
  assert.equal(places.length, 4_095);
  const last = places.at(-1);
  assert.ok(last !== undefined);
  const { atom, also } = viewEvent(entities, last);
  assert.deepEqual(
    [atom, ...also].map(({ num }) => num),
    [4_094, 4_095, 4_096, 4_097],
  );
});
