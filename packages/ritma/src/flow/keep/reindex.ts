/**
 * Builds everything derived again, from what is sealed.
 *
 * Format: spec/13-derived.md, spec/14-cone-index.md, spec/15-names.md, spec/21-catalog.md,
 * spec/22-jumps.md, spec/23-lineage.md, spec/24-print.md.
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
import { buildNames, type NumberedEntity } from "../../stores/names/names-builder.ts";
import { readConeUses } from "../../stores/sealed/cone-uses.ts";
import { entitiesOf, NAMES_FILE, NAMES_FOLDER, newestHeaders } from "./dictionaries.ts";
import { type IndexKeeping, keepIndexes, type KeptIndexes } from "./hour-indexes.ts";
import { keepLedger } from "./ledger.ts";
import { writeDerived } from "./write-derived.ts";

export interface Reindexing extends IndexKeeping {
  readonly nowUs: () => number;
}

export interface Reindexed extends Omit<KeptIndexes, "actors"> {
  readonly accounts: number;
  /** Statements that did not hold, by path in the store. */
  readonly replaced: readonly string[];
  readonly cones: number;
  readonly names: { readonly entities: number; readonly bytes: number };
}

/** Durable on return. @throws RitmaError `store/damaged`, `index/…`, of the disk */
export async function reindex(given: Omit<Reindexing, "replaced">): Promise<Reindexed> {
  const { reader } = given;
  const replaced: string[] = [];
  const told = (path: string): void => {
    replaced.push(path);
  };
  const reindexing: Reindexing = { ...given, replaced: told };
  const hours = reader.hours.length;
  const newest = await newestHeaders(reader);
  if (hours === 0) {
    const none = { hours: 0, entities: 0, bytes: 0 };
    return { hours, accounts: 0, jumps: 0, lineages: none, cones: 0, names: none, replaced };
  }
  const { actors, jumps, lineages } = await keepIndexes(reindexing, reader.hours);
  const accounts = await keepLedger(reindexing, actors);
  let cones = 0;
  for (const generation of newest.keys()) cones += await indexCones(reindexing, generation);
  const names = await indexNames(reindexing, newest);
  return { hours, accounts, jumps, lineages, cones, names, replaced };
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
