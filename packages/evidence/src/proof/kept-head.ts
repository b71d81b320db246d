/**
 * A head that was kept outside of the store, against the log as it is now.
 *
 * The files of a store say nothing of what was cut off behind a close, and whoever has the keys can
 * write another history that agrees with itself. A checkpoint that left the host before knows
 * better: the log must still have its first entries, and they must have the same root.
 *
 * A kept head is the checkpoint as it was signed, nothing around it. Lines of witnesses below the
 * log's own are welcome.
 *
 * The root over the first entries is computed anew, which is what a consistency proof stands for;
 * who has no entries asks `verifyConsistency`.
 *
 * Format: spec/26-head-and-anchors.md. Vectors: spec/vectors/head.json.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import type { Primitives } from "../primitives.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { emptyRoot } from "./merkle.ts";
import { parseNote } from "./note.ts";

/** A log as its reader knows it: signed, and read. */
export interface KnownLog {
  readonly origin: string;
  /** Raw, 32 bytes each: those that may sign its checkpoints. */
  readonly keys: readonly Uint8Array[];
  /** Entries that it has. */
  readonly size: number;
  /** The root over the first entries; null when they could not all be read. */
  readonly rootAt: (size: number) => Uint8Array | null;
}

/**
 * - `held`: the log goes on from the head, or ends there.
 * - `rollback`: the log is older than the head: entries that were signed are gone.
 * - `fork`: both are signed, and they tell two histories.
 * - `other`: of another log, or not signed by a key of this one.
 * - `unchecked`: the entries that it is about could not be read.
 */
export type HeadStanding = "held" | "rollback" | "fork" | "other" | "unchecked";

export interface JudgedHead {
  readonly standing: HeadStanding;
  /** What it says. Believed only when the standing is not `other`. */
  readonly checkpoint: Checkpoint;
  /** One sentence, without the name of the head. */
  readonly message: string;
}

/**
 * Reads a kept head without believing it. @throws FormatError unless `bytes` are one checkpoint
 */
export function parseHead(bytes: Uint8Array): Checkpoint {
  return parseCheckpoint(parseNote(bytes).text);
}

/** @throws FormatError as `parseHead`, for what is no head of any log */
export function judgeHead(
  primitives: Pick<Primitives, "sha256" | "verifyEd25519">,
  log: KnownLog,
  bytes: Uint8Array,
): JudgedHead {
  const checkpoint = parseHead(bytes);
  const { origin, size, root } = checkpoint;
  const judged = (standing: HeadStanding, message: string): JudgedHead => ({
    standing,
    checkpoint,
    message,
  });
  if (origin !== log.origin) return judged("other", `is of the log ${origin}, not of this one`);
  if (!log.keys.some((key) => isSigned(primitives, bytes, origin, key))) {
    return judged("other", "is not signed by a log key of this store");
  }
  if (size > log.size) {
    const gone = size - log.size;
    return judged(
      "rollback",
      `has ${size} entries, the store ${log.size}: the newest ${gone} that were signed are gone`,
    );
  }
  const found = size === 0 ? emptyRoot(primitives.sha256) : log.rootAt(size);
  if (found === null) return judged("unchecked", `the first ${size} entries could not be read`);
  if (!equalBytes(found, root)) {
    return judged("fork", `the first ${size} entries were others when it was signed`);
  }
  return judged(
    "held",
    size === log.size
      ? `the store ends there, with ${size} entries`
      : `the store goes on from its ${size} entries, to ${log.size}`,
  );
}

function isSigned(
  primitives: Pick<Primitives, "sha256" | "verifyEd25519">,
  bytes: Uint8Array,
  origin: string,
  publicKey: Uint8Array,
): boolean {
  try {
    openCheckpoint(primitives, bytes, origin, publicKey);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
