/**
 * The files of an evidence store on a disk, as the verifier reads them.
 *
 * Links are never followed and nothing is written. What cannot belong to a store (a link, a device,
 * a folder too deep for any path of ours) is listed as such, for the verifier to report.
 *
 * @module
 */
import type { FileTree, TreeFile } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";

/** Paths of a store have at most seven folders. */
const DEPTH_MAX = 32;

/** @throws RitmaError of the disk; `disk/missing` when `root` is not there */
export async function listTree(disk: Disk, root: string): Promise<readonly TreeFile[]> {
  const files: TreeFile[] = [];
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: "", depth: 0 }];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const { name, kind } of await listFolder(disk, root, at.path)) {
      const path = `${at.path}${name}`;
      if (kind === "dir" && at.depth < DEPTH_MAX) {
        folders.push({ path: `${path}/`, depth: at.depth + 1 });
      } else if (kind === "file") {
        files.push({ path, length: await lengthOf(disk, `${root}/${path}`), kind: "file" });
      } else files.push({ path, length: 0, kind: "other" });
    }
  }
  return files
    .map((file) => ({ file, bytes: Buffer.from(file.path) }))
    .toSorted((a, b) => a.bytes.compare(b.bytes))
    .map(({ file }) => file);
}

/** @param files what `listTree` gave: the verifier sees one state of the tree. */
export function diskTree(disk: Disk, root: string, files: readonly TreeFile[]): FileTree {
  return {
    list: async () => files,
    read: async (path) => await disk.read(`${root}/${path}`),
  };
}

/** A folder that goes away between two looks is as empty as one that was never there. */
async function listFolder(disk: Disk, root: string, path: string): ReturnType<Disk["list"]> {
  try {
    return await disk.list(path === "" ? root : `${root}/${path.slice(0, -1)}`);
  } catch (error) {
    if (path !== "" && error instanceof RitmaError && error.code === "disk/missing") return [];
    throw error;
  }
}

/** A name that is no UTF-8 cannot be asked for again, and nothing of ours has one: 0 will do. */
async function lengthOf(disk: Disk, path: string): Promise<number> {
  try {
    return (await disk.size(path)) ?? 0;
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/wrong-kind") return 0;
    throw error;
  }
}
