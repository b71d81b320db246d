/**
 * How an engine over a table spells its entries:
 *
 *     00                        magic (8)  store id (16)
 *     01 branch                 beat  frames  forget_before  records  frame digest (32)
 *     02 branch 00 u64be beat   records that this beat put and that are live: varint
 *     03 branch 00 record key   beat  body
 *
 * Numbers are varints. Each value ends with a CRC-32C (u32le) over its key and all before it, so
 * that a value which was moved to another key is damage too.
 *
 * Format: spec/19-beat-engines.md, "Tables".
 *
 * @module
 */
import {
  concatBytes,
  crc32c,
  decodeUtf8,
  encodeUtf8,
  equalBytes,
  FormatError,
  VarintReader,
  VarintWriter,
} from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import type { BranchHead, StoredRecord } from "../engine.ts";
import { readU32, writeU32 } from "../record-codec.ts";
import { isBranchName, ROOT_BYTES, STORE_BYTES } from "../trailer.ts";
import type { TableEntry } from "./table.ts";

/** A branch, and what of it is live. */
export interface TableHead extends BranchHead {
  /** Records of beats before this one are no longer there. 0: all are. */
  readonly forgetBefore: number;
  /** Live ones. */
  readonly records: number;
}

/** First byte of every key. */
export const TABLE_TAGS = { header: 0x00, head: 0x01, tally: 0x02, record: 0x03 } as const;

const { header: HEADER_TAG, head: HEAD_TAG, tally: TALLY_TAG, record: RECORD_TAG } = TABLE_TAGS;

/** "RITMATB1" */
const MAGIC = Uint8Array.of(0x52, 0x49, 0x54, 0x4d, 0x41, 0x54, 0x42, 0x31);
const CRC_BYTES = 4;
const BEAT_BYTES = 8;
const END_OF_NAME = 0x00;
const NOTHING = new Uint8Array(0);

export const HEADER_KEY: Uint8Array = Uint8Array.of(HEADER_TAG);

/** All heads lie from the first on and below the second. */
export const HEADS_RANGE: readonly [from: Uint8Array, below: Uint8Array] = [
  Uint8Array.of(HEAD_TAG),
  Uint8Array.of(TALLY_TAG),
];

export function headerEntry(store: Uint8Array): TableEntry {
  return sealed(HEADER_KEY, concatBytes(MAGIC, store));
}

/** @returns the id of the store. @throws RitmaError `beat/damaged` */
export function readHeader(value: Uint8Array | null): Uint8Array {
  if (value === null) throw damaged("the header of the table is missing");
  return reading("the header of the table", () => {
    const body = opened(HEADER_KEY, value);
    if (body.length !== MAGIC.length + STORE_BYTES) throw wrong("another length");
    if (!equalBytes(body.subarray(0, MAGIC.length), MAGIC)) throw wrong("no table of beats");
    return body.slice(MAGIC.length);
  });
}

export function headEntry(branch: string, head: TableHead): TableEntry {
  const numbers = varints(head.beat, head.frames, head.forgetBefore, head.records);
  return sealed(
    concatBytes(Uint8Array.of(HEAD_TAG), encodeUtf8(branch)),
    concatBytes(numbers, head.frame),
  );
}

/** @throws RitmaError `beat/damaged` */
export function readHead({ key, value }: TableEntry): {
  readonly branch: string;
  readonly head: TableHead;
} {
  return reading("the head of a branch", () => {
    const branch = decodeUtf8(key, 1, key.length);
    if (!isBranchName(branch)) throw wrong("no name of a branch");
    const body = opened(key, value);
    const reader = new VarintReader(body, 0, body.length);
    const [beat, frames] = [reader.uint(), reader.uint()];
    const [forgetBefore, records] = [reader.uint(), reader.uint()];
    const frame = body.slice(reader.offset);
    if (frame.length !== ROOT_BYTES) throw wrong("no digest of a frame");
    return { branch, head: { beat, frame, frames, forgetBefore, records } };
  });
}

