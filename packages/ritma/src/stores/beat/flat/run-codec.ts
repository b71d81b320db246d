/**
 * The bytes of a run: what was checkpointed at once, or merged since, sorted by key.
 *
 *     dat := opening body*                      body := beat u64le  length u32le  crc u32le  record
 *     idx := block* index filter foot  foot_length u32le
 *
 * The dat describes itself: what it is, and of each record beat, key and body under checksums. The
 * idx is made from it and can be made again. A block is entries and a checksum:
 *
 *     entry := key_length varint  key  beat varint  offset varint  length varint
 *
 * The index has of each block its first key, offset and length; the foot says where both are.
 *
 * Format: spec/17-beat-store.md, "Runs".
 *
 * @module
 */
import { crc32c, FormatError, VarintReader, VarintWriter } from "@ritma/evidence";
import { readU32, writeU32 } from "../record-codec.ts";
import { STORE_BYTES } from "../trailer.ts";
import type { Entry } from "./entry.ts";
import { FieldReader, FieldWriter, magicOf } from "./fields.ts";
import { type BranchState, readState, writeState } from "./segment-codec.ts";

const DAT = magicOf("RITMABD1");
const FOOT = magicOf("RITMABI1");
export { DAT as DAT_MAGIC, FOOT as FOOT_MAGIC };

/** Before each record of a dat. */
export const BODY_HEAD_BYTES = 16;
const BODY_CRC_AT = 12;
const WORD = 2 ** 32;
const CRC_BYTES = 4;

export interface RunOpening {
  readonly store: Uint8Array;
  readonly sequence: number;
  /** The oldest run that went into it; its own sequence when none did. */
  readonly since: number;
  /** Of the branch when the run was made: all beats up to its head are in runs. */
  readonly state: BranchState;
}

/** With what the dat begins with, should that be damaged. */
export interface RunFoot extends RunOpening {
  readonly records: number;
  readonly datBytes: number;
  readonly oldestBeat: number;
  readonly indexAt: number;
  readonly indexLength: number;
  readonly filterLength: number;
}

/** Of one block, as the index has it. */
export interface BlockPlace {
  readonly firstKey: string;
  readonly offset: number;
  readonly length: number;
}

export function encodeRunOpening(opening: RunOpening): Uint8Array {
  const writer = new FieldWriter(DAT);
  writeRunOpening(writer, opening);
  return writer.finish();
}

/** @throws FormatError */
export function decodeRunOpening(bytes: Uint8Array): RunOpening {
  const reader = new FieldReader(DAT, bytes);
  const opening = readRunOpening(reader);
  reader.finish();
  return opening;
}

export function encodeBodyHead(beat: number, length: number): Uint8Array {
  const head = new Uint8Array(BODY_HEAD_BYTES);
  writeU32(head, 0, beat % WORD);
  writeU32(head, 4, Math.floor(beat / WORD));
  writeU32(head, 8, length);
  writeU32(head, BODY_CRC_AT, crc32c(head.subarray(0, BODY_CRC_AT)));
  return head;
}

/** @returns null when no head of a body stands at `at`. */
export function readBodyHead(
  bytes: Uint8Array,
  at: number,
): { readonly beat: number; readonly length: number } | null {
  if (at + BODY_HEAD_BYTES > bytes.length) return null;
  const crc = crc32c(bytes.subarray(at, at + BODY_CRC_AT));
  if (crc !== readU32(bytes, at + BODY_CRC_AT)) return null;
  const beat = readU32(bytes, at) + readU32(bytes, at + 4) * WORD;
  return { beat, length: readU32(bytes, at + 8) };
}

export function encodeFoot(foot: RunFoot): Uint8Array {
  const writer = new FieldWriter(FOOT);
  writeRunOpening(writer, foot);
  writer.u32(foot.records);
  writer.u64(foot.datBytes);
  writer.u64(foot.oldestBeat);
  writer.u64(foot.indexAt);
  writer.u32(foot.indexLength);
  writer.u32(foot.filterLength);
  return writer.finish();
}

/** @throws FormatError */
export function decodeFoot(bytes: Uint8Array): RunFoot {
  const reader = new FieldReader(FOOT, bytes);
  const foot: RunFoot = {
    ...readRunOpening(reader),
    records: reader.u32(),
    datBytes: reader.u64(),
    oldestBeat: reader.u64(),
    indexAt: reader.u64(),
    indexLength: reader.u32(),
    filterLength: reader.u32(),
  };
  reader.finish();
  return foot;
}

function writeRunOpening(writer: FieldWriter, opening: RunOpening): void {
  writer.raw(opening.store);
  writer.u32(opening.sequence);
  writer.u32(opening.since);
  writeState(writer, opening.state);
}

function readRunOpening(reader: FieldReader): RunOpening {
  const store = reader.raw(STORE_BYTES);
  const [sequence, since] = [reader.u32(), reader.u32()];
  return { store, sequence, since, state: readState(reader) };
}

/** Puts entries, or places of blocks, one after another; `sealed` adds the checksum. */
export class TableWriter {
  readonly #numbers = new VarintWriter();
  #bytes: Buffer = Buffer.alloc(8_192);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(key: string, ...numbers: readonly number[]): void {
    this.#varints([key.length]);
    this.#room(key.length);
    this.#bytes.write(key, this.#length, "latin1");
    this.#length += key.length;
    this.#varints(numbers);
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** @returns a copy, and begins anew. */
  sealed(): Uint8Array {
    const bytes = new Uint8Array(this.#length + CRC_BYTES);
    bytes.set(this.#bytes.subarray(0, this.#length));
    writeU32(bytes, this.#length, crc32c(bytes.subarray(0, this.#length)));
    this.#length = 0;
    return bytes;
  }

  #varints(values: readonly number[]): void {
    this.#numbers.reset();
    for (const value of values) this.#numbers.uint(value);
    this.raw(this.#numbers.finish());
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.alloc((this.#length + count) * 2);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** @returns the bytes before the checksum, a view. @throws FormatError */
export function openTable(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - CRC_BYTES;
  if (end < 0) throw new FormatError("truncated", 0, "a table without a checksum");
  if (crc32c(bytes.subarray(0, end)) !== readU32(bytes, end)) {
    throw new FormatError("wrong-type", end, "the checksum of a table is wrong");
  }
  return bytes.subarray(0, end);
}

/** @param table as `openTable` gave it @throws FormatError */
export function* entriesIn(table: Uint8Array, path: string): Generator<Entry> {
  const text = Buffer.from(table.buffer, table.byteOffset, table.length);
  for (let at = 0; at < table.length;) {
    let reader = new VarintReader(table, at);
    const length = reader.uint();
    const keyAt = reader.offset;
    if (keyAt + length > table.length) throw new FormatError("truncated", at, "a key is cut");
    reader = new VarintReader(table, keyAt + length);
    const [beat, offset, size] = [reader.uint(), reader.uint(), reader.uint()];
    const key = text.toString("latin1", keyAt, keyAt + length);
    yield { key, beat, path, offset, length: size };
    at = reader.offset;
  }
}

/** @param table as `openTable` gave it @throws FormatError */
export function blocksIn(table: Uint8Array): readonly BlockPlace[] {
  const blocks: BlockPlace[] = [];
  // The same three numbers behind a key; of a block, the first is not used.
  for (const { key, offset, length } of entriesIn(table, "")) {
    blocks.push({ firstKey: key, offset, length });
  }
  return blocks;
}
