/**
 * Finds processes that ended without a word: killed by a signal, or where exits are not audited.
 *
 * A look goes over all whom the session believes to live and who were once seen to: not who was
 * never seen in /proc, whose log may be another host's. It is told only what was missing when this
 * look began and had been missing in an earlier one, and only once the log has come to the time of
 * that: an exit that is still on its way arrives first.
 *
 * A look takes as many steps as it needs, so that no step takes long. There is no timer: it is the
 * recorder that steps.
 *
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import type { ListedProcess, ProcessTable } from "../../base/disk/process-table.ts";
import { PROCESS_START_ERROR_US, PROCESSES_AT_ONCE, SWEEP_EVERY_US } from "../../base/limits.ts";
import type { JournalEntry } from "../../flow/journal/entry.ts";
import type { SeenProcesses } from "./seen-processes.ts";

interface Missing {
  readonly startUs: number;
  /** By then it was gone. */
  readonly byUs: number;
}

export class ProcessSweep {
  readonly #table: ProcessTable;
  readonly #seen: SeenProcesses;
  readonly #clock: Clock;
  /** Whether a process lives under that pid, as far as the session knows. */
  readonly #lives: (pid: number) => boolean;
  #begunUs = Number.NEGATIVE_INFINITY;
  /** Of the look that goes on, and how far it has come. */
  #wanted: (readonly [pid: number, startUs: number])[] = [];
  #at = 0;
  #missing: Map<number, Missing> = new Map();

  constructor(
    table: ProcessTable,
    seen: SeenProcesses,
    clock: Clock,
    lives: (pid: number) => boolean,
  ) {
    this.#table = table;
    this.#seen = seen;
    this.#clock = clock;
    this.#lives = lives;
  }

  /**
   * Looks at some of them, if it is time to.
   *
   * @param logUs what the log tells is told up to this time; microseconds
   */
  async step(logUs: number): Promise<JournalEntry[]> {
    if (this.#at === this.#wanted.length && !this.#begins(this.#clock.nowUs())) return [];
    const some = this.#wanted.slice(this.#at, this.#at + PROCESSES_AT_ONCE);
    this.#at += some.length;
    const found = await Promise.all(some.map(async ([pid]) => await this.#table.process(pid)));
    const byUs = this.#clock.nowUs();
    const gone = new Map<number, number[]>();
    for (const [at, [pid, startUs]] of some.entries()) {
      const now = found[at];
      if (now === undefined) continue;
      const beforeUs = this.#missed(pid, startUs, now, byUs, logUs);
      if (beforeUs === null) continue;
      this.#seen.forget(pid, startUs);
      gone.set(beforeUs, [...(gone.get(beforeUs) ?? []), pid]);
    }
    return [...gone].map(([beforeUs, pids]) => ({ kind: "gone", beforeUs, pids }));
  }

  #begins(nowUs: number): boolean {
    // Also when the clock was set back.
    if (Math.abs(nowUs - this.#begunUs) < SWEEP_EVERY_US) return false;
    this.#begunUs = nowUs;
    this.#wanted = [...this.#seen.starts()].filter(([pid]) => this.#lives(pid));
    this.#at = 0;
    const wanted = new Set(this.#wanted.map(([pid]) => pid));
    this.#missing = new Map([...this.#missing].filter(([pid]) => wanted.has(pid)));
    return true;
  }

  /**
   * @param now who has the pid, null for nobody
   * @returns what is to be told: who began before this is gone; null for nothing yet
   */
  #missed(
    pid: number,
    startUs: number,
    now: ListedProcess | null,
    byUs: number,
    logUs: number,
  ): number | null {
    // Of an earlier look: one look asks for each once.
    const before = this.#missing.get(pid);
    if (now?.startUs === startUs) this.#missing.delete(pid);
    else if (before?.startUs !== startUs) this.#missing.set(pid, { startUs, byUs });
    else if (before.byUs <= logUs) {
      this.#missing.delete(pid);
      // Who has the pid now began after that, and is not meant.
      return now === null
        ? before.byUs
        : Math.min(before.byUs, now.startUs - PROCESS_START_ERROR_US);
    }
    return null;
  }
}
