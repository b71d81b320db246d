/**
 * Looks at processes in /proc: at all of them when the log has come to the present, and from then
 * on at those that speak, with their ancestors, while they are there to be looked at.
 *
 * What is seen is told once, before the lines that it explains; and so is that a pid has become
 * another process's. Who is gone without having been replaced, `process-sweep.ts` finds.
 *
 * @module
 */
import type {
  ListedProcess,
  ObservedProcess,
  ProcessTable,
} from "../../base/disk/process-table.ts";
import {
  ANCESTORS_MAX,
  PROCESS_SEEN_MS,
  PROCESS_START_ERROR_US,
  PROCESSES_AT_ONCE,
  PROCESSES_OBSERVED_MAX,
  PROCESSES_TOLD_MAX,
} from "../../base/limits.ts";
import type { JournalEntry } from "../../flow/journal/entry.ts";

interface Seen {
  readonly startUs: number;
  readonly atMs: number;
}

export class SeenProcesses {
  readonly #table: ProcessTable;
  /** In the order in which they were looked at. */
  readonly #seen: Map<number, Seen> = new Map();
  #hasListed = false;

  constructor(table: ProcessTable) {
    this.#table = table;
  }

  /**
   * @param pids of those who speak now (`speakersIn`)
   * @returns what is new of them, and the first time of everybody
   */
  async lookAt(pids: ReadonlySet<number>, nowMs: number): Promise<JournalEntry[]> {
    const told = this.#hasListed ? [] : await this.#everybody(nowMs);
    this.#hasListed = true;
    const processes: ObservedProcess[] = [];
    const note = async (listed: ListedProcess): Promise<boolean> => {
      const { pid, startUs } = listed;
      const before = this.#note(listed, nowMs);
      if (before?.startUs === startUs) return false;
      // Its fork may have a stamp a little before its start: the one before it is long over then.
      const beforeUs = startUs - PROCESS_START_ERROR_US;
      if (before !== undefined) told.push({ kind: "gone", beforeUs, pids: [pid] });
      processes.push(await this.#observed(listed));
      return true;
    };
    const asked = [...pids].filter((pid) => !this.#isFresh(pid, nowMs));
    for (const some of batches(asked, PROCESSES_AT_ONCE)) {
      for (const listed of await this.#listed(some)) {
        let next = (await note(listed)) ? listed.ppid : 0;
        for (let depth = 0; next > 0 && depth < ANCESTORS_MAX; depth += 1) {
          if (this.#isFresh(next, nowMs)) break;
          const [parent] = await this.#listed([next]);
          next = parent !== undefined && (await note(parent)) ? parent.ppid : 0;
        }
      }
    }
    if (processes.length > 0) told.push({ kind: "observed", processes });
    return told;
  }

  /** Everybody who was seen to live, with the start that was seen. */
  *starts(): Generator<readonly [pid: number, startUs: number]> {
    for (const [pid, { startUs }] of this.#seen) yield [pid, startUs];
  }

  /** The process is gone. */
  forget(pid: number, startUs: number): void {
    if (this.#seen.get(pid)?.startUs === startUs) this.#seen.delete(pid);
  }

  /** @returns who lives as a recording begins */
  async #everybody(nowMs: number): Promise<JournalEntry[]> {
    const pids = await this.#table.pids();
    const seen: ObservedProcess[] = [];
    for (const some of batches(pids.slice(0, PROCESSES_OBSERVED_MAX), PROCESSES_AT_ONCE)) {
      const listed = await this.#listed(some);
      for (const each of listed) this.#note(each, nowMs);
      seen.push(...(await Promise.all(listed.map(async (each) => await this.#observed(each)))));
    }
    return batches(seen, PROCESSES_TOLD_MAX).map((processes) => ({ kind: "observed", processes }));
  }

  #isFresh(pid: number, nowMs: number): boolean {
    const seen = this.#seen.get(pid);
    return seen !== undefined && nowMs - seen.atMs < PROCESS_SEEN_MS;
  }

  /** @returns what was seen of this pid before */
  #note({ pid, startUs }: ListedProcess, atMs: number): Seen | undefined {
    const before = this.#seen.get(pid);
    this.#seen.delete(pid);
    this.#seen.set(pid, { startUs, atMs });
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= PROCESSES_OBSERVED_MAX) break;
      this.#seen.delete(oldest);
    }
    return before;
  }

  /** Those of them that are there and can be seen. */
  async #listed(pids: readonly number[]): Promise<ListedProcess[]> {
    const found = await Promise.all(pids.map(async (pid) => await this.#table.process(pid)));
    return found.filter((each) => each !== undefined && each !== null);
  }

  async #observed(listed: ListedProcess): Promise<ObservedProcess> {
    return { ...listed, executable: await this.#table.executable(listed.pid) };
  }
}

function batches<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
