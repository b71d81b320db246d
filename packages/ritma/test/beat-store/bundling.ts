/**
 * A branch with something of everything, for the tests of bundles.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BeatStore } from "../../src/stores/beat/beat-store.ts";
import { exportBundle, type Exported } from "../../src/stores/beat/bundle/export-bundle.ts";
import { type Imported, importBundle } from "../../src/stores/beat/bundle/import-bundle.ts";
import { blobOf, blake3 } from "./casting.ts";
import type { Storing } from "./storing.ts";

export const STORE_ID = new Uint8Array(16).fill(7);
export const BUNDLE = "/bundle";

export async function fillBranch(store: BeatStore, branch: string): Promise<void> {
  const put = async (path: readonly string[], bytes: Uint8Array | null): Promise<void> =>
    await store.apply(
      async (beat) => await store.cells.put(beat, branch, path, bytes, { history: 2 }),
    );
  await put(["small"], blobOf(1, 10));
  await put(["dir", "chunks"], blobOf(2, 150_000));
  await put(["dir", "chunks"], blobOf(3, 70_000));
  await put(["dir", "blob"], blobOf(4, 210_000));
  await put(["dir", "blob"], blobOf(5, 220_000));
  await put(["gone", "below"], blobOf(6, 100));
  await store.apply(async (beat) => await store.cells.remove(beat, branch, ["gone"]));
}

export async function exported({ store, disk }: Storing, branch = "x"): Promise<Exported> {
  return await exportBundle({ store, storeId: STORE_ID, branch, disk, dir: BUNDLE, blake3 });
}

export async function imported(
  { store, disk }: Pick<Storing, "store" | "disk">,
  more: { readonly into?: string; readonly replace?: boolean } = {},
): Promise<Imported> {
  return await importBundle({ store, disk, dir: BUNDLE, blake3, ...more });
}

/** Keys and bodies of all that is live in a branch. */
export async function liveOf(store: BeatStore, branch: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { key, body } of store.scan(branch, new Uint8Array(0))) {
    lines.push(`${key.toHex()} ${blake3(body).toHex()}`);
  }
  return lines;
}

/** The cells of `fillBranch`, read. */
export async function checkBranch(store: BeatStore, branch: string): Promise<void> {
  for (const [path, bytes] of [
    [["small"], blobOf(1, 10)],
    [["dir", "chunks"], blobOf(3, 70_000)],
    [["dir", "blob"], blobOf(5, 220_000)],
  ] as const) {
    assert.deepEqual((await store.cells.get(branch, path))?.bytes, bytes, path.join("/"));
    const [past, ...more] = await store.cells.history(branch, path);
    assert.equal(more.length, 0);
    if (path[0] === "dir") {
      assert.ok(past !== undefined);
      const before = path[1] === "blob" ? blobOf(4, 210_000) : blobOf(2, 150_000);
      assert.deepEqual(await store.cells.pastBytes(branch, path, past), before);
    }
  }
  assert.equal(await store.cells.get(branch, ["gone", "below"]), null);
  assert.deepEqual(await store.cells.childrenAsTheyCame(branch, []), ["small", "dir"]);
  assert.deepEqual(await store.cells.childrenAsTheyCame(branch, ["dir"]), ["chunks", "blob"]);
}
