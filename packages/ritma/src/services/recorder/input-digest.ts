/**
 * The digest of what was consumed of one input, at any position inside the chunk at hand.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";

const NEWLINE = 10;

export class InputDigest {
  #hash: Hash = createHash("sha256");
  /** Bytes before the chunk at hand. */
  #before = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #lastByte = NEWLINE;

  /** Bytes so far, the chunk at hand included. */
  get length(): number {
    return this.#before + this.#chunk.length;
  }

  /** Takes the next chunk; its bytes must stay as they are until the next call. */
  take(chunk: Uint8Array): void {
    this.#hash.update(this.#chunk);
    this.#before += this.#chunk.length;
    this.#lastByte = this.#chunk.at(-1) ?? this.#lastByte;
    this.#chunk = chunk;
  }

  /** @param length not before the chunk at hand, not past its end */
  at(length: number): Uint8Array {
    return new Uint8Array(this.#hash.copy().update(this.#tail(length)).digest());
  }

  /** @returns true when a prefix of this length, as for `at`, ends inside a line. */
  isUnterminated(length: number): boolean {
    return (this.#tail(length).at(-1) ?? this.#lastByte) !== NEWLINE;
  }

  #tail(length: number): Uint8Array {
    return this.#chunk.subarray(0, length - this.#before);
  }
}
