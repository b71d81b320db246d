/**
 * Builds everything derived again, from what is sealed.
 *
 * Format: spec/13-derived.md, spec/14-cone-index.md, spec/15-names.md, spec/21-catalog.md,
 * spec/22-jumps.md, spec/23-lineage.md, spec/24-print.md.
 *
 * @module
 */
import {
  type Actors,
  COMPACTION_FILE,
  coneIndexPath,
  encodeCompaction,
  encodeConeIndex,
  HEALTH_FOLDER,
  type HourHeader,
  indexFolder,
  printFolder,
} from "@ritma/evidence";
import type { RealDisk } from "../../base/disk/real-disk.ts";
import { buildNames, type NumberedEntity } from "../../stores/names/names-builder.ts";
import { readConeUses } from "../../stores/sealed/cone-uses.ts";
import { dayOf } from "./accounts.ts";
import { ActorTally } from "./actors.ts";
import { entitiesOf, NAMES_FILE, NAMES_FOLDER, newestHeaders } from "./dictionaries.ts";
import { tallyOf } from "./hour-tally.ts";
import { indexHour } from "./jumps.ts";
import { keepLineages } from "./lineage.ts";
import { keepLedger } from "./ledger.ts";
import { printHour } from "./print.ts";
import { PrintTally } from "./print-tally.ts";
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
  /** Hours that have an index now: all that have atoms. */
  readonly jumps: number;
  readonly lineages: { readonly hours: number; readonly bytes: number };
  readonly cones: number;
  readonly names: { readonly entities: number; readonly bytes: number };
}

/** Durable on return. @throws RitmaError `store/damaged`, `index/…`, of the disk */
export async function reindex(reindexing: Reindexing): Promise<Reindexed> {
  const { reader } = reindexing;
  const hours = reader.hours.length;
  const newest = await newestHeaders(reader);
  if (hours === 0) {
    const none = { hours: 0, entities: 0, bytes: 0 };
    return { hours, accounts: 0, jumps: 0, lineages: none, cones: 0, names: none };
  }
  const { jumps, lineages, actors } = await indexHours(reindexing);
  const accounts = await keepLedger(reindexing, actors);
  let cones = 0;
  for (const generation of newest.keys()) cones += await indexCones(reindexing, generation);
  const names = await indexNames(reindexing, newest);
  return { hours, accounts, jumps, lineages, cones, names };
}

/** Day by day, so that what is counted of one is forgotten before the next. */
async function indexHours(
  reindexing: Reindexing,
): Promise<
  Pick<Reindexed, "jumps" | "lineages"> & { readonly actors: ReadonlyMap<string, Actors> }
> {
  const { reader } = reindexing;
  const actors = new Map<string, Actors>();
  const lengths: number[] = [];
  let jumps = 0;
  for (const [day, hours] of Map.groupBy(reader.hours, dayOf)) {
    const tally = new ActorTally();
    for (const hour of hours) {
      const counted = new PrintTally();
      const files = await indexHour(reader, hour, tallyOf([tally, counted]));
      const page = await printHour(reader, hour, counted);
      await writeDerived(reindexing, printFolder(hour.folder), [page]);
      if (files.length === 0) continue;
      await writeDerived(reindexing, indexFolder(hour.folder), files);
      jumps += 1;
    }
    actors.set(day, tally.actors());
    lengths.push(...(await keepLineages(reindexing, hours)));
  }
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  return { jumps, lineages: { hours: lengths.length, bytes }, actors };
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
