/**
 * Puts derived files in place, under a build statement.
 *
 * A crash may leave files without a statement, which nobody reads and `verify` notes; it never
 * leaves a statement beside other bytes than it names, because the old one goes first and the new
 * one comes last.
 *
 * Format: spec/13-derived.md, "Writing".
 *
 * @module
 */
import {
  BUILD_STATEMENT,
  compareBytes,
  encodeBuildStatement,
  encodeUtf8,
  type FileEntry,
  signCose1,
} from "@ritma/evidence";
import {
  type Disk,
  type FileToWrite,
  writeAllDurably,
  writeDurably,
} from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

export interface Keeping {
  readonly disk: Disk;
  readonly primitives: NodePrimitives;
  /** Seal key of the store. */
  readonly key: Signer;
  readonly reader: StoreReader;
  /**
   * Told of a statement that does not hold, and is replaced all the same. Without it none is: it
   * is a trace of whoever changed it.
   */
  readonly replaced?: (path: string) => void;
}

/** A file that was written by somebody else, under its final name. */
export type Placed = FileEntry;

/**
 * Durable on return. What the statement covered before and is not among `files` stays covered.
 *
 * @param files names in `folder`
 * @param place puts further files there; it is called when no statement covers them
 * @throws RitmaError `store/damaged` when that statement does not hold; of the disk
 */
export async function writeDerived(
  keeping: Keeping,
  folder: string,
  files: readonly FileToWrite[],
  place: () => Promise<readonly Placed[]> = async () => [],
): Promise<void> {
  const { disk, primitives, key, reader } = keeping;
  const { out } = reader.files;
  const kept = await coveredBefore(keeping, folder);
  await clear(disk, `${out}/${folder}`);
  const { sha256 } = primitives;
  const written = files.map(({ path, bytes }) => ({
    path,
    length: bytes.length,
    sha256: sha256(bytes),
  }));
  const placed = [...written, ...(await place())];
  const absolute = files.map(({ path, bytes }) => ({ path: `${out}/${folder}/${path}`, bytes }));
  await writeAllDurably(disk, absolute);
  const names = new Set(placed.map(({ path }) => path));
  const entries = [...placed, ...kept.filter(({ path }) => !names.has(path))];
  const statement = encodeBuildStatement({
    store: reader.file.store,
    folder,
    logSize: reader.head.size,
    logRoot: reader.head.root,
    files: entries.toSorted((a, b) => compareBytes(encodeUtf8(a.path), encodeUtf8(b.path))),
  });
  const { sign, publicKey } = key;
  const signed = signCose1({ sha256, sign, publicKey }, statement);
  await writeDurably(disk, `${out}/${folder}/${BUILD_STATEMENT}`, signed);
}

async function coveredBefore(
  { reader, replaced }: Keeping,
  folder: string,
): Promise<readonly FileEntry[]> {
  try {
    return (await reader.statement(folder))?.files ?? [];
  } catch (error) {
    const isDamage = error instanceof RitmaError && error.code === "store/damaged";
    if (!isDamage || replaced === undefined) throw error;
    replaced(`${folder}/${BUILD_STATEMENT}`);
    return [];
  }
}

/** Makes the folder, and on return no statement is in it, whatever a crash does then. */
async function clear(disk: Disk, folder: string): Promise<void> {
  const path = `${folder}/${BUILD_STATEMENT}`;
  await disk.makeDir(folder);
  if ((await disk.size(path)) !== null) await disk.remove(path);
  // Also when it was gone: a process that died may have left that to a crash.
  await using dir = await disk.openDir(folder);
  await dir.sync();
}
