/**
 * The commit log, for writing: one append and one sync make a beat durable, however many branches
 * it has.
 *
 * It grows in segments. A new one is made whole under a draft name, with where every branch stands,
 * before the first commit goes into it; old ones go when all that is in them is checkpointed or
 * forgotten.
 *
 * Invariant: `append` returns when the beat is durable. After a failure the engine calls nothing
 * here any more.
 *
 * Format: spec/17-beat-store.md, "Commit log".
 *
 * @module
 */
import {
  type Disk,
  type FileHandle,
  removeAllDurably,
  writeDurably,
} from "../../../base/disk/disk.ts";
import { LOG_SEGMENT_BYTES } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type { Rng } from "../../../base/rng.ts";
import type { BuiltFrame } from "../staged-beat.ts";
import { structureOfBuilt } from "./frame-structure.ts";
import { segmentName } from "./layout.ts";
import type { LogPlace } from "./log-scan.ts";
import {
  type BranchState,
  COMMIT_HEAD_BYTES,
  commitDigest,
  CONTINUED,
  encodeCommit,
  encodeOpening,
  SALT_BYTES,
} from "./segment-codec.ts";
import { setAside } from "./set-aside.ts";

export interface Segment {
  /** No beat in it is lower. Its name. */
  readonly firstBeat: number;
  bytes: number;
  /** Of each branch the newest beat in it. */
  readonly branches: Map<string, number>;
  /** Not to be removed: something in it could not be read. */
  damaged: boolean;
}

export interface LogContext {
  readonly disk: Disk;
  readonly blake3: Blake3;
  readonly rng: Rng;
  readonly store: Uint8Array;
  /** The folder of the segments. */
  readonly dir: string;
  readonly segmentBytes?: number;
}

/** Where the log goes on. */
export interface LogEnd {
  readonly segments: Segment[];
  readonly salt: Uint8Array;
  readonly place: LogPlace;
  readonly handle: FileHandle;
}

export class CommitLog {
  readonly #context: LogContext;
  readonly #segmentBytes: number;
  #segments: Segment[];
  #salt: Uint8Array;
  #lastBeat: number;
  #previous: Uint8Array;
  #handle: FileHandle;
  #isMarked = true;
  /** For what is written at once: a commit is done with it before the next one begins. */
  #room: Uint8Array = new Uint8Array(0);

  constructor(context: LogContext, end: LogEnd) {
    this.#context = context;
    this.#segmentBytes = context.segmentBytes ?? LOG_SEGMENT_BYTES;
    this.#segments = end.segments;
    this.#salt = end.salt;
    this.#lastBeat = end.place.lastBeat;
    this.#previous = end.place.previous ?? new Uint8Array(32);
    this.#handle = end.handle;
  }

  /** Of all segments. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get #active(): Segment {
    const active = this.#segments.at(-1);
    if (active === undefined) throw new TypeError("a log without a segment");
    return active;
  }

  /** Whether a commit of this length begins a new segment; then `roll` comes first. */
  isFull(frames: readonly BuiltFrame[]): boolean {
    const { bytes, branches } = this.#active;
    const more = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    return branches.size > 0 && bytes + more > this.#segmentBytes;
  }

  /** Durable on return. @returns the segment, and where each frame begins in it. */
  async append(
    beat: number,
    frames: readonly BuiltFrame[],
  ): Promise<{ readonly segment: number; readonly offsets: readonly number[] }> {
    const active = this.#active;
    let at = active.bytes + COMMIT_HEAD_BYTES;
    const offsets: number[] = [];
    for (const { bytes } of frames) {
      offsets.push(at);
      at += bytes.length;
    }
    await this.#write(beat, frames);
    for (const { branch } of frames) active.branches.set(branch, beat);
    this.#isMarked = false;
    return { segment: active.firstBeat, offsets };
  }

