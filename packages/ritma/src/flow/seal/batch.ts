/**
 * A batch: what becomes durable together, with one checkpoint at its end.
 *
 * Built in memory by the sealer, written by `EvidenceStore`. Everything that will be signed is
 * already in it, so a crash while writing can only be followed by the same bytes again.
 *
 * Format: spec/06-store.md, "Sealing".
 *
 * @module
 */
import { concatBytes } from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import { BATCH_FILES_MAX } from "../../base/limits.ts";

/** New bytes of a generation log that has `before` bytes. */
export interface Grown {
  readonly path: string;
  readonly before: number;
  readonly bytes: Uint8Array;
}

export interface Batch {
  /** Files of an hour under their final names, relative to the evidence store. */
  readonly files: readonly FileToWrite[];
  /** What is appended to generation logs, each at most once. */
  readonly growing: readonly Grown[];
  /** Payloads to be signed with the seal key, and where the signatures go. */
  readonly sign: readonly { readonly path: string; readonly payload: Uint8Array }[];
  /** Written beside the signatures, after everything they speak of. */
  readonly plain: readonly FileToWrite[];
  /** Size of the node log before the batch. */
  readonly logSize: number;
  readonly entries: readonly Uint8Array[];
}

/**
 * Joins batches that follow one another, so that a log with an event a day does not cost forty
 * syncs an hour. What ends up on the disk is the same; only fewer checkpoints are passed through.
 */
export function joinBatches(batches: readonly Batch[]): Batch[] {
  const joined: Batch[] = [];
  for (const batch of batches) {
    const last = joined.at(-1);
    const both = last === undefined ? null : joinTwo(last, batch);
    if (both === null) joined.push(batch);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

/** @returns null when they would be too large for one. */
function joinTwo(first: Batch, second: Batch): Batch | null {
  if (first.files.length + second.files.length > BATCH_FILES_MAX) return null;
  const growing = [...first.growing];
  for (const grown of second.growing) {
    const at = growing.findIndex(({ path }) => path === grown.path);
    const earlier = growing[at];
    if (earlier === undefined) growing.push(grown);
    else growing[at] = { ...earlier, bytes: concatBytes(earlier.bytes, grown.bytes) };
  }
  return {
    files: [...first.files, ...second.files],
    growing,
    sign: [...first.sign, ...second.sign],
    plain: [...first.plain, ...second.plain],
    logSize: first.logSize,
    entries: [...first.entries, ...second.entries],
  };
}
