/**
 * Goal: the catalog of a day says of its hours, gaps and actors what is sealed, in raw and in
 * hash-only stores; it comes up to date with the ledger, and one that contradicts the node log is
 * found.
 *
 * Method: hand-made logs through the real recorder on a simulated disk; the whole of a catalog is
 * compared with headers, files and the node log, actors with a list.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Catalog,
  CATALOG_FILE,
  catalogFolder,
  dayRootOf,
  decodeCatalog,
  encodeCatalog,
  HOUR_HEADER,
  isDerived,
  type Path,
  type Value,
} from "@ritma/evidence";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { ActorTally } from "../../src/flow/keep/actors.ts";
import { compareDerived } from "../../src/flow/keep/compare-derived.ts";
import { indexHour } from "../../src/flow/keep/jumps.ts";
import { accountOfDay, keepLedger } from "../../src/flow/keep/ledger.ts";
import { storedBytesOf } from "../../src/flow/keep/accounts.ts";
import { writeDerived } from "../../src/flow/keep/write-derived.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, line, memoryInput, opened, timeUs } from "../recorder/audit-lines.ts";
import { filesBelow, OUT, primitives, recorded, type Settings } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { keepingWith } from "./indexed.ts";

const DAY = "2026-11-20";
const NEXT_DAY = "2026-11-21";
const CATALOG_BYTES_MAX = 1 << 22;
const FIRST = memoryInput(bytesOf(opened("09:10:00", 1), opened("10:30:00", 2)), 100);
const MORE = memoryInput(bytesOf(opened("1+08:00:00", 3), opened("1+08:20:00", 4)), 100);

async function catalogOf(reader: StoreReader, day: string): Promise<Catalog> {
  const kept = await reader.derived(catalogFolder(day), CATALOG_FILE);
  assert.ok(kept !== null, day);
  return decodeCatalog(primitives.unzstd(await kept.read(), CATALOG_BYTES_MAX));
}

test("a day's hours are those of the node log, their headers and their files", async () => {
  const disk = await recorded([[FIRST]]);
  const reader = await openReader(disk);
  const { store, dayRoot, hours, gaps, actors } = await catalogOf(reader, DAY);
  const { sha256 } = primitives;
  const account = await accountOfDay(reader, DAY);
  assert.deepEqual(store, reader.file.store);
  assert.deepEqual([gaps, actors], [[], null]);
  assert.deepEqual(
    dayRoot,
    dayRootOf(
      sha256,
      reader.hours.map(({ hourRoot }) => hourRoot),
    ),
  );
  const files = filesBelow(disk, OUT);
  const wanted = reader.hours.map(({ sequence, t1, t2, folder, windows, hourRoot }, at) => {
    const counted = account?.hours[at];
    assert.ok(counted !== undefined);
    const { events, atoms, lost, late } = counted;
    const header = sha256(files.get(`${folder}/${HOUR_HEADER}`) ?? new Uint8Array(0));
    const bytes = storedBytesOf(counted);
    return {
      sequence,
      t1,
      t2,
      folder,
      windows,
      events,
      atoms,
      lost,
      late,
      bytes,
      hourRoot,
      header,
    };
  });
  assert.equal(wanted.length, 2);
  assert.deepEqual(hours, wanted);
});

test("a gap stands in the catalog of each day that it touches", async () => {
  const disk = await recorded([[FIRST]]);
  assert.deepEqual((await catalogOf(await openReader(disk), DAY)).gaps, []);
  const both = await openReader(await recorded([[FIRST], [MORE]]));
  const gaps = both.hours.flatMap(({ gap }) => gap ?? []);
  assert.equal(gaps.length, 1);
  const [gap] = gaps;
  assert.ok(gap !== undefined && gap.t1 < timeUs("1+00:00:00") && gap.t2 > timeUs("1+00:00:00"));
  for (const day of [DAY, NEXT_DAY]) assert.deepEqual((await catalogOf(both, day)).gaps, gaps);
  const { findings, notes } = await compareDerived(both);
  assert.deepEqual([findings, notes], [[], []]);
});

test("a catalog from before a gap of its day is not compared, which is a note", async () => {
  const before = filesBelow(await recorded([[FIRST]]), `${OUT}/${catalogFolder(DAY)}`);
  const disk = await recorded([[FIRST], [MORE]]);
  for (const [name, bytes] of before) {
    const path = `${OUT}/${catalogFolder(DAY)}/${name}`;
    await disk.remove(path);
    await using file = await disk.create(path);
    await file.write(bytes);
  }
  const { findings, notes } = await compareDerived(await openReader(disk));
  assert.deepEqual(findings, []);
  assert.deepEqual(
    notes.map((note) => note.split(":")[0]),
    [`${catalogFolder(DAY)}/${CATALOG_FILE}`],
  );
});

/** One program run by another user each time, and one that connects somewhere. */
function ran(clock: string, serial: number, uid: number, program: string, ok = true): string {
  const pid = 1000 + serial;
  const ids = ["auid", "uid", "gid", "euid", "suid", "fsuid", "egid", "sgid", "fsgid"];
  const who = ids.map((name) => `${name}=${uid}`).join(" ");
  const [success, exit, exe] = ok ? ["yes", 0, program] : ["no", -13, "/bin/sh"];
  return (
    line(
      "SYSCALL",
      clock,
      serial,
      `arch=c000003e syscall=59 success=${success} exit=${exit} a0=0 a1=0 a2=0 a3=0 items=1 ` +
        `ppid=1 pid=${pid} ${who} tty=pts0 ses=3 comm="x" exe="${exe}" key=(null)`,
    ) +
    line(
      "PATH",
      clock,
      serial,
      `item=0 name="${program}" inode=${program.length + uid} dev=fe:01 mode=0100755 ouid=${uid} ` +
        "ogid=0 rdev=00:00 nametype=NORMAL",
    ) +
    line("EOE", clock, serial, "")
  );
}