export function tallyKey(branch: string, beat: number): Uint8Array {
  const number = new Uint8Array(BEAT_BYTES);
  new DataView(number.buffer).setBigUint64(0, BigInt(beat));
  return concatBytes(branchPrefix(TALLY_TAG, branch), number);
}

export function tallyEntry(branch: string, beat: number, records: number): TableEntry {
  return sealed(tallyKey(branch, beat), varints(records));
}

/** @throws RitmaError `beat/damaged` */
export function readTally({ key, value }: TableEntry): number {
  return reading("the tally of a beat", () => {
    const body = opened(key, value);
    const reader = new VarintReader(body, 0, body.length);
    const records = reader.uint();
    if (reader.offset !== body.length) throw wrong("bytes behind its end");
    return records;
  });
}

/** @returns the branch of a tally's or record's key. @throws RitmaError `beat/damaged` */
export function branchOf(key: Uint8Array): string {
  return reading("a key of the table", () => decodeUtf8(key, 1, Math.max(1, key.indexOf(0, 1))));
}

/** @returns the beat of a tally's key. */
export function tallyBeat(key: Uint8Array): number {
  const at = key.length - BEAT_BYTES;
  return Number(new DataView(key.buffer, key.byteOffset + at, BEAT_BYTES).getBigUint64(0));
}

/** Of the record with this key; of the first that there can be for no bytes. */
export function recordTableKey(branch: string, key: Uint8Array): Uint8Array {
  return concatBytes(branchPrefix(RECORD_TAG, branch), key);
}

export function recordEntry(branch: string, { key, body, beat }: StoredRecord): TableEntry {
  return sealed(recordTableKey(branch, key), concatBytes(varints(beat), body));
}

/** @throws RitmaError `beat/damaged` */
export function readRecordEntry(branch: string, { key, value }: TableEntry): StoredRecord {
  return reading(`a record of branch ${branch}`, () => {
    const bytes = opened(key, value);
    const reader = new VarintReader(bytes, 0, bytes.length);
    const beat = reader.uint();
    const prefixLength = branchPrefix(RECORD_TAG, branch).length;
    return { key: key.slice(prefixLength), body: bytes.slice(reader.offset), beat };
  });
}

/** The least key that is greater than all that begin with `prefix`. */
export function keyBehind(prefix: Uint8Array): Uint8Array {
  for (let end = prefix.length; end > 0; end -= 1) {
    const last = prefix[end - 1] ?? 0;
    if (last === 0xff) continue;
    const next = prefix.slice(0, end);
    next[end - 1] = last + 1;
    return next;
  }
  throw new TypeError("nothing sorts behind this prefix");
}

export function damaged(what: string): RitmaError {
  return new RitmaError("beat/damaged", what);
}

function branchPrefix(tag: number, branch: string): Uint8Array {
  return concatBytes(Uint8Array.of(tag), encodeUtf8(branch), Uint8Array.of(END_OF_NAME));
}

function varints(...values: readonly number[]): Uint8Array {
  const writer = new VarintWriter();
  for (const value of values) writer.uint(value);
  return writer.finish();
}

function sealed(key: Uint8Array, body: Uint8Array): TableEntry {
  const value = new Uint8Array(body.length + CRC_BYTES);
  value.set(body);
  writeU32(value, body.length, crc32c(body, crc32c(key)));
  return { key, value };
}

function opened(key: Uint8Array, value: Uint8Array): Uint8Array {
  if (value.length < CRC_BYTES) throw wrong("too few bytes");
  const body = value.subarray(0, value.length - CRC_BYTES);
  if (crc32c(body, crc32c(key)) !== readU32(value, body.length)) throw wrong("a wrong checksum");
  return body.length === 0 ? NOTHING : body;
}

function wrong(what: string): FormatError {
  return new FormatError("wrong-type", 0, what);
}

function reading<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new RitmaError("beat/damaged", `${what} has ${error.message}`, { cause: error });
  }
}
