/**
 * Builds everything derived again, from what is sealed.
 *
 * Format: spec/13-derived.md, spec/14-cone-index.md, spec/15-names.md.
 *
 * @module
 */
import {
  COMPACTION_FILE,
  coneIndexPath,
  encodeCompaction,
  encodeConeIndex,
  HEALTH_FOLDER,
  type HourHeader,
} from "@ritma/evidence";
import type { RealDisk } from "../../base/disk/real-disk.ts";
import { buildNames, type NumberedEntity } from "../../stores/names/names-builder.ts";
import { readConeUses } from "../../stores/sealed/cone-uses.ts";
import { entitiesOf, NAMES_FILE, NAMES_FOLDER, newestHeaders } from "./dictionaries.ts";
import { keepLedger } from "./ledger.ts";
import { type Keeping, writeDerived } from "./write-derived.ts";

export interface Reindexing extends Keeping {
  readonly disk: RealDisk;
  readonly nowUs: () => number;
  /** A folder outside the evidence store, made for the work and removed. */
  readonly scratch: string;
}

export interface Reindexed {
  readonly hours: number;
  readonly accounts: number;
  readonly cones: number;
  readonly names: { readonly entities: number; readonly bytes: number };
}

/** Durable on return. @throws RitmaError `store/damaged`, `index/…`, of the disk */
export async function reindex(reindexing: Reindexing): Promise<Reindexed> {
  const { reader } = reindexing;
  const hours = reader.hours.length;
  const newest = await newestHeaders(reader);
  if (hours === 0) return { hours, accounts: 0, cones: 0, names: { entities: 0, bytes: 0 } };
  const accounts = await keepLedger(reindexing, true);
  let cones = 0;
  for (const generation of newest.keys()) cones += await indexCones(reindexing, generation);
  return { hours, accounts, cones, names: await indexNames(reindexing, newest) };
}

/** @returns how many cones the generation has; without any it has no index. */
async function indexCones(reindexing: Reindexing, generation: number): Promise<number> {
  const uses = await readConeUses(reindexing.reader, generation, null);
  if (uses === null || uses.index.cones.length === 0) return 0;
  const { index } = uses;
  const path = coneIndexPath(generation);
  const slash = path.lastIndexOf("/");
  const bytes = encodeConeIndex(index);
  const file = { path: path.slice(slash + 1), bytes };
  await writeDerived(reindexing, path.slice(0, slash), [file]);
  return index.cones.length;
}

async function indexNames(
  reindexing: Reindexing,
  newest: ReadonlyMap<number, HourHeader>,
): Promise<Reindexed["names"]> {
  const { disk, primitives, reader, scratch, nowUs } = reindexing;
  const path = `${reader.files.out}/${NAMES_FOLDER}/${NAMES_FILE}`;
  let entities = 0;
  const counted = async function* (): AsyncGenerator<NumberedEntity> {
    for await (const entity of entitiesOf(reader, newest)) {
      entities += 1;
      yield entity;
    }
  };
  let [bytes, loose] = [0, 0];
  await writeDerived(reindexing, NAMES_FOLDER, [], async () => {
    const built = await buildNames({ disk, path, scratch }, primitives, counted());
    [bytes, loose] = [built.length, built.looseLength];
    return [{ path: NAMES_FILE, length: built.length, sha256: built.sha256 }];
  });
  const compaction = encodeCompaction({
    store: reader.file.store,
    time: nowUs(),
    path: `${NAMES_FOLDER}/${NAMES_FILE}`,
    bytesBefore: loose,
    bytesAfter: bytes,
  });
  await writeDerived(reindexing, HEALTH_FOLDER, [{ path: COMPACTION_FILE, bytes: compaction }]);
  return { entities, bytes };
}
