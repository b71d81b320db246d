/**
 * Reads flat frames of CEP as CEP itself reads them, and lists what ours may not do.
 *
 *     frame     := record* trailer
 *     record    := type u8  version u8  flags u16  key_len  body_len  key  body  checksum u32
 *     container := 24-byte header, zlib stream of a frame                      (may be absent)
 *
 * Refused is what CEP refuses: a wrong checksum, count or root, chunks out of order or incomplete,
 * anything behind the trailer or in it, a second trailer. Accepted, and listed: unknown types,
 * versions, flags and capabilities, padded or cut varints, records unsorted or twice, a table that
 * is not of these records. Refused beyond CEP is what only serves to exhaust whoever reads it: more
 * than our limits of bytes or records, and lengths above 2^53-1.
 *
 * The format in our own words, from its public description; no code was taken.
 *
 * Not here: what records say (`cep-bodies.ts`), and what becomes of them (`cep-import.ts`).
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { compareBytes, crc32c, equalBytes, FormatError } from "@ritma/evidence";
import { unpack } from "../../../base/deflate.ts";
import { BEAT_BYTES_MAX, BEAT_RECORDS_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import { checkChunks } from "./cep-chunks.ts";
import { CepReader } from "./cep-reader.ts";
import { CEP_TYPES, type CepRecord } from "./cep-record.ts";
import { type CepTrailer, CHECKSUMS, readTrailer } from "./cep-trailer.ts";
import { type Deviation, Deviations } from "./deviations.ts";

export interface CepFrame {
  /** Views into the frame, which is the input or came out of its container. */
  readonly records: readonly CepRecord[];
  readonly trailer: CepTrailer;
  readonly deviations: readonly Deviation[];
}

const CONTAINER_MAGIC = 0x4346_4c54;
const CONTAINER_BYTES = 24;
const DEFLATE = 1;
const CRC_BYTES = 4;
const ROOT_BYTES = 32;
const TYPE_MAX = 0x07;

interface Walked extends CepRecord {
  /** Everything but the checksum. */
  readonly bytes: Uint8Array;
  readonly checksum: number;
}

/** @throws FormatError for what CEP refuses, and for what would exhaust us */
export function readCepFrame(blake3: Blake3, input: Uint8Array): CepFrame {
  const deviations = new Deviations();
  const frame = contentOf(input, deviations);
  const { records, last } = walk(frame, deviations);
  const trailer = readTrailer(last.body, deviations);
  for (const record of [...records, last]) checkChecksum(record, trailer, deviations);
  if (trailer.recordCount !== records.length) {
    const message = `${records.length} records, of which the trailer names ${trailer.recordCount}`;
    throw new FormatError("wrong-type", last.offset, message);
  }
  checkChunks(records, deviations);
  if (!equalBytes(rootOf(blake3, records), trailer.root)) {
    throw new FormatError("wrong-type", last.offset, "the records hash to another root");
  }
  listDeviations(records, trailer, deviations);
  return { records, trailer, deviations: deviations.list() };
}

/** Whether the bytes may be such a frame: it has no magic number, so this is a guess. */
export function looksLikeCep(input: Uint8Array): boolean {
  const [first = 0, version = 0, low = 0, high = 0] = input;
  if (readMagic(input) === CONTAINER_MAGIC) return true;
  const isType = (first >= 1 && first <= TYPE_MAX) || first === CEP_TYPES.trailer;
  return isType && version === 1 && low === 0 && high === 0;
}

function contentOf(input: Uint8Array, deviations: Deviations): Uint8Array {
  if (input.length > BEAT_BYTES_MAX) {
    throw new FormatError("out-of-range", 0, `a frame of ${input.length} bytes`);
  }
  if (readMagic(input) !== CONTAINER_MAGIC) return input;
  const reader = new CepReader(input, deviations, CRC_BYTES);
  if (reader.left < CONTAINER_BYTES - CRC_BYTES) {
    throw new FormatError("truncated", input.length, "the input ends in its container");
  }
  const [version, compression, checksum, zero] = reader.bytes(4);
  const rawBytes = reader.u64();
  const packedBytes = reader.u64();
  if (version !== 1 || compression !== DEFLATE || (checksum ?? 0) >= CHECKSUMS.length) {
    throw new FormatError("wrong-type", 4, "another kind of container");
  }
  if (zero !== 0) deviations.add("container", 7, "a reserved byte of the container is set");
  if (rawBytes > BigInt(BEAT_BYTES_MAX)) {
    throw new FormatError("out-of-range", 8, `a container of ${rawBytes} bytes`);
  }
  if (packedBytes > BigInt(reader.left)) {
    throw new FormatError("truncated", 16, `a container of ${packedBytes} packed bytes`);
  }
  const packed = input.subarray(CONTAINER_BYTES, CONTAINER_BYTES + Number(packedBytes));
  const { content, consumedBytes } = unpack(packed, Number(rawBytes));
  if (content.length !== Number(rawBytes)) {
    const message = `a container of ${rawBytes} bytes with ${content.length} in it`;
    throw new FormatError("wrong-type", 8, message);
  }
  const behind = input.length - CONTAINER_BYTES - consumedBytes;
  if (behind > 0) deviations.add("container", 16, `${behind} bytes follow the packed frame`);
  deviations.add("container", 0, "the frame is packed");
  return content;
}

