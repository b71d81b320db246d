/**
 * Processes as somebody saw them in /proc: who lived there, since when, and who began it.
 *
 * What is kept of a pid is used once: for the process that speaks first under it, or for an
 * ancestor of one that does. From then on the pid has a process of its own.
 *
 * Bounded: of PROCESSES_OBSERVED_MAX pids; the one told longest ago is forgotten.
 *
 * @module
 */
import type { ObservedProcess } from "../../../base/disk/process-table.ts";
import { PROCESSES_OBSERVED_MAX } from "../../../base/limits.ts";

export class ObservedProcesses {
  readonly #seen: Map<number, ObservedProcess> = new Map();

  see(process: ObservedProcess): void {
    const { pid } = process;
    this.#seen.delete(pid);
    this.#seen.set(pid, process);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= PROCESSES_OBSERVED_MAX) break;
      this.#seen.delete(oldest);
    }
  }

  /** @returns who lived under `pid` at that time, for the last time; null when nobody was seen. */
  take(pid: number, time: number): ObservedProcess | null {
    const seen = this.#seen.get(pid);
    if (seen === undefined || seen.startUs > time) return null;
    this.#seen.delete(pid);
    return seen;
  }

  /** Whoever began under `pid` before that time is no more. */
  gone(pid: number, beforeUs: number): void {
    const seen = this.#seen.get(pid);
    if (seen !== undefined && seen.startUs < beforeUs) this.#seen.delete(pid);
  }

  /** The same for all: the host has booted since. */
  allGone(beforeUs: number): void {
    for (const pid of this.#seen.keys()) this.gone(pid, beforeUs);
  }
}
