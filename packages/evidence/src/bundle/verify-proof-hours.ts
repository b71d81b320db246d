/**
 * The hours and windows of a proof: sealed, and one inside the other.
 *
 * What is decoded gives its entry of the node log even when its signature is bad, so that one fault
 * does not look like two.
 *
 * Format: spec/25-event-proof.md, "Verifying", 4 to 6.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { parseCose1 } from "../proof/cose.ts";
import { leafHash, nodeHash } from "../proof/merkle.ts";
import { decodeHourSeal, encodeHourEntry, type HourSeal } from "../record/hour-seal.ts";
import { decodeMicroHeader, encodeMicroSeal, type MicroHeader } from "../record/micro.ts";
import { sameValue } from "../record/value.ts";
import type { EventProof, ProofHour, ProofWindow } from "./event-proof.ts";
import { attempt, type ProofDesk } from "./proof-report.ts";
import type { ProofKeys } from "./verify-proof-store.ts";

export interface ReadWindow {
  readonly proof: ProofWindow;
  /** Null when it does not decode. */
  readonly header: MicroHeader | null;
  /** For findings: "window 0.032". */
  readonly name: string;
}

export interface ReadHour {
  readonly proof: ProofHour;
  readonly name: string;
  /** With the digest of the payload; null when it does not decode. */
  readonly seal: (HourSeal & { readonly digest: Uint8Array }) | null;
  readonly windows: readonly ReadWindow[];
}

/** Takes seals and headers apart; nothing of them is believed yet. */
export function readProofHours(desk: ProofDesk, { hours }: EventProof): readonly ReadHour[] {
  return hours.map((proof) => {
    const name = `hour at entry ${proof.index}`;
    const seal = attempt(desk, "hour/seal", name, () => {
      const { payload } = parseCose1(proof.seal);
      return { ...decodeHourSeal(payload), digest: desk.primitives.sha256(payload) };
    });
    const windows = proof.windows.map((window) => {
      const where = `window at entry ${window.index}`;
      const decode = (): MicroHeader => decodeMicroHeader(window.header);
      return { proof: window, name: where, header: attempt(desk, "micro/header", where, decode) };
    });
    return { proof, name, seal, windows };
  });
}

/** Checks signatures, and that what is signed fits together. */
export function verifyProofHours(
  desk: ProofDesk,
  keys: ProofKeys,
  hours: readonly ReadHour[],
): void {
  for (const hour of hours) {
    const { seal, proof, name } = hour;
    const { epoch } = proof;
    keys.opened(desk, "hour/seal", name, proof.seal, { sequence: seal?.sequence ?? null, epoch });
    const isHere =
      seal === null || (equalBytes(seal.store, keys.file.store) && seal.logSize === proof.index);
    if (!isHere) desk.ledger.add("hour/seal", name, "is of another store or place");
    for (const window of hour.windows) verifyWindow(desk, keys, hour, window);
  }
}

function verifyWindow(
  desk: ProofDesk,
  keys: ProofKeys,
  { seal, proof: { epoch } }: ReadHour,
  { proof, header, name }: ReadWindow,
): void {
  const { ledger, primitives } = desk;
  const place = { sequence: header?.sequence ?? null, epoch };
  const payload = keys.opened(desk, "micro/seal", name, proof.seal, place);
  if (header === null) return;
  const expected = encodeMicroSeal({ ...header, header: primitives.sha256(proof.header) });
  if (payload !== null && !equalBytes(payload, expected)) {
    ledger.add("micro/seal", name, "signs another header or root");
  }
  if (seal === null) return;
  if (!fits(keys, header, seal)) ledger.add("micro/header", name, "contradicts its store or hour");
  if (!equalBytes(hourRootOf(desk, header, proof), seal.hourRoot)) {
    ledger.add("hour/tree", name, "its path leads to another root than the hour was sealed with");
  }
}

function fits({ file }: ProofKeys, header: MicroHeader, { sequence, t1, t2 }: HourSeal): boolean {
  const isInside =
    header.window === null
      ? header.t1 === t1 && header.t2 === t2
      : header.t1 >= t1 && header.t1 < header.t2 && header.t2 <= t2;
  return (
    isInside &&
    equalBytes(header.store, file.store) &&
    header.namespace === file.namespace &&
    sameValue(header.node, file.node) &&
    header.privacy === file.privacy &&
    header.sequence === sequence
  );
}

/** The path says its sides: how many entries the hour has is signed nowhere. */
function hourRootOf(
  { primitives: { sha256 } }: ProofDesk,
  { window, t1, t2, microRoot }: MicroHeader,
  { sides, hourPath }: ProofWindow,
): Uint8Array {
  const kind = window === null ? "late" : "window";
  let hash = leafHash(sha256, encodeHourEntry({ kind, window, t1, t2, microRoot }));
  let left = sides;
  for (const sibling of hourPath) {
    const isLeft = left % 2 === 1;
    hash = isLeft ? nodeHash(sha256, sibling, hash) : nodeHash(sha256, hash, sibling);
    left = Math.floor(left / 2);
  }
  return hash;
}
