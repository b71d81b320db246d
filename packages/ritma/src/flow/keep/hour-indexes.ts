/**
 * What is made of each hour's blocks: jumps, the page to print, and of a long hour its lineage. All
 * of it in one reading of the hour.
 *
 * Format: spec/22-jumps.md, spec/23-lineage.md, spec/24-print.md.
 *
 * @module
 */
import { type Actors, indexFolder, lineagePlace, printFolder } from "@ritma/evidence";
import type { RealDisk } from "../../base/disk/real-disk.ts";
import { buildLineage, type HourSections } from "../../stores/lineage/lineage-builder.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { dayOf } from "./accounts.ts";
import { ActorTally } from "./actors.ts";
import { tallyOf } from "./hour-tally.ts";
import { readAll } from "./hour-sections.ts";
import { indexHour } from "./jumps.ts";
import { hasLineage } from "./lineage.ts";
import { printHour } from "./print.ts";
import { PrintTally } from "./print-tally.ts";
import { type Keeping, type Placed, writeDerived } from "./write-derived.ts";

export interface IndexKeeping extends Keeping {
  readonly disk: RealDisk;
  /** A folder outside the evidence store, made for the work and removed. */
  readonly scratch: string;
}

export interface KeptIndexes {
  readonly hours: number;
  /** Hours that have an index now: all that have atoms. */
  readonly jumps: number;
  readonly lineages: { readonly hours: number; readonly bytes: number };
  /** Who did most in the hours, by UTC day. */
  readonly actors: ReadonlyMap<string, Actors>;
}

/**
 * Builds the indexes of some hours, day by day, so that what is counted of one is forgotten before
 * the next. Durable on return; other hours keep theirs.
 *
 * @throws RitmaError `store/damaged`, `index/unavailable`, of the disk
 */
export async function keepIndexes(
  keeping: IndexKeeping,
  hours: readonly SealedHour[],
): Promise<KeptIndexes> {
  const actors = new Map<string, Actors>();
  const lengths: number[] = [];
  let jumps = 0;
  for (const [day, ofDay] of Map.groupBy(hours, dayOf)) {
    const tally = new ActorTally();
    const one = async (hour: SealedHour, readTo = readAll): Promise<void> => {
      if (await keepHour(keeping, hour, tally, readTo)) jumps += 1;
    };
    const placed = await keepDay(keeping, ofDay, one);
    lengths.push(...placed.map(({ length }) => length));
    actors.set(day, tally.actors());
  }
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  return { hours: hours.length, jumps, lineages: { hours: lengths.length, bytes }, actors };
}

/**
 * Days are looked through from the newest back, until one lacks nothing: within a day its hours may
 * be done and the statement about their lineages not.
 *
 * @returns hours that lack something, in order
 */
export async function hoursWithoutIndexes(reader: StoreReader): Promise<readonly SealedHour[]> {
  const lacking: SealedHour[] = [];
  for (const [, ofDay] of [...Map.groupBy(reader.hours, dayOf)].toReversed()) {
    const before = lacking.length;
    for (const hour of ofDay) if (!(await isIndexed(reader, hour))) lacking.push(hour);
    if (lacking.length === before) break;
  }
  return lacking.toSorted((a, b) => a.sequence - b.sequence);
}

/** The lineages of a day are under one statement: it is gone while they are built. */
async function keepDay(
  keeping: IndexKeeping,
  hours: readonly SealedHour[],
  one: (hour: SealedHour, readTo?: typeof readAll) => Promise<void>,
): Promise<readonly Placed[]> {
  const { disk, primitives, reader, scratch } = keeping;
  const placed: Placed[] = [];
  const all = async (): Promise<readonly Placed[]> => {
    for (const hour of hours) {
      if (!(await hasLineage(reader, hour))) await one(hour);
      else {
        const { folder, name } = lineagePlace(hour.folder);
        const place = { disk, path: `${reader.files.out}/${folder}/${name}`, scratch };
        await one(hour, async (sections: HourSections) => {
          const { length, sha256 } = await buildLineage(place, primitives, sections);
          placed.push({ path: name, length, sha256 });
        });
      }
    }
    return placed;
  };
  const isLong = await Promise.all(hours.map(async (hour) => await hasLineage(reader, hour)));
  const [first] = hours;
  if (first === undefined || !isLong.includes(true)) return await all();
  await writeDerived(keeping, lineagePlace(first.folder).folder, [], all);
  return placed;
}

/** @returns false for an hour without an atom: it has a page to print and no jumps. */
async function keepHour(
  keeping: IndexKeeping,
  hour: SealedHour,
  tally: ActorTally,
  readTo: (sections: HourSections) => Promise<void>,
): Promise<boolean> {
  const { reader } = keeping;
  const counted = new PrintTally();
  const files = await indexHour(reader, hour, tallyOf([tally, counted]), readTo);
  const page = await printHour(reader, hour, counted);
  if (files.length > 0) await writeDerived(keeping, indexFolder(hour.folder), files);
  await writeDerived(keeping, printFolder(hour.folder), [page]);
  return files.length > 0;
}

async function isIndexed(reader: StoreReader, hour: SealedHour): Promise<boolean> {
  if ((await reader.statement(printFolder(hour.folder))) === null) return false;
  const jumps = await reader.statement(indexFolder(hour.folder));
  if (jumps === null && (await reader.header(hour)).counts.atoms > 0) return false;
  if (!(await hasLineage(reader, hour))) return true;
  const { folder, name } = lineagePlace(hour.folder);
  const lineages = await reader.statement(folder);
  return lineages?.files.some(({ path }) => path === name) === true;
}
