/**
 * The account of a day: what came in and what is stored of it, hour by hour.
 *
 * Format: spec/13-derived.md, "Account". Vectors: spec/vectors/derived.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { STORE_BYTES } from "./store-file.ts";

/** What an hour's account counts, in the order in which it stands on disk. Bytes are lengths. */
export const ACCOUNT_FIELDS = [
  "sequence",
  "events",
  "lost",
  "late",
  "records",
  "atoms",
  "instantiations",
  "entities",
  "cones",
  "rawBytes",
  "files",
  "blockBytes",
  "windowBytes",
  "proofBytes",
  "dictionaryBytes",
  "coneBytes",
] as const;
type AccountField = (typeof ACCOUNT_FIELDS)[number];

/**
 * `entities` and `cones` are those that the hour added; `rawBytes` what was read of inputs,
 * uncompressed; `files` and the bytes behind it what the hour put on disk, `windowBytes` being
 * micro headers and seals, `proofBytes` header, tree, seal and link.
 */
export type HourAccount = Readonly<Record<AccountField, number>>;

export interface Account {
  readonly store: Uint8Array;
  /** UTC day in which the hours begin, `YYYY-MM-DD`. */
  readonly day: string;
  /** In order of sequence; at least one. */
  readonly hours: readonly HourAccount[];
}

const TAG = "ritma/account@1";
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/u;
const DAY_LENGTH = 10;

/** @param day `YYYY-MM-DD` */
export function accountFolder(day: string): string {
  return `accounting/${day.replaceAll("-", "/")}`;
}

/** In its folder; one zstd frame. */
export const ACCOUNT_FILE = "account.cbor.zst";

export function encodeAccount({ store, day, hours }: Account): Uint8Array {
  const writer = new CborWriter(1024).array(4).text(TAG).bytes(store).text(day).array(hours.length);
  for (const hour of hours) {
    writer.array(ACCOUNT_FIELDS.length);
    for (const field of ACCOUNT_FIELDS) writer.uint(hour[field]);
  }
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one account. */
export function decodeAccount(bytes: Uint8Array): Account {
  const reader = new CborReader(bytes);
  reader.array(4);
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const day = readDay(reader);
  const hours: HourAccount[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    hours.push(readHour(reader));
    const [before, last] = hours.slice(-2);
    if (last !== undefined && before !== undefined && before.sequence >= last.sequence) {
      throw new FormatError("not-canonical", reader.offset, "hours are not in order");
    }
  }
  reader.finish();
  if (hours.length === 0) throw new FormatError("out-of-range", 0, "an account without an hour");
  return { store, day, hours };
}

/** @returns `YYYY-MM-DD`. @throws FormatError */
export function readDay(reader: CborReader): string {
  const start = reader.offset;
  const day = reader.text(DAY_LENGTH);
  if (DAY.test(day)) return day;
  throw new FormatError("wrong-type", start, "not a day");
}

function readHour(reader: CborReader): HourAccount {
  reader.array(ACCOUNT_FIELDS.length);
  return {
    sequence: reader.uint(),
    events: reader.uint(),
    lost: reader.uint(),
    late: reader.uint(),
    records: reader.uint(),
    atoms: reader.uint(),
    instantiations: reader.uint(),
    entities: reader.uint(),
    cones: reader.uint(),
    rawBytes: reader.uint(),
    files: reader.uint(),
    blockBytes: reader.uint(),
    windowBytes: reader.uint(),
    proofBytes: reader.uint(),
    dictionaryBytes: reader.uint(),
    coneBytes: reader.uint(),
  };
}