function readMagic(input: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = input;
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

function walk(
  frame: Uint8Array,
  deviations: Deviations,
): { readonly records: readonly Walked[]; readonly last: Walked } {
  const records: Walked[] = [];
  const reader = new CepReader(frame, deviations);
  for (;;) {
    const record = readRecord(frame, reader);
    if (record.type === CEP_TYPES.trailer) {
      reader.finish();
      return { records, last: record };
    }
    if (records.length === BEAT_RECORDS_MAX) {
      const message = `more than ${BEAT_RECORDS_MAX} records`;
      throw new FormatError("out-of-range", record.offset, message);
    }
    records.push(record);
  }
}

function readRecord(frame: Uint8Array, reader: CepReader): Walked {
  const offset = reader.offset;
  const type = reader.u8();
  const version = reader.u8();
  const flags = reader.u16();
  const keyLength = reader.varint();
  const bodyLength = reader.varint();
  const key = reader.bytes(keyLength);
  const body = reader.bytes(bodyLength);
  const bytes = frame.subarray(offset, reader.offset);
  return { type, version, flags, key, body, offset, bytes, checksum: reader.u32() };
}

function checkChecksum(
  { bytes, checksum, offset }: Walked,
  trailer: CepTrailer,
  deviations: Deviations,
): void {
  const plain = crc32(bytes);
  if (trailer.checksum === "crc-32" && plain === checksum) return;
  if (trailer.checksum === "raw-crc-32c") {
    if (rawCrc32c(bytes) === checksum) return;
    // What CEP writes on a machine without the instruction, saying the other.
    if (plain === checksum) {
      deviations.add("checksum", offset, "a CRC-32 where the trailer says CRC-32C");
      return;
    }
  }
  throw new FormatError("wrong-type", offset, "the checksum of a record is wrong");
}

/** CRC-32C without its initial value and its final complement. */
function rawCrc32c(bytes: Uint8Array): number {
  return ~crc32c(bytes, 0xffff_ffff) >>> 0;
}

/** Leaves by key, an odd last one paired with itself, no marks of what is a leaf. */
function rootOf(blake3: Blake3, records: readonly Walked[]): Uint8Array {
  const sorted = records.toSorted((a, b) => compareBytes(a.key, b.key));
  let level = sorted.map(({ bytes }) => blake3(bytes));
  if (level.length === 0) return new Uint8Array(ROOT_BYTES);
  const pair = new Uint8Array(2 * ROOT_BYTES);
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at];
      if (left === undefined) break;
      pair.set(left);
      pair.set(level[at + 1] ?? left, ROOT_BYTES);
      above.push(blake3(pair));
    }
    level = above;
  }
  return level[0] ?? new Uint8Array(ROOT_BYTES);
}

function listDeviations(
  records: readonly Walked[],
  trailer: CepTrailer,
  deviations: Deviations,
): void {
  let before: Uint8Array | null = null;
  for (const { type, version, flags, key, offset } of records) {
    if (type < 1 || type > TYPE_MAX) {
      deviations.add("unknown-type", offset, `a record of type ${type}`);
    }
    if (version !== 1) deviations.add("unknown-version", offset, `a record of version ${version}`);
    if (flags !== 0) deviations.add("unknown-flags", offset, `a record with flags ${flags}`);
    if (key[0] !== type) deviations.add("key-type", offset, "a key that is not of its type");
    const order = before === null ? -1 : compareBytes(before, key);
    if (order === 0) deviations.add("duplicate", offset, "a key that is there twice");
    if (order > 0) deviations.add("order", offset, "records that are not sorted by key");
    before = key;
  }
  if ((records.length & (records.length - 1)) !== 0) {
    deviations.add("weak-root", 0, "the root is the same with the last records repeated");
  }
  const isSame =
    trailer.toc.length === records.length &&
    trailer.toc.every(({ type, key, offset }, at) => {
      const record = records[at];
      return record?.type === type && record.offset === offset && equalBytes(record.key, key);
    });
  if (!isSame) deviations.add("toc", 0, "the table is not of these records");
}
