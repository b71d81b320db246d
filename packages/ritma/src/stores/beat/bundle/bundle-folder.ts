/**
 * The folder of a branch bundle, through the disk port.
 *
 * Its files are anybody's: nothing of them is used that was not compared with the manifest.
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import { type DirEntry, type Disk, parentOf } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { BUNDLE_MANIFEST_BYTES_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import { beatFault } from "../frame-fault.ts";
import {
  type BundleFile,
  type BundleManifest,
  decodeBundleManifest,
  MANIFEST_FILE,
} from "./bundle-manifest.ts";

/** Folders in folders: cas/ab. */
const DEPTH_MAX = 3;

/** @throws RitmaError `beat/bundle`; `beat/unsupported` for one of a newer build; of the disk */
export async function readBundleManifest(
  disk: Disk,
  dir: string,
  blake3: Blake3,
): Promise<BundleManifest> {
  const bytes = await readIfThere(disk, `${dir}/${MANIFEST_FILE}`, BUNDLE_MANIFEST_BYTES_MAX);
  if (bytes === null) throw bundleFault(`${dir} has no ${MANIFEST_FILE}: it is no branch bundle`);
  try {
    return decodeBundleManifest(blake3, bytes);
  } catch (error) {
    throw asBundleFault(error, MANIFEST_FILE);
  }
}

/** @returns what the manifest says is there. @throws RitmaError `beat/bundle`; of the disk */
export async function readBundleFile(
  disk: Disk,
  dir: string,
  blake3: Blake3,
  { path, length, digest }: BundleFile,
): Promise<Uint8Array> {
  const found = await disk.size(`${dir}/${path}`);
  if (found === null) throw bundleFault(`${path} is missing`);
  if (found !== length) throw bundleFault(`${path} has ${found} bytes, not ${length}`);
  const bytes = await disk.read(`${dir}/${path}`, length);
  if (bytes.length === length && equalBytes(blake3(bytes), digest)) return bytes;
  throw bundleFault(`${path} is not what the manifest says`);
}

/** Paths of all that lies below `dir`, sorted; what is no file ends in "/". */
export async function pathsBelow(disk: Disk, dir: string): Promise<readonly string[]> {
  const paths: string[] = [];
  const visit = async (prefix: string, depth: number): Promise<void> => {
    for (const { name, kind } of await entriesOf(disk, `${dir}/${prefix}`)) {
      if (kind === "file") paths.push(prefix + name);
      else if (kind === "dir" && depth < DEPTH_MAX) await visit(`${prefix}${name}/`, depth + 1);
      else paths.push(`${prefix}${name}/`);
    }
  };
  await visit("", 1);
  return paths.toSorted();
}

/** Removes what a killed export left: files, then the folders that are empty. */
export async function removeFolder(disk: Disk, dir: string): Promise<void> {
  if (!(await isThere(disk, dir))) return;
  for (const { name, kind } of await disk.list(dir)) {
    if (kind === "dir") await removeFolder(disk, `${dir}/${name}`);
    else await disk.remove(`${dir}/${name}`);
  }
  await disk.removeDir(dir);
  await using parent = await disk.openDir(parentOf(dir));
  await parent.sync();
}

/** Whether anything has this name, of whatever kind. */
export async function isThere(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await disk.size(path)) !== null;
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/wrong-kind") return true;
    throw error;
  }
}

export function bundleFault(message: string): RitmaError {
  return new RitmaError("beat/bundle", message);
}

/** What a decoder threw, as a fault of the bundle; what a newer build wrote stays that. */
export function asBundleFault(error: unknown, where: string): unknown {
  const fault = beatFault(error, where);
  if (!(fault instanceof RitmaError) || fault.code !== "beat/damaged") return fault;
  return new RitmaError("beat/bundle", fault.message, { cause: error });
}

async function entriesOf(disk: Disk, dir: string): Promise<readonly DirEntry[]> {
  try {
    return await disk.list(dir.replace(/\/$/u, ""));
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return [];
    throw error;
  }
}

async function readIfThere(disk: Disk, path: string, maxBytes: number): Promise<Uint8Array | null> {
  try {
    return await disk.read(path, maxBytes);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return null;
    throw error;
  }
}
