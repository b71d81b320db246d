/**
 * Goal: windows are those of the sealed trees, no more and no fewer, each by every name that a
 * person may give it; their atoms hash to their roots; what is said of one and was changed is
 * damage.
 *
 * Method: a store made by hand, row by row; stores drawn from seeds, compared with what the trees
 * on the disk say; and every micro file changed in many ways.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeHourTree, equalBytes } from "@ritma/evidence";
import { RitmaError } from "../../src/base/error.ts";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import {
  hoursWithWindows,
  windowCount,
  windowsOfHour,
} from "../../src/flow/investigate/span-windows.ts";
import { findWindow, sectionsOf, type Window } from "../../src/flow/investigate/windows.ts";
import { hashLeaves } from "../../src/stores/sealed/section-leaves.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, memoryInput, opened, timeUs } from "../recorder/audit-lines.ts";
import { drawFrom, randomLines } from "../recorder/random-log.ts";
import { filesBelow, OUT, primitives, recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";

const ALL = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const NO_TIME = (): null => null;

/** Three hours, a gap behind the first, and an event that comes when its hour is over. */
const LOG = bytesOf(
  opened("08:10:00", 1),
  opened("08:20:00", 2),
  opened("08:50:00", 3, { path: "/tmp/b" }),
  opened("10:40:00", 4, { pid: 7 }),
  opened("10:41:00", 7, { pid: 7 }),
  opened("08:21:00", 5, { pid: 8 }),
  opened("10:59:00", 6, { pid: 9, path: "/tmp/c" }),
  opened("11:05:00", 8, { pid: 9 }),
);

async function all(reader: StoreReader, span = ALL): Promise<Window[]> {
  const windows: Window[] = [];
  for (const hour of hoursWithWindows(reader, span)) {
    const found = await windowsOfHour(reader, hour, span);
    assert.equal(await windowCount(reader, hour, span), found.length);
    windows.push(...found);
  }
  return windows;
}

function namesOf(windows: readonly Window[]): string {
  return windows.map(({ name }) => name).join(" ");
}

