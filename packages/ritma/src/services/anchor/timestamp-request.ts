/**
 * What a time-stamping authority is asked (RFC 3161 §2.4.1): a digest, and for its certificate.
 *
 *     TimeStampReq ::= SEQUENCE {
 *       version        INTEGER 1,
 *       messageImprint SEQUENCE { SEQUENCE { sha256, NULL }, OCTET STRING (32) },
 *       nonce          INTEGER (8 bytes) OPTIONAL,
 *       certReq        BOOLEAN TRUE }
 *
 * It says nothing of the store but a digest of its head, in which the root is.
 *
 * Invariant: byte for byte what `openssl ts -query -cert` makes.
 *
 * Format: spec/26-head-and-anchors.md, "Time stamps". Vectors: spec/vectors/head.json.
 *
 * @module
 */

const DIGEST_BYTES = 32;
const NONCE_BYTES = 8;

const VERSION = Uint8Array.fromHex("020101");
/** SEQUENCE of 49 bytes; in it sha256 (2.16.840.1.101.3.4.2.1) with NULL, and an OCTET STRING. */
const IMPRINT = Uint8Array.fromHex("3031300d060960864801650304020105000420");
const CERTIFICATE_WANTED = Uint8Array.fromHex("0101ff");
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** @param digest SHA-256 of what is stamped @param nonce of `timeStampNonce`, or none */
export function timeStampRequest(digest: Uint8Array, nonce: Uint8Array | null): Uint8Array {
  if (digest.length !== DIGEST_BYTES) throw new RangeError(`digest of ${digest.length} bytes`);
  const number = nonce === null ? [] : [INTEGER, NONCE_BYTES, ...nonce];
  const content = [...VERSION, ...IMPRINT, ...digest, ...number, ...CERTIFICATE_WANTED];
  return Uint8Array.of(SEQUENCE, content.length, ...content);
}

/** @returns a positive number of exactly 8 bytes, so that it has one spelling. */
export function timeStampNonce(random: Uint8Array): Uint8Array {
  const nonce = random.slice(0, NONCE_BYTES);
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`${random.length} random bytes`);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}
