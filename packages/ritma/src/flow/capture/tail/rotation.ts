/**
 * The rotated files of a log: `audit.log.1` is the newest, as auditd and logrotate name them.
 *
 * @module
 */
import { parentOf } from "../../../base/disk/disk.ts";
import type { LogFiles } from "../../../base/disk/log-files.ts";

const NUMBER = /^[1-9][0-9]{0,5}$/u;

/** @returns their paths, oldest first; packed ones cannot be followed and are left out. */
export async function rotatedFiles(files: LogFiles, path: string): Promise<string[]> {
  const folder = parentOf(path);
  const prefix = `${path.slice(path.lastIndexOf("/") + 1)}.`;
  const numbers: number[] = [];
  for (const name of await files.names(folder)) {
    const suffix = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    if (NUMBER.test(suffix)) numbers.push(Number(suffix));
  }
  return numbers.toSorted((a, b) => b - a).map((number) => `${path}.${number}`);
}
