/**
 * Goal: an index that was damaged, cut, removed, taken from another hour or from another store
 * tells the truth or nothing; and it is found.
 *
 * Method: a store of two hours with indexes; each file of one is changed in turn, and what is then
 * answered is compared with what the whole index says.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BUILD_STATEMENT,
  CONE_REFS_FILE,
  decodeJumps,
  derivedNames,
  encodeJumps,
  indexFolder,
  jumpsFile,
} from "@ritma/evidence";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { compareDerived } from "../../src/flow/keep/compare-derived.ts";
import { writeDerived } from "../../src/flow/keep/write-derived.ts";
import { placeAt } from "../../src/stores/sealed/jumps.ts";
import type { SealedHour } from "../../src/stores/sealed/sealed-log.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { filesBelow, OUT, recorded, type Settings, verify } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { hoursWith, indexAll, keepingWith, rowsOf } from "./indexed.ts";

const SETTINGS: Settings = { windowSecs: 60 };

/** Two hours; what the second is about is partly known from the first. */
const TWO_HOURS = bytesOf(
  opened("09:10:00", 1, { path: "/srv/a", pid: 7 }),
  opened("09:20:00", 2, { path: "/srv/b" }),
  opened("10:10:00", 3, { path: "/srv/b" }),
  opened("10:20:00", 4, { path: "/srv/c", pid: 8 }),
);

function twoHours(): SimDisk {
  return made.snapshot();
}

async function indexed(settings: Settings): Promise<SimDisk> {
  const disk = await recorded([[memoryInput(TWO_HOURS, 100)]], settings);
  await indexAll(await keepingWith(disk, await openReader(disk)));
  return disk;
}

const made = await indexed(SETTINGS);

test("hours that a node does not occur in are left out", async () => {
  const reader = await openReader(twoHours());
  const [first, second] = reader.hours;
  assert.ok(first !== undefined && second !== undefined);
  const ids = await Promise.all(
    reader.hours.map(async (hour) => {
      const rows = await rowsOf(reader, hour, "inst");
      return rows.reduce((all, row) => all.union(row.ids), new Set<number>());
    }),
  );
  const [inFirst = new Set<number>(), inSecond = new Set<number>()] = ids;
  const [onlyFirst, onlySecond] = [inFirst.difference(inSecond), inSecond.difference(inFirst)];
  assert.ok(onlyFirst.size > 0 && onlySecond.size > 0 && inFirst.intersection(inSecond).size > 0);
  for (const id of onlyFirst) assert.deepEqual(await hoursWith(reader, 1, [id]), [first]);
  for (const id of onlySecond) assert.deepEqual(await hoursWith(reader, 1, [id]), [second]);
  for (const id of inFirst.intersection(inSecond)) {
    assert.deepEqual(await hoursWith(reader, 1, [id]), [first, second]);
  }
  assert.deepEqual(await hoursWith(reader, 1, [999_999]), []);
});

function sequences(hours: readonly SealedHour[]): number[] {
  return hours.map(({ sequence }) => sequence);
}

/** What a damaged index may say: the truth, or nothing. */
async function checkHonest(disk: SimDisk, what: string): Promise<void> {
  const whole = await openReader(twoHours());
  const reader = await openReader(disk);
  for (const hour of reader.hours) {
    for (const time of [hour.t1, hour.t1 + 700e6, hour.t1 + 1300e6]) {
      const place = await placeAt(reader, hour, time);
      if (place !== null) assert.deepEqual(place, await placeAt(whole, hour, time), what);
    }
  }
  const entities = await reader.entities(await reader.header(reader.hours.at(-1) ?? fail()));
  for (let id = 1; id <= entities.size; id += 1) {
    const there = sequences(await hoursWith(whole, 1, [id]));
    const found = new Set(sequences(await hoursWith(reader, 1, [id])));
    for (const sequence of there) assert.ok(found.has(sequence), `${what}: id ${id}`);
  }
}

function fail(): never {
  throw new assert.AssertionError({ message: "a store without an hour" });
}

