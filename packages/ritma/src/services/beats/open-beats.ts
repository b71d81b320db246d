/**
 * The beat store of a data root, on the engine that was asked for.
 *
 *     branches/            the flat engine, and blobs of its branches
 *     branches/_lmdb/      another engine's data, and blobs of its branches
 *
 * A branch's name never begins with an underscore, so the engines do not meet. The library of an
 * engine is loaded when it is asked for.
 *
 * Not here: the lock of the data root, which the caller holds: opening mends what a crash left.
 *
 * @module
 */
import { RealDisk } from "../../base/disk/real-disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Rng } from "../../base/rng.ts";
import { BeatStore } from "../../stores/beat/beat-store.ts";
import type { BeatEngine } from "../../stores/beat/engine.ts";
import type { NoticeSink } from "../../stores/beat/notice.ts";

/** Engines that keep their data on the host's disk. */
export const BEAT_ENGINES = ["flat", "lmdb", "leveldb"] as const;
export type BeatEngineName = (typeof BEAT_ENGINES)[number];

export interface BeatPlace {
  readonly engine: BeatEngineName;
  /** For all engines together: `branches` of a data root. */
  readonly dir: string;
  readonly primitives: NodePrimitives;
  readonly rng: Rng;
  /** 16 bytes: the id of the evidence store. */
  readonly storeId: Uint8Array;
  readonly notice: NoticeSink;
}

/** @throws RitmaError `beat/damaged`, `beat/unavailable`; of the disk */
export async function openBeats(place: BeatPlace): Promise<BeatStore> {
  const disk = new RealDisk();
  const engine = await openEngine(place, disk);
  return await BeatStore.open({
    engine,
    blake3: place.primitives.blake3,
    notice: place.notice,
    requires: ["atomic-beats", "durable"],
    blobs: { disk, dir: engineDir(place), fill: true },
  });
}

export function engineDir({ engine, dir }: Pick<BeatPlace, "engine" | "dir">): string {
  return engine === "flat" ? dir : `${dir}/_${engine}`;
}

async function openEngine(place: BeatPlace, disk: RealDisk): Promise<BeatEngine> {
  const { primitives, rng, storeId: store, notice } = place;
  const dir = engineDir(place);
  if (place.engine === "lmdb") {
    const { openLmdbEngine } = await import("../../stores/beat/lmdb/lmdb-engine.ts");
    return await openLmdbEngine({ disk, dir: `${dir}/_engine`, primitives, store, notice });
  }
  if (place.engine === "leveldb") {
    const { openLevelEngine } = await import("../../stores/beat/level/level-engine.ts");
    return await openLevelEngine({ disk, dir: `${dir}/_engine`, primitives, store, notice });
  }
  const { openFlatEngine } = await import("../../stores/beat/flat/open-flat.ts");
  return await openFlatEngine({ disk, dir, primitives, rng, store, notice });
}
