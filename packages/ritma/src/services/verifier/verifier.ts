/**
 * Verifies an evidence store on a disk, also one that a recorder is writing to.
 *
 * The verifier looks at one state of the files, and a recorder that goes on meanwhile can make two
 * good states look like one bad one. So TAMPERED is believed only of a tree that stood still.
 *
 * Never writes, takes no lock, starts nothing: it runs where only reading is allowed.
 *
 * @module
 */
import { type Report, type TreeFile, verifyStore, type VerifyOptions } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { escapeText } from "../../base/text.ts";
import { diskTree, listTree } from "./disk-tree.ts";

const ATTEMPTS_MAX = 3;

/** @throws RitmaError `store/busy` when it changes all the time; of the disk */
export async function verifyOnDisk(
  disk: Disk,
  primitives: NodePrimitives,
  root: string,
  options: VerifyOptions,
): Promise<Report> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const files = await listTree(disk, root);
    const outcome = await verifyOnce(disk, primitives, root, files, options);
    if (!(outcome instanceof RitmaError) && outcome.result !== "TAMPERED") return outcome;
    if (sameFiles(files, await listTree(disk, root))) {
      if (outcome instanceof RitmaError) throw outcome;
      return outcome;
    }
  }
  const message = `${escapeText(root)} changed while it was verified, ${ATTEMPTS_MAX} times`;
  throw new RitmaError("store/busy", message);
}

/** @returns the error when a file that was listed is gone: somebody is at work, or it is a bug. */
async function verifyOnce(
  disk: Disk,
  primitives: NodePrimitives,
  root: string,
  files: readonly TreeFile[],
  options: VerifyOptions,
): Promise<Report | RitmaError> {
  try {
    return await verifyStore(diskTree(disk, root, files), primitives, options);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return error;
    throw error;
  }
}

function sameFiles(before: readonly TreeFile[], after: readonly TreeFile[]): boolean {
  return (
    before.length === after.length &&
    before.every((file, at) => {
      const other = after[at];
      return file.path === other?.path && file.length === other.length && file.kind === other.kind;
    })
  );
}
