/**
 * What a fuzzer draws: the same for the same seed and number, so that any one execution can be made
 * again without those before it.
 *
 * @module
 */
import { seeded } from "../tamper/audit-log.ts";

/** Numbers at which lengths of heads, bounds of formats and ranges of machines change. */
const EDGES: readonly number[] = [
  0,
  1,
  2,
  22,
  23,
  24,
  25,
  255,
  256,
  511,
  512,
  513,
  1000,
  3599,
  3600,
  4096,
  4097,
  65_535,
  65_536,
  65_537,
  131_072,
  524_288,
  10_000_000,
  33_554_432,
  2_147_483_647,
  2_147_483_648,
  4_294_967_295,
  4_294_967_296,
  1_795_168_800_000_000,
  9_007_199_254_740_990,
  9_007_199_254_740_991,
  2 ** 53,
  2 ** 63,
];
const EDGE_BYTES: readonly number[] = [0, 1, 0x17, 0x18, 0x7f, 0x80, 0xf6, 0xfe, 0xff];

export class Draw {
  readonly #next: () => number;

  constructor(seed: number, number: number) {
    this.#next = seeded(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(number + 1, 0x85eb_ca6b));
    this.#next();
  }

  /** 0 to count - 1; 0 for a count of 0. */
  below(count: number): number {
    return count < 1 ? 0 : this.#next() % count;
  }

  /** True once in `of`. */
  once(of: number): boolean {
    return this.below(of) === 0;
  }

  pick<Item>(list: readonly Item[]): Item {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  byte(): number {
    return this.once(2) ? this.pick(EDGE_BYTES) : this.below(256);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) bytes[at] = this.#next() >>> 24;
    return bytes;
  }

  /** Near `value`, an edge, or anything of up to 53 bits; now and then what no number may be. */
  uint(value: number): number {
    const way = this.below(4);
    if (way === 0) return Math.max(0, value + this.below(5) - 2);
    if (way === 1) return this.pick(EDGES);
    if (way === 2) return this.below(2 ** (1 + this.below(31)));
    return this.#next() * 2 ** this.below(21);
  }
}
