/**
 * Makes the catalog of a day: from its account, the node log and headers; who did most is told by
 * whoever has read the blocks.
 *
 * Format: spec/21-catalog.md.
 *
 * @module
 */
import {
  type Account,
  type Actors,
  type Catalog,
  CATALOG_FILE,
  catalogFolder,
  type CatalogGap,
  type CatalogHour,
  dayRootOf,
  encodeCatalog,
  encodeHourHeader,
  type HourAccount,
} from "@ritma/evidence";
import { ZSTD_LEVEL_CONES } from "../../base/limits.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { dayOf, storedBytesOf } from "./accounts.ts";
import { type Keeping, writeDerived } from "./write-derived.ts";

const DAY_US = 86_400_000_000;

/** @param account of a day with all of its hours; `actors` null when no blocks were read */
export async function buildCatalog(
  reader: StoreReader,
  { day, hours: accounts }: Omit<Account, "store">,
  actors: Actors | null,
): Promise<Catalog> {
  const hours: CatalogHour[] = [];
  for (const account of accounts) {
    const hour = reader.hours[account.sequence];
    if (hour === undefined) throw new RangeError(`no hour ${account.sequence}`);
    hours.push(await catalogHour(reader, hour, account));
  }
  const roots = hours.map(({ hourRoot }) => hourRoot);
  const dayRoot = dayRootOf(reader.files.primitives.sha256, roots);
  return { store: reader.file.store, day, dayRoot, hours, gaps: gapsOf(reader, day), actors };
}

/** Durable on return. */
export async function writeCatalog(
  keeping: Keeping,
  account: Omit<Account, "store">,
  actors: Actors | null,
): Promise<void> {
  const catalog = encodeCatalog(await buildCatalog(keeping.reader, account, actors));
  const bytes = keeping.primitives.zstd(catalog, ZSTD_LEVEL_CONES);
  const files = [{ path: CATALOG_FILE, bytes }];
  await writeDerived(keeping, catalogFolder(account.day), files);
}

/** @returns days with hours that hours from `first` on begin in, or gaps before these touch. */
export function catalogDays(reader: StoreReader, first: number): string[] {
  const fresh = reader.hours.slice(first);
  const touched = fresh.flatMap(({ gap }) => gap ?? []);
  const begun = new Set(fresh.map(dayOf));
  return [...new Set(reader.hours.map(dayOf))]
    .filter((day) => begun.has(day) || touched.some((gap) => touches(gap, day)))
    .toSorted();
}

/** @returns how many entries of the node log the catalog of a day must have been built from. */
export function entriesOfDay({ hours }: StoreReader, day: string): number {
  const last = hours.findLast(
    (hour) => dayOf(hour) === day || (hour.gap !== null && touches(hour.gap, day)),
  );
  return (last?.entry ?? 0) + 1;
}

async function catalogHour(
  reader: StoreReader,
  hour: SealedHour,
  account: HourAccount,
): Promise<CatalogHour> {
  const { sequence, t1, t2, folder, windows, hourRoot } = hour;
  const { events, atoms, lost, late } = account;
  // A header has one spelling, so this is the digest of what is stored.
  const header = reader.files.primitives.sha256(encodeHourHeader(await reader.header(hour)));
  const bytes = storedBytesOf(account);
  return {
    sequence,
    t1,
    t2,
    folder,
    windows,
    events,
    atoms,
    lost,
    late,
    bytes,
    hourRoot,
    header,
  };
}

function gapsOf({ hours }: StoreReader, day: string): CatalogGap[] {
  return hours.flatMap(({ gap }) => (gap !== null && touches(gap, day) ? [gap] : []));
}

function touches({ t1, t2 }: CatalogGap, day: string): boolean {
  const begin = Date.parse(`${day}T00:00:00Z`) * 1000;
  return t1 < begin + DAY_US && t2 > begin;
}
