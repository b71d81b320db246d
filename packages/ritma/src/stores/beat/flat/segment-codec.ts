/**
 * The commit log's bytes: what stands at the begin of a segment, and before and behind the frames
 * of a commit.
 *
 *     segment := opening commit*            commit := head frame* tail
 *
 * A commit without frames is an end mark: the engine was closed behind it, or went on in another
 * segment. What is damaged before it cannot be taken for a beat that was never finished.
 *
 * Each head names the digest of the commit before it, so that a commit which was given up cannot
 * come back behind another one. The tail lists the frames, so that one damaged byte does not hide
 * which branches and keys it was about.
 *
 * Format: spec/17-beat-store.md, "Commit log".
 *
 * @module
 */
import { concatBytes, FormatError } from "@ritma/evidence";
import { BRANCHES_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type { BranchHead } from "../engine.ts";
import { isBranchName, ROOT_BYTES, STORE_BYTES } from "../trailer.ts";
import { FieldReader, FieldWriter, magicOf } from "./fields.ts";

const OPENING = magicOf("RITMABL1");
const HEAD = magicOf("RITMABC1");
const TAIL = magicOf("RITMABT1");
export const SALT_BYTES = 8;
/** Of a commit's head, which has fields of fixed length only. */
export const COMMIT_HEAD_BYTES = 76;
/** Of a commit without frames. No commit with a frame is as short. */
export const MARK_BYTES = 112;

/** Where a branch stands, and what of it cannot be trusted. */
export interface BranchState {
  readonly branch: string;
  readonly head: BranchHead;
  /** Records of beats before this one are forgotten; 0 forgets none. */
  readonly forgotten: number;
  /** Newest beat of which something was found damaged, so that keys may be missing; 0: none. */
  readonly doubt: number;
}

export interface SegmentOpening {
  readonly store: Uint8Array;
  /** 8 bytes, of this segment alone. */
  readonly salt: Uint8Array;
  /** Newest beat before the segment. */
  readonly lastBeat: number;
  /** Digest of the commit before the segment, zeros when there is none. */
  readonly previous: Uint8Array;
  readonly branches: readonly BranchState[];
}

/** Flags of a commit's head. The log goes on in another segment, which is durable already. */
export const CONTINUED = 1;

export interface CommitHead {
  /** 0, or CONTINUED where there are no frames. */
  readonly flags: number;
  readonly length: number;
  readonly tailLength: number;
  readonly beat: number;
  readonly salt: Uint8Array;
  readonly previous: Uint8Array;
}

export interface FrameEntry {
  readonly branch: string;
  readonly length: number;
  readonly records: number;
  readonly forgetBefore: number;
  /** CRC-32C over all of each record that is before its body. */
  readonly structure: number;
  readonly digest: Uint8Array;
}

export function encodeOpening(opening: SegmentOpening): Uint8Array {
  const writer = new FieldWriter(OPENING);
  writer.raw(opening.store);
  writer.raw(opening.salt);
  writer.u64(opening.lastBeat);
  writer.raw(opening.previous);
  writer.u32(opening.branches.length);
  for (const state of opening.branches) writeState(writer, state);
  return writer.finish();
}

/** Of an opening for so many branches, whatever it says of them. */
export function openingLength(branches: readonly BranchState[]): number {
  const [store, salt] = [new Uint8Array(STORE_BYTES), new Uint8Array(SALT_BYTES)];
  const previous = new Uint8Array(ROOT_BYTES);
  return encodeOpening({ store, salt, lastBeat: 0, previous, branches }).length;
}

/** @throws FormatError */
export function decodeOpening(bytes: Uint8Array): SegmentOpening {
  const reader = new FieldReader(OPENING, bytes);
  const store = reader.raw(STORE_BYTES);
  const salt = reader.raw(SALT_BYTES);
  const lastBeat = reader.u64();
  const previous = reader.raw(ROOT_BYTES);
  const count = reader.u32();
  if (count > BRANCHES_MAX) throw new FormatError("out-of-range", 0, `${count} branches`);
  const branches = Array.from({ length: count }, () => readState(reader));
  reader.finish();
  return { store, salt, lastBeat, previous, branches };
}

export { OPENING as OPENING_MAGIC, HEAD as COMMIT_MAGIC };

export function writeState(
  writer: FieldWriter,
  { branch, head, forgotten, doubt }: BranchState,
): void {
  writer.name(branch);
  writer.u64(head.beat);
  writer.u64(head.frames);
  writer.raw(head.frame);
  writer.u64(forgotten);
  writer.u64(doubt);
}

/** @throws FormatError */
export function readState(reader: FieldReader): BranchState {
  const branch = readBranch(reader);
  const [beat, frames, frame] = [reader.u64(), reader.u64(), reader.raw(ROOT_BYTES)];
  return { branch, head: { beat, frames, frame }, forgotten: reader.u64(), doubt: reader.u64() };
}

/** @returns the commit's bytes around the frames. */
export function encodeCommit(
  { flags, beat, salt, previous }: Pick<CommitHead, "flags" | "beat" | "salt" | "previous">,
  frames: readonly FrameEntry[],
): { readonly head: Uint8Array; readonly tail: Uint8Array } {
  const tailWriter = new FieldWriter(TAIL);
  tailWriter.raw(salt);
  tailWriter.u64(beat);
  tailWriter.u32(frames.length);
  let length = COMMIT_HEAD_BYTES;
  for (const frame of frames) {
    tailWriter.name(frame.branch);
    tailWriter.u32(frame.length);
    tailWriter.u32(frame.records);
    tailWriter.u64(frame.forgetBefore);
    tailWriter.u32(frame.structure);
    tailWriter.raw(frame.digest);
    length += frame.length;
  }
  const tail = tailWriter.finish();
  const headWriter = new FieldWriter(HEAD);
  headWriter.u32(length + tail.length);
  headWriter.u32(tail.length);
  headWriter.u64(beat);
  headWriter.raw(salt);
  headWriter.raw(previous);
  headWriter.u32(flags);
  return { head: headWriter.finish(), tail };
}

/** What the next commit names. Frames are in it by their digests. */
export function commitDigest(blake3: Blake3, head: Uint8Array, tail: Uint8Array): Uint8Array {
  return blake3(concatBytes(head, tail));
}

/** @param bytes COMMIT_HEAD_BYTES of them @throws FormatError */
export function decodeCommitHead(bytes: Uint8Array): CommitHead {
  const reader = new FieldReader(HEAD, bytes);
  const [length, tailLength, beat] = [reader.u32(), reader.u32(), reader.u64()];
  const [salt, previous] = [reader.raw(SALT_BYTES), reader.raw(ROOT_BYTES)];
  const flags = reader.u32();
  if (flags > CONTINUED) throw new FormatError("out-of-range", 0, "unknown flags of a commit");
  reader.finish();
  if (length < COMMIT_HEAD_BYTES + tailLength) {
    throw new FormatError("out-of-range", 0, `a commit of ${length} bytes`);
  }
  return { flags, length, tailLength, beat, salt, previous };
}

/** @throws FormatError when it is none, or another commit's */
export function decodeTail(bytes: Uint8Array, head: CommitHead): readonly FrameEntry[] {
  const reader = new FieldReader(TAIL, bytes);
  const [salt, beat, count] = [reader.raw(SALT_BYTES), reader.u64(), reader.u32()];
  if (beat !== head.beat || Buffer.compare(salt, head.salt) !== 0) {
    throw new FormatError("wrong-type", 0, "the tail of another commit");
  }
  if (count > BRANCHES_MAX) throw new FormatError("out-of-range", 0, `${count} frames`);
  if (head.flags !== 0 && count > 0) throw new FormatError("out-of-range", 0, "frames in a mark");
  let length = COMMIT_HEAD_BYTES + head.tailLength;
  const frames = Array.from({ length: count }, (): FrameEntry => {
    const branch = readBranch(reader);
    const [bytes, records, forgetBefore] = [reader.u32(), reader.u32(), reader.u64()];
    const [structure, digest] = [reader.u32(), reader.raw(ROOT_BYTES)];
    length += bytes;
    return { branch, length: bytes, records, forgetBefore, structure, digest };
  });
  reader.finish();
  if (length !== head.length) throw new FormatError("out-of-range", 0, "frames of another length");
  return frames;
}

function readBranch(reader: FieldReader): string {
  const branch = reader.name();
  if (!isBranchName(branch)) throw new FormatError("out-of-range", 0, "no name of a branch");
  return branch;
}
