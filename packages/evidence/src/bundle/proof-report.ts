/**
 * What the verification of an event proof comes to.
 *
 * Invariant: a report that says TAMPERED names no events: nothing that was not proved leaves here.
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Primitives } from "../primitives.ts";
import type { Checkpoint } from "../proof/checkpoint.ts";
import type { Finding, Result } from "../proof/finding.ts";
import type { Entity } from "../record/entity.ts";
import type { FindingCode } from "../verify/finding-code.ts";
import { Ledger, type VerifiedStore } from "../verify/report.ts";

/** An entity that an atom names; null in `entity` when its commitment was not opened. */
export interface ProvedEntity {
  readonly commitment: Uint8Array;
  readonly entity: Entity | null;
}

export interface ProvedAtom {
  /** Of the hour. */
  readonly sequence: number;
  /** Number of the micro-window in its clock hour; null for the late one. */
  readonly window: number | null;
  /** Of the window's tree. */
  readonly leaf: number;
  /** Of the atom in its instantiation. */
  readonly i: number;
  /** Microseconds. */
  readonly time: number;
  readonly serial: number;
  readonly etype: number;
  readonly flags: number;
  readonly ret: number;
  readonly num: number | null;
  readonly process: ProvedEntity;
  readonly object: ProvedEntity | null;
  readonly object2: ProvedEntity | null;
  readonly arg: ProvedEntity | null;
}

export interface ProvedWindow {
  readonly sequence: number;
  readonly window: number | null;
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
  readonly root: Uint8Array;
  /** Index of its entry in the node log. */
  readonly entry: number;
}

export interface ProofReport {
  readonly result: Result;
  readonly findings: readonly Finding[];
  /** Null when not even `store.cbor` could be read. */
  readonly store: VerifiedStore | null;
  /** The head of the node log that all of it stands under; null when it is not good. */
  readonly checkpoint: Checkpoint | null;
  /** In the order of the node log; empty when TAMPERED, like `atoms`. */
  readonly windows: readonly ProvedWindow[];
  readonly atoms: readonly ProvedAtom[];
  readonly signatures: number;
  readonly notProvable: readonly string[];
  readonly notChecked: readonly string[];
}

/** What every step of a verification has at hand. */
export interface ProofDesk {
  readonly primitives: Primitives;
  readonly ledger: Ledger;
}

/** Runs a decoder; bytes that it refuses become a finding. */
export function attempt<Value>(
  { ledger }: ProofDesk,
  code: FindingCode,
  where: string,
  decode: () => Value,
): Value | null {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    ledger.add(code, where, error.message);
    return null;
  }
}