async function refused(asking: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(asking, (error) => {
    assert.ok(error instanceof RitmaError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

const handmade = await recorded([[memoryInput(LOG)]]);

test("windows by hour and number, late ones last, none of intervals without events", async () => {
  const reader = await openReader(handmade);
  assert.equal(namesOf(await all(reader)), "0.000 0.001 0.003 1.002 1.003 1.late 2.000");
  const [first] = await all(reader);
  assert.deepEqual([first?.t1, first?.t2], [timeUs("08:00:00"), timeUs("08:15:00")]);
  assert.deepEqual(reader.hours[1]?.gap, { t1: timeUs("09:00:00"), t2: timeUs("10:00:00") });
  assert.deepEqual([reader.hours[0]?.gap, reader.hours[2]?.gap], [null, null]);
});

const SPANS: readonly (readonly [since: string, until: string, want: string])[] = [
  ["08:15:00", "08:30:00", "0.001"],
  ["08:14:59.999", "08:15:00.001", "0.000 0.001"],
  ["08:30:00", "08:45:00", ""],
  ["09:10:00", "09:50:00", ""],
  ["08:45:00", "10:30:00.001", "0.003 1.002 1.late"],
];

for (const [since, until, want] of SPANS) {
  test(`from ${since} to ${until}: ${want === "" ? "none" : want}`, async () => {
    const span = { since: timeUs(since), until: timeUs(until) };
    assert.equal(namesOf(await all(await openReader(handmade), span)), want);
  });
}

test("a window is found by its name, its root, a time in it", async () => {
  const reader = await openReader(handmade);
  for (const window of await all(reader)) {
    const hex = window.root.toHex();
    const { hour, number, name } = window;
    const short = `${hour.sequence}.${number ?? "late"}`;
    for (const text of [name, short, hex, hex.slice(0, 6), hex.slice(0, 9).toUpperCase()]) {
      assert.equal((await findWindow(reader, text, NO_TIME)).name, name, text);
    }
    if (number === null) continue;
    for (const time of [window.t1, window.t2 - 1]) {
      assert.equal((await findWindow(reader, "then", () => time)).name, name);
    }
  }
});

test("what is not there is unknown, and the answer says what is", async () => {
  const reader = await openReader(handmade);
  const rows: readonly (readonly [text: string, want: RegExp])[] = [
    ["3.000", /no hour 3: its hours are 0 to 2/u],
    ["0.002", /hour 0 has no window 0\.002; it has 0\.000, 0\.001, 0\.003/u],
    ["0.late", /no window 0\.late/u],
    ["ffffffffff", /is no window here/u],
    ["12", /is no window here/u],
    ["x\u001b[31m", /"x\\e\[31m" is no window/u],
  ];
  for (const [text, want] of rows) {
    await refused(findWindow(reader, text, NO_TIME), "query/unknown", want);
  }
  const empty = timeUs("08:31:00");
  const near = /no window with events holds 08:31; its hour has 0\.000, 0\.001, 0\.003$/u;
  await refused(
    findWindow(reader, "08:31", () => empty),
    "query/unknown",
    near,
  );
  // Late events of the hour are in no window of a time.
  const before = findWindow(reader, "10:05", () => timeUs("10:05:00"));
  await refused(before, "query/unknown", /its hour has 1\.002, 1\.003$/u);
  const gap = findWindow(reader, "09:31", () => timeUs("09:31:00"));
  await refused(gap, "query/unknown", /holds 09:31$/u);
});

test("a root that two windows begin with is ambiguous, more digits tell them apart", async () => {
  const reader = await openReader(handmade);
  const [first, second] = reader.hours[0]?.logged ?? [];
  assert.ok(first !== undefined && second !== undefined);
  const root = Uint8Array.of(...first.root.subarray(0, 4), ...second.root.subarray(4));
  Object.defineProperty(second, "root", { value: root });
  const digits = first.root.toHex().slice(0, 8);
  const want = new RegExp(`2 windows .* ${digits}: 0\\.000 \\(${digits}.*, 0\\.001 \\(`, "u");
  await refused(findWindow(reader, digits, NO_TIME), "query/ambiguous", want);
  assert.equal((await findWindow(reader, root.toHex().slice(0, 12), NO_TIME)).name, "0.001");
});

/** The same from the files alone: every entry with a root. */
function expected(disk: SimDisk, hours: StoreReader["hours"]): string[] {
  const files = filesBelow(disk, OUT);
  return hours.flatMap(({ folder, sequence }) => {
    const bytes = files.get(`${folder}/proofs/hour_root.cbor`) ?? new Uint8Array(0);
    return decodeHourTree(bytes).entries.flatMap(({ window, t1, t2, microRoot }) =>
      microRoot === null ? [] : [`${sequence} ${window} ${t1} ${t2} ${microRoot.toHex()}`],
    );
  });
}

function spelled({ hour, number, t1, t2, root }: Window): string {
  return `${hour.sequence} ${number} ${t1} ${t2} ${root.toHex()}`;
}

async function check(seed: number): Promise<void> {
  const draw = drawFrom(seed);
  const bytes = bytesOf(...randomLines(draw, 40));
  const disk = await recorded([[memoryInput(bytes)]], { windowSecs: [60, 900][draw(2)] ?? 60 });
  const reader = await openReader(disk);
  const windows = await all(reader);
  assert.deepEqual(windows.map(spelled), expected(disk, reader.hours));
  const [since = 0, until = 0] = [draw(30), draw(30)].map(
    (hour) => timeUs("00:00:00") + hour * 3.6e9,
  );
  const within = windows.filter(
    ({ t1, t2 }) => t1 < until && (t2 > since || (t1 === t2 && t1 >= since)),
  );
  assert.equal(namesOf(await all(reader, { since, until })), namesOf(within));
  for (const window of windows) {
    const { entities, sections } = await sectionsOf(reader, window);
    const [section, ...others] = sections;
    assert.ok(section !== undefined && others.length === 0);
    const { leaves, root } = hashLeaves(primitives, entities, section);
    assert.ok(equalBytes(root, window.root), `seed ${seed}, ${window.name}`);
    const logged = window.hour.logged.find(({ number }) => number === window.number);
    assert.ok(logged !== undefined && equalBytes(logged.root, window.root));
    const header = await reader.microHeader(window.hour, logged);
    assert.deepEqual(
      [header.atoms, header.instantiations, header.t1, header.t2],
      [section.atoms.length, leaves.length, window.t1, window.t2],
    );
  }
}

test("on drawn stores, windows are those on the disk and hash to their roots", async () => {
  for (let seed = 1; seed <= 12; seed += 1) await check(seed);
});

test("a changed micro header or seal is damage that names it", async () => {
  const disk = await recorded([[memoryInput(LOG)]]);
  const files = [...filesBelow(disk, OUT)].filter(([path]) => path.includes("/micro/"));
  assert.equal(files.length, 14, "seven windows");
  for (const [path, bytes] of files) {
    const changes = [bytes.slice(0, -1), Uint8Array.of(...bytes, 0), new Uint8Array(0)];
    for (let at = 0; at < bytes.length; at += 7) {
      const copy = bytes.slice();
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      changes.push(copy);
    }
    for (const changed of changes) {
      await put(disk, path, changed);
      await refused(
        readMicros(disk),
        "store/damaged",
        new RegExp(path.replaceAll(".", "\\."), "u"),
      );
    }
    await put(disk, path, bytes);
  }
  await readMicros(disk);
});

test("a seal of another window is damage, though its signature is good", async () => {
  const disk = await recorded([[memoryInput(LOG)]]);
  const [one, other] = [...filesBelow(disk, OUT)].filter(([path]) => /w00\d\.sig$/u.test(path));
  assert.ok(one !== undefined && other !== undefined);
  await put(disk, one[0], other[1]);
  await refused(readMicros(disk), "store/damaged", /w000\.sig: signs another window/u);
});

async function put(disk: SimDisk, path: string, bytes: Uint8Array): Promise<void> {
  await disk.remove(`${OUT}/${path}`);
  await using file = await disk.create(`${OUT}/${path}`);
  await file.write(bytes);
}

async function readMicros(disk: SimDisk): Promise<void> {
  const reader = await openReader(disk);
  for (const hour of reader.hours) {
    for (const logged of hour.logged) {
      await reader.microHeader(hour, logged);
      await reader.microSigner(hour, logged);
    }
  }
}
