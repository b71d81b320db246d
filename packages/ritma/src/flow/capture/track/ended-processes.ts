/**
 * Processes that ended, in the order in which that was told, until nothing but late events could
 * name them. A log that tells of ends would else fill the table with processes that are no more.
 *
 * @module
 */
import { ENDED_KEPT_US, LIVE_PROCESSES_MAX } from "../../../base/limits.ts";
import type { TrackedProcess } from "./process.ts";

/** The list is cut when at least so many of it, and half, are done with. */
const SHIFTED_MIN = 1024;

export class EndedProcesses {
  #list: TrackedProcess[] = [];
  #first = 0;

  add(process: TrackedProcess): void {
    this.#list.push(process);
  }

  /** Takes out, one after the other, those that ended ENDED_KEPT_US before `now`. */
  take(now: number, forget: (process: TrackedProcess) => void): void {
    for (;;) {
      const first = this.#list[this.#first];
      if (first === undefined) break;
      // A stamp far ahead must not keep all that end behind it.
      const isFull = this.#list.length - this.#first > LIVE_PROCESSES_MAX;
      if (first.exitTime + ENDED_KEPT_US >= now && !isFull) break;
      this.#first += 1;
      forget(first);
    }
    if (this.#first * 2 < this.#list.length || this.#first < SHIFTED_MIN) return;
    this.#list = this.#list.slice(this.#first);
    this.#first = 0;
  }
}
