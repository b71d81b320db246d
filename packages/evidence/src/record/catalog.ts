/**
 * The catalog of a day: its hours and where they lie, gaps, counts, roots, and who did most.
 *
 * Derived: it proves nothing. Whoever reads it compares its hours with the node log.
 *
 * Format: spec/21-catalog.md. Vectors: spec/vectors/catalog.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import type { Sha256 } from "../primitives.ts";
import { leafHash, TreeHasher } from "../proof/merkle.ts";
import { readDay } from "./account.ts";
import { type Actors, readActors, writeActors } from "./catalog-actors.ts";
import { STORE_BYTES } from "./store-file.ts";

export interface CatalogHour {
  readonly sequence: number;
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
  /** Relative to the store. */
  readonly folder: string;
  /** Micro-windows with events that came in time. */
  readonly windows: number;
  readonly events: number;
  readonly atoms: number;
  readonly lost: number;
  readonly late: number;
  /** All that the hour put on disk. */
  readonly bytes: number;
  readonly hourRoot: Uint8Array;
  /** SHA-256 of the header as stored. */
  readonly header: Uint8Array;
}

/** An interval without events that was signed. Microseconds, half open. */
export interface CatalogGap {
  readonly t1: number;
  readonly t2: number;
}

export interface Catalog {
  readonly store: Uint8Array;
  /** UTC day in which the hours begin, `YYYY-MM-DD`. */
  readonly day: string;
  /** See `dayRootOf`. */
  readonly dayRoot: Uint8Array;
  /** In order of sequence; at least one. */
  readonly hours: readonly CatalogHour[];
  /** Those that have a time in common with the day, oldest first. */
  readonly gaps: readonly CatalogGap[];
  /** Null where it was made without reading blocks. */
  readonly actors: Actors | null;
}

/** In its folder; one zstd frame. */
export const CATALOG_FILE = "day.cbor.zst";

const TAG = "ritma/catalog@1";
const ITEMS = 7;
const HOUR_ITEMS = 12;
const DIGEST_BYTES = 32;
const FOLDER_MAX = 256;

/** @param day `YYYY-MM-DD` */
export function catalogFolder(day: string): string {
  return `catalog/${day.replaceAll("-", "/")}`;
}

/** RFC 6962 over the roots of the day's hours, in order of sequence. */
export function dayRootOf(sha256: Sha256, hourRoots: readonly Uint8Array[]): Uint8Array {
  const tree = new TreeHasher(sha256);
  for (const root of hourRoots) tree.push(leafHash(sha256, root));
  return tree.root();
}

export function encodeCatalog(catalog: Catalog): Uint8Array {
  const writer = new CborWriter(4096).array(ITEMS).text(TAG).bytes(catalog.store);
  writer.text(catalog.day).bytes(catalog.dayRoot).array(catalog.hours.length);
  for (const hour of catalog.hours) writeHour(writer, hour);
  writer.array(catalog.gaps.length);
  for (const { t1, t2 } of catalog.gaps) writer.array(2).uint(t1).uint(t2);
  if (catalog.actors === null) writer.null();
  else writeActors(writer, catalog.actors);
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one catalog. The day root is not checked. */
export function decodeCatalog(bytes: Uint8Array): Catalog {
  const reader = new CborReader(bytes);
  reader.array(ITEMS);
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const day = readDay(reader);
  const dayRoot = reader.bytes(DIGEST_BYTES);
  const hours = readHours(reader);
  const gaps = readGaps(reader);
  const hasActors = !reader.isNull();
  if (!hasActors) reader.null();
  const actors = hasActors ? readActors(reader) : null;
  reader.finish();
  return { store, day, dayRoot, hours, gaps, actors };
}

function writeHour(writer: CborWriter, hour: CatalogHour): void {
  writer.array(HOUR_ITEMS).uint(hour.sequence).uint(hour.t1).uint(hour.t2).text(hour.folder);
  writer.uint(hour.windows).uint(hour.events).uint(hour.atoms).uint(hour.lost).uint(hour.late);
  writer.uint(hour.bytes).bytes(hour.hourRoot).bytes(hour.header);
}

function readHours(reader: CborReader): CatalogHour[] {
  const hours: CatalogHour[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    const start = reader.offset;
    const hour = readHour(reader);
    const before = hours.at(-1);
    if (before !== undefined && before.sequence >= hour.sequence) {
      throw new FormatError("not-canonical", start, "hours are not in order");
    }
    if (hour.t2 < hour.t1) throw new FormatError("out-of-range", start, "an hour that goes back");
    hours.push(hour);
  }
  if (hours.length > 0) return hours;
  throw new FormatError("out-of-range", reader.offset, "a catalog without an hour");
}

function readHour(reader: CborReader): CatalogHour {
  reader.array(HOUR_ITEMS);
  return {
    sequence: reader.uint(),
    t1: reader.uint(),
    t2: reader.uint(),
    folder: reader.text(FOLDER_MAX),
    windows: reader.uint(),
    events: reader.uint(),
    atoms: reader.uint(),
    lost: reader.uint(),
    late: reader.uint(),
    bytes: reader.uint(),
    hourRoot: reader.bytes(DIGEST_BYTES),
    header: reader.bytes(DIGEST_BYTES),
  };
}

function readGaps(reader: CborReader): CatalogGap[] {
  const gaps: CatalogGap[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    const start = reader.offset;
    reader.array(2);
    const gap = { t1: reader.uint(), t2: reader.uint() };
    if (gap.t2 <= gap.t1) throw new FormatError("out-of-range", start, "a gap of no time");
    if ((gaps.at(-1)?.t2 ?? 0) > gap.t1) {
      throw new FormatError("not-canonical", start, "gaps are not in order");
    }
    gaps.push(gap);
  }
  return gaps;
}
