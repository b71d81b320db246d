/**
 * A /proc made by hand: who lives from when to when, by a clock that the test sets.
 *
 * @module
 */
import type { ListedProcess, ProcessTable } from "../../src/base/disk/process-table.ts";

export interface Lived {
  readonly pid: number;
  readonly ppid: number;
  readonly startUs: number;
  /** Infinity where absent. */
  readonly endUs?: number;
  readonly executable?: string;
  /** True where the kernel does not tell us of it. */
  readonly isHidden?: boolean;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** @param asked called with each pid that is asked for, before it is looked up. */
export function tableOf(
  lived: readonly Lived[],
  nowUs: () => number,
  asked: (pid: number) => void = () => {},
): ProcessTable {
  const find = (pid: number): Lived | undefined =>
    lived.find((each) => {
      const { startUs, endUs = Infinity } = each;
      return each.pid === pid && startUs <= nowUs() && nowUs() < endUs;
    });
  return {
    pids: async () =>
      [...new Set(lived.map(({ pid }) => pid))]
        .filter((pid) => find(pid) !== undefined)
        .toSorted((a, b) => a - b),
    process: async (pid): Promise<ListedProcess | null | undefined> => {
      asked(pid);
      const found = find(pid);
      if (found === undefined) return null;
      if (found.isHidden === true) return undefined;
      const { ppid, startUs, executable = "/usr/bin/cat" } = found;
      const name = encoded(executable.slice(executable.lastIndexOf("/") + 1));
      return { pid, ppid, startUs, name };
    },
    executable: async (pid) => {
      const { executable = "/usr/bin/cat" } = find(pid) ?? {};
      return find(pid) === undefined ? null : encoded(executable);
    },
  };
}
