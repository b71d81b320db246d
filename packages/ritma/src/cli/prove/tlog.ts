/**
 * What is said beside a tlog-proof: of which hour it is, and the key that its reader needs.
 *
 * @module
 */
import { noteKeyId, type ProofReport, toBase64 } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { ChosenWindow } from "../../services/prover/proved-window.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";

/** Type byte of a plain Ed25519 key in a signed note. */
const ED25519 = 0x01;

/** @throws RitmaError `usage/bad-argument` where the events are of several hours */
export function oneHour(chosen: readonly ChosenWindow[]): SealedHour | null {
  const hours = new Set(chosen.map(({ window }) => window.hour));
  const [hour = null] = hours;
  if (hours.size <= 1) return hour;
  const message = `a tlog-proof is of one hour, and these events are of ${hours.size}`;
  throw new RitmaError("usage/bad-argument", message);
}

/** `name+keyid+base64`, as Go's sumdb/note and its like take it. */
export function verifierOf(
  { sha256 }: NodePrimitives,
  publicKey: Uint8Array,
  { checkpoint }: ProofReport,
): string {
  const name = checkpoint?.origin ?? "";
  const keyId = noteKeyId(sha256, name, ED25519, publicKey).toHex();
  return `${name}+${keyId}+${toBase64(Uint8Array.of(ED25519, ...publicKey))}`;
}
