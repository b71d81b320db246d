/**
 * Jumps: at which block and row the atoms of a second, of ten or of sixty begin.
 *
 * Derived: whoever has the blocks of the hour makes the same bytes. It proves nothing.
 *
 * What processes showed of their credentials is told block by block, so that a reader who passes
 * over blocks knows as much as one who read them.
 *
 * Invariants: one of these has one spelling, and belongs to one hour-seal. Buckets are ascending,
 * and their atoms are those of the blocks.
 *
 * Format: spec/22-jumps.md, "Times". Vectors: spec/vectors/jumps.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";

/** Lengths of buckets, in seconds. */
export const JUMP_SECONDS = [1, 10, 60] as const;
export type JumpSeconds = (typeof JUMP_SECONDS)[number];

/** The atoms of one stretch of time that came before their window was closed. */
export interface JumpBucket {
  /** Of its stretch, counted from 1970. */
  readonly number: number;
  /** Lowest number of its atoms among those of the hour's blocks. */
  readonly place: number;
  /** At least one. */
  readonly atoms: number;
}

/** What a process showed last in a block; both are dictionary ids. */
export interface SeenCredentials {
  readonly process: number;
  readonly credentials: number;
}

export interface Jumps {
  /** SHA-256 of the hour-seal. */
  readonly hour: Uint8Array;
  readonly seconds: JumpSeconds;
  /** Atoms of each block, in order. */
  readonly blocks: readonly number[];
  readonly buckets: readonly JumpBucket[];
  /** Of each block but the last: by process, ascending. */
  readonly seen: readonly (readonly SeenCredentials[])[];
}

const TAG = "ritma/jumps@1";
const COLUMNS = 7;
const DIGEST_BYTES = 32;
const US_PER_SECOND = 1_000_000;
const ID_MAX = 0xffff_ffff;

/** @param folder of the hour. @returns the folder of what is derived from it. */
export function indexFolder(folder: string): string {
  return `${folder}/index`;
}

/** @returns a name in the index folder of an hour. */
export function jumpsFile(seconds: JumpSeconds): string {
  return `t_${seconds}s.cbor`;
}

/** @param time microseconds. @returns the number of the bucket that it belongs to. */
export function bucketOf(time: number, seconds: JumpSeconds): number {
  return Math.floor(time / (seconds * US_PER_SECOND));
}

export function encodeJumps({ hour, seconds, blocks, buckets, seen }: Jumps): Uint8Array {
  const columns = Array.from({ length: COLUMNS }, () => new VarintWriter());
  const uint = (column: number, value: number): void => columns[column]?.uint(value);
  for (const atoms of blocks) uint(0, atoms);
  let [number, place] = [-1, 0];
  for (const bucket of buckets) {
    uint(1, bucket.number - number - 1);
    columns[2]?.int(bucket.place - place);
    uint(3, bucket.atoms - 1);
    ({ number, place } = bucket);
  }
  for (const inBlock of seen) {
    uint(4, inBlock.length);
    let before = 0;
    for (const { process, credentials } of inBlock) {
      uint(5, process - before - 1);
      uint(6, credentials - 1);
      before = process;
    }
  }
  const writer = new CborWriter(1024).array(4).text(TAG).bytes(hour).uint(seconds).array(COLUMNS);
  for (const column of columns) writer.bytes(column.finish());
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one of these. */
export function decodeJumps(bytes: Uint8Array): Jumps {
  const reader = new CborReader(bytes);
  reader.array(4);
  reader.textTag(TAG);
  const hour = reader.bytes(DIGEST_BYTES);
  const seconds = readSeconds(reader);
  reader.array(COLUMNS);
  const columns = Array.from({ length: COLUMNS }, () => new VarintReader(reader.bytes()));
  reader.finish();
  const [sizes, numbers, places, atoms, ...ofSeen] = columns;
  if (sizes === undefined || numbers === undefined || places === undefined || !atoms) {
    throw new RangeError("columns that were read are not there");
  }
  const blocks = readBlocks(sizes);
  const total = blocks.reduce((sum, size) => sum + size, 0);
  if (!Number.isSafeInteger(total)) outOfRange(0, "blocks of more atoms than can be counted");
  const buckets = readBuckets(numbers, places, atoms, seconds, total);
  const seen = readSeen(ofSeen, blocks.length - 1);
  for (const column of columns) column.finish();
  return { hour, seconds, blocks, buckets, seen };
}

function readSeconds(reader: CborReader): JumpSeconds {
  const start = reader.offset;
  const value = reader.uint();
  const seconds = JUMP_SECONDS.find((each) => each === value);
  if (seconds === undefined) outOfRange(start, `buckets of ${value} seconds`);
  return seconds;
}

function readBlocks(sizes: VarintReader): number[] {
  const blocks: number[] = [];
  while (!sizes.atEnd()) {
    const atoms = sizes.uint();
    if (atoms === 0) outOfRange(sizes.offset, "a block without an atom");
    blocks.push(atoms);
  }
  if (blocks.length === 0) outOfRange(0, "jumps into no block");
  return blocks;
}

function readBuckets(
  numbers: VarintReader,
  places: VarintReader,
  counts: VarintReader,
  seconds: JumpSeconds,
  total: number,
): JumpBucket[] {
  const numberMax = bucketOf(Number.MAX_SAFE_INTEGER, seconds);
  const buckets: JumpBucket[] = [];
  let [number, place, left] = [-1, 0, total];
  while (!numbers.atEnd()) {
    number += numbers.uint() + 1;
    if (number > numberMax) outOfRange(numbers.offset, "a bucket behind the end of time");
    place += places.int();
    if (place < 0 || place >= total) outOfRange(places.offset, `place ${place} of ${total}`);
    const atoms = counts.uint() + 1;
    left -= atoms;
    if (left < 0) outOfRange(counts.offset, "buckets of more atoms than the blocks have");
    buckets.push({ number, place, atoms });
  }
  if (left > 0) outOfRange(0, `${left} atoms in no bucket`);
  return buckets;
}

function readSeen(columns: readonly VarintReader[], blocks: number): SeenCredentials[][] {
  const [counts, processes, credentials] = columns;
  if (counts === undefined || processes === undefined || credentials === undefined) {
    throw new RangeError("columns that were read are not there");
  }
  const seen: SeenCredentials[][] = [];
  while (seen.length < blocks) {
    const inBlock: SeenCredentials[] = [];
    let process = 0;
    for (let left = counts.uint(); left > 0; left -= 1) {
      process = idOf(processes, process + processes.uint() + 1);
      inBlock.push({ process, credentials: idOf(credentials, credentials.uint() + 1) });
    }
    seen.push(inBlock);
  }
  return seen;
}

function idOf({ offset }: VarintReader, id: number): number {
  if (id > ID_MAX) outOfRange(offset, `id ${id}`);
  return id;
}

function outOfRange(offset: number, message: string): never {
  throw new FormatError("out-of-range", offset, message);
}
