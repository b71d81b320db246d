/**
 * Processes of all nodes in the order in which they were last heard of, linked through themselves.
 *
 * @module
 */
import type { TrackedProcess } from "./process.ts";

export class Recency {
  #size = 0;
  #oldest: TrackedProcess | null = null;
  #newest: TrackedProcess | null = null;

  get size(): number {
    return this.#size;
  }

  /** Not heard of for longest. */
  get oldest(): TrackedProcess | null {
    return this.#oldest;
  }

  /** It was heard of just now. */
  touch(process: TrackedProcess): void {
    if (process === this.#newest) return;
    this.remove(process);
    this.add(process);
  }

  add(process: TrackedProcess): void {
    process.older = this.#newest;
    if (this.#newest === null) this.#oldest = process;
    else this.#newest.newer = process;
    this.#newest = process;
    this.#size += 1;
  }

  remove(process: TrackedProcess): void {
    const { older, newer } = process;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    process.older = null;
    process.newer = null;
    this.#size -= 1;
  }
}
