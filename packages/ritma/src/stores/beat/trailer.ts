/**
 * The trailer of a frame, its last record: what the frame is, and the root over all of it.
 *
 *     magic  version  capabilities  store  branch       beat    records  payload_bytes
 *      4       u8        u32le        16    varint, n   varint  varint     varint
 *
 *     forget_before  previous  toc               root
 *       varint          32      u32le x records   32
 *
 * `payload_bytes` is the sum of the lengths of all bodies. `toc` has the offset of each record from
 * the begin of the frame. All but the root is the last leaf under it.
 *
 * Not here: the root, and whether what the trailer says is so (`frame-codec.ts`).
 *
 * Format: spec/16-beat-frame.md, "Trailer".
 *
 * @module
 */
import { equalBytes, FormatError, VarintReader, VarintWriter } from "@ritma/evidence";
import { BEAT_RECORDS_MAX } from "../../base/limits.ts";
import { unknownBits } from "./capabilities.ts";
import { UnsupportedError } from "./frame-fault.ts";
import { readU32, writeU32 } from "./record-codec.ts";

/** What a frame is part of. */
export interface FrameHead {
  /** 16 bytes: whose frame it is. */
  readonly store: Uint8Array;
  readonly branch: string;
  /** From 1. */
  readonly beat: number;
  /** BLAKE3-256 of the frame before it in its branch; 32 zeros in the first. */
  readonly previous: Uint8Array;
  /** The branch's records that beats before this one put are removed; 0 removes none. */
  readonly forgetBefore: number;
}

export interface Trailer extends FrameHead {
  readonly capabilities: number;
  /** Sum of the lengths of all bodies. */
  readonly payloadBytes: number;
  /** Of the records, from the begin of the frame. */
  readonly offsets: readonly number[];
}

export const STORE_BYTES = 16;
export const ROOT_BYTES = 32;

/** "RBFT" */
const MAGIC = Uint8Array.of(0x52, 0x42, 0x46, 0x54);
const VERSION = 1;
const VERSION_AT = 4;
const CAPABILITIES_AT = 5;
const STORE_AT = 9;
const BRANCH_AT = STORE_AT + STORE_BYTES;
const OFFSET_BYTES = 4;

const BRANCH_BYTES_MAX = 63;
const BRANCH = /^[a-z0-9][a-z0-9._-]{0,62}$/u;

/** Whether a branch may have this name: it is the name of a directory, too. */
export function isBranchName(name: string): boolean {
  return BRANCH.test(name);
}

/** @returns the trailer's body without the root. The caller has checked what it gives. */
export function encodeTrailer(trailer: Trailer): Uint8Array {
  const { store, branch, previous, offsets } = trailer;
  const writer = new VarintWriter();
  for (const value of [trailer.beat, offsets.length, trailer.payloadBytes, trailer.forgetBefore]) {
    writer.uint(value);
  }
  const numbers = writer.finish();
  const numbersAt = BRANCH_AT + 1 + branch.length;
  const previousAt = numbersAt + numbers.length;
  const tocAt = previousAt + ROOT_BYTES;
  const body = new Uint8Array(tocAt + offsets.length * OFFSET_BYTES);
  body.set(MAGIC);
  body[VERSION_AT] = VERSION;
  writeU32(body, CAPABILITIES_AT, trailer.capabilities);
  body.set(store, STORE_AT);
  body[BRANCH_AT] = branch.length;
  for (let at = 0; at < branch.length; at += 1) body[BRANCH_AT + 1 + at] = branch.charCodeAt(at);
  body.set(numbers, numbersAt);
  body.set(previous, previousAt);
  for (const [index, offset] of offsets.entries()) {
    writeU32(body, tocAt + index * OFFSET_BYTES, offset);
  }
  return body;
}

/**
 * Reads what `encodeTrailer` writes.
 *
 * @throws FormatError; UnsupportedError for an unknown version or capability
 */
export function decodeTrailer(body: Uint8Array): Trailer {
  if (body.length <= BRANCH_AT) throw new FormatError("truncated", body.length, "a short trailer");
  if (!equalBytes(body.subarray(0, MAGIC.length), MAGIC)) {
    throw new FormatError("wrong-type", 0, "the last record is no trailer");
  }
  const version = body[VERSION_AT] ?? 0;
  if (version !== VERSION) throw new UnsupportedError(VERSION_AT, `version ${version} of frames`);
  const capabilities = readU32(body, CAPABILITIES_AT);
  const unknown = unknownBits(capabilities);
  if (unknown !== 0) {
    throw new UnsupportedError(CAPABILITIES_AT, `capability bits 0x${unknown.toString(16)}`);
  }
  const store = body.subarray(STORE_AT, BRANCH_AT);
  const branch = readBranch(body);
  const reader = new VarintReader(body, BRANCH_AT + 1 + branch.length);
  const beat = reader.uint();
  const count = reader.uint();
  const payloadBytes = reader.uint();
  const forgetBefore = reader.uint();
  if (beat === 0 || forgetBefore > beat) {
    const message = `beat ${beat} that forgets what is before ${forgetBefore}`;
    throw new FormatError("out-of-range", reader.offset, message);
  }
  if (count > BEAT_RECORDS_MAX) {
    throw new FormatError("out-of-range", reader.offset, `a frame of ${count} records`);
  }
  const tocAt = reader.offset + ROOT_BYTES;
  const end = tocAt + count * OFFSET_BYTES;
  if (end > body.length) throw new FormatError("truncated", tocAt, "the trailer ends in its table");
  if (end < body.length) {
    throw new FormatError("trailing-bytes", end, `${body.length - end} bytes behind the trailer`);
  }
  const previous = body.subarray(reader.offset, tocAt);
  const offsets = Array.from({ length: count }, (_, at) =>
    readU32(body, tocAt + at * OFFSET_BYTES),
  );
  return { capabilities, store, branch, beat, payloadBytes, forgetBefore, previous, offsets };
}

function readBranch(body: Uint8Array): string {
  const length = body[BRANCH_AT] ?? 0;
  const from = BRANCH_AT + 1;
  if (length > BRANCH_BYTES_MAX) {
    throw new FormatError("out-of-range", BRANCH_AT, `a branch name of ${length} bytes`);
  }
  if (from + length > body.length) {
    throw new FormatError("truncated", from, "the trailer ends in the branch's name");
  }
  const name = String.fromCharCode(...body.subarray(from, from + length));
  if (!isBranchName(name)) throw new FormatError("out-of-range", from, "no name of a branch");
  return name;
}
