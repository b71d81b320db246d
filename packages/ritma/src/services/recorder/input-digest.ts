/**
 * The digest of what was consumed of one input, at any position inside the chunk at hand.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import type { InputMark } from "@ritma/evidence";

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
  markAt(length: number): InputMark {
    const tail = this.#chunk.subarray(0, length - this.#before);
    const sha256 = new Uint8Array(this.#hash.copy().update(tail).digest());
    return { length, sha256, unterminated: (tail.at(-1) ?? this.#lastByte) !== NEWLINE };
  }
}
