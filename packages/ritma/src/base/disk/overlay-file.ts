/**
 * A file of an overlay: bytes of a file below, as many as still stand, and what was written behind.
 *
 * @module
 */
import type { Disk, FileHandle } from "./disk.ts";

/** The first bytes of a file of another disk. They must stay what they are. */
export interface BytesBelow {
  readonly disk: Pick<Disk, "readRange">;
  readonly path: string;
  readonly length: number;
}

export class OverlayFile {
  #below: BytesBelow | null;
  /** Behind them. */
  #pieces: Uint8Array[];

  /** @param bytes not to be written to any more */
  constructor(bytes: Uint8Array, below: BytesBelow | null = null) {
    this.#pieces = [bytes];
    this.#below = below;
  }

  get length(): number {
    return this.#lengthBelow + this.#own().length;
  }

  /** @returns bytes of its own, fewer where the file ends before */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const own = this.#own();
    const border = this.#lengthBelow;
    const end = Math.min(offset + length, border + own.length);
    if (offset >= end) return new Uint8Array(0);
    const behind = own.subarray(Math.max(0, offset - border), Math.max(0, end - border));
    if (this.#below === null || offset >= border) return behind.slice();
    const { disk, path } = this.#below;
    const before = await disk.readRange(path, offset, Math.min(end, border) - offset);
    if (behind.length === 0) return before;
    const whole = new Uint8Array(before.length + behind.length);
    whole.set(before);
    whole.set(behind, before.length);
    return whole;
  }

  /** Grows by zeros where it was shorter. */
  async cut(length: number): Promise<void> {
    const border = this.#lengthBelow;
    const own = this.#own();
    if (this.#below !== null && length < border) this.#below = { ...this.#below, length };
    const rest = Math.max(0, length - border);
    this.#pieces = [own.slice(0, rest)];
    if (rest > own.length) this.#pieces.push(new Uint8Array(rest - own.length));
  }

  /** For writing, at its end. */
  open(path: string): FileHandle {
    let isOpen = true;
    const mustBeOpen = (): void => {
      if (!isOpen) throw new TypeError(`${path} is used after it was closed`);
    };
    const close = async (): Promise<void> => {
      isOpen = false;
    };
    return {
      write: async (bytes) => {
        mustBeOpen();
        if (bytes.length > 0) this.#pieces.push(bytes.slice());
      },
      sync: async () => {
        mustBeOpen();
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  get #lengthBelow(): number {
    return this.#below?.length ?? 0;
  }

  /** What is in memory, in one piece. */
  #own(): Uint8Array {
    const [first = new Uint8Array(0), ...more] = this.#pieces;
    if (more.length === 0) return first;
    const whole = new Uint8Array(this.#pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [whole];
    return whole;
  }
}