function connected(clock: string, serial: number, address: string, exit = 0): string {
  return (
    line(
      "SYSCALL",
      clock,
      serial,
      `arch=c000003e syscall=42 success=${exit === 0 ? "yes" : "no"} exit=${exit} a0=3 a1=0 a2=9 ` +
        "a3=0 items=0 ppid=1 pid=50 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 " +
        'fsgid=0 tty=pts0 ses=3 comm="nc" exe="/bin/nc" key=(null)',
    ) +
    line("SOCKADDR", clock, serial, `saddr=${address}`) +
    line("EOE", clock, serial, "")
  );
}

/** 127.0.0.1:8081 and 10.0.0.9:443; then a socket in the file system, which is no destination. */
const LOCAL = "02001F917F0000010000000000000000";
const AFAR = "020001BB0A0000090000000000000000";
const IN_FILES = "01002F72756E2F6100";

const BUSY = memoryInput(
  bytesOf(
    ran("09:00:00", 1, 33, "/home/anna/ls"),
    ran("09:00:01", 2, 0, "/bin/id"),
    ran("09:00:02", 3, 33, "/bin/id"),
    ran("09:00:03", 4, 7, "/bin/su", false),
    connected("09:00:04", 5, LOCAL),
    connected("09:30:00", 6, AFAR),
    connected("09:30:01", 7, AFAR, -115),
    connected("09:30:02", 8, LOCAL, -111),
    connected("09:30:03", 9, IN_FILES),
    // Late, for its window is long over.
    ran("09:00:05", 10, 7, "/bin/id"),
    ran("10:30:00", 11, 33, "/home/anna/ls"),
  ),
  4096,
);

async function told(settings: Settings): Promise<{ disk: SimDisk; catalog: Catalog }> {
  const disk = await recorded([[BUSY]], { windowSecs: 60, ...settings });
  const reader = await openReader(disk);
  const tally = new ActorTally();
  for (const hour of reader.hours) await indexHour(reader, hour, tally);
  await keepLedger(await keepingWith(disk, reader), new Map([[DAY, tally.actors()]]));
  const { findings } = await compareDerived(reader);
  assert.deepEqual(findings, []);
  return { disk, catalog: await catalogOf(reader, DAY) };
}

function textOf({ hashed, bytes }: Value): string {
  return hashed ? "(hashed)" : new TextDecoder().decode(bytes);
}

function nameOf({ components }: Path): string {
  return components.map(textOf).join("/");
}

test("actors are counted by what succeeded, over hours and late atoms", async () => {
  const { catalog } = await told({});
  const { actors } = catalog;
  assert.ok(actors !== null);
  assert.deepEqual(
    actors.programs.map(({ count, path }) => [count, nameOf(path)]),
    [
      [3, "bin/id"],
      [2, "home/anna/ls"],
    ],
  );
  assert.deepEqual(
    actors.users.map(({ count, uid }) => [count, uid]),
    [
      [3, 33],
      [1, 0],
      [1, 7],
    ],
  );
  assert.deepEqual(
    actors.destinations.map(({ count, flow }) => [count, flow.port]),
    [
      [2, 443],
      [1, 8081],
    ],
  );
});

