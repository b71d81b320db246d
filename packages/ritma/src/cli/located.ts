/**
 * The evidence store at a path that was named on the command line.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Disk } from "../base/disk/disk.ts";
import { RitmaError } from "../base/error.ts";
import { escapeText } from "../base/text.ts";
import { type Located, locateStore } from "../services/verifier/locate.ts";

/**
 * @param workingDir absolute
 * @throws RitmaError `store/none` when there is a directory that is no store, and as `locateStore`
 */
export async function locateNamed(disk: Disk, path: string, workingDir: string): Promise<Located> {
  try {
    return await locateStore(disk, path, workingDir);
  } catch (cause) {
    if (!(cause instanceof RitmaError) || cause.code !== "store/missing") throw cause;
    const shown = escapeText(resolve(workingDir, path));
    const message = `${shown} is not an evidence store, nor a data root that has one`;
    throw new RitmaError("store/none", message, { cause });
  }
}
