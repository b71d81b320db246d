/**
 * What the commit log says of branches, applied in its order: where each stands, what of it is in
 * no run, and what cannot be trusted.
 *
 * When bytes of the log are lost, it is not known whose. The opening of the next segment lists all
 * branches, and each frame names the one before it: a branch that fits lost nothing. The others are
 * in doubt.
 *
 * @module
 */
import { equalBytes, FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../../base/blake3.ts";
import { decodeFrame, FRAME_HEADER_BYTES, frameLength } from "../frame-codec.ts";
import { UnsupportedError } from "../frame-fault.ts";
import type { NoticeSink } from "../notice.ts";
import { Branch } from "./branch.ts";
import type { Segment } from "./commit-log.ts";
import { RecordWalk } from "./frame-structure.ts";
import type { BrokenRegion, ScannedCommit, ScannedFrame, ScannedPart } from "./log-scan.ts";
import type { BranchState, FrameEntry, SegmentOpening } from "./segment-codec.ts";

const FRAME_MAGIC = Uint8Array.of(0x52, 0x49, 0x54, 0x4d, 0x41, 0x42, 0x46);

export interface ReplayContext {
  readonly blake3: Blake3;
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
  readonly makeBranch: (name: string) => Branch;
}

export class Replay {
  readonly #context: ReplayContext;
  readonly #branches: Map<string, Branch>;
  /** Newest beat that may have been lost since all branches were known to be whole; 0: none. */
  #lost = 0;
  /** Branches that fit behind what was lost. */
  #proven: Set<string> = new Set();

  constructor(context: ReplayContext, branches: Map<string, Branch>) {
    this.#context = context;
    this.#branches = branches;
  }

  /** A segment begins: here is where everybody stood. */
  opening({ branches }: SegmentOpening): void {
    for (const state of branches) this.#compare(state);
    this.#lost = 0;
    this.#proven = new Set();
  }

  /** Whether there was more than we have seen. */
  isBehind({ branches }: SegmentOpening): boolean {
    return branches.some(
      ({ branch, head }) => (this.#branches.get(branch)?.head.beat ?? 0) < head.beat,
    );
  }

  /** A segment whose opening is damaged: nobody says whether one is missing before it. */
  noOpening(segment: Segment): void {
    segment.damaged = true;
    this.#tell("error", "", `the opening of segment ${segment.firstBeat} is damaged`);
  }

  part(segment: Segment, bytes: Uint8Array, part: ScannedPart): void {
    if (part.kind === "commit") this.#commit(segment, bytes, part);
    else this.#broken(segment, bytes, part);
  }

  /** What was behind the last segment is gone. */
  missing(detail: string): void {
    this.#lost = Number.MAX_SAFE_INTEGER;
    this.#proven = new Set();
    this.#tell("error", "", detail);
  }

  /** Behind the last segment. */
  finish(lastBeat: number): void {
    for (const branch of this.#branches.values()) {
      if (this.#lost > 0 && !this.#proven.has(branch.name)) {
        // Beats that nobody knows of are behind the newest that is known.
        this.#doubt(branch, Math.min(this.#lost, lastBeat + 1));
      }
      if (branch.doubt < Math.max(branch.forgotten, 1)) {
        branch.doubt = 0;
        continue;
      }
      branch.isUnsaved = true;
      const detail = `something of beat ${branch.doubt} or before cannot be read`;
      this.#tell("error", branch.name, detail);
    }
  }

  #compare(state: BranchState): void {
    const branch = this.#branch(state.branch);
    const { head } = branch;
    const isSame = head.beat === state.head.beat && equalBytes(head.frame, state.head.frame);
    if (head.beat < state.head.beat || (head.beat === state.head.beat && !isSame)) {
      // Gone with what was forgotten, or lost: which of the two, the mark of the branch says.
      branch.head = state.head;
      this.#doubt(branch, state.head.beat);
    }
    branch.doubt = Math.max(branch.doubt, state.doubt);
    if (state.forgotten > branch.forgotten) branch.advance(branch.head, state.forgotten);
  }

  #commit(segment: Segment, bytes: Uint8Array, { beat, frames }: ScannedCommit): void {
    for (const frame of frames) {
      const branch = this.#branch(frame.entry.branch);
      segment.branches.set(branch.name, beat);
      if (frame.whole !== "all") this.#tellDamaged(segment, beat, frame);
      if (beat <= branch.checkpointed) continue;
      if (frame.whole === "nothing") this.#doubt(branch, beat);
      else this.#records(segment, bytes, branch, { beat, ...frame });
      if (this.#lost > 0 && frame.whole === "all") this.#prove(bytes, branch, frame);
      const { digest, forgetBefore } = frame.entry;
      branch.advance({ beat, frame: digest, frames: branch.head.frames + 1 }, forgetBefore);
    }
  }

  /** Frames in it that are whole are used; what else was there, nobody knows. */
  #broken(segment: Segment, bytes: Uint8Array, region: BrokenRegion): void {
    segment.damaged = true;
    const { from, to, afterBeat, upToBeat } = region;
    const detail = `bytes ${from} to ${to} of segment ${segment.firstBeat} are damaged`;
    this.#tell("error", "", detail);
    this.#lost = Math.max(this.#lost, upToBeat ?? Number.MAX_SAFE_INTEGER);
    this.#proven = new Set();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = buffer.indexOf(FRAME_MAGIC, from); at !== -1 && at < to;) {
      const length = this.#salvage(segment, bytes, at, afterBeat, upToBeat);
      at = buffer.indexOf(FRAME_MAGIC, at + Math.max(1, length));
    }
  }

  /** @returns length of the frame at `at`; 0 when there is none that can be used. */
  #salvage(
    segment: Segment,
    bytes: Uint8Array,
    at: number,
    afterBeat: number,
    upToBeat: number | null,
  ): number {
    try {
      const length = frameLength(bytes.subarray(at, at + FRAME_HEADER_BYTES)) ?? 0;
      if (length === 0 || at + length > bytes.length) return 0;
      const found = decodeFrame(this.#context.blake3, bytes.subarray(at, at + length));
      const { store, beat, records, forgetBefore, digest } = found;
      if (!equalBytes(store, this.#context.store)) return 0;
      if (beat <= afterBeat || beat > (upToBeat ?? beat)) return 0;
      const branch = this.#branch(found.branch);
      segment.branches.set(branch.name, beat);
      if (beat <= Math.max(branch.checkpointed, branch.head.beat)) return length;
      const entry = { records: records.length, length };
      this.#records(segment, bytes, branch, { beat, offset: at, entry });
      branch.advance({ beat, frame: digest, frames: branch.head.frames + 1 }, forgetBefore);
      return length;
    } catch (error) {
      if (!(error instanceof FormatError) || error instanceof UnsupportedError) throw error;
      return 0;
    }
  }

  #records(
    segment: Segment,
    bytes: Uint8Array,
    branch: Branch,
    frame: {
      readonly beat: number;
      readonly offset: number;
      readonly entry: Pick<FrameEntry, "records" | "length">;
    },
  ): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const walk = new RecordWalk(bytes, frame.offset, frame.entry.length);
    for (let index = 0; index < frame.entry.records && walk.step(); index += 1) {
      const key = buffer.toString("latin1", walk.keyAt, walk.bodyAt);
      branch.active.put(key, frame.beat, segment.firstBeat, walk.at, walk.next - walk.at);
    }
  }

  /** Whether the frame names the one that we know as the branch's last. */
  #prove(bytes: Uint8Array, branch: Branch, { offset, entry }: ScannedFrame): void {
    if (this.#proven.has(branch.name)) return;
    this.#proven.add(branch.name);
    const frame = decodeFrame(this.#context.blake3, bytes.subarray(offset, offset + entry.length));
    if (!equalBytes(frame.previous, branch.head.frame)) this.#doubt(branch, frame.beat - 1);
  }

  #doubt(branch: Branch, beat: number): void {
    branch.doubt = Math.max(branch.doubt, beat);
  }

  #branch(name: string): Branch {
    const known = this.#branches.get(name);
    if (known !== undefined) return known;
    const branch = this.#context.makeBranch(name);
    this.#branches.set(name, branch);
    return branch;
  }

  #tellDamaged(segment: Segment, beat: number, { whole, entry }: ScannedFrame): void {
    segment.damaged = true;
    const what = whole === "keys" ? "bodies" : "records";
    this.#tell("error", entry.branch, `${what} of beat ${beat} in the commit log are damaged`);
  }

  #tell(severity: "error", branch: string, detail: string): void {
    this.#context.notice({ topic: "persist.recover", severity, branch, detail });
  }
}