  /** Begins a new segment, unless nothing is in the newest one. */
  async roll(states: readonly BranchState[]): Promise<void> {
    const firstBeat = this.#lastBeat + 1;
    if (this.#active.firstBeat === firstBeat) return;
    const previous = this.#previous;
    const place = { lastBeat: this.#lastBeat, previous };
    const begun = await beginSegment(this.#context, { place, states });
    // The new one is durable; from here on, that it is not there is damage.
    await this.#write(this.#lastBeat, [], CONTINUED);
    await this.#handle.close();
    this.#previous = previous;
    this.#segments.push(begun.segment);
    this.#salt = begun.salt;
    this.#handle = begun.handle;
    this.#isMarked = true;
  }

  /** @returns segments of which `isDone` says for every branch that its beats are not needed. */
  take(isDone: (branch: string, beat: number) => boolean): readonly Segment[] {
    const active = this.#active;
    const done = this.#segments.filter(
      (segment) =>
        segment !== active && [...segment.branches].every(([branch, beat]) => isDone(branch, beat)),
    );
    this.#segments = this.#segments.filter((segment) => !done.includes(segment));
    return done;
  }

  /** The segment at this path holds something damaged: it is not to be removed. */
  keep(path: string): void {
    for (const segment of this.#segments) {
      if (path === `${this.#context.dir}/${segmentName(segment.firstBeat)}`) segment.damaged = true;
    }
  }

  /** Says that the engine was closed behind what is there, so that it cannot be called torn. */
  async mark(): Promise<void> {
    if (this.#isMarked) return;
    await this.#write(this.#lastBeat, []);
    this.#isMarked = true;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(beat: number, frames: readonly BuiltFrame[], flags = 0): Promise<void> {
    const { head, tail } = encodeCommit(
      { flags, beat, salt: this.#salt, previous: this.#previous },
      frames.map((frame) => ({
        branch: frame.branch,
        length: frame.bytes.length,
        records: frame.records.length,
        forgetBefore: frame.forgetBefore,
        structure: structureOfBuilt(frame),
        digest: frame.head.frame,
      })),
    );
    const bytes = this.#joined([head, ...frames.map((frame) => frame.bytes), tail]);
    await this.#handle.write(bytes);
    const synced = this.#handle.sync();
    // While the device works.
    const digest = commitDigest(this.#context.blake3, head, tail);
    await synced;
    this.#active.bytes += bytes.length;
    this.#lastBeat = beat;
    this.#previous = digest;
  }

  /** @returns the parts one behind the other, in memory that the next commit takes */
  #joined(parts: readonly Uint8Array[]): Uint8Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > this.#room.length) this.#room = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      this.#room.set(part, at);
      at += part.length;
    }
    return this.#room.subarray(0, length);
  }
}

/** Makes a segment, durable and with nothing in it, and opens it for appending. */
export async function beginSegment(
  { disk, rng, store, dir }: LogContext,
  { place, states }: { readonly place: LogPlace; readonly states: readonly BranchState[] },
): Promise<{
  readonly segment: Segment;
  readonly salt: Uint8Array;
  readonly handle: FileHandle;
}> {
  const salt = rng.bytes(SALT_BYTES);
  const { lastBeat } = place;
  const previous = place.previous ?? new Uint8Array(32);
  const opening = encodeOpening({ store, salt, lastBeat, previous, branches: states });
  const firstBeat = lastBeat + 1;
  const path = `${dir}/${segmentName(firstBeat)}`;
  await writeDurably(disk, path, opening);
  const handle = await disk.append(path);
  const segment = { firstBeat, bytes: opening.length, branches: new Map(), damaged: false };
  return { segment, salt, handle };
}

/** Removes segments for good; one that is damaged is set aside instead. */
export async function removeSegments(
  disk: Disk,
  dir: string,
  segments: readonly Segment[],
): Promise<void> {
  const path = ({ firstBeat }: Segment): string => `${dir}/${segmentName(firstBeat)}`;
  for (const segment of segments) if (segment.damaged) await setAside(disk, path(segment));
  const rest = segments.filter(({ damaged }) => !damaged);
  if (rest.length > 0) await removeAllDurably(disk, rest.map(path));
}
