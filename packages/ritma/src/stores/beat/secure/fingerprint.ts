/**
 * Fingerprints of payloads, 16 bytes: whether two have the same content, without opening them.
 *
 * Of an encrypted payload it is keyed, so that nobody without the key can tell a known file.
 *
 * @module
 */
import { encodeUtf8 } from "@ritma/evidence";
import type { NodePrimitives } from "../../../base/primitives.ts";
import { FINGERPRINT_BYTES } from "../secmeta.ts";

const TAG = encodeUtf8("ritma/payload-fingerprint@1");

/** @param secret of the payload key; null for a payload that is not encrypted */
export function fingerprintOf(
  primitives: Pick<NodePrimitives, "blake3" | "hmacSha256" | "keyedHash16">,
  secret: Uint8Array | null,
  raw: Uint8Array,
): Uint8Array {
  if (secret === null) return primitives.blake3(raw).slice(0, FINGERPRINT_BYTES);
  const key = primitives.hmacSha256(secret, TAG);
  const fingerprint = primitives.keyedHash16(key, raw);
  key.fill(0);
  return fingerprint;
}
