/**
 * The head of a lineage, and its keys: where in an hour's pages each time is.
 *
 * Derived: whoever has the blocks of the hour makes one of equal content. It proves nothing.
 *
 * Format: spec/23-lineage.md, "Head". Vectors: spec/vectors/lineage.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";

/** Where a page is, in the hour and in time. */
export interface LineagePage {
  /** Of its first instantiation, in the tree of its window. */
  readonly leaf: number;
  /** At least one. */
  readonly atoms: number;
  /** Microseconds: of the earliest atom and of the latest. */
  readonly first: number;
  readonly last: number;
}

export interface LineageHead {
  /** SHA-256 of the hour-seal. */
  readonly hour: Uint8Array;
  readonly generation: number;
  /** Number of the first page of late atoms. */
  readonly late: number;
  readonly pages: readonly LineagePage[];
}

/** An hour of fewer has no lineage: it is read sooner. */
export const LINEAGE_ATOMS_MIN = 16_384;
/** Pages under one key. */
export const PAGES_A_GROUP = 16;
/** Dictionary ids under one key. */
export const IDS_A_RANGE = 4096;
export const LINEAGE_HEAD_KEY: Uint8Array = Uint8Array.of(0xff);

const TAG = "ritma/lineage@1";
const COLUMNS = 4;
const DIGEST_BYTES = 32;
const U32_MAX = 0xffff_ffff;
const PAGES = 0;
const IDS = 1;

/** @param folder of an hour. @returns folder and name of its lineage. */
export function lineagePlace(folder: string): { readonly folder: string; readonly name: string } {
  const [, year, month, day, name] = folder.split("/");
  return { folder: `graph/edges/${year}/${month}/${day}`, name: `${name}.edges.lmdb` };
}

export function pageGroupKey(group: number): Uint8Array {
  return keyOf(PAGES, group);
}

export function idRangeKey(range: number): Uint8Array {
  return keyOf(IDS, range);
}

/** Of the range that an id is in. */
export function idRangeOf(id: number): number {
  return Math.floor((id - 1) / IDS_A_RANGE);
}

function keyOf(kind: number, number: number): Uint8Array {
  const key = new Uint8Array(5);
  key[0] = kind;
  new DataView(key.buffer).setUint32(1, number);
  return key;
}

export function encodeLineageHead({ hour, generation, late, pages }: LineageHead): Uint8Array {
  const columns = Array.from({ length: COLUMNS }, () => new VarintWriter());
  const [leaves, atoms, begins, spans] = columns;
  let before = 0;
  for (const page of pages) {
    leaves?.uint(page.leaf);
    atoms?.uint(page.atoms - 1);
    begins?.int(page.first - before);
    spans?.uint(page.last - page.first);
    before = page.first;
  }
  const writer = new CborWriter(4096).array(5).text(TAG).bytes(hour).uint(generation).uint(late);
  writer.array(COLUMNS);
  for (const column of columns) writer.bytes(column.finish());
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one head */
export function decodeLineageHead(bytes: Uint8Array): LineageHead {
  const reader = new CborReader(bytes);
  reader.array(5);
  reader.textTag(TAG);
  const hour = reader.bytes(DIGEST_BYTES);
  const generation = reader.uint();
  const late = reader.uint();
  reader.array(COLUMNS);
  const columns = Array.from({ length: COLUMNS }, () => reader.bytes());
  reader.finish();
  const pages = readPages(columns);
  if (late > pages.length) {
    throw new FormatError("out-of-range", 0, `page ${late} of ${pages.length} is late`);
  }
  return { hour, generation, late, pages };
}

function readPages(columns: readonly Uint8Array[]): LineagePage[] {
  const readers = columns.map((column) => new VarintReader(column));
  const [leaves, atoms, begins, spans] = readers;
  const pages: LineagePage[] = [];
  const length = columns[0]?.length ?? 0;
  if (leaves === undefined || atoms === undefined || length === 0) throw fault("no page");
  if (begins === undefined || spans === undefined) throw fault("no times");
  let [first, total] = [0, 0];
  while (leaves.offset < length) {
    const leaf = leaves.uint();
    const count = atoms.uint() + 1;
    first += begins.int();
    const last = first + spans.uint();
    total += count;
    const fits = leaf <= U32_MAX && total <= U32_MAX && first >= 0 && Number.isSafeInteger(last);
    if (!fits) throw fault(`page ${pages.length}`);
    pages.push({ leaf, atoms: count, first, last });
  }
  for (const [at, reader] of readers.entries()) {
    if (reader.offset === columns[at]?.length) continue;
    throw new FormatError("trailing-bytes", reader.offset, `column ${at} goes on`);
  }
  return pages;
}

function fault(what: string): FormatError {
  return new FormatError("out-of-range", 0, `lineage: ${what}`);
}
