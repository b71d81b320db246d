/**
 * The processes that live, as the kernel lists them.
 *
 * A process may vanish between any two reads, and some the kernel does not show to everybody: "is
 * gone" and "is not told" are kept apart, because an end is made of the one and nothing of the
 * other. A zombie has not gone: its pid cannot be another's.
 *
 * Source: proc_pid_stat(5), proc_pid_exe(5), proc_stat(5) (`btime`), pid_namespaces(7).
 *
 * @module
 */
import { readdir, readFile, readlink } from "node:fs/promises";
import { isErrno } from "./errno.ts";

/** What one line of `/proc/<pid>/stat` tells. */
export interface ListedProcess {
  readonly pid: number;
  /** 0 for those that the kernel began itself. */
  readonly ppid: number;
  /** Microseconds; at most PROCESS_START_ERROR_US too early, and equal at every look. */
  readonly startUs: number;
  /** At most 15 bytes, any bytes. */
  readonly name: Uint8Array;
}

export interface ObservedProcess extends ListedProcess {
  /** Null for a thread of the kernel, and where it is not told. */
  readonly executable: Uint8Array | null;
}

export interface ProcessTable {
  /** Ascending; those that are shown to us. */
  pids(): Promise<readonly number[]>;
  /** @returns null when there is no such process; undefined when the kernel does not tell. */
  process(pid: number): Promise<ListedProcess | null | undefined>;
  /** @returns null when it has none, is gone, or the kernel does not tell. */
  executable(pid: number): Promise<Uint8Array | null>;
}

/** The kernel counts here in USER_HZ, which is 100 on every architecture but alpha and ia64. */
const TICK_US = 10_000;
const SECOND_US = 1_000_000;
/** Fields behind the name, the state being the first of them: numbers 4 and 22 of the line. */
const PPID_AT = 1;
const START_AT = 19;
/** The first pid namespace, in which the kernel's audit names processes; the same on all hosts. */
const FIRST_NAMESPACE = "pid:[4026531836]";

/** @returns null where /proc does not list the processes of which audit tells. */
export async function openProcessTable(): Promise<ProcessTable | null> {
  const [namespace, stat] = await Promise.all([
    orNull(readlink("/proc/self/ns/pid")),
    orNull(readFile("/proc/stat", "latin1")),
  ]);
  const boot = /^btime (\d+)$/mu.exec(stat ?? "")?.[1];
  if (namespace !== FIRST_NAMESPACE || boot === undefined) return null;
  // Read once: it moves when the clock is set, and a process must not seem another one then.
  const bootUs = Number(boot) * SECOND_US;
  return {
    pids: async () => {
      const names = (await orNull(readdir("/proc"))) ?? [];
      const pids = names.filter((name) => /^[1-9]\d*$/u.test(name)).map(Number);
      return pids.toSorted((a, b) => a - b);
    },
    process: async (pid) => {
      try {
        return listedProcess(await readFile(`/proc/${pid}/stat`, "latin1"), bootUs) ?? undefined;
      } catch (error) {
        if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH")) return null;
        if (error instanceof Error && "code" in error) return undefined;
        throw error;
      }
    },
    executable: async (pid) => await orNull(readlink(`/proc/${pid}/exe`, { encoding: "buffer" })),
  };
}

/** @param stat content of the file, a character a byte. @returns null for anything else */
export function listedProcess(stat: string, bootUs: number): ListedProcess | null {
  // The name may hold anything, brackets and newlines too; behind it stand a letter and numbers.
  const [open, close] = [stat.indexOf("("), stat.lastIndexOf(")")];
  const fields = stat.slice(close + 2).split(" ");
  const [pid, ppid, ticks] = [stat.slice(0, open), fields[PPID_AT], fields[START_AT]].map(Number);
  const startUs = bootUs + (ticks ?? Number.NaN) * TICK_US;
  if (open === -1 || close < open || pid === undefined || ppid === undefined) return null;
  if (![pid, ppid, startUs].every((each) => Number.isSafeInteger(each) && each >= 0)) return null;
  return { pid, ppid, startUs, name: Buffer.from(stat.slice(open + 1, close), "latin1") };
}

async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}
