/**
 * How the store does: the seven newest days with hours, and the last time that an index was
 * compacted.
 *
 * Format: spec/13-derived.md, "Health". Vectors: spec/vectors/derived.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { readDay } from "./account.ts";
import { STORE_BYTES } from "./store-file.ts";

export const HEALTH_FOLDER = "_meta/health";
/** One zstd frame. */
export const ROLLING_FILE = "stats_rolling_7d.cbor.zst";
export const COMPACTION_FILE = "last_compaction.cbor";
export const ROLLING_DAYS = 7;

/** Sums over the hours that begin in one UTC day. */
export interface DaySum {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly hours: number;
  readonly events: number;
  readonly atoms: number;
  /** What was not recorded, or not in its window. */
  readonly lost: number;
  readonly late: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
}

export interface Rolling {
  readonly store: Uint8Array;
  /** The newest days with hours, oldest first: 1 to 7. */
  readonly days: readonly DaySum[];
}

export interface Compaction {
  readonly store: Uint8Array;
  /** When, in µs since 1970: the one thing here that is measured and not built. */
  readonly time: number;
  /** The compacted file, relative to the store. */
  readonly path: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const ROLLING_TAG = "ritma/rolling@1";
const COMPACTION_TAG = "ritma/compaction@1";
const DAY_ITEMS = 8;
const PATH_MAX = 256;

export function encodeRolling({ store, days }: Rolling): Uint8Array {
  const writer = new CborWriter().array(3).text(ROLLING_TAG).bytes(store).array(days.length);
  for (const sum of days) {
    writer.array(DAY_ITEMS).text(sum.day).uint(sum.hours).uint(sum.events).uint(sum.atoms);
    writer.uint(sum.lost).uint(sum.late).uint(sum.rawBytes).uint(sum.storedBytes);
  }
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly this. */
export function decodeRolling(bytes: Uint8Array): Rolling {
  const reader = new CborReader(bytes);
  reader.array(3);
  reader.textTag(ROLLING_TAG);
  const store = reader.bytes(STORE_BYTES);
  const days: DaySum[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(DAY_ITEMS);
    const day = readDay(reader);
    if ((days.at(-1)?.day ?? "") >= day) {
      throw new FormatError("not-canonical", reader.offset, "days are not in order");
    }
    days.push({
      day,
      hours: reader.uint(),
      events: reader.uint(),
      atoms: reader.uint(),
      lost: reader.uint(),
      late: reader.uint(),
      rawBytes: reader.uint(),
      storedBytes: reader.uint(),
    });
  }
  reader.finish();
  if (days.length === 0 || days.length > ROLLING_DAYS) {
    throw new FormatError("out-of-range", 0, `${days.length} days`);
  }
  return { store, days };
}

export function encodeCompaction(compaction: Compaction): Uint8Array {
  return new CborWriter()
    .array(6)
    .text(COMPACTION_TAG)
    .bytes(compaction.store)
    .uint(compaction.time)
    .text(compaction.path)
    .uint(compaction.bytesBefore)
    .uint(compaction.bytesAfter)
    .finish();
}

/** @throws FormatError when `bytes` is not exactly this. */
export function decodeCompaction(bytes: Uint8Array): Compaction {
  const reader = new CborReader(bytes);
  reader.array(6);
  reader.textTag(COMPACTION_TAG);
  const compaction: Compaction = {
    store: reader.bytes(STORE_BYTES),
    time: reader.uint(),
    path: reader.text(PATH_MAX),
    bytesBefore: reader.uint(),
    bytesAfter: reader.uint(),
  };
  reader.finish();
  return compaction;
}
