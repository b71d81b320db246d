/**
 * SHA-256 whose state can be kept, and gone on with when the bytes before are there no more.
 *
 * Slower than OpenSSL's, which keeps its state to itself. The state is hash-wasm's own: it lives in
 * the journal of the build that wrote it, never in evidence, and another version refuses it.
 *
 * @module
 */
import { createSHA256 } from "hash-wasm";

export interface ResumableSha256 {
  /** @returns false for a state of another build, which cannot be gone on with. */
  readonly accepts: (state: Uint8Array) => boolean;
  /** @returns the state behind `bytes`. @param state null before the first byte */
  readonly update: (state: Uint8Array | null, bytes: Uint8Array) => Uint8Array;
  /** @returns the digest of all that made `state`, and `tail`. */
  readonly digest: (state: Uint8Array | null, tail: Uint8Array) => Uint8Array;
}

export async function loadResumableSha256(): Promise<ResumableSha256> {
  const hasher = await createSHA256();
  const behind = (state: Uint8Array | null, bytes: Uint8Array): void => {
    if (state === null) hasher.init();
    else hasher.load(state);
    hasher.update(bytes);
  };
  return {
    accepts: (state) => {
      try {
        hasher.load(state);
        return true;
      } catch {
        // What it throws has no name of its own: the state is of another version, or is none.
        return false;
      }
    },
    update: (state, bytes) => {
      behind(state, bytes);
      return hasher.save();
    },
    digest: (state, tail) => {
      behind(state, tail);
      return hasher.digest("binary");
    },
  };
}