async function changed(
  disk: SimDisk,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<SimDisk> {
  const other = disk.snapshot();
  const bytes = change(await other.read(`${OUT}/${path}`));
  await other.remove(`${OUT}/${path}`);
  await using file = await other.create(`${OUT}/${path}`);
  await file.write(bytes);
  return other;
}

const FOLDER = indexFolder("windows/2026/11/20/10");
const NAMES = [...(derivedNames(FOLDER) ?? []), BUILD_STATEMENT].filter(
  (name) => name !== CONE_REFS_FILE,
);

for (const name of NAMES) {
  const path = `${FOLDER}/${name}`;
  test(`${name}: a changed or cut one is found, and tells no lie`, async () => {
    const disk = twoHours();
    const { length } = filesBelow(disk, OUT).get(path) ?? new Uint8Array(0);
    for (let at = 0; at < length; at += Math.ceil(length / 12)) {
      const flipped = await changed(disk, path, (bytes) => bytes.with(at, (bytes[at] ?? 0) ^ 4));
      const cut = await changed(disk, path, (bytes) => bytes.slice(0, at));
      for (const damaged of [flipped, cut]) {
        await checkHonest(damaged, `byte ${at}`);
        const { result, findings } = await verify(filesBelow(damaged, OUT));
        assert.equal(result, "TAMPERED", `byte ${at}`);
        assert.ok(findings.every(({ where }) => where === path));
      }
    }
  });

  test(`${name}: a removed one is a note`, async () => {
    const disk = twoHours();
    await disk.remove(`${OUT}/${path}`);
    await checkHonest(disk, "removed");
    const { result, findings, notes } = await verify(filesBelow(disk, OUT));
    assert.deepEqual([result, findings], ["VALID", []]);
    assert.ok(notes.some((note) => note.startsWith(FOLDER)));
  });
}

test("an index of another hour or of another store tells nothing", async () => {
  const disk = twoHours();
  const others = {
    hour: filesBelow(disk, `${OUT}/${indexFolder("windows/2026/11/20/09")}`),
    store: filesBelow(await indexed({ ...SETTINGS, privacy: "hash-only" }), `${OUT}/${FOLDER}`),
  };
  for (const [what, files] of Object.entries(others)) {
    assert.ok(files.size > 4, what);
    let foreign = disk;
    for (const [name, bytes] of files) {
      foreign = await changed(foreign, `${FOLDER}/${name}`, () => bytes);
    }
    await checkHonest(foreign, what);
    assert.equal((await verify(filesBelow(foreign, OUT))).result, "TAMPERED", what);
  }
});

test("an index of another hour under our own key tells nothing, and is found", async () => {
  const disk = twoHours();
  const reader = await openReader(disk);
  const keeping = await keepingWith(disk, reader);
  const files = filesBelow(disk, `${OUT}/${indexFolder("windows/2026/11/20/09")}`);
  const signed = [...files]
    .filter(([name]) => name !== BUILD_STATEMENT)
    .map(([path, bytes]) => ({ path, bytes }));
  await writeDerived(keeping, FOLDER, signed);
  await checkHonest(disk, "signed");
  const { findings } = await compareDerived(reader);
  assert.deepEqual(
    findings.map(({ code, where }) => [code, where]),
    signed.map(({ path }) => ["derived/content", `${FOLDER}/${path}`]),
  );
});

test("a lie about our own hour is found by building", async () => {
  const disk = twoHours();
  const reader = await openReader(disk);
  const keeping = await keepingWith(disk, reader);
  const kept = await reader.derived(FOLDER, jumpsFile(60));
  assert.ok(kept !== null);
  const jumps = decodeJumps(await kept.read());
  const buckets = jumps.buckets.map((each) => ({ ...each, number: each.number + 1 }));
  await writeDerived(keeping, FOLDER, [
    { path: jumpsFile(60), bytes: encodeJumps({ ...jumps, buckets }) },
  ]);
  const { findings } = await compareDerived(reader);
  assert.deepEqual(
    findings.map(({ where }) => where),
    [`${FOLDER}/${jumpsFile(60)}`],
  );
});

test("an index that is built again has the same bytes", async () => {
  const disk = twoHours();
  const before = filesBelow(disk, OUT);
  for (const name of NAMES) await disk.remove(`${OUT}/${FOLDER}/${name}`);
  await indexAll(await keepingWith(disk, await openReader(disk)));
  assert.deepEqual(filesBelow(disk, OUT), before);
});
