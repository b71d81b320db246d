/**
 * The directory in which the demo works, and how it is emptied and copied.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Disk, parentOf } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { Rng } from "../../base/rng.ts";
import { escapeText } from "../../base/text.ts";
import { listTree } from "../../services/verifier/disk-tree.ts";

export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

const NAME_BYTES = 12;
/** A store has seven folders inside one another. */
const DEPTH_MAX = 16;

/** A new directory, 0700, that is removed when disposed of. */
export async function temporaryScratch(disk: Disk, rng: Rng): Promise<Scratch> {
  const path = join(tmpdir(), `ritma-demo-${rng.bytes(NAME_BYTES).toHex()}`);
  await disk.makeDir(path);
  return { path, [Symbol.asyncDispose]: async () => await removeTree(disk, path, DEPTH_MAX) };
}

/** A directory that stays. @throws RitmaError `disk/exists` when there is anything in it */
export async function keptScratch(
  disk: Disk,
  workingDir: string,
  directory: string,
): Promise<Scratch> {
  const path = resolve(workingDir, directory);
  await disk.makeDir(path);
  if ((await disk.list(path)).length > 0) {
    const message = `${escapeText(path)} is not empty, and --keep wants a new directory`;
    throw new RitmaError("disk/exists", message);
  }
  return { path, [Symbol.asyncDispose]: async () => {} };
}

/** Copies the files of `from`. Not durable: what is copied can be made again. */
export async function copyTree(disk: Disk, from: string, to: string): Promise<void> {
  for (const { path } of await listTree(disk, from)) {
    await disk.makeDir(parentOf(`${to}/${path}`));
    await using file = await disk.create(`${to}/${path}`);
    await file.write(await disk.read(`${from}/${path}`));
  }
}

async function removeTree(disk: Disk, folder: string, depth: number): Promise<void> {
  for (const { name, kind } of await disk.list(folder)) {
    const path = `${folder}/${name}`;
    if (kind === "dir" && depth > 0) await removeTree(disk, path, depth - 1);
    else await disk.remove(path);
  }
  await disk.removeDir(folder);
}
