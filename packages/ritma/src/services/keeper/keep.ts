/**
 * Brings the indexes of a data root up to its newest sealed hour.
 *
 * One at a time: it has a lock of its own, beside that of the recorder, because a recorder has its
 * indexes kept by another process while it goes on.
 *
 * @module
 */
import type { RealDisk } from "../../base/disk/real-disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import {
  hoursWithoutIndexes,
  keepIndexes,
  type KeptIndexes,
} from "../../flow/keep/hour-indexes.ts";
import type { Keeping } from "../../flow/keep/write-derived.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";

const FOLDER = "keeper";
const SCRATCH = "scratch";

/** Where indexes are built; the lock is freed by disposing it. */
export interface Workshop extends Disposable {
  /** A path at which nothing is, or what one who died left. */
  readonly scratch: string;
}

export interface KeepPlace {
  readonly dataRoot: string;
  /** The evidence store. */
  readonly out: string;
}

/** @throws RitmaError `store/busy` when another process builds indexes; of the disk */
export async function openWorkshop(disk: RealDisk, dataRoot: string): Promise<Workshop> {
  const folder = `${dataRoot}/${FOLDER}`;
  await disk.makeDir(folder);
  const lock = await disk.lock(folder);
  return { scratch: `${folder}/${SCRATCH}`, [Symbol.dispose]: () => lock[Symbol.dispose]() };
}

/**
 * Durable on return.
 *
 * @param progress told how many of the hours are done
 * @throws RitmaError as `openWorkshop`; `store/damaged`, `index/unavailable`
 */
export async function keepUpToDate(
  disk: RealDisk,
  primitives: NodePrimitives,
  key: Keeping["key"],
  { dataRoot, out }: KeepPlace,
): Promise<KeptIndexes> {
  using workshop = await openWorkshop(disk, dataRoot);
  const reader = await StoreReader.open(disk, primitives, out);
  const { scratch } = workshop;
  const hours = await hoursWithoutIndexes(reader);
  return await keepIndexes({ disk, primitives, key, reader, scratch }, hours);
}
