/**
 * Goal: what is said of a cone holds for each of its uses and for nothing else: how often, in which
 * hours, by whom, and which fields never varied.
 *
 * Method: logs of a few calls, of which all is known; and a real recording, where every block is
 * read once more and each instantiation is held against the index.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import {
  type AtomTable,
  type Cone,
  type ConeEntry,
  decodeConeIndex,
  encodeConeIndex,
  isHotCone,
  SHAPE_FIELDS,
} from "@ritma/evidence";
import type { Disk } from "../../src/base/disk/disk.ts";
import { DEMO_LOG } from "../../src/cli/demo/steps.ts";
import { type ConeUses, readConeUses } from "../../src/stores/sealed/cone-uses.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, memoryInput, opened, timeUs } from "../recorder/audit-lines.ts";
import { recorded, type Settings } from "../recorder/recording.ts";
import { openReader } from "./searching.ts";

interface Asked {
  readonly generation?: number;
  readonly watched?: number;
}

async function usesIn(disk: Disk, { generation, watched }: Asked = {}): Promise<ConeUses> {
  const uses = await readConeUses(await openReader(disk), generation ?? null, watched ?? null);
  assert.ok(uses !== null);
  return uses;
}

async function storeOf(settings: Settings, ...events: readonly string[]): Promise<Disk> {
  return await recorded([[memoryInput(bytesOf(...events))]], settings);
}

/** One process an event: openat of `path`, twice in the shape of "cat" and more. */
const EVENTS = [
  opened("08:10:00", 1, { pid: 11, path: "/etc/hosts" }),
  opened("08:10:01", 2, { pid: 12, path: "/etc/hosts" }),
  opened("08:10:02", 3, { pid: 13, path: "/etc/hosts", comm: "less" }),
  opened("10:20:00", 4, { pid: 14, path: "/etc/hosts" }),
];

test("uses, hours, users and what was always the same", async () => {
  const uses = await usesIn(await storeOf({}, ...EVENTS), { watched: 1 });
  const { index, cones, atoms, instantiations } = uses;
  assert.deepEqual([index.generation, index.firstHour, index.newestHour], [1, 0, 1]);
  assert.deepEqual([cones.length, instantiations], [1, 4]);
  const [one] = cones;
  assert.ok(one?.tally !== null && one !== undefined);
  const { entry, tally } = one;
  assert.equal(entry.uses, 3);
  assert.equal(one.told, (atoms / 4) * 3);
  assert.deepEqual([entry.frame, entry.position, entry.hours], [0, 0, { first: 0, last: 1 }]);
  assert.deepEqual([tally.firstTime, tally.lastTime], [timeUs("08:10:01"), timeUs("10:20:00")]);
  assert.deepEqual(tally.example?.time, timeUs("08:10:01"));
  const users = tally.users().map(({ process, uses: by }) => {
    const name = uses.entities.process(process).executable?.components.at(-1);
    return [new TextDecoder().decode(name?.bytes), by];
  });
  assert.deepEqual(users, [
    ["cat", 2],
    ["less", 1],
  ]);
  assert.ok(isHotCone(index, entry));
  assert.deepEqual(
    entry.constants.map(({ field }) => field),
    Array.from({ length: entry.entities + entry.numbers }, (_, field) => field),
  );
});

test("a field that once held something else varies, and each value is counted", async () => {
  const disk = await storeOf({}, ...EVENTS, opened("10:20:01", 5, { pid: 15, path: "/etc/fstab" }));
  const { cones, entities } = await usesIn(disk, { watched: 1 });
  const [one] = cones;
  const values = one?.tally?.values() ?? [];
  const varying = values.flatMap(({ values: held }, field) => (held.length > 1 ? [field] : []));
  assert.equal(varying.length, 1);
  const [field = -1] = varying;
  assert.ok(!one?.entry.constants.some((constant) => constant.field === field));
  const told = values[field]?.values.map(([id, by]) => [entities.entity(id).kind, by]);
  assert.deepEqual(told, [
    ["file", 3],
    ["file", 1],
  ]);
});

