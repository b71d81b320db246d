/**
 * Processes told so far, and those that were mentioned last: parents are mostly among them.
 *
 * Format: spec/12-entities.md, "Processes".
 *
 * @module
 */
import type { ProcessKey } from "../record/entity.ts";
import { PairTable } from "./name-pairs.ts";

const RECENT_MAX = 256;

export interface ToldProcess extends ProcessKey {
  readonly image: number;
  /** Numbers, -1 for null. */
  readonly credentials: number;
  readonly container: number;
  /** Image of the last process whose parent it was, -1 for none. */
  lastChild: number;
}

export class ProcessTable {
  #told: ToldProcess[] = [];
  readonly #byKey = new PairTable();
  /** Numbers, the one mentioned last at the end, each once. */
  readonly #recent = new Int32Array(RECENT_MAX + 2);
  #recentCount = 0;

  get count(): number {
    return this.#told.length;
  }

  get recentCount(): number {
    return this.#recentCount;
  }

  reset(): void {
    this.#told = [];
    this.#byKey.clear();
    this.#recentCount = 0;
  }

  /** @returns nothing for -1. */
  at(number: number): ToldProcess | undefined {
    return this.#told[number];
  }

  /** @returns the number of the last process with this key, -1 when there is none. */
  find(key: ProcessKey): number {
    const number = this.#byKey.get(key.pid >>> 0, key.serial >>> 0);
    const told = this.#told[number];
    if (told === undefined || told.pid !== key.pid || told.serial !== key.serial) return -1;
    return told.boot === key.boot && told.start === key.start ? number : -1;
  }

  /** @returns how many were mentioned since, -1 when it is not among the last. */
  rankOf(number: number): number {
    for (let rank = 0; rank < this.#recentCount; rank += 1) {
      if (this.#recent[this.#recentCount - 1 - rank] === number) return rank;
    }
    return -1;
  }

  /** Takes a process out of the last ones. @param rank below `recentCount`. @returns its number. */
  take(rank: number): number {
    const at = this.#recentCount - 1 - rank;
    const number = this.#recent[at] ?? 0;
    this.#recent.copyWithin(at, at + 1, this.#recentCount);
    this.#recentCount -= 1;
    return number;
  }

  /** Adds a process, and mentions its parent (-1 for none), which is not among the last, and it. */
  add(told: ToldProcess, parent: number): void {
    const number = this.#told.length;
    this.#told.push(told);
    this.#byKey.set(told.pid >>> 0, told.serial >>> 0, number);
    if (parent >= 0) this.#mention(parent);
    this.#mention(number);
    const over = this.#recentCount - RECENT_MAX;
    if (over <= 0) return;
    this.#recent.copyWithin(0, over, this.#recentCount);
    this.#recentCount = RECENT_MAX;
  }

  #mention(number: number): void {
    this.#recent[this.#recentCount] = number;
    this.#recentCount += 1;
  }
}
