/**
 * Sets aside what is damaged: under another name, in the same folder, where nobody reads it and
 * nobody removes it but a human who has looked at it.
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import { type Disk, parentOf, writeDurably } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { SET_ASIDE_MAX } from "../../../base/limits.ts";

/** Durable on return. @returns the new name, without the folder; null when the file was gone. */
export async function setAside(disk: Disk, path: string): Promise<string | null> {
  if ((await disk.size(path)) === null) return null;
  const { free } = await freeName(disk, path);
  await using dir = await disk.openDir(parentOf(path));
  await disk.rename(path, free);
  await dir.sync();
  return free.slice(free.lastIndexOf("/") + 1);
}

/**
 * The same for bytes that are about to be cut off a file. Once only: when the last recovery was
 * interrupted, they may be there already.
 */
export async function keepAside(disk: Disk, path: string, bytes: Uint8Array): Promise<string> {
  const { free, last } = await freeName(disk, path);
  const isThere =
    last !== null &&
    (await disk.size(last)) === bytes.length &&
    equalBytes(await disk.read(last, bytes.length), bytes);
  // What is visible may not be durable: written again, under the same name.
  const to = isThere ? last : free;
  await writeDurably(disk, to, bytes);
  return to.slice(to.lastIndexOf("/") + 1);
}

async function freeName(
  disk: Disk,
  path: string,
): Promise<{ readonly free: string; readonly last: string | null }> {
  for (let at = 1; at <= SET_ASIDE_MAX; at += 1) {
    const free = `${path}.damaged-${at}`;
    const last = at === 1 ? null : `${path}.damaged-${at - 1}`;
    if ((await disk.size(free)) === null) return { free, last };
  }
  throw new RitmaError("internal/limit", `${path} was set aside ${SET_ASIDE_MAX} times`);
}