test("what is hashed in the store is hashed in its catalog", async () => {
  const { catalog } = await told({ privacy: "hash-only" });
  assert.ok(catalog.actors !== null);
  assert.deepEqual(
    catalog.actors.programs.map(({ count, path }) => [count, nameOf(path)]),
    [
      [3, "bin/id"],
      [2, "home/(hashed)/(hashed)"],
    ],
  );
  const [most] = catalog.actors.destinations;
  assert.ok(most !== undefined && "bytes" in most.flow.address);
  assert.equal(most.flow.address.hashed, true);
});

test("of many actors the first twenty are told", async () => {
  const lines = Array.from({ length: 25 }, (_, at) =>
    ran(`09:00:${String(at + 10)}`, at + 1, at, `/bin/p${String(at).padStart(2, "0")}`),
  );
  const disk = await recorded([[memoryInput(bytesOf(...lines), 4096)]]);
  const reader = await openReader(disk);
  const tally = new ActorTally();
  for (const hour of reader.hours) await indexHour(reader, hour, tally);
  const { programs, users } = tally.actors();
  assert.deepEqual(
    users.map(({ uid }) => uid),
    Array.from({ length: 20 }, (_, at) => at),
  );
  assert.deepEqual(
    [programs.length, nameOf(programs[0]?.path ?? { base: 0, components: [] })],
    [20, "bin/p00"],
  );
});

test("what a day counts is bounded, and those that did most stay", async () => {
  // By id: with d there are four, of which a and d stay; then comes e.
  const first = ["a", "a", "a", "b", "c", "d", "d", "e"];
  // Here b begins at 0 and makes it four again, of which b and a stay.
  const second = ["b", "b", "b", "b"];
  const lines = [...first.map((each) => ["09", each]), ...second.map((each) => ["10", each])].map(
    ([hour, each], at) => {
      const uid = (each ?? "").charCodeAt(0);
      return ran(`${hour}:00:${String(at + 10)}`, at + 1, uid, `/bin/${each}`);
    },
  );
  const disk = await recorded([[memoryInput(bytesOf(...lines), 4096)]]);
  const reader = await openReader(disk);
  const tallied = async (room?: number): Promise<(readonly [number, string])[]> => {
    const tally = new ActorTally(room);
    for (const hour of reader.hours) await indexHour(reader, hour, tally);
    return tally.actors().programs.map(({ count, path }) => [count, nameOf(path)]);
  };
  assert.equal(reader.hours.length, 2);
  assert.deepEqual(await tallied(), [
    [5, "bin/b"],
    [3, "bin/a"],
    [2, "bin/d"],
    [1, "bin/c"],
    [1, "bin/e"],
  ]);
  assert.deepEqual(await tallied(2), [
    [4, "bin/b"],
    [3, "bin/a"],
  ]);
});

test("a recorder's catalog of the day does without who did most", async () => {
  const { disk } = await told({});
  const reader = await openReader(disk);
  for (const path of filesBelow(disk, OUT).keys()) {
    if (isDerived(path) && path.startsWith("_meta")) await disk.remove(`${OUT}/${path}`);
  }
  await keepLedger(await keepingWith(disk, reader));
  assert.equal((await catalogOf(reader, DAY)).actors, null);
  assert.deepEqual((await compareDerived(reader)).findings, []);
});

test("a catalog that contradicts the node log is found, whoever signed it", async () => {
  const disk = await recorded([[FIRST]]);
  const reader = await openReader(disk);
  const catalog = await catalogOf(reader, DAY);
  const [hour, ...others] = catalog.hours;
  assert.ok(hour !== undefined);
  const moved = [{ ...hour, folder: "windows/2026/11/20/08" }, ...others];
  const lies: readonly Partial<Catalog>[] = [
    { store: new Uint8Array(16) },
    { day: NEXT_DAY },
    { dayRoot: new Uint8Array(32) },
    { hours: moved },
    { hours: [...catalog.hours, { ...hour, sequence: 9 }] },
  ];
  for (const lie of lies) {
    const bytes = primitives.zstd(encodeCatalog({ ...catalog, ...lie }), 3);
    const keeping = await keepingWith(disk, reader);
    await writeDerived(keeping, catalogFolder(DAY), [{ path: CATALOG_FILE, bytes }]);
    const { findings } = await compareDerived(reader);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["derived/content"],
    );
  }
});

test("of a day without hours there is none", async () => {
  const reader = await openReader(await recorded([[FIRST]]));
  assert.equal(await reader.derived(catalogFolder(NEXT_DAY), CATALOG_FILE), null);
});
