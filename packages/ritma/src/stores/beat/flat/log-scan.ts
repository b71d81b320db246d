/**
 * Reads one segment of the commit log, from its first byte to its last, and says of every commit
 * what is whole.
 *
 * A commit is taken as it is when its head and tail hold and name each other, its head names the
 * commit before it, and every frame has its digest. What is not so is torn when nothing valid is
 * behind it, and damaged when something is: a beat is only begun when the one before it is durable.
 *
 * Not here: what follows from that (`recover-log.ts`).
 *
 * Format: spec/17-beat-store.md, "Recovery".
 *
 * @module
 */
import { equalBytes, FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../../base/blake3.ts";
import { sealedLength } from "./fields.ts";
import { structureOf } from "./frame-structure.ts";
import {
  COMMIT_HEAD_BYTES,
  COMMIT_MAGIC,
  type CommitHead,
  CONTINUED,
  commitDigest,
  decodeCommitHead,
  decodeOpening,
  decodeTail,
  type FrameEntry,
  OPENING_MAGIC,
  type SegmentOpening,
} from "./segment-codec.ts";

/** Where the log stands before a segment, or before a commit. */
export interface LogPlace {
  readonly lastBeat: number;
  /** Digest of the newest commit; null when it is not known, because that one is damaged. */
  readonly previous: Uint8Array | null;
}

export interface ScannedFrame {
  readonly entry: FrameEntry;
  /** From the begin of the segment. */
  readonly offset: number;
  /** All of it; all but the bodies; or not even the keys. */
  readonly whole: "all" | "keys" | "nothing";
}

export interface ScannedCommit {
  readonly kind: "commit";
  readonly beat: number;
  readonly from: number;
  readonly to: number;
  readonly frames: readonly ScannedFrame[];
}

/** Bytes of which not even the list of frames is left. */
export interface BrokenRegion {
  readonly kind: "broken";
  readonly from: number;
  readonly to: number;
  /** Beats in it are above the first and not above the second, which is null when not known. */
  readonly afterBeat: number;
  readonly upToBeat: number | null;
}

export type ScannedPart = ScannedCommit | BrokenRegion;

export interface SegmentScan {
  /** Null when it is damaged. */
  readonly opening: SegmentOpening | null;
  readonly parts: readonly ScannedPart[];
  /** What has nothing whole behind it: torn in the newest segment, damaged in any other. */
  readonly unconfirmed: readonly ScannedPart[];
  /** Where the last whole commit ends. */
  readonly end: number;
  /** There was a segment behind this one. */
  readonly isContinued: boolean;
  /** Behind that. */
  readonly place: LogPlace;
}

/** @param before null where nothing is known of what comes before: the first segment */
export function scanSegment(
  blake3: Blake3,
  bytes: Uint8Array,
  before: LogPlace | null,
): SegmentScan {
  const length = sealedLength(OPENING_MAGIC, bytes);
  const opening = openingOf(bytes, length);
  const begin = opening === null ? 0 : (length ?? 0);
  const walk = new SegmentWalk(blake3, bytes, opening, placeBefore(opening, before), begin);
  const { parts, unconfirmed, end, isContinued, place } = walk.run();
  return { opening, parts, unconfirmed, end, isContinued, place };
}

function openingOf(bytes: Uint8Array, length: number | null): SegmentOpening | null {
  if (length === null || length > bytes.length) return null;
  try {
    return decodeOpening(bytes.subarray(0, length));
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/** What the segment itself says: a segment before it may be gone, with what was forgotten. */
function placeBefore(opening: SegmentOpening | null, before: LogPlace | null): LogPlace {
  if (opening !== null) return { lastBeat: opening.lastBeat, previous: opening.previous };
  return { lastBeat: before?.lastBeat ?? 0, previous: null };
}

class SegmentWalk {
  readonly parts: ScannedPart[] = [];
  unconfirmed: ScannedPart[] = [];
  end: number;
  isContinued = false;
  place: LogPlace;
  /** Behind what was read last, whole or not. */
  #reached: LogPlace;
  #salt: Uint8Array | null;
  readonly #blake3: Blake3;
  readonly #bytes: Uint8Array;

  constructor(
    blake3: Blake3,
    bytes: Uint8Array,
    opening: SegmentOpening | null,
    place: LogPlace,
    begin: number,
  ) {
    this.#blake3 = blake3;
    this.#bytes = bytes;
    this.#salt = opening?.salt ?? null;
    this.place = place;
    this.#reached = place;
    this.end = begin;
  }

  run(): this {
    for (let at = this.end; at < this.#bytes.length;) {
      const head = this.#headAt(at);
      if (head === null) at = this.#skip(at);
      else {
        this.#take(at, head);
        at += head.length;
      }
    }
    return this;
  }

  #take(at: number, head: CommitHead): void {
    const part = this.#commitAt(at, head);
    this.#salt ??= head.salt;
    this.unconfirmed.push(part);
    if (part.kind === "broken") {
      this.#reached = { lastBeat: head.beat, previous: null };
      return;
    }
    const previous = commitDigest(
      this.#blake3,
      this.#bytes.subarray(at, at + COMMIT_HEAD_BYTES),
      this.#bytes.subarray(at + head.length - head.tailLength, at + head.length),
    );
    this.#reached = { lastBeat: head.beat, previous };
    if (!part.frames.every(({ whole }) => whole === "all")) return;
    this.parts.push(...this.unconfirmed);
    this.unconfirmed = [];
    this.end = part.to;
    this.isContinued = head.flags === CONTINUED;
    this.place = this.#reached;
  }

  /** @returns where the next head begins, or the end. */
  #skip(at: number): number {
    const afterBeat = this.#reached.lastBeat;
    this.#reached = { lastBeat: afterBeat, previous: null };
    const bytes = this.#bytes;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let to = at;
    let head: CommitHead | null = null;
    while (head === null && to !== bytes.length) {
      const next = buffer.indexOf(COMMIT_MAGIC, to + 1);
      to = next === -1 ? bytes.length : next;
      if (next !== -1) head = this.#headAt(next);
    }
    const upToBeat = head === null ? null : head.beat;
    this.unconfirmed.push({ kind: "broken", from: at, to, afterBeat, upToBeat });
    return to;
  }

  #headAt(at: number): CommitHead | null {
    if (at + COMMIT_HEAD_BYTES > this.#bytes.length) return null;
    let head: CommitHead;
    try {
      head = decodeCommitHead(this.#bytes.subarray(at, at + COMMIT_HEAD_BYTES));
    } catch (error) {
      if (error instanceof FormatError) return null;
      throw error;
    }
    const { lastBeat, previous } = this.#reached;
    if (this.#salt !== null && !equalBytes(head.salt, this.#salt)) return null;
    if (previous !== null && !equalBytes(head.previous, previous)) return null;
    return head.beat < lastBeat || at + head.length > this.#bytes.length ? null : head;
  }

  #commitAt(at: number, head: CommitHead): ScannedPart {
    const to = at + head.length;
    const { lastBeat, previous } = this.#reached;
    let entries: readonly FrameEntry[];
    try {
      entries = decodeTail(this.#bytes.subarray(to - head.tailLength, to), head);
      // An end mark repeats the newest beat; anything else is a newer one.
      const isSame = head.beat === lastBeat || (previous === null && entries.length === 0);
      if ((entries.length === 0) !== isSame) {
        throw new FormatError("out-of-range", at, `beat ${head.beat} behind beat ${lastBeat}`);
      }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return { kind: "broken", from: at, to, afterBeat: lastBeat, upToBeat: head.beat };
    }
    let offset = at + COMMIT_HEAD_BYTES;
    const frames = entries.map((entry): ScannedFrame => {
      const from = offset;
      offset += entry.length;
      return { entry, offset: from, whole: this.#wholeness(from, entry) };
    });
    return { kind: "commit", beat: head.beat, from: at, to, frames };
  }

  #wholeness(from: number, entry: FrameEntry): ScannedFrame["whole"] {
    const frame = this.#bytes.subarray(from, from + entry.length);
    if (equalBytes(this.#blake3(frame), entry.digest)) return "all";
    return structureOf(frame, entry.records) === entry.structure ? "keys" : "nothing";
  }
}
