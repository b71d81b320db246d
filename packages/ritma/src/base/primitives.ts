/**
 * Node.js's implementation of the port through which @ritma/evidence computes.
 *
 * WebAssembly beats OpenSSL where the message is shorter than the cost of crossing into C++; where
 * they cross was measured (see SMALL_BYTES_MAX). Everything returns plain Uint8Arrays that the
 * caller owns.
 *
 * Not here: the portable implementation for browsers.
 *
 * Format: RFC 2104 (HMAC), RFC 8032 (Ed25519), RFC 8878 (zstd, see `zstd.ts`).
 *
 * @module
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import type { Primitives, Sha256, Sign } from "@ritma/evidence";
import { createSHA256 } from "hash-wasm";
import { type Blake3, type KeyedHash16, loadBlake3, loadKeyedHash } from "./blake3.ts";
import { PARSED_KEYS_MAX } from "./limits.ts";
import { loadResumableSha256, type ResumableSha256 } from "./resumable-sha256.ts";
import { unzstd, zstd } from "./zstd.ts";

export interface Signer {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: Sign;
}

/** The port, and what else the recorder computes and a verifier does not. */
export interface NodePrimitives extends Primitives {
  /** Ed25519 from its 32-byte seed. The seed is copied; the caller may wipe its own. */
  readonly signer: (seed: Uint8Array) => Signer;
  /** One zstd frame as `unzstd` accepts it. Level 1 to 19. */
  readonly zstd: (bytes: Uint8Array, level: number) => Uint8Array;
  readonly keyedHash16: KeyedHash16;
  /** The address of stored content, and what chains frames of beats. */
  readonly blake3: Blake3;
  readonly resumableSha256: ResumableSha256;
}

/** Up to here hash-wasm's SHA-256 is the faster one: 1.1 M/s against 0.7 at 64 bytes, equal at 192,
 * 0.14 against 0.5 at 1,024 (per CPU second, x86-64 with SHA extensions). */
const SMALL_BYTES_MAX = 192;

/** Longer messages of an HMAC are not worth a copy, nor the memory that it would keep. */
const SCRATCH_BYTES_MAX = 4_096;

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** DER around the raw key, RFC 8410. */
const SPKI_HEAD = Uint8Array.fromHex("302a300506032b6570032100");
const PKCS8_HEAD = Uint8Array.fromHex("302e020100300506032b657004220420");

/** Compiles the WebAssembly once; the rest is synchronous. A process needs one of these. */
export async function loadPrimitives(): Promise<NodePrimitives> {
  const sha256 = await loadSha256();
  return {
    sha256,
    resumableSha256: await loadResumableSha256(),
    hmacSha256: makeHmac(sha256),
    verifyEd25519: makeVerify(),
    unzstd,
    signer,
    zstd,
    keyedHash16: await loadKeyedHash(),
    blake3: await loadBlake3(),
  };
}

async function loadSha256(): Promise<Sha256> {
  const small = await createSHA256();
  return (bytes) => {
    if (bytes.length > SMALL_BYTES_MAX) return plain(hash("sha256", bytes, "buffer"));
    return small.init().update(bytes).digest("binary");
  };
}

/** Over two hashes in scratch memory: 0.47 M/s at 64 bytes, where `createHmac` does 0.3. */
function makeHmac(sha256: Sha256): Primitives["hmacSha256"] {
  let inner = new Uint8Array(BLOCK_BYTES + SMALL_BYTES_MAX);
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES);
  return (longKey, bytes) => {
    const key = longKey.length > BLOCK_BYTES ? sha256(longKey) : longKey;
    const length = BLOCK_BYTES + bytes.length;
    if (length > SCRATCH_BYTES_MAX) return plain(createHmac("sha256", key).update(bytes).digest());
    if (inner.length < length) inner = new Uint8Array(length * 2);
    for (let at = 0; at < BLOCK_BYTES; at += 1) {
      const byte = key[at] ?? 0;
      inner[at] = byte ^ 0x36;
      outer[at] = byte ^ 0x5c;
    }
    inner.set(bytes, BLOCK_BYTES);
    outer.set(sha256(inner.subarray(0, length)), BLOCK_BYTES);
    return sha256(outer);
  };
}

function makeVerify(): Primitives["verifyEd25519"] {
  const parsed = new Map<string, KeyObject>();
  const keyOf = (publicKey: Uint8Array): KeyObject => {
    const name = publicKey.toHex();
    const known = parsed.get(name);
    if (known !== undefined) return known;
    if (parsed.size >= PARSED_KEYS_MAX) parsed.clear();
    const der = Buffer.concat([SPKI_HEAD, publicKey]);
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    parsed.set(name, key);
    return key;
  };
  return (publicKey, message, signature) => {
    if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    return verify(null, message, keyOf(publicKey), signature);
  };
}

function signer(seed: Uint8Array): Signer {
  if (seed.length !== KEY_BYTES) throw new RangeError(`Ed25519 seed of ${seed.length} bytes`);
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: plain(spki.subarray(SPKI_HEAD.length)),
    sign: (message) => plain(sign(null, message, key)),
  };
}

/** A Buffer without the Buffer: our own code and its tests see one kind of bytes only. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
