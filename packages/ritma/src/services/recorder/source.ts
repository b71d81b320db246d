/**
 * Where a live recorder gets its bytes: a followed log, or a stream.
 *
 * Gives whole lines only, so that no entry of the journal ends inside one: the beginning of a line
 * whose end is not written yet is read again later.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { concatBytes } from "@ritma/evidence";
import type { LogFiles, TailPlace } from "../../base/disk/log-files.ts";
import { LINE_BYTES_MAX } from "../../base/limits.ts";
import { Follower } from "../../flow/capture/tail/follower.ts";
import type { JournalEntry } from "../../flow/journal/entry.ts";
import { EMPTY_DIGEST } from "./input-digest.ts";

export interface Source extends AsyncDisposable {
  /** @returns what came since; empty when there is nothing for now, null when there never will. */
  next(): Promise<readonly JournalEntry[] | null>;
  /** True for bytes that begin an input of their own in every session. */
  readonly isStream: boolean;
  /** How often the log was found rotated away or cut, with what stood behind our place. */
  readonly missed: number;
}

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);
const NONE: readonly JournalEntry[] = [];

type BytesEntry = Extract<JournalEntry, { kind: "bytes" }>;

/** Holds back the beginning of a line. */
export class Lines {
  #rest: Uint8Array = NOTHING;

  /** @returns entries for the lines that are whole now, in memory of their own */
  take(bytes: Uint8Array): readonly BytesEntry[] {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = end === 0 ? NOTHING : concatBytes(this.#rest, bytes.subarray(0, end));
    this.#rest = end === 0 ? concatBytes(this.#rest, bytes) : bytes.slice(end);
    if (lines.length > 0) return [{ kind: "bytes", bytes: lines }];
    return this.#rest.length > LINE_BYTES_MAX ? this.flush() : [];
  }

  /** The file has ended: so has its last line. */
  flush(): readonly BytesEntry[] {
    const bytes = this.#rest;
    this.#rest = NOTHING;
    return bytes.length === 0 ? [] : [{ kind: "bytes", bytes }];
  }
}

/** @param place where to go on; null to begin with the log as it is now */
export async function followLog(
  files: LogFiles,
  path: string,
  place: TailPlace | null,
): Promise<Source> {
  const { follower, isFound } = await Follower.open(files, path, place);
  const lines = new Lines();
  let missed = isFound ? 0 : 1;
  return {
    isStream: false,
    get missed() {
      return missed;
    },
    next: async () => {
      const piece = await follower.next();
      if (piece === null) return NONE;
      if (piece.kind === "bytes") return lines.take(piece.bytes);
      const entries: JournalEntry[] = [...lines.flush()];
      if (piece.kind === "missed") missed += 1;
      else {
        const { place } = piece;
        entries.push({ kind: "input", input: { place, digest: EMPTY_DIGEST, head: null } });
      }
      return entries;
    },
    [Symbol.asyncDispose]: async () => {
      await follower[Symbol.asyncDispose]();
    },
  };
}

/** A stream: what auditd hands to a plugin, or standard input. It outlives sessions. */
export function readStream(stream: AsyncIterable<Uint8Array>): Source {
  const lines = new Lines();
  const chunks = stream[Symbol.asyncIterator]();
  const arrived: JournalEntry[] = [];
  let hasEnded = false;
  let failure: { readonly error: unknown } | null = null;
  let reading: Promise<void> | null = null;
  const readOn = async (): Promise<void> => {
    try {
      const { value, done } = await chunks.next();
      arrived.push(...(done === true ? lines.flush() : lines.take(value)));
      hasEnded = done === true;
    } catch (error) {
      failure = { error };
    }
    reading = null;
  };
  return {
    isStream: true,
    missed: 0,
    next: async () => {
      if (arrived.length > 0) return arrived.splice(0);
      if (failure !== null) throw failure.error;
      if (hasEnded) return null;
      reading ??= readOn();
      // A chunk that is there comes at once; for the next one nobody waits here.
      await setImmediate();
      return arrived.splice(0);
    },
    [Symbol.asyncDispose]: async () => {
      // It may be waiting for a chunk that never comes: whoever gave the stream ends it.
      void chunks.return?.();
    },
  };
}
