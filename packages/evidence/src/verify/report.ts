/**
 * What a verification found, and the result that follows from it.
 *
 * @module
 */
import type { Finding, Result } from "../proof/finding.ts";
import { type FindingCode, FINDINGS } from "./finding-code.ts";
import type { VerifiedHead } from "./verify-heads.ts";

export interface VerifiedStore {
  /** Hex. */
  readonly store: string;
  readonly namespace: string;
  /** Null when the store keeps only a hash of it. */
  readonly node: string | null;
  readonly privacy: string;
  /** Of the identity key in the store, 64 hex digits. */
  readonly fingerprint: string;
}

export interface VerifyCounts {
  files: number;
  bytes: number;
  signatures: number;
  logEntries: number;
  sessions: number;
  hours: number;
  gaps: number;
  windows: number;
  events: number;
  records: number;
  atoms: number;
  instantiations: number;
  entities: number;
  late: number;
  lost: number;
  evicted: number;
  uninterpreted: number;
  refused: number;
  incomplete: number;
}

export interface Report {
  readonly result: Result;
  /** Null when not even `store.cbor` could be read. */
  readonly store: VerifiedStore | null;
  readonly findings: readonly Finding[];
  /** Begin of the first hour and end of the last, in µs; null without hours. */
  readonly interval: readonly [t1: number, t2: number] | null;
  readonly counts: Readonly<VerifyCounts>;
  /** Hours in which nothing was found wrong. */
  readonly hoursGood: number;
  /** Those that were given, in their order. Empty when there was no store to compare them with. */
  readonly heads: readonly VerifiedHead[];
  /** Facts worth knowing that lower nothing. */
  readonly notes: readonly string[];
  /** What the store never promised, so that nobody can prove it from the files. */
  readonly notProvable: readonly string[];
  /** Checks that could not be made because something before them failed. */
  readonly notChecked: readonly string[];
}

/** What is listed; a store made to give more is refused all the same, without our memory. */
const FINDINGS_MAX = 100_000;

/** Collects findings while a verification runs to its end. */
export class Ledger {
  readonly findings: Finding[] = [];
  /** Findings that are not listed. */
  unlisted = 0;
  readonly #results = new Set<Result>();
  readonly notes: string[] = [];
  readonly notChecked: string[] = [];
  readonly counts: VerifyCounts = {
    files: 0,
    bytes: 0,
    signatures: 0,
    logEntries: 0,
    sessions: 0,
    hours: 0,
    gaps: 0,
    windows: 0,
    events: 0,
    records: 0,
    atoms: 0,
    instantiations: 0,
    entities: 0,
    late: 0,
    lost: 0,
    evicted: 0,
    uninterpreted: 0,
    refused: 0,
    incomplete: 0,
  };

  add(code: FindingCode, where: string, message: string): void {
    this.#results.add(FINDINGS[code].result);
    if (this.findings.length < FINDINGS_MAX) this.findings.push({ code, where, message });
    else this.unlisted += 1;
  }

  /** How many findings there are, listed or not. */
  get total(): number {
    return this.findings.length + this.unlisted;
  }

  /** The worst of what was found: TAMPERED, INCOMPLETE, UNTRUSTED, VALID, in this order. */
  result(): Result {
    const order = ["TAMPERED", "INCOMPLETE", "UNTRUSTED"] as const;
    return order.find((result) => this.#results.has(result)) ?? "VALID";
  }
}
