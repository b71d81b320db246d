/**
 * Authenticated encryption of one payload: ChaCha20-Poly1305 (RFC 8439) or AES-256-GCM (NIST SP
 * 800-38D) with a nonce of 12 bytes, the tag of 16 behind the ciphertext.
 *
 * Each place has its own key, HMAC-SHA256 of the payload key over mode and place. So two payloads
 * that drew the same nonce by chance have nothing in common unless they are of one cell and one
 * length, and a key serves more payloads than 12 bytes of chance allow by themselves.
 *
 * @module
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concatBytes, encodeUtf8, VarintWriter } from "@ritma/evidence";
import type { NodePrimitives } from "../../../base/primitives.ts";
import {
  AEAD_MODES,
  type AeadMode,
  PAYLOAD_CODECS,
  type PayloadCodec,
  TAG_BYTES,
} from "../secmeta.ts";

export type SealedMode = Exclude<AeadMode, "none">;

/** Where a payload belongs. It opens nowhere else. */
export interface PayloadPlace {
  /** The 16 bytes of the store that sealed it. */
  readonly store: Uint8Array;
  readonly branch: string;
  /** Of the cell's record, also for a payload of its past. */
  readonly key: Uint8Array;
}

/** What encrypts one payload: a key, what it is bound to, and a nonce that occurs once. */
export interface AeadInput {
  readonly mode: SealedMode;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

const AAD_TAG = encodeUtf8("ritma/payload@1");
const KEY_TAG = encodeUtf8("ritma/payload-key@1");

/** The additional data: each part has a fixed length or says its own. */
export function additionalData(
  place: PayloadPlace,
  mode: AeadMode,
  codec: PayloadCodec,
  rawLength: number,
  keyId: Uint8Array,
): Uint8Array {
  const numbers = new VarintWriter();
  for (const value of [place.branch.length, place.key.length, rawLength]) numbers.uint(value);
  const how = Uint8Array.of(AEAD_MODES.indexOf(mode), PAYLOAD_CODECS.indexOf(codec));
  const { store, branch, key } = place;
  return concatBytes(AAD_TAG, how, keyId, numbers.finish(), store, encodeUtf8(branch), key);
}

/** @returns 32 bytes for this mode and this place alone. */
export function deriveKey(
  hmacSha256: NodePrimitives["hmacSha256"],
  key: Uint8Array,
  mode: SealedMode,
  aadHash: Uint8Array,
): Uint8Array {
  const label = concatBytes(KEY_TAG, Uint8Array.of(AEAD_MODES.indexOf(mode)), aadHash);
  return hmacSha256(key, label);
}

/** @returns ciphertext and tag. */
export function encrypt({ mode, key, nonce, aad }: AeadInput, bytes: Uint8Array): Uint8Array {
  const cipher =
    mode === "aes-256-gcm"
      ? createCipheriv(mode, key, nonce, { authTagLength: TAG_BYTES })
      : createCipheriv(mode, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad, { plaintextLength: bytes.length });
  const stored = new Uint8Array(bytes.length + TAG_BYTES);
  const body = cipher.update(bytes);
  stored.set(body);
  cipher.final();
  stored.set(cipher.getAuthTag(), body.length);
  return stored;
}

/** @returns null when it was not encrypted so, or changed since. */
export function decrypt(
  { mode, key, nonce, aad }: AeadInput,
  stored: Uint8Array,
): Uint8Array | null {
  if (stored.length < TAG_BYTES) return null;
  const decipher =
    mode === "aes-256-gcm"
      ? createDecipheriv(mode, key, nonce, { authTagLength: TAG_BYTES })
      : createDecipheriv(mode, key, nonce, { authTagLength: TAG_BYTES });
  const end = stored.length - TAG_BYTES;
  decipher.setAAD(aad, { plaintextLength: end });
  decipher.setAuthTag(stored.subarray(end));
  const buffer = decipher.update(stored.subarray(0, end));
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  try {
    decipher.final();
    return bytes;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    bytes.fill(0);
    return null;
  }
}
