/**
 * Growing columns, and numbers found by a pair of numbers.
 *
 * The pairs may be an attacker's, who knows how they are mixed. So a pair is looked for in 32
 * places only; what finds no room there goes to a map whose hashing nobody knows. What is found
 * does not depend on it.
 *
 * @module
 */
import { mix } from "./guesses.ts";

const CAPACITY_FIRST = 1024;
const SLOTS_FIRST = 4096;
/** Places that a key may be in. */
export const PROBES_MAX = 32;

/** A column of numbers below 2^32. */
export class NumberList {
  #values = new Uint32Array(CAPACITY_FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Uint32Array(this.#length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  clear(): void {
    this.#length = 0;
  }
}

/** Numbers from 0 on, by pairs of numbers below 2^32. */
export class PairTable {
  readonly #first = new NumberList();
  readonly #second = new NumberList();
  readonly #value = new NumberList();
  /** Entry plus one; 0 for a free slot. */
  #slots = new Uint32Array(SLOTS_FIRST);
  readonly #others = new Map<string, number>();

  clear(): void {
    for (const column of [this.#first, this.#second, this.#value]) column.clear();
    this.#slots.fill(0);
    this.#others.clear();
  }

  /** @returns the number of a pair, -1 when it has none. */
  get(first: number, second: number): number {
    const entry = this.#find(first, second);
    return entry < 0 ? -1 : this.#value.at(entry);
  }

  /** Gives a pair a number, in place of the one it had. */
  set(first: number, second: number, value: number): void {
    const known = this.#find(first, second);
    if (known >= 0) {
      this.#value.set(known, value);
      return;
    }
    const entry = this.#first.length;
    this.#first.push(first);
    this.#second.push(second);
    this.#value.push(value);
    if ((entry + 1) * 2 > this.#slots.length) this.#grow();
    else this.#place(entry);
  }

  #find(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    const from = mix(first, second);
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const entry = (this.#slots[(from + probe) & mask] ?? 0) - 1;
      if (entry < 0) return -1;
      if (this.#first.at(entry) === first && this.#second.at(entry) === second) return entry;
    }
    return this.#others.get(`${first},${second}`) ?? -1;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    const [first, second] = [this.#first.at(entry), this.#second.at(entry)];
    const from = mix(first, second);
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const slot = (from + probe) & mask;
      if (this.#slots[slot] === 0) {
        this.#slots[slot] = entry + 1;
        return;
      }
    }
    this.#others.set(`${first},${second}`, entry);
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#others.clear();
    for (let entry = 0; entry < this.#first.length; entry += 1) this.#place(entry);
  }
}
