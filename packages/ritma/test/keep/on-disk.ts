/**
 * A store that was recorded on the simulated disk, put on a real one: tables need real files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import type { Reindexing } from "../../src/flow/keep/reindex.ts";
import { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { filesBelow, open, OUT, primitives } from "../recorder/recording.ts";

export const TIME_US = 1_795_200_000_000_000;

/** With nothing derived but what ingest made. @param folder of the test alone */
export async function onDisk(simulated: SimDisk, folder: string): Promise<Reindexing> {
  const { keystore } = await open(simulated);
  const disk = new RealDisk();
  const out = join(folder, "out");
  for (const [path, bytes] of filesBelow(simulated, OUT)) {
    const at = join(out, path);
    await disk.makeDir(join(at, ".."));
    await using file = await disk.create(at);
    await file.write(bytes);
  }
  const reader = await StoreReader.open(disk, primitives, out);
  const scratch = join(folder, "scratch");
  return { disk, primitives, key: keystore.seal, reader, nowUs: () => TIME_US, scratch };
}

/** A derived file that is there and covered. */
export async function kept(
  { reader }: Reindexing,
  folder: string,
  name: string,
): Promise<Uint8Array> {
  const found = await reader.derived(folder, name);
  assert.ok(found !== null, `${folder}/${name}`);
  return await found.read();
}
