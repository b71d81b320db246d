/**
 * Puts a report into a file: durable, for its owner alone, and never over another one unasked.
 *
 * A page names what ran on a host, so its file is 0600 like the evidence.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Context } from "../command.ts";

/** For `--html -`. */
export const TO_STANDARD_OUTPUT = "-";

/**
 * Where the page goes, looked at before the work that it is made by.
 *
 * @param out the evidence store: a file in it would be a finding of the next verification
 * @returns an absolute path, `-`, or null for none
 * @throws RitmaError `disk/exists`, `usage/bad-argument`, of the disk
 */
export async function pagePlace(context: Context, out: string): Promise<string | null> {
  const given = context.text("html");
  if (given === null) {
    if (!context.has("force")) return null;
    throw new RitmaError("usage/bad-argument", "--force is for a file of --html");
  }
  if (given === TO_STANDARD_OUTPUT) {
    if (!context.json) return given;
    throw new RitmaError("usage/bad-argument", "--json and --html - both write to standard output");
  }
  const { disk } = await context.world();
  const { workingDir } = context.io.around;
  const path = resolve(workingDir, given);
  if (`${path}/`.startsWith(`${resolve(workingDir, out)}/`)) {
    const message = `${escapeText(path)} lies in the evidence store, where nothing else belongs`;
    throw new RitmaError("usage/bad-argument", message);
  }
  await refuseToReplace(disk, path, context.has("force"));
  return path;
}

/** @throws RitmaError `disk/exists`, `disk/wrong-kind`, of the disk */
export async function keepPage(
  disk: Disk,
  path: string,
  bytes: Uint8Array,
  force: boolean,
): Promise<void> {
  await refuseToReplace(disk, path, force);
  await writeDurably(disk, path, bytes);
}

async function refuseToReplace(disk: Disk, path: string, force: boolean): Promise<void> {
  const size = await disk.size(path);
  if (size === null || force) return;
  throw new RitmaError("disk/exists", `${escapeText(path)} is there already; --force replaces it`);
}
