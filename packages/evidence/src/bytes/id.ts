/**
 * Names for values that would otherwise all be `Uint8Array` or `string`.
 *
 * A digest and a store id are both short byte strings, and mixing them up is the kind of bug that
 * no test data shows. Each gets a brand: a type-level mark that is erased before the code runs.
 *
 * Invariant: a branded value is created here, never with a cast elsewhere (oxlint
 * `no-unsafe-type-assertion` is on; the disables below are the only ones).
 *
 * Format: spec/00-conventions.md, "Identifiers".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Sha256 } from "../primitives.ts";
import { toHex } from "./hex.ts";

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A SHA-256 digest or a Merkle root: 32 bytes. */
export type Digest = Brand<Uint8Array, "Digest">;

/** Names one data root for ever, made at `init`: 16 bytes. */
export type StoreId = Brand<Uint8Array, "StoreId">;

/** SHA-256 of the raw 32-byte identity public key: 64 lower-case hex digits. What a user trusts. */
export type Fingerprint = Brand<string, "Fingerprint">;

const DIGEST_BYTES = 32;
const STORE_ID_BYTES = 16;
const PUBLIC_KEY_BYTES = 32;

const FINGERPRINT = /^[0-9a-f]{64}$/u;

/** Does not copy. @throws FormatError `wrong-type` unless `bytes` are 32. */
export function digest(bytes: Uint8Array): Digest {
  checkLength(bytes, DIGEST_BYTES, "digest");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a Digest is minted here.
  return bytes as Digest;
}

/** Does not copy. @throws FormatError `wrong-type` unless `bytes` are 16. */
export function storeId(bytes: Uint8Array): StoreId {
  checkLength(bytes, STORE_ID_BYTES, "store id");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a StoreId is minted here.
  return bytes as StoreId;
}

/** @throws FormatError `out-of-range` unless `text` is 64 lower-case hex digits. */
export function fingerprint(text: string): Fingerprint {
  if (!FINGERPRINT.test(text)) {
    throw new FormatError("out-of-range", 0, "a fingerprint is 64 lower-case hex digits");
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a Fingerprint is minted here.
  return text as Fingerprint;
}

/** @throws FormatError `wrong-type` unless `publicKey` is 32 bytes. */
export function fingerprintOf(sha256: Sha256, publicKey: Uint8Array): Fingerprint {
  checkLength(publicKey, PUBLIC_KEY_BYTES, "public key");
  return fingerprint(toHex(sha256(publicKey)));
}

function checkLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) {
    throw new FormatError("wrong-type", 0, `${what} of ${bytes.length} bytes, expected ${length}`);
  }
}
