/**
 * What the kernel tells of processes, while they live.
 *
 * @module
 */
import { readFile } from "node:fs/promises";

/** Reads the text of `/proc/<pid>/cgroup`; null when there is no such process any more. */
export type ReadCgroup = (pid: number) => Promise<string | null>;

export const readCgroup: ReadCgroup = async (pid) => {
  try {
    return await readFile(`/proc/${pid}/cgroup`, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
};
