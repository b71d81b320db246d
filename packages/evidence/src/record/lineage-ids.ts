/**
 * What dictionary ids have to do with the pages of an hour: in which they act, and in which
 * something is done to them.
 *
 * Format: spec/23-lineage.md, "Ids". Vectors: spec/vectors/lineage.json.
 *
 * @module
 */
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";
import { IDS_A_RANGE } from "./lineage.ts";
import { flowsOf, INTO_PROCESS, isAside, OUT_OF_PROCESS } from "./relations.ts";

/** Bits of what an id has to do with a page. */
export const ACTS = 1;
export const FLOWED_IN = 2;
export const FLOWED_OUT = 4;
export const TOUCHED = 8;
/** Something was done to it, whatever flowed. */
export const ABOUT: number = FLOWED_IN | FLOWED_OUT | TOUCHED;

/** An id and the pages that it has to do with, ascending; `relations` are theirs. */
export interface Posting {
  readonly id: number;
  /** Calls on it in the hour. */
  readonly touches: number;
  readonly pages: readonly number[];
  readonly relations: readonly number[];
}

const PLACES = 16;
const U32_MAX = 0xffff_ffff;

/** @returns the bits of an atom's objects: 0 for what is no call. */
export function relationOf(etype: number, flags: number, ret: number): number {
  if (isAside(etype)) return 0;
  const flows = flowsOf(etype, flags, ret);
  if (flows === 0) return TOUCHED;
  const into = (flows & INTO_PROCESS) === 0 ? 0 : FLOWED_IN;
  return (flows & OUT_OF_PROCESS) === 0 ? into : into | FLOWED_OUT;
}

/** @param postings of ids of one range, ascending */
export function encodePostings(range: number, postings: Iterable<Posting>): Uint8Array {
  const writer = new VarintWriter();
  let before = range * IDS_A_RANGE;
  for (const { id, touches, pages, relations } of postings) {
    writer.uint(id - before - 1);
    before = id;
    writer.uint(touches);
    writer.uint(pages.length - 1);
    let last = -1;
    for (const [at, page] of pages.entries()) {
      writer.uint(PLACES * (page - last - 1) + (relations[at] ?? 0));
      last = page;
    }
  }
  return writer.finish();
}

/**
 * @param pages how many the hour has
 * @returns by id
 * @throws FormatError
 */
export function decodePostings(
  bytes: Uint8Array,
  range: number,
  pages: number,
): ReadonlyMap<number, Posting> {
  const reader = new VarintReader(bytes);
  const found = new Map<number, Posting>();
  let id = range * IDS_A_RANGE;
  const last = id + IDS_A_RANGE;
  while (reader.offset < bytes.length) {
    id += reader.uint() + 1;
    const touches = reader.uint();
    const count = reader.uint() + 1;
    if (id > last || touches > U32_MAX || count > pages) throw fault(reader, `id ${id}`);
    found.set(id, { id, touches, ...readPlaces(reader, count, pages) });
  }
  if (found.size === 0) throw fault(reader, "a range that says nothing");
  return found;
}

function readPlaces(
  reader: VarintReader,
  count: number,
  most: number,
): Pick<Posting, "pages" | "relations"> {
  const pages: number[] = [];
  const relations: number[] = [];
  let page = -1;
  for (let left = count; left > 0; left -= 1) {
    const told = reader.uint();
    page += Math.floor(told / PLACES) + 1;
    const relation = told % PLACES;
    if (page >= most || relation === 0) throw fault(reader, `page ${page}`);
    pages.push(page);
    relations.push(relation);
  }
  return { pages, relations };
}

function fault(reader: VarintReader, what: string): FormatError {
  return new FormatError("out-of-range", reader.offset, `lineage: ${what}`);
}
