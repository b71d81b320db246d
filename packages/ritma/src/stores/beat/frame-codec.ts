/**
 * A frame: what one beat put into one branch, whole and checked.
 *
 *     frame   := header record* trailer
 *     header  := "RITMABF1"  length u32le  crc u32le         length of the whole frame
 *     trailer := record of type ff without a key (`trailer.ts`)
 *
 * Records stand in the order of their keys, each key once. The root is that of the Merkle tree
 * (spec/02-merkle.md, with BLAKE3) whose leaves are the records, all their bytes, and last the
 * trailer's body before the root: number and order of records, beat, branch, store, capabilities,
 * table and chain cannot be changed without it. The next frame of the branch names the digest of
 * this one, which is of all its bytes.
 *
 * Invariant: `encodeFrame(decodeFrame(b))` equals `b`. Nothing is accepted that it would not write.
 * Invariant: what is damaged is a FormatError; what a newer build wrote, an UnsupportedError.
 *
 * Not here: what bodies say (`cell.ts` and others), and whether a frame follows the one before it.
 *
 * Format: spec/16-beat-frame.md. Vectors: spec/vectors/beat-frame.json.
 *
 * @module
 */
import {
  compareBytes,
  crc32c,
  equalBytes,
  FormatError,
  leafHash,
  TreeHasher,
} from "@ritma/evidence";
import {
  BEAT_BYTES_MAX,
  BEAT_RECORDS_MAX,
  RECORD_BODY_BYTES_MAX,
  RECORD_KEY_BYTES_MAX,
} from "../../base/limits.ts";
import type { Blake3 } from "../../base/blake3.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { UnsupportedError } from "./frame-fault.ts";
import {
  isRecordType,
  readRecord,
  readU32,
  recordLength,
  TRAILER_TYPE,
  writeRecord,
  writeU32,
} from "./record-codec.ts";
import type { BeatRecord } from "./record.ts";
import {
  decodeTrailer,
  encodeTrailer,
  type FrameHead,
  isBranchName,
  ROOT_BYTES,
  STORE_BYTES,
  type Trailer,
} from "./trailer.ts";

export type { FrameHead } from "./trailer.ts";

export interface Frame extends FrameHead {
  readonly capabilities: number;
  readonly records: readonly BeatRecord[];
  /** Of each record, from the begin of the frame. */
  readonly offsets: readonly number[];
  readonly root: Uint8Array;
  /** BLAKE3-256 of all bytes of the frame. */
  readonly digest: Uint8Array;
  readonly length: number;
}

/** Of the header: what `frameLength` has to see. */
export const FRAME_HEADER_BYTES = 16;

/** "RITMABF", then the version as a digit. */
const MAGIC = Uint8Array.of(0x52, 0x49, 0x54, 0x4d, 0x41, 0x42, 0x46);
const VERSION = 0x31;
const LENGTH_AT = 8;
const CRC_AT = 12;

const LEAF_PREFIX = 0;
const NO_KEY = new Uint8Array(0);

/**
 * @param records sorted by key, each key once
 * @throws TypeError for records and heads that no frame may have: the caller's bug
 */
export function encodeFrame(
  blake3: Blake3,
  head: FrameHead,
  records: readonly BeatRecord[],
): Uint8Array {
  checkHead(head, records.length);
  const { offsets, end, payloadBytes } = layOut(records);
  const isChained = !isZero(head.previous);
  const capabilities = capabilitiesOf(records, isChained, head.forgetBefore > 0);
  const told = encodeTrailer({ ...head, capabilities, payloadBytes, offsets });
  const body = new Uint8Array(told.length + ROOT_BYTES);
  body.set(told);
  const length = end + recordLength(0, body.length);
  if (length > BEAT_BYTES_MAX) throw new TypeError(`a frame of ${length} bytes`);

  const frame = new Uint8Array(length);
  frame.set(MAGIC);
  frame[MAGIC.length] = VERSION;
  writeU32(frame, LENGTH_AT, length);
  writeU32(frame, CRC_AT, crc32c(frame.subarray(0, CRC_AT)));
  const tree = new TreeHasher(blake3);
  let at = FRAME_HEADER_BYTES;
  for (const record of records) {
    const next = writeRecord(frame, at, record.key[0] ?? 0, record);
    tree.push(leafIn(blake3, frame, at, next));
    at = next;
  }
  tree.push(leafHash(blake3, told));
  body.set(tree.root(), told.length);
  writeRecord(frame, at, TRAILER_TYPE, { key: NO_KEY, body });
  return frame;
}

