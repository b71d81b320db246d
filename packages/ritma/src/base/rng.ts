/**
 * The randomness port. Keys, salts and ids take their bytes from here, so that a test can repeat
 * a run; the real one is the kernel's.
 *
 * @module
 */
import { randomBytes } from "node:crypto";

export interface Rng {
  /** @returns `count` fresh bytes that the caller owns. */
  bytes(count: number): Uint8Array;
}

/** Fit for keys: OpenSSL's generator, seeded by the kernel. */
export const realRng: Rng = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};
