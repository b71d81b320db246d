/**
 * Security metadata: how the stored bytes of a payload become the bytes that were given.
 *
 *     mode  codec  raw_length  fingerprint   when mode is not none:  key_id  nonce  aad_hash
 *      u8    u8      varint        16                                  16      12      32
 *
 * It stands beside the cell, so that whoever stores or carries the payload need not open it. The
 * stored length is the payload's own and is not written again.
 *
 * Invariant: nothing here tells two payloads with the same content apart or together when they are
 * encrypted: the fingerprint is keyed then (`secure/`).
 *
 * Format: spec/16-beat-frame.md, "Security metadata".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { type BodyReader, type BodyWriter, mustHaveLength } from "./body-codec.ts";

/** Append-only: positions are on disk. */
export const AEAD_MODES = ["none", "chacha20-poly1305", "aes-256-gcm"] as const;
export type AeadMode = (typeof AEAD_MODES)[number];

/** Append-only. What is deflated is a zlib stream (RFC 1950). */
export const PAYLOAD_CODECS = ["none", "deflate"] as const;
export type PayloadCodec = (typeof PAYLOAD_CODECS)[number];

/** With which key, and in which place. */
export interface Sealing {
  /** 16 bytes that name the key; never the key. */
  readonly keyId: Uint8Array;
  /** 12 bytes, fresh for each payload. */
  readonly nonce: Uint8Array;
  /** BLAKE3-256 of the additional data, which says where the payload belongs. */
  readonly aadHash: Uint8Array;
}

export interface Secmeta {
  readonly mode: AeadMode;
  readonly codec: PayloadCodec;
  /** Before the codec. */
  readonly rawLength: number;
  /** As stored, with the tag. */
  readonly storedLength: number;
  /** 16 bytes, of the raw payload. */
  readonly fingerprint: Uint8Array;
  /** Null when mode is "none". */
  readonly sealing: Sealing | null;
}

export const FINGERPRINT_BYTES = 16;
export const KEY_ID_BYTES = 16;
export const NONCE_BYTES = 12;
export const AAD_HASH_BYTES = 32;
/** Behind the ciphertext, part of the stored bytes. */
export const TAG_BYTES = 16;

export function writeSecmeta(writer: BodyWriter, secmeta: Secmeta): void {
  const { mode, codec, rawLength, fingerprint, sealing } = secmeta;
  checkLengths(secmeta, (message) => new RangeError(message));
  writer.u8(AEAD_MODES.indexOf(mode)).u8(PAYLOAD_CODECS.indexOf(codec)).uint(rawLength);
  writer.bytes(mustHaveLength(fingerprint, FINGERPRINT_BYTES, "fingerprint"));
  if ((mode === "none") !== (sealing === null)) throw new RangeError("a mode without its sealing");
  if (sealing === null) return;
  writer.bytes(mustHaveLength(sealing.keyId, KEY_ID_BYTES, "key id"));
  writer.bytes(mustHaveLength(sealing.nonce, NONCE_BYTES, "nonce"));
  writer.bytes(mustHaveLength(sealing.aadHash, AAD_HASH_BYTES, "hash"));
}

/** @param storedLength of the payload that it stands beside. @throws FormatError */
export function readSecmeta(reader: BodyReader, storedLength: number): Secmeta {
  const start = reader.offset;
  const mode = reader.choice(AEAD_MODES, "AEAD mode");
  const codec = reader.choice(PAYLOAD_CODECS, "payload codec");
  const rawLength = reader.uint();
  const fingerprint = reader.bytes(FINGERPRINT_BYTES);
  const sealing = mode === "none" ? null : readSealing(reader);
  const secmeta = { mode, codec, rawLength, storedLength, fingerprint, sealing };
  checkLengths(secmeta, (message) => new FormatError("out-of-range", start, message));
  return secmeta;
}

function readSealing(reader: BodyReader): Sealing {
  const keyId = reader.bytes(KEY_ID_BYTES);
  const nonce = reader.bytes(NONCE_BYTES);
  return { keyId, nonce, aadHash: reader.bytes(AAD_HASH_BYTES) };
}

/** What is not packed has one length; what is encrypted has room for its tag. */
function checkLengths(secmeta: Secmeta, fault: (message: string) => Error): void {
  const { mode, codec, rawLength, storedLength } = secmeta;
  const packedLength = storedLength - (mode === "none" ? 0 : TAG_BYTES);
  if (packedLength < 0) throw fault(`${storedLength} bytes are no encrypted payload`);
  if (codec === "none" && packedLength !== rawLength) {
    throw fault(`${storedLength} stored bytes of a payload of ${rawLength}`);
  }
}
