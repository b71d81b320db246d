/**
 * A folder that is given as input: the logs of auditd in it.
 *
 *     audit.log   audit.log.1   audit.log.2.gz   audit.log-20261120.zst
 *
 * Those with a date stand first, oldest first; whoever reads the others puts them in order. What is
 * named otherwise is left alone. A log that was just rotated is empty yet, and is passed over.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { translated } from "./input-file.ts";

const LOG = /^audit\.log(?:\.[0-9]{1,4}|(?<date>-[0-9]{8}(?:-[0-9]+)?))?(?:\.(?:gz|zst|xz|bz2))?$/u;

/**
 * @returns null for what is no directory, or is not there
 * @throws RitmaError `input/denied`, `disk/io`
 */
export async function logsIn(path: string): Promise<readonly string[] | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory()) return null;
  try {
    const names = (await readdir(path)).filter((name) => LOG.test(name));
    const folder = path.replace(/\/$/u, "");
    const dated = (name: string): boolean => LOG.exec(name)?.groups?.["date"] !== undefined;
    const logs = [
      ...names.filter(dated).toSorted(),
      ...names.filter((name) => !dated(name)).toSorted(),
    ].map((name) => `${folder}/${name}`);
    const sizes = await Promise.all(logs.map(sizeOf));
    const filled = logs.filter((_, at) => (sizes[at] ?? 0) > 0);
    return filled.length > 0 ? filled : logs;
  } catch (error) {
    throw translated(error, path);
  }
}

async function sizeOf(log: string): Promise<number> {
  try {
    return (await stat(log)).size;
  } catch (error) {
    throw translated(error, log);
  }
}
