/**
 * Puts a proof into a file: durable, for its owner alone, and never over anything.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Disk, parentOf } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Context } from "../command.ts";

const NAMES = { ritma: "proof.ritma", "tlog-proof": "hour.tlog-proof" } as const;

/**
 * Where the proof goes, looked at before the work that it is made by.
 *
 * @param store the evidence store: a file in it would be a finding of the next verification
 * @returns an absolute path
 * @throws RitmaError `disk/exists`, `usage/bad-argument`, of the disk
 */
export async function proofPlace(context: Context, store: string): Promise<string> {
  const { disk } = await context.world();
  const { workingDir } = context.io.around;
  const isTlog = context.text("format") === "tlog-proof";
  const name = context.text("out") ?? NAMES[isTlog ? "tlog-proof" : "ritma"];
  const path = resolve(workingDir, name);
  if (`${path}/`.startsWith(`${resolve(workingDir, store)}/`)) {
    const message = `${escapeText(path)} lies in the evidence store, where nothing else belongs`;
    throw new RitmaError("usage/bad-argument", message);
  }
  if ((await disk.size(path)) !== null) {
    throw new RitmaError("disk/exists", `${escapeText(path)} is there already`);
  }
  return path;
}

/** @throws RitmaError `disk/exists`, of the disk */
export async function keepProof(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await using dir = await disk.openDir(parentOf(path));
  {
    await using file = await disk.create(path);
    await file.write(bytes);
    await file.sync();
  }
  await dir.sync();
}
