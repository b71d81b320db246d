/**
 * Reads the catalog of a day, and believes of it what the node log says too.
 *
 * Format: spec/21-catalog.md. Not here: how it is made (`flow/keep`).
 *
 * @module
 */
import {
  type Catalog,
  CATALOG_FILE,
  catalogFolder,
  type CatalogHour,
  dayRootOf,
  decodeCatalog,
  equalBytes,
} from "@ritma/evidence";
import type { SealedHour } from "./sealed-log.ts";
import type { StoreReader } from "./store-reader.ts";

export interface KeptCatalog {
  readonly catalog: Catalog;
  /** Entries of the node log that it was built from. */
  readonly logSize: number;
}

const CATALOG_BYTES_MAX = 1 << 22;

/**
 * @param day `YYYY-MM-DD`
 * @returns null when there is none, or no statement covers it
 * @throws RitmaError `store/damaged` when it is not what its statement names, or contradicts the
 * node log
 */
export async function readCatalog(reader: StoreReader, day: string): Promise<KeptCatalog | null> {
  const { files, hours } = reader;
  const folder = catalogFolder(day);
  const kept = await reader.derived(folder, CATALOG_FILE);
  if (kept === null) return null;
  const path = `${folder}/${CATALOG_FILE}`;
  const bytes = await kept.read();
  const catalog = files.decode(path, () =>
    decodeCatalog(files.primitives.unzstd(bytes, CATALOG_BYTES_MAX)),
  );
  const { sha256 } = files.primitives;
  const roots = catalog.hours.map(({ hourRoot }) => hourRoot);
  const fits =
    catalog.day === day &&
    equalBytes(catalog.store, reader.file.store) &&
    equalBytes(catalog.dayRoot, dayRootOf(sha256, roots)) &&
    catalog.hours.every((hour) => isSealed(hours[hour.sequence], hour));
  if (!fits) throw files.damaged(path, "contradicts the node log");
  return { catalog, logSize: kept.logSize };
}

function isSealed(sealed: SealedHour | undefined, hour: CatalogHour): boolean {
  return (
    sealed !== undefined &&
    sealed.t1 === hour.t1 &&
    sealed.t2 === hour.t2 &&
    sealed.folder === hour.folder &&
    sealed.windows === hour.windows &&
    equalBytes(sealed.hourRoot, hour.hourRoot)
  );
}
