/**
 * Where the flat engine keeps what, below its folder.
 *
 *     _log/NNNNNNNNNNNNNNNN.log      commit log; 16 digits: no beat in it is lower
 *     BRANCH/meta                    what is checkpointed, and which runs hold it
 *     BRANCH/branch-NNNNNNNN.dat     a run: bodies
 *     BRANCH/branch-NNNNNNNN.idx     a run: its sorted table
 *     ....damaged-N                  set aside: read by nobody, removed by nobody
 *
 * No branch has a name that begins with an underscore. Other files and folders are not the
 * engine's, and it leaves them alone.
 *
 * Format: spec/17-beat-store.md, "Layout".
 *
 * @module
 */
import { DRAFT_SUFFIX } from "../../../base/disk/disk.ts";

const SEGMENT = /^(\d{16})\.log$/u;
const RUN = /^branch-(\d{8})\.(dat|idx)$/u;
const DIGITS_OF_SEGMENT = 16;
const DIGITS_OF_RUN = 8;

export const LOG_DIR = "_log";
export const META_NAME = "meta";

export function segmentName(firstBeat: number): string {
  return `${String(firstBeat).padStart(DIGITS_OF_SEGMENT, "0")}.log`;
}

/** @returns null for what is no segment. */
export function segmentBeat(name: string): number | null {
  const [, digits] = SEGMENT.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

export function runName(sequence: number, part: "dat" | "idx"): string {
  return `branch-${String(sequence).padStart(DIGITS_OF_RUN, "0")}.${part}`;
}

/** @returns null for what is no file of a run. */
export function runOf(name: string): { readonly sequence: number; readonly part: string } | null {
  const [, digits, part] = RUN.exec(name) ?? [];
  if (digits === undefined || part === undefined) return null;
  return { sequence: Number(digits), part };
}

/** Whether it is a file of ours that was never finished. */
export function isDraft(name: string): boolean {
  if (!name.endsWith(DRAFT_SUFFIX)) return false;
  const whole = name.slice(0, -DRAFT_SUFFIX.length);
  return whole === META_NAME || segmentBeat(whole) !== null || runOf(whole) !== null;
}
