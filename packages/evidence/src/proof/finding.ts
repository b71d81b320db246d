/**
 * Bad evidence is data, not an exception.
 *
 * A verifier that stops at the first fault tells an investigator almost nothing. Verification here
 * always runs to the end and returns everything it found.
 *
 * @module
 */

export interface Finding {
  /** Stable, `subject/fault`, listed in docs/findings.md; scripts match on it. */
  readonly code: string;
  /** Where, in the reader's terms: a path inside the store, then a record number. */
  readonly where: string;
  /** One sentence for a person. */
  readonly message: string;
}

/**
 * What verification comes to.
 *
 * - `VALID`: everything that should be there is there and agrees.
 * - `TAMPERED`: something contradicts what was signed.
 * - `INCOMPLETE`: nothing contradicts, but something is missing or not closed yet.
 * - `UNTRUSTED`: consistent in itself, but not under a key that the reader trusts.
 */
export type Result = "VALID" | "TAMPERED" | "INCOMPLETE" | "UNTRUSTED";

/** A value that was computed as far as possible, and what was wrong on the way. */
export interface Outcome<Value> {
  readonly value: Value;
  readonly findings: readonly Finding[];
}
