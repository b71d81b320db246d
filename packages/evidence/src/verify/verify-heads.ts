/**
 * Compares a store with heads of it that were kept elsewhere.
 *
 * Format: spec/26-head-and-anchors.md, "Kept heads".
 *
 * @module
 */
import { type HeadStanding, judgeHead, type KnownLog } from "../proof/kept-head.ts";
import { logOrigin } from "../record/log-entry.ts";
import type { Reading } from "./reading.ts";
import type { NodeLogRead } from "./verify-log.ts";
import type { StoreFacts } from "./verify-store-file.ts";

export interface KeptHead {
  /** How the caller calls it: a path. Findings name it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface VerifiedHead {
  readonly name: string;
  /** Entries that it counts. */
  readonly size: number;
  readonly standing: HeadStanding;
}

const CODES = {
  rollback: "head/rollback",
  fork: "head/fork",
  other: "head/other",
} as const;

/** @param heads each a checkpoint (`parseHead`); else FormatError is thrown */
export function verifyHeads(
  { primitives, ledger }: Reading,
  facts: StoreFacts,
  { size, rootAt }: NodeLogRead,
  heads: readonly KeptHead[],
): VerifiedHead[] {
  const log: KnownLog = {
    origin: logOrigin(facts.file.store),
    keys: facts.keys.filter(({ role }) => role === "log").map(({ publicKey }) => publicKey),
    size,
    rootAt,
  };
  return heads.map(({ name, bytes }) => {
    const { standing, checkpoint, message } = judgeHead(primitives, log, bytes);
    if (standing === "unchecked") ledger.notChecked.push(`${name}: ${message}`);
    else if (standing !== "held") ledger.add(CODES[standing], name, message);
    return { name, size: checkpoint.size, standing };
  });
}

/** What even a head that holds cannot prove, for `Report.notProvable`. */
export function rollbackText(heads: readonly VerifiedHead[]): string {
  const held = heads.filter(({ standing }) => standing === "held").map(({ size }) => size);
  if (held.length === 0) {
    return (
      "a rollback to an older state, or a tail cut at an earlier close: " +
      "compare with a head that was kept elsewhere"
    );
  }
  return (
    `a rollback to a close behind entry ${Math.max(...held)}, where the newest head that was ` +
    "given ends: compare with a newer one"
  );
}
