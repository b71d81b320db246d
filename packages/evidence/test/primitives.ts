/**
 * `Primitives` from Node.js, for tests, and keys from fixed seeds.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { FormatError, type Primitives, type Sign } from "@ritma/evidence";

/** DER of an Ed25519 key up to the 32 raw bytes (RFC 8410). */
const PKCS8_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");
const SPKI_PREFIX = Uint8Array.fromHex("302a300506032b6570032100");

const ZSTD_MAGIC = 0xfd2fb528;

export const primitives: Primitives = {
  sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  hmacSha256: (key, bytes) => new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
  verifyEd25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    return verify(null, message, keyObject(publicKey), signature);
  },
  unzstd,
};

/** The same, remembering the last key: for tests that verify ten thousand times with one. */
export function cachedPrimitives(): Primitives {
  let last: { readonly publicKey: Uint8Array; readonly object: KeyObject } | undefined;
  return {
    ...primitives,
    verifyEd25519: (publicKey, message, signature) => {
      if (publicKey.length !== 32 || signature.length !== 64) return false;
      if (last?.publicKey !== publicKey) last = { publicKey, object: keyObject(publicKey) };
      return verify(null, message, last.object, signature);
    },
  };
}

export interface TestKey {
  readonly publicKey: Uint8Array;
  readonly sign: Sign;
}

/** The Ed25519 key of a 32-byte seed, or of the seed `first`, `first` + 1, and so on. */
export function keyFromSeed(first: number | Uint8Array): TestKey {
  const seed =
    typeof first === "number"
      ? Uint8Array.from({ length: 32 }, (_, at) => (first + at) % 256)
      : first;
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

function keyObject(publicKey: Uint8Array): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, publicKey]);
  return createPublicKey({ key, format: "der", type: "spki" });
}

/**
 * Node decompresses a frame and ignores what follows it, so the frame is walked first: header,
 * blocks, checksum (RFC 8878 §3.1.1).
 */
function unzstd(frame: Uint8Array, maxBytes: number): Uint8Array {
  const end = frameEnd(frame);
  if (end > frame.length) throw new FormatError("wrong-type", 0, "not a whole zstd frame");
  if (end < frame.length) throw new FormatError("trailing-bytes", end, "bytes after the frame");
  try {
    return new Uint8Array(zstdDecompressSync(frame, { maxOutputLength: Math.max(1, maxBytes) }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const tooLarge = "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw new FormatError(tooLarge ? "out-of-range" : "wrong-type", 0, error.message);
  }
}

function frameEnd(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 6 || view.getUint32(0, true) !== ZSTD_MAGIC) return Number.MAX_SAFE_INTEGER;
  const descriptor = view.getUint8(4);
  const hasChecksum = (descriptor & 0x04) !== 0;
  if (!hasChecksum) return Number.MAX_SAFE_INTEGER;
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  let at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let last = false; !last;) {
    if (at + 3 > frame.length) return Number.MAX_SAFE_INTEGER;
    const head = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    last = (head & 1) === 1;
    at += 3 + (((head >> 1) & 3) === 1 ? 1 : head >> 3);
  }
  return at + 4;
}
