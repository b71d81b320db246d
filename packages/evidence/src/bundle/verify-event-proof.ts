/**
 * The whole verification of an event proof: bytes in, a report out.
 *
 * Needs nothing of the store and, to say who made it, the fingerprint of the identity. Runs to the
 * end whatever it finds, and never throws on bad bytes.
 *
 * Format: spec/25-event-proof.md, "Verifying". Not here: how a person reads it (`ritma verify`).
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import type { Fingerprint } from "../bytes/id.ts";
import type { Primitives } from "../primitives.ts";
import type { Checkpoint } from "../proof/checkpoint.ts";
import { leafHash } from "../proof/merkle.ts";
import { encodeLogEntry, type LogEntry } from "../record/log-entry.ts";
import { Ledger } from "../verify/report.ts";
import { describe } from "../verify/verify-store.ts";
import {
  decodeEventProof,
  EVENT_PROOF_TAG,
  type EventProof,
  eventProofTag,
} from "./event-proof.ts";
import { type JointLeaf, jointRoot } from "./joint-path.ts";
import { attempt, type ProofDesk, type ProofReport, type ProvedAtom } from "./proof-report.ts";
import { openProofAtoms, verifyProofLeaves } from "./verify-proof-atoms.ts";
import { type ReadHour, readProofHours, verifyProofHours } from "./verify-proof-hours.ts";
import { type ProofKeys, verifyProofStore } from "./verify-proof-store.ts";

export interface VerifyProofOptions {
  /** The identity that the caller trusts, learnt from somewhere else than the proof. */
  readonly trust: Fingerprint | null;
}

const NOT_PROVABLE = [
  "that nothing else happened: a proof says what it shows, and nothing of the rest",
  "that others saw this checkpoint: compare it with a head that was kept elsewhere",
] as const;

export function verifyEventProof(
  bytes: Uint8Array,
  primitives: Primitives,
  { trust }: VerifyProofOptions,
): ProofReport {
  const desk: ProofDesk = { primitives, ledger: new Ledger() };
  const proof = decode(desk, bytes);
  const keys = proof === null ? null : verifyProofStore(desk, proof, trust);
  const { ledger } = desk;
  if (proof === null || keys === null) {
    ledger.notChecked.push("everything else, for want of a store.cbor");
    return reportOf(desk, keys, null, [], []);
  }
  const hours = readProofHours(desk, proof);
  const newest = hours.reduce((most, { seal }) => Math.max(most, seal?.sequence ?? 0), 0);
  const checkpoint = keys.checkpoint(desk, proof.checkpoint, newest);
  verifyProofHours(desk, keys, hours);
  verifyLogPath(desk, proof, keys, hours, checkpoint);
  const read = hours.flatMap(({ windows }) =>
    windows.flatMap((window) => verifyProofLeaves(desk, window)),
  );
  const atoms = openProofAtoms(desk, proof, read);
  keys.reportUnused(desk);
  return reportOf(desk, keys, checkpoint, hours, atoms);
}

function decode(desk: ProofDesk, bytes: Uint8Array): EventProof | null {
  const tag = eventProofTag(bytes);
  if (tag !== null && tag !== EVENT_PROOF_TAG) {
    desk.ledger.add("proof/version", "proof", `begins with ${tag}`);
    return null;
  }
  return attempt(desk, "proof/format", "proof", () => decodeEventProof(bytes));
}

/** Entries of the node log are made from what they name, so they cannot contradict it. */
function verifyLogPath(
  { primitives: { sha256 }, ledger }: ProofDesk,
  proof: EventProof,
  { file: { store } }: ProofKeys,
  hours: readonly ReadHour[],
  checkpoint: Checkpoint | null,
): void {
  const leaves: JointLeaf[] = [];
  const add = (index: number, entry: LogEntry): void => {
    leaves.push({ index, hash: leafHash(sha256, encodeLogEntry(entry)) });
  };
  add(0, { type: "genesis", store, storeFile: sha256(proof.store) });
  for (const { index, record } of proof.keys) add(index, { type: "key", record: sha256(record) });
  let last = 0;
  for (const { proof: hour, seal, windows, name } of hours) {
    for (const { proof: window, header } of windows) {
      if (header !== null) {
        add(window.index, { ...header, type: "micro", header: sha256(window.header) });
      }
      if (window.index <= last || window.index >= hour.index) {
        ledger.add("log/order", name, `entry ${window.index} is no place for a window of it`);
      }
    }
    if (seal !== null) add(hour.index, { ...seal, type: "hour", seal: seal.digest });
    last = hour.index;
  }
  const isComplete = hours.every(
    ({ seal, windows }) => seal !== null && windows.every(({ header }) => header !== null),
  );
  if (checkpoint === null || !isComplete) {
    ledger.notChecked.push("the path to the checkpoint, for want of what it joins");
    return;
  }
  leaves.sort((a, b) => a.index - b.index);
  const root = jointRoot(sha256, checkpoint.size, leaves, proof.logPath);
  if (root !== null && equalBytes(root, checkpoint.root)) return;
  ledger.add("log/root", "checkpoint", "the entries lead to another root than was signed");
}

function reportOf(
  { primitives, ledger }: ProofDesk,
  keys: ProofKeys | null,
  checkpoint: Checkpoint | null,
  hours: readonly ReadHour[],
  atoms: readonly ProvedAtom[],
): ProofReport {
  const result = ledger.result();
  const isShown = result !== "TAMPERED";
  const windows = hours.flatMap((hour) =>
    hour.windows.flatMap(({ header, proof: { index: entry } }) =>
      header === null ? [] : [{ ...header, root: header.microRoot, entry }],
    ),
  );
  return {
    result,
    findings: ledger.findings,
    store: keys === null ? null : describe(primitives, keys),
    checkpoint,
    windows: isShown ? windows : [],
    atoms: isShown ? atoms : [],
    signatures: ledger.counts.signatures,
    notProvable: NOT_PROVABLE,
    notChecked: ledger.notChecked,
  };
}
