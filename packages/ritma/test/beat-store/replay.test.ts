/**
 * Goal: the reference frames of fixtures/cps give the same cells whether their blobs come out of
 * the cache or out of the runtime tree, and the counters say where from; filled once, the cache has
 * them.
 *
 * Method: each frame replayed as a beat into a store; its cells and past payloads read.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FIXTURES } from "../../../../tools/make-cps-fixtures.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import type { BlobPlace } from "../../src/stores/beat/beat-store.ts";
import { decodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { type CellPath, parseRecordKey } from "../../src/stores/beat/record.ts";
import { blake3 } from "./casting.ts";
import { type Storing, storing } from "./storing.ts";

const BRANCH = "fixtures";

function read(folder: string): readonly (readonly [name: string, bytes: Uint8Array])[] {
  return globSync("*", { cwd: join(FIXTURES, folder) })
    .toSorted()
    .map((name) => [name, new Uint8Array(readFileSync(join(FIXTURES, folder, name)))] as const);
}

const FRAMES = read("frames").map(([, bytes]) => decodeFrame(blake3, bytes));
const BLOBS = new Map(read("cas").map(([name, bytes]) => [name.replace(/\.blob$/u, ""), bytes]));

const runtime = async (digest: Uint8Array): Promise<Uint8Array | null> =>
  BLOBS.get(digest.toHex()) ?? null;

async function replay(blobs: Omit<BlobPlace, "disk" | "dir">, isCached: boolean): Promise<Storing> {
  const disk = new SimDisk();
  const made = await storing({ blobs: { disk, dir: "/branches", ...blobs } }, undefined, disk);
  if (isCached) for (const blob of BLOBS.values()) await made.store.casOf(BRANCH)?.put(blob);
  for (const { records } of FRAMES) await made.store.append(BRANCH, records);
  return made;
}

/** Every cell and every past payload, by path. */
async function everything({ store }: Storing): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const paths = new Map<string, CellPath>();
  for await (const { key } of store.scan(BRANCH, new Uint8Array(0))) {
    const { kind, path } = parseRecordKey(key);
    if (kind === "cell" || kind === "payloadHistory") paths.set(path.join("/"), path);
  }
  for (const [name, path] of paths) {
    const cell = await store.cells.get(BRANCH, path);
    if (cell !== null) found.set(name, cell.bytes?.toHex() ?? "none");
    for (const past of await store.cells.history(BRANCH, path)) {
      const bytes = await store.cells.pastBytes(BRANCH, path, past);
      found.set(`${name} of beat ${past.beat}`, bytes.toHex());
    }
  }
  return found;
}

test("cache and runtime tree give the same cells, and are counted apart", async () => {
  const cached = await replay({}, true);
  const fromCache = await everything(cached);
  assert.ok(fromCache.size >= 6, `${fromCache.size} payloads`);
  const hits = cached.store.metrics.of(BRANCH);
  assert.equal(hits.cas_miss, 0);
  assert.ok(hits.cas_hits >= BLOBS.size, `${hits.cas_hits} hits`);

  const fallen = await replay({ runtime }, false);
  assert.deepEqual(await everything(fallen), fromCache);
  const misses = fallen.store.metrics.of(BRANCH);
  assert.deepEqual([misses.cas_hits, misses.cas_miss], [0, hits.cas_hits]);

  const filled = await replay({ runtime, fill: true }, false);
  assert.deepEqual(await everything(filled), fromCache);
  assert.deepEqual(await everything(filled), fromCache);
  const both = filled.store.metrics.of(BRANCH);
  assert.equal(both.cas_miss, BLOBS.size, "each once");
  assert.equal(both.cas_hits + both.cas_miss, 2 * hits.cas_hits);
});

test("with neither, each such cell is said to be missing, and the others are read", async () => {
  const made = await replay({}, false);
  const { store, notices } = made;
  let missing = 0;
  for await (const { key } of store.scan(BRANCH, new Uint8Array(0))) {
    const { kind, path } = parseRecordKey(key);
    if (kind !== "cell") continue;
    const cell = await store.cells.describe(BRANCH, path);
    const reading = store.cells.get(BRANCH, path);
    if (cell?.payload?.place === "reference") {
      await assert.rejects(reading, { code: "beat/missing" });
      missing += 1;
    } else {
      await reading;
    }
  }
  assert.ok(missing > 0);
  const told = notices.filter(
    ({ topic, branch }) => topic === "persist.recover" && branch === BRANCH,
  );
  assert.ok(told.length >= missing);
});