/**
 * The same as `leafHash`, without a copy of the record: the byte before it, in a frame that is
 * still ours alone, stands in for the prefix of a leaf.
 */
function leafIn(blake3: Blake3, frame: Uint8Array, start: number, end: number): Uint8Array {
  const before = frame[start - 1] ?? 0;
  frame[start - 1] = LEAF_PREFIX;
  const leaf = blake3(frame.subarray(start - 1, end));
  frame[start - 1] = before;
  return leaf;
}

/**
 * Reads exactly one frame. Keys, bodies, root and the rest are views into `bytes`, which may not
 * change as long as they are used.
 *
 * @throws FormatError; UnsupportedError for what a newer build wrote
 */
export function decodeFrame(blake3: Blake3, bytes: Uint8Array): Frame {
  const length = readHeader(bytes);
  if (length > bytes.length) {
    throw new FormatError("truncated", bytes.length, `${bytes.length} bytes of ${length}`);
  }
  if (length < bytes.length) {
    const message = `${bytes.length - length} bytes follow the frame`;
    throw new FormatError("trailing-bytes", length, message);
  }
  const walked = walk(blake3, bytes);
  const { trailer, records } = walked;
  compareWithTrailer(walked);
  const { payloadBytes: _, ...told } = trailer;
  return { ...told, records, root: walked.root, digest: blake3(bytes), length };
}

/**
 * Looks at a header, at the begin of `bytes`, to find where its frame ends.
 *
 * @returns null when no frame of this or a later build begins here.
 * @throws UnsupportedError when one of a later build does
 */
export function frameLength(bytes: Uint8Array): number | null {
  try {
    return readHeader(bytes);
  } catch (error) {
    if (!(error instanceof FormatError) || error instanceof UnsupportedError) throw error;
    return null;
  }
}

function readHeader(bytes: Uint8Array): number {
  if (bytes.length < FRAME_HEADER_BYTES) {
    throw new FormatError("truncated", bytes.length, "the input ends in the header of a frame");
  }
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new FormatError("wrong-type", 0, "no frame begins here");
  }
  if (crc32c(bytes.subarray(0, CRC_AT)) !== readU32(bytes, CRC_AT)) {
    throw new FormatError("wrong-type", CRC_AT, "the checksum of the header is wrong");
  }
  const version = bytes[MAGIC.length] ?? 0;
  if (version !== VERSION) {
    throw new UnsupportedError(MAGIC.length, `a frame of version ${String.fromCharCode(version)}`);
  }
  const length = readU32(bytes, LENGTH_AT);
  if (length > BEAT_BYTES_MAX) {
    throw new FormatError("out-of-range", LENGTH_AT, `a frame of ${length} bytes`);
  }
  return length;
}

interface Walked {
  readonly records: readonly BeatRecord[];
  readonly offsets: readonly number[];
  readonly trailer: Trailer;
  readonly root: Uint8Array;
  /** That the records hash to. */
  readonly computed: Uint8Array;
}