test("generations are apart, and what a finished one was used for stays", async () => {
  const limits = { generationEntitiesMax: 4 };
  const later = [
    opened("12:00:00", 6, { pid: 16 }),
    opened("12:00:01", 7, { pid: 17 }),
    opened("12:00:02", 8, { pid: 18, comm: "less" }),
  ];
  const disk = await storeOf({ limits }, ...EVENTS.slice(0, 3), ...later);
  const [newest, first] = [await usesIn(disk), await usesIn(disk, { generation: 1 })];
  assert.equal(newest.index.generation, 2);
  assert.deepEqual([first.index.firstHour, first.index.newestHour], [0, 0]);
  assert.deepEqual([newest.index.firstHour, newest.index.newestHour], [1, 1]);
  const alone = await usesIn(await storeOf({ limits }, ...EVENTS.slice(0, 3)));
  assert.deepEqual(encodeConeIndex(first.index), encodeConeIndex(alone.index));
  assert.ok(first.index.logSize < newest.index.logSize);
  assert.equal(await readConeUses(await openReader(disk), 3, null), null);
});

test("an empty store has nothing, and one where nothing came twice has no cone", async () => {
  assert.equal(await readConeUses(await openReader(await recorded([])), null, null), null);
  const { index } = await usesIn(await storeOf({}, ...EVENTS.slice(0, 1)));
  assert.deepEqual(index.cones, []);
});

/** Every instantiation that a cone tells, late ones included. */
async function* instantiationsTold(
  store: StoreReader,
): AsyncGenerator<{ readonly id: number; readonly atoms: AtomTable; readonly start: number }> {
  for (const hour of store.hours) {
    const header = await store.header(hour);
    for (const kind of ["inst", "late"] as const) {
      for await (const { sections, coneIds } of store.blocks(hour, header, kind)) {
        for (const [at, { starts, atoms }] of sections.entries()) {
          for (const [number, id] of (coneIds[at] ?? []).entries()) {
            if (id !== 0) yield { id, atoms, start: starts[number] ?? 0 };
          }
        }
      }
    }
  }
}

/** What the fields of a use held, found row by row in the shape. */
function fieldsOf({ shape, entities }: Cone, atoms: AtomTable, start: number): number[] {
  const held = Array.from({ length: entities }, () => -1);
  for (let at = 0; at < shape.length; at += SHAPE_FIELDS) {
    const row = start + at / SHAPE_FIELDS;
    const ids = [atoms.object[row], atoms.object2[row], atoms.arg[row]];
    for (const [place, id = 0] of ids.entries()) {
      const number = shape[at + 4 + place] ?? 0;
      if (number > 0) held[number - 1] = id;
      else assert.equal(id, 0);
    }
    if (shape[at + 3] === 1) held.push(atoms.num[row] ?? Number.NaN);
  }
  return held;
}

test("a real recording: the index holds for every use, and for nothing more", async () => {
  const log = zstdDecompressSync(readFileSync(DEMO_LOG));
  const disk = await recorded([[memoryInput(log)]]);
  const { index, cones, atoms } = await usesIn(disk);
  const bytes = encodeConeIndex(index);
  assert.deepEqual(decodeConeIndex(bytes), index);
  assert.ok(bytes.length < 5_000, `${bytes.length} bytes`);
  const met = new Map<number, { uses: number; first: number[]; varies: Set<number> }>();
  let told = 0;
  for await (const { id, atoms: table, start } of instantiationsTold(await openReader(disk))) {
    const cone = cones[id - 1]?.cone;
    assert.ok(cone !== undefined);
    const held = fieldsOf(cone, table, start);
    const fresh = { uses: 0, first: held, varies: new Set<number>() };
    const one = met.getOrInsert(id, fresh);
    one.uses += 1;
    told += cone.atoms;
    for (const [field, value] of held.entries()) {
      if (value !== one.first[field]) one.varies.add(field);
    }
  }
  assert.equal(
    cones.reduce((sum, one) => sum + one.told, 0),
    told,
  );
  assert.ok(told > 0.7 * atoms);
  for (const [id, { uses, first, varies }] of met) {
    const entry: ConeEntry | undefined = index.cones[id - 1];
    assert.equal(entry?.uses, uses);
    const constants = first.flatMap((value, field) => (varies.has(field) ? [] : { field, value }));
    assert.deepEqual(entry.constants, uses < 2 ? [] : constants);
  }
});
