/**
 * The digest of what was consumed of one input, at any position inside the chunk at hand.
 *
 * That of a live log can be kept and gone on with, when the bytes before are there no more.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import type { ResumableSha256 } from "../../base/resumable-sha256.ts";

const NEWLINE = 10;

/** What digests bytes, and tells the digest of what it took and a few bytes more. */
interface Hasher {
  readonly update: (bytes: Uint8Array) => void;
  readonly with: (tail: Uint8Array) => Uint8Array;
}

export interface PrefixDigest {
  /** Bytes so far, the chunk at hand included. */
  readonly length: number;
  /** @param length not before the chunk at hand, not past its end */
  at(length: number): Uint8Array;
  /** @returns true when a prefix of this length, as for `at`, ends inside a line. */
  isUnterminated(length: number): boolean;
}

export class ChunkDigest implements PrefixDigest {
  readonly #hasher: Hasher;
  /** Bytes before the chunk at hand. */
  #before: number;
  #chunk: Uint8Array = new Uint8Array(0);
  #lastByte: number;

  constructor(hasher: Hasher, length: number, lastByte: number) {
    this.#hasher = hasher;
    this.#before = length;
    this.#lastByte = lastByte;
  }

  get length(): number {
    return this.#before + this.#chunk.length;
  }

  /** Takes the next chunk; its bytes must stay as they are until the next call. */
  take(chunk: Uint8Array): void {
    this.#hasher.update(this.#chunk);
    this.#before += this.#chunk.length;
    this.#lastByte = this.#chunk.at(-1) ?? this.#lastByte;
    this.#chunk = chunk;
  }

  at(length: number): Uint8Array {
    return this.#hasher.with(this.#tail(length));
  }

  isUnterminated(length: number): boolean {
    return (this.#tail(length).at(-1) ?? this.#lastByte) !== NEWLINE;
  }

  #tail(length: number): Uint8Array {
    return this.#chunk.subarray(0, length - this.#before);
  }
}

/** Of an input that is read from its begin to its end; ten times the speed of one that is kept. */
export class InputDigest extends ChunkDigest {
  constructor() {
    const hash: Hash = createHash("sha256");
    const update = (bytes: Uint8Array): void => {
      hash.update(bytes);
    };
    super(
      { update, with: (tail) => new Uint8Array(hash.copy().update(tail).digest()) },
      0,
      NEWLINE,
    );
  }
}

/** Where a digest stands that goes on later. */
export interface DigestState {
  /** Bytes. */
  readonly length: number;
  readonly lastByte: number;
  /** Of the hash function; null before the first byte. */
  readonly state: Uint8Array | null;
}

export const EMPTY_DIGEST: DigestState = { length: 0, lastByte: NEWLINE, state: null };

export class LiveDigest extends ChunkDigest {
  readonly #kept: { state: Uint8Array | null };

  constructor(sha256: ResumableSha256, { length, lastByte, state }: DigestState) {
    const kept = { state };
    super(
      {
        update: (bytes) => {
          kept.state = sha256.update(kept.state, bytes);
        },
        with: (tail) => sha256.digest(kept.state, tail),
      },
      length,
      lastByte,
    );
    this.#kept = kept;
  }

  /** Where it stands behind all that it took. */
  stand(): DigestState {
    const { length } = this;
    const lastByte = this.isUnterminated(length) ? 0 : NEWLINE;
    this.take(new Uint8Array(0));
    return { length, lastByte, state: this.#kept.state };
  }
}
