/**
 * Where to begin reading an hour, and which hours need no reading: by their indexes, where there
 * are any.
 *
 * What is derived only saves work. An index that is absent, damaged, of another hour or not covered
 * by a statement is as none: the answer then comes from the blocks, and `ritma verify` says what is
 * wrong with the file.
 *
 * Format: spec/22-jumps.md. Not here: how an index is made (`flow/keep`).
 *
 * @module
 */
import {
  bucketOf,
  decodeJumps,
  decodeRefIds,
  EDGE_REFS_FILE,
  equalBytes,
  indexFolder,
  type Jumps,
  jumpsFile,
  type RefIds,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { SealedHour } from "./sealed-log.ts";
import type { StoreReader } from "./store-reader.ts";

export interface HourPlace {
  /** Number of a block of the hour. */
  readonly block: number;
  /** In that block, counted over its sections. */
  readonly row: number;
  /** Credentials that processes showed last in the blocks before it, all by dictionary id. */
  readonly seen: ReadonlyMap<number, number>;
}

/**
 * @param time microseconds
 * @returns a place such that no atom of the hour's blocks that stands before it is of `time` or
 * later. Late atoms are in other blocks. Null when no index tells.
 * @throws RitmaError of the disk
 */
export async function placeAt(
  reader: StoreReader,
  hour: SealedHour,
  time: number,
): Promise<HourPlace | null> {
  const jumps = await readIndex(reader, hour, jumpsFile(1), decodeJumps);
  return jumps === null ? null : placeIn(jumps, time);
}

/** The dictionary ids that an hour refers to; null when no index tells. @throws of the disk */
export async function entityRefs(reader: StoreReader, hour: SealedHour): Promise<RefIds | null> {
  return await readIndex(reader, hour, EDGE_REFS_FILE, readEdges);
}

function readEdges(bytes: Uint8Array): RefIds {
  return decodeRefIds(bytes, "edge");
}

async function readIndex<Index extends { readonly hour: Uint8Array }>(
  reader: StoreReader,
  hour: SealedHour,
  name: string,
  decode: (bytes: Uint8Array) => Index,
): Promise<Index | null> {
  const folder = indexFolder(hour.folder);
  try {
    const kept = await reader.derived(folder, name);
    if (kept === null) return null;
    const bytes = await kept.read();
    const index = reader.files.decode(`${folder}/${name}`, () => decode(bytes));
    return equalBytes(index.hour, hour.seal) ? index : null;
  } catch (error) {
    if (error instanceof RitmaError && error.code === "store/damaged") return null;
    throw error;
  }
}

function placeIn({ blocks, buckets, seconds, seen }: Jumps, time: number): HourPlace {
  const from = bucketOf(time, seconds);
  let place = Number.POSITIVE_INFINITY;
  for (const bucket of buckets) if (bucket.number >= from) place = Math.min(place, bucket.place);
  let [block, begin] = [0, 0];
  for (let size = blocks[0] ?? 0; place >= begin + size && block + 1 < blocks.length;) {
    begin += size;
    block += 1;
    size = blocks[block] ?? 0;
  }
  const row = Math.min(place - begin, blocks[block] ?? 0);
  const shown = seen.slice(0, block).flat();
  return { block, row, seen: new Map(shown.map((each) => [each.process, each.credentials])) };
}
