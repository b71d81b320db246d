/**
 * Heads in a folder that is elsewhere: another disk, a share, a stick.
 *
 *     <folder>/<origin>/<size>
 *
 * Invariant: nothing is overwritten and nothing removed.
 *
 * @module
 */
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { HEAD_BYTES_MAX, HEADS_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import type { SignedHead } from "../../stores/sealed/signed-head.ts";
import { type Anchored, type FoundHead, refuseOther, sizeNamed } from "./kept-elsewhere.ts";

/**
 * Durable on return, as far as the file system there tells the truth.
 *
 * @throws RitmaError `anchor/refused` when the folder is not there: a disk that is not mounted must
 * not be written around. `anchor/fork`, and of the disk
 */
export async function anchorInFolder(
  disk: Disk,
  folder: string,
  head: SignedHead,
): Promise<Anchored> {
  await requireFolder(disk, folder);
  const path = `${folder}/${head.origin}/${head.size}`;
  const isThere = (await disk.size(path)) !== null;
  if (!isThere) await writeDurably(disk, path, head.bytes);
  // Also when it was just written: another host with the same keys may have done so meanwhile.
  refuseOther(path, await disk.read(path, HEAD_BYTES_MAX), head);
  return { isNew: !isThere, where: path };
}

/** Of this log, by size. @throws RitmaError `anchor/refused` */
export async function headsInFolder(
  disk: Disk,
  folder: string,
  origin: string,
): Promise<readonly FoundHead[]> {
  await requireFolder(disk, folder);
  const names = await namesIn(disk, `${folder}/${origin}`);
  if (names.length > HEADS_MAX) {
    throw new RitmaError("anchor/refused", `${escapeText(folder)} holds ${names.length} heads`);
  }
  const heads: FoundHead[] = [];
  for (const name of names) {
    const size = sizeNamed(name);
    if (size === null) continue;
    const path = `${folder}/${origin}/${name}`;
    heads.push({ where: path, size, bytes: await readOrNull(disk, path) });
  }
  return heads.toSorted((a, b) => a.size - b.size);
}

async function requireFolder(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.list(folder);
  } catch (cause) {
    if (!(cause instanceof RitmaError)) throw cause;
    const message = `${escapeText(folder)} cannot be read as a folder; is it mounted?`;
    throw new RitmaError("anchor/refused", message, { cause });
  }
}

async function namesIn(disk: Disk, folder: string): Promise<readonly string[]> {
  try {
    return (await disk.list(folder)).map(({ name }) => name);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return [];
    throw error;
  }
}

async function readOrNull(disk: Disk, path: string): Promise<Uint8Array | null> {
  try {
    return await disk.read(path, HEAD_BYTES_MAX);
  } catch (error) {
    if (error instanceof RitmaError) return null;
    throw error;
  }
}
