/**
 * Goal: whatever a crash leaves of an import or of an export, the store opens, a reader sees whole
 * cells or none, what was acknowledged is there, and the same import goes on to its end; a folder
 * with the name of a bundle is whole.
 *
 * Method: every crash state of both on the simulated disk, over the flat engine; then mistakes,
 * which the same runs must catch.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { everyCrash } from "../../src/base/disk/crash.ts";
import type { Disk } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { BeatStore } from "../../src/stores/beat/beat-store.ts";
import { exportBundle } from "../../src/stores/beat/bundle/export-bundle.ts";
import { importBundle } from "../../src/stores/beat/bundle/import-bundle.ts";
import { verifyBundle } from "../../src/stores/beat/bundle/verify-bundle.ts";
import { openFlatEngine } from "../../src/stores/beat/flat/open-flat.ts";
import { withoutSyncs } from "./altering.ts";
import { BUNDLE, STORE_ID } from "./bundling.ts";
import { blobOf, blake3 } from "./casting.ts";
import { primitives } from "./storing.ts";

const CELLS = [
  [["inline"], blobOf(1, 10)],
  [["dir", "chunks"], blobOf(2, 200)],
  [["dir", "blob"], blobOf(3, 700)],
] as const;

/** Where the branch comes from, and where it goes: no blob of the one helps the other. */
const SOURCE = "/source";
const TARGET = "/target";

const notice = (): void => {};

async function opened(disk: Disk, dir: string): Promise<BeatStore> {
  let salt = 0;
  const rng = { bytes: (count: number) => new Uint8Array(count).fill((salt += 1)) };
  const place = { disk, dir, primitives, store: STORE_ID, notice, rng };
  return await BeatStore.open({
    engine: await openFlatEngine(place),
    blake3,
    notice,
    blobs: { disk, dir, bytesMin: 500 },
    group: { ms: 0 },
    nowMs: () => 0,
  });
}

/** A disk with a store that has the branch, all of it durable. */
async function filled(): Promise<SimDisk> {
  const disk = new SimDisk();
  await using store = await opened(disk, SOURCE);
  for (const [path, bytes] of CELLS) {
    await store.apply(async (beat) => await store.cells.put(beat, "x", path, bytes));
  }
  return disk;
}

async function bundled(): Promise<SimDisk> {
  const disk = await filled();
  await using store = await opened(disk, SOURCE);
  await exportBundle({ store, storeId: STORE_ID, branch: "x", disk, dir: BUNDLE, blake3 });
  return disk;
}

/** Each cell is whole or absent; with `all` none is absent. */
async function checkCells(store: BeatStore, all: boolean): Promise<void> {
  for (const [path, bytes] of CELLS) {
    const read = await store.cells.get("y", path);
    if (all || read !== null) assert.deepEqual(read?.bytes, bytes, path.join("/"));
  }
}

async function importRun(wrap: (disk: Disk) => Disk): Promise<number> {
  const from = await bundled();
  let isDone = false;
  const work = async (disk: SimDisk): Promise<void> => {
    const used = wrap(disk);
    const store = await opened(used, TARGET);
    isDone = false;
    await importBundle({ store, disk: used, dir: BUNDLE, blake3, into: "y" });
    isDone = true;
  };
  const check = async (image: SimDisk): Promise<void> => {
    await using store = await opened(image, TARGET);
    await checkCells(store, isDone);
    const { beats, resumed } = await importBundle({
      store,
      disk: image,
      dir: BUNDLE,
      blake3,
      into: "y",
    });
    if (isDone) assert.equal(beats, 0);
    assert.ok(beats + resumed >= 4, `${beats} beats, ${resumed} resumed`);
    await checkCells(store, true);
    assert.deepEqual(await store.cells.childrenAsTheyCame("y", ["dir"]), ["chunks", "blob"]);
  };
  const { states } = await everyCrash(work, check, { from, perPoint: 4 });
  return states;
}

async function exportTo(disk: SimDisk, used: Disk): Promise<void> {
  await using store = await opened(disk, SOURCE);
  const place = { storeId: STORE_ID, branch: "x", dir: BUNDLE, blake3 };
  await exportBundle({ store, disk: used, ...place });
}

/** A folder of this name is a whole bundle. @returns false when there is none. */
async function isWhole(image: SimDisk): Promise<boolean> {
  try {
    assert.deepEqual((await verifyBundle(image, BUNDLE, blake3)).faults, []);
    return true;
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    assert.deepEqual(await image.list(BUNDLE).catch(() => []), [], "a folder that is not whole");
    return false;
  }
}

async function exportRun(wrap: (disk: Disk) => Disk, perPoint = 6): Promise<number> {
  const from = await filled();
  let isDone = false;
  const work = async (disk: SimDisk): Promise<void> => {
    isDone = false;
    await exportTo(disk, wrap(disk));
    isDone = true;
  };
  const check = async (image: SimDisk): Promise<void> => {
    const there = await isWhole(image);
    assert.ok(there || !isDone, "lost");
    if (!there) await exportTo(image, image);
    assert.ok(await isWhole(image));
  };
  const { states } = await everyCrash(work, check, { from, perPoint });
  return states;
}

test("every crash of an import", async () => {
  const states = await importRun((disk) => disk);
  assert.ok(states > 100, `${states} states`);
});

test("every crash of an export", async () => {
  const states = await exportRun((disk) => disk);
  assert.ok(states > 100, `${states} states`);
});

for (const what of ["frame", "manifest.cbor"]) {
  test(`catches: an export that does not sync a ${what}`, async () => {
    const run = exportRun((disk) => withoutSyncs(disk, (path) => path.includes(what)), 2);
    await assert.rejects(run, /\(point \d+, state \d+\)/u);
  });
}

test("catches: an import that does not sync a blob", async () => {
  const run = importRun((disk) => withoutSyncs(disk, (path) => path.includes(".blob")));
  await assert.rejects(run, /\(point \d+, state \d+\)/u);
});
