/**
 * The port through which this package computes anything heavy.
 *
 * The package has no dependencies and does no I/O: digests, signature checks and decompression are
 * given to it. Node.js gives `node:crypto`, `node:zlib` and WebAssembly; a browser gives portable
 * code. All calls are synchronous and pure.
 *
 * @module
 */

/** @returns the 32-byte SHA-256 of `bytes`, in memory that the caller owns. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Signs as Ed25519 (RFC 8032, pure). @returns 64 bytes; the same for the same message. */
export type Sign = (message: Uint8Array) => Uint8Array;

export interface Primitives {
  readonly sha256: Sha256;
  /** HMAC-SHA256 (RFC 2104). @returns 32 bytes. */
  readonly hmacSha256: (key: Uint8Array, bytes: Uint8Array) => Uint8Array;
  /** Ed25519 with a raw 32-byte public key. False for anything malformed; never throws. */
  readonly verifyEd25519: (
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  /**
   * Decompresses exactly one zstd frame.
   *
   * @throws FormatError `wrong-type` when it is not one whole frame with a checksum, `out-of-range`
   * when it would give more than `maxBytes`, `trailing-bytes` when anything follows the frame.
   */
  readonly unzstd: (frame: Uint8Array, maxBytes: number) => Uint8Array;
}
