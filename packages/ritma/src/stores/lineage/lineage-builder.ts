/**
 * Builds the lineage of an hour from its sections.
 *
 * Streaming: sixteen pages are in memory, and twelve bytes for each id and page that have to do
 * with each other. Deterministic: an hour has one content.
 *
 * Format: spec/23-lineage.md. Not here: where sections come from, and the statement about the file.
 *
 * @module
 */
import {
  type BlockPlace,
  type CutPage,
  encodeBlock,
  encodeLineageHead,
  encodePostings,
  type Generation,
  idRangeKey,
  LINEAGE_HEAD_KEY,
  type LineagePage,
  PageCutter,
  pageGroupKey,
  PAGES_A_GROUP,
  PostingTally,
  type Section,
} from "@ritma/evidence";
import type { RealDisk } from "../../base/disk/real-disk.ts";
import { ZSTD_LEVEL_NAMES } from "../../base/limits.ts";
import { ContentHasher } from "../../base/lmdb/content.ts";
import { type TableEntry, type WrittenTable, writeTable } from "../../base/lmdb/table-writer.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { encodeGroup } from "./page-group.ts";

/** The sections of an hour, in order; those that came late are the last. */
export interface HourSections {
  /** SHA-256 of the hour-seal. */
  readonly seal: Uint8Array;
  readonly store: Uint8Array;
  readonly sequence: number;
  /** That they were decoded with. It writes pages while no block of it is being decoded. */
  readonly generation: Generation;
  /** Newest id of a cone that the hour has: a reader may know no others. */
  readonly cones: number;
  readonly inTime: AsyncIterable<Section>;
  readonly late: AsyncIterable<Section>;
  /** Smaller in tests alone: another number is another content. */
  readonly pageAtoms?: number;
}

export interface LineagePlaceOnDisk {
  readonly disk: RealDisk;
  /** Of the file. */
  readonly path: string;
  /** A folder that is made for the work, outside the evidence store and on the same disk. */
  readonly scratch: string;
}

/** An entry before it is packed, and how it is. */
interface Content {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly packed: () => Uint8Array;
}

/**
 * Durable on return; what was at the path is replaced, in one step.
 *
 * @throws RitmaError `index/unavailable`, `disk/…`, and what the sections throw
 */
export async function buildLineage(
  { disk, path, scratch }: LineagePlaceOnDisk,
  primitives: NodePrimitives,
  hour: HourSections,
): Promise<WrittenTable> {
  return await writeTable(disk, path, scratch, lineageEntries(primitives, hour));
}

/** What `LineageReader.content` must say of the hour. */
export async function lineageContent(
  primitives: NodePrimitives,
  hour: HourSections,
): Promise<Uint8Array> {
  const content = new ContentHasher();
  for await (const { key, value } of contentOf(primitives, hour)) content.add(key, value);
  return content.digest();
}

/** In order of their keys. @throws what the sections throw */
export async function* lineageEntries(
  primitives: NodePrimitives,
  hour: HourSections,
): AsyncGenerator<TableEntry> {
  for await (const { key, packed } of contentOf(primitives, hour)) yield { key, value: packed() };
}

async function* contentOf({ zstd }: NodePrimitives, hour: HourSections): AsyncGenerator<Content> {
  const { seal, generation } = hour;
  const tally = new PostingTally();
  const pages: LineagePage[] = [];
  let group: CutPage[] = [];
  let late: number | null = null;
  for await (const { page, isLate } of pagesOf(hour)) {
    if (isLate) late ??= pages.length;
    tally.add(page.sections);
    pages.push(page.place);
    group.push(page);
    if (group.length < PAGES_A_GROUP) continue;
    yield groupOf(hour, pages.length, group);
    group = [];
  }
  if (group.length > 0) yield groupOf(hour, pages.length, group);
  for (const { range, postings } of tally.ranges()) {
    const value = encodePostings(range, postings);
    yield { key: idRangeKey(range), value, packed: () => zstd(value, ZSTD_LEVEL_NAMES) };
  }
  const head = encodeLineageHead({
    hour: seal,
    generation: generation.number,
    late: late ?? pages.length,
    pages,
  });
  yield { key: LINEAGE_HEAD_KEY, value: head, packed: () => head };
}

async function* pagesOf({
  inTime,
  late,
  pageAtoms,
}: HourSections): AsyncGenerator<{ readonly page: CutPage; readonly isLate: boolean }> {
  for (const [sections, isLate] of [[inTime, false] as const, [late, true] as const]) {
    const cutter = new PageCutter(pageAtoms);
    for await (const section of sections) {
      for (const page of cutter.add(section)) yield { page, isLate };
    }
    for (const page of cutter.end()) yield { page, isLate };
  }
}

/** @param end number of the page behind the last one of the group */
function groupOf(
  { store, sequence, generation, cones }: HourSections,
  end: number,
  pages: readonly CutPage[],
): Content {
  const first = end - pages.length;
  const place = (at: number): BlockPlace => {
    return { store, sequence, number: first + at, generation: generation.number };
  };
  const plain = pages.map(({ sections }, at) => encodeBlock({ ...place(at), sections }));
  return {
    key: pageGroupKey(first / PAGES_A_GROUP),
    value: encodeGroup(plain),
    packed: () =>
      encodeGroup(pages.map((page, at) => codedPage(generation, cones, page, place(at)))),
  };
}

function codedPage(
  generation: Generation,
  cones: number,
  { sections }: CutPage,
  place: BlockPlace,
): Uint8Array {
  const { writer } = generation;
  const process = sections[0]?.atoms.process[0] ?? 1;
  writer.beginHour(Math.max(0, process - 1), cones);
  let size = 0;
  for (const section of sections) {
    size = Math.max(size, newestIn(section));
    writer.add(section, size);
  }
  return writer.finish(place);
}

function newestIn({ atoms: { process, object, object2, arg, length } }: Section): number {
  let newest = 0;
  for (let row = 0; row < length; row += 1) {
    newest = Math.max(newest, process[row] ?? 0, object[row] ?? 0);
    newest = Math.max(newest, object2[row] ?? 0, arg[row] ?? 0);
  }
  return newest;
}