/** From header to end: every record, then the trailer. */
function walk(blake3: Blake3, bytes: Uint8Array): Walked {
  const records: BeatRecord[] = [];
  const offsets: number[] = [];
  const tree = new TreeHasher(blake3);
  for (let at = FRAME_HEADER_BYTES; ;) {
    const { type, key, body, end } = readRecord(bytes, at, bytes.length);
    if (type === TRAILER_TYPE) {
      if (end < bytes.length) {
        throw new FormatError("trailing-bytes", end, "something follows the trailer");
      }
      if (body.length < ROOT_BYTES) throw new FormatError("truncated", at, "a short trailer");
      const told = body.subarray(0, -ROOT_BYTES);
      tree.push(leafHash(blake3, told));
      const [trailer, root] = [decodeTrailer(told), body.subarray(-ROOT_BYTES)];
      return { records, offsets, trailer, root, computed: tree.root() };
    }
    const before = records.at(-1);
    if (before !== undefined && compareBytes(before.key, key) >= 0) {
      throw new FormatError("not-canonical", at, "records are not in the order of their keys");
    }
    if (records.length === BEAT_RECORDS_MAX) {
      throw new FormatError("out-of-range", at, `more than ${BEAT_RECORDS_MAX} records`);
    }
    records.push({ key, body });
    offsets.push(at);
    tree.push(leafHash(blake3, bytes.subarray(at, end)));
    at = end;
  }
}

/** The root first: with it, what else differs was written so. */
function compareWithTrailer({ records, offsets, trailer, root, computed }: Walked): void {
  if (!equalBytes(root, computed)) throw untrue("another root than the records hash to");
  if (trailer.offsets.length !== records.length) throw untrue("another number of records");
  if (offsets.some((offset, at) => trailer.offsets[at] !== offset)) throw untrue("another table");
  let payloadBytes = 0;
  for (const { body } of records) payloadBytes += body.length;
  if (trailer.payloadBytes !== payloadBytes) throw untrue("another sum of bytes");
  if (records.length === 0 && trailer.forgetBefore === 0) throw untrue("nothing to tell");
  const isChained = !isZero(trailer.previous);
  if (trailer.capabilities !== capabilitiesOf(records, isChained, trailer.forgetBefore > 0)) {
    throw untrue("other capabilities than are used");
  }
}

function untrue(what: string): FormatError {
  return new FormatError("not-canonical", 0, `the trailer has ${what}`);
}

/** Offsets of the records, and where the trailer begins. */
function layOut(records: readonly BeatRecord[]): {
  readonly offsets: readonly number[];
  readonly end: number;
  readonly payloadBytes: number;
} {
  const offsets: number[] = [];
  let [end, payloadBytes] = [FRAME_HEADER_BYTES, 0];
  let before: Uint8Array | null = null;
  for (const { key, body } of records) {
    if (!isRecordType(key[0] ?? 0) || key.length > RECORD_KEY_BYTES_MAX) {
      throw new TypeError("a record whose key is of no type, or too long");
    }
    if (body.length > RECORD_BODY_BYTES_MAX) throw new TypeError(`a body of ${body.length} bytes`);
    if (before !== null && compareBytes(before, key) >= 0) {
      throw new TypeError("records are not sorted by key, or one is there twice");
    }
    offsets.push(end);
    end += recordLength(key.length, body.length);
    payloadBytes += body.length;
    before = key;
  }
  return { offsets, end, payloadBytes };
}

function checkHead(
  { store, branch, beat, previous, forgetBefore }: FrameHead,
  count: number,
): void {
  if (store.length !== STORE_BYTES) throw new TypeError(`a store id of ${store.length} bytes`);
  if (previous.length !== ROOT_BYTES) throw new TypeError(`a digest of ${previous.length} bytes`);
  if (!isBranchName(branch)) throw new TypeError(`"${branch}" is no name of a branch`);
  if (!Number.isSafeInteger(beat) || beat < 1) throw new TypeError(`beat ${beat}`);
  if (!Number.isSafeInteger(forgetBefore) || forgetBefore < 0 || forgetBefore > beat) {
    throw new TypeError(`beat ${beat} that forgets what is before ${forgetBefore}`);
  }
  if (count > BEAT_RECORDS_MAX) throw new TypeError(`${count} records`);
  if (count === 0 && forgetBefore === 0) throw new TypeError("a frame of nothing");
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
