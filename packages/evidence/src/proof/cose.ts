/**
 * COSE_Sign1 (RFC 9052) with Ed25519, in the one shape that we sign.
 *
 *     18([ protected bytes, {}, payload bytes, signature bytes(64) ])
 *     protected = { 1: alg, 4: kid }       kid = first 8 bytes of SHA-256(raw public key)
 *     signed    = ["Signature1", protected, h'', payload]
 *
 * Invariant: a signature has one spelling. Nothing stands in the unprotected header, where it could
 * be changed without breaking the signature, and a header that we do not know is refused.
 *
 * We sign with alg -8 (EdDSA), which every library knows, and read -19 (Ed25519, RFC 9864) as well.
 *
 * Not here: whether the key may sign this; that is what key records are for.
 *
 * Format: spec/04-cose.md. Vectors: spec/vectors/cose.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import type { Primitives, Sha256, Sign } from "../primitives.ts";

const COSE_ALG_EDDSA = -8;
const COSE_ALG_ED25519 = -19;
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;

const COSE_SIGN1_TAG = 18;
const SIGN1_FIELDS = 4;
const HEADER_ALG = 1;
const HEADER_KEY_ID = 4;
const HEADER_COUNT = 2;
const NO_EXTERNAL_DATA = new Uint8Array(0);

export interface Cose1 {
  /** -8 or -19. */
  readonly alg: number;
  /** 8 bytes. Says which key to try; proves nothing. */
  readonly keyId: Uint8Array;
  /** The protected header as it was read: the signature covers these bytes, not their meaning. */
  readonly protectedBytes: Uint8Array;
  readonly payload: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

export interface CoseSigner {
  readonly sha256: Sha256;
  readonly sign: Sign;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** @returns the first 8 bytes of SHA-256 of the raw public key. */
export function keyIdOf(sha256: Sha256, publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).slice(0, KEY_ID_BYTES);
}

/** @returns the whole COSE_Sign1, tag included. */
export function signCose1(signer: CoseSigner, payload: Uint8Array): Uint8Array {
  const protectedBytes = new CborWriter()
    .map(HEADER_COUNT)
    .uint(HEADER_ALG)
    .int(COSE_ALG_EDDSA)
    .uint(HEADER_KEY_ID)
    .bytes(keyIdOf(signer.sha256, signer.publicKey))
    .finish();
  const signature = signer.sign(toBeSigned(protectedBytes, payload));
  if (signature.length !== SIGNATURE_BYTES) {
    throw new RangeError(`signature of ${signature.length} bytes`);
  }
  return new CborWriter(payload.length + 128)
    .tag(COSE_SIGN1_TAG)
    .array(SIGN1_FIELDS)
    .bytes(protectedBytes)
    .map(0)
    .bytes(payload)
    .bytes(signature)
    .finish();
}

/**
 * Reads the parts, which are subarrays of `bytes`. Verifies nothing.
 *
 * @throws FormatError on every spelling but that of `signCose1` (with alg -8 or -19).
 */
export function parseCose1(bytes: Uint8Array): Cose1 {
  const reader = new CborReader(bytes);
  reader.tag(COSE_SIGN1_TAG);
  reader.array(SIGN1_FIELDS);
  const protectedBytes = reader.bytes();
  const unprotectedStart = reader.offset;
  const header = new CborReader(bytes, unprotectedStart - protectedBytes.length, unprotectedStart);
  const { alg, keyId } = parseProtected(header);
  if (reader.map() !== 0) {
    throw new FormatError("wrong-type", unprotectedStart, "unprotected header is not empty");
  }
  if (reader.isNull()) {
    throw new FormatError("wrong-type", reader.offset, "the payload is detached");
  }
  const payload = reader.bytes();
  const signature = reader.bytes(SIGNATURE_BYTES);
  reader.finish();
  return { alg, keyId, protectedBytes, payload, signature };
}

/** True when `publicKey` (raw, 32 bytes) is the one named by the key id, and made the signature. */
export function verifyCose1(
  primitives: Pick<Primitives, "sha256" | "verifyEd25519">,
  parsed: Cose1,
  publicKey: Uint8Array,
): boolean {
  if (!equalBytes(keyIdOf(primitives.sha256, publicKey), parsed.keyId)) return false;
  const message = toBeSigned(parsed.protectedBytes, parsed.payload);
  return primitives.verifyEd25519(publicKey, message, parsed.signature);
}

/** The Sig_structure of RFC 9052 §4.4: the bytes that Ed25519 signs. */
function toBeSigned(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  return new CborWriter(payload.length + 64)
    .array(SIGN1_FIELDS)
    .text("Signature1")
    .bytes(protectedBytes)
    .bytes(NO_EXTERNAL_DATA)
    .bytes(payload)
    .finish();
}

function parseProtected(reader: CborReader): {
  readonly alg: number;
  readonly keyId: Uint8Array;
} {
  const start = reader.offset;
  const count = reader.map();
  if (count !== HEADER_COUNT) {
    throw new FormatError("wrong-type", start, `protected header of ${count} fields, expected 2`);
  }
  expectLabel(reader, HEADER_ALG);
  const algStart = reader.offset;
  const alg = reader.int();
  if (alg !== COSE_ALG_EDDSA && alg !== COSE_ALG_ED25519) {
    throw new FormatError("out-of-range", algStart, `algorithm ${alg} is not Ed25519`);
  }
  expectLabel(reader, HEADER_KEY_ID);
  const keyId = reader.bytes(KEY_ID_BYTES);
  reader.finish();
  return { alg, keyId };
}

function expectLabel(reader: CborReader, label: number): void {
  const start = reader.offset;
  const found = reader.int();
  if (found !== label) {
    throw new FormatError("wrong-type", start, `header label ${found}, expected ${label}`);
  }
}
