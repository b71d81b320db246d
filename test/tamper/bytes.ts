/**
 * Every change of one byte: each offset of each file, under three masks.
 *
 * Numbered, so that a run can be split over processes or drawn from by a seed, and any one of them
 * made again.
 *
 * @module
 */
import type { Files } from "./memory-tree.ts";
import type { Mutation } from "./mutation.ts";

/** The lowest bit, the highest bit, all bits. */
export const MASKS = [0x01, 0x80, 0xff] as const;

export class ByteMutations {
  readonly #files: Files;
  readonly #begins: { readonly path: string; readonly bytes: Uint8Array; readonly at: number }[];
  /** How many there are. */
  readonly count: number;

  constructor(files: Files) {
    this.#files = files;
    this.#begins = [];
    let at = 0;
    for (const [path, bytes] of files) {
      if (bytes === null) continue;
      this.#begins.push({ path, bytes, at });
      at += bytes.length * MASKS.length;
    }
    this.count = at;
  }

  /** @param number 0 to `count` - 1 */
  make(number: number): Mutation {
    const begin = this.#begins.findLast(({ at }) => at <= number);
    if (begin === undefined || number >= this.count) throw new RangeError(`no mutation ${number}`);
    const { path, bytes, at } = begin;
    const offset = Math.floor((number - at) / MASKS.length);
    const mask = MASKS[(number - at) % MASKS.length] ?? 0;
    const changed = bytes.with(offset, (bytes[offset] ?? 0) ^ mask);
    return {
      name: `byte ${number}: ${path} at ${offset} ^ ${mask.toString(16)}`,
      files: new Map(this.#files).set(path, changed),
      changed: [path],
    };
  }
}
