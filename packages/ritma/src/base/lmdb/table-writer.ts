/**
 * Writes a sealed table: an LMDB file that is never written again, and read by its digest only.
 *
 * LMDB works on files of its own in a scratch folder. What it made there is compacted, and then
 * written as every durable file is: under a draft name, synced, renamed.
 *
 * Invariant: entries in the same order give a file with the same entries. Its bytes may differ
 * from one version of LMDB to the next.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Disk, DRAFT_SUFFIX, parentOf } from "../disk/disk.ts";
import { makeScratch } from "../disk/lend.ts";
import type { RealDisk } from "../disk/real-disk.ts";
import { type ErrorCode, RitmaError } from "../error.ts";
import { TABLE_BATCH_BYTES, TABLE_BATCH_ENTRIES, TABLE_VALUE_BYTES_MAX } from "../limits.ts";

export interface TableEntry {
  /** 1 to KEY_BYTES_MAX bytes, above the key before. */
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What a statement says of the file. */
export interface SealedTable {
  readonly length: number;
  readonly sha256: Uint8Array;
}

export const KEY_BYTES_MAX = 64;

/** A table that was just written. */
export interface WrittenTable extends SealedTable {
  /** Its length before it was compacted. */
  readonly looseLength: number;
}

const CHUNK_BYTES = 1024 * 1024;
/** The kernel's numbers for no space, no quota, and a limit on the length of files. */
const FULL: ReadonlySet<unknown> = new Set([28, 122, 27]);

type Library = typeof import("./engine.ts");

/**
 * Durable on return. What was at `path` is replaced.
 *
 * @param scratch a folder that is made for this, on the same disk; a crash leaves it there
 * @throws RitmaError `index/unavailable` where LMDB does not run, `disk/…`; and what `entries` does
 */
export async function writeTable(
  disk: RealDisk,
  path: string,
  scratch: string,
  entries: AsyncIterable<TableEntry>,
): Promise<WrittenTable> {
  const engine = await loadEngine();
  using folder = makeScratch(scratch);
  const packed = `${folder.path}/packed`;
  try {
    await fill(engine, `${folder.path}/table`, packed, entries);
  } catch (error) {
    if (isInputOutput(error)) await probe(disk, `${folder.path}/probe`);
    throw error;
  }
  const looseLength = (await disk.size(`${folder.path}/table`)) ?? 0;
  return { ...(await copyDurably(disk, packed, path)), looseLength };
}

async function loadEngine(): Promise<Library> {
  try {
    return await import("./engine.ts");
  } catch (cause) {
    // Whatever a native library throws that is not there or not for this machine.
    throw new RitmaError("index/unavailable", "LMDB cannot be loaded", { cause });
  }
}

async function fill(
  { createTable, appendAll }: Library,
  path: string,
  packed: string,
  entries: AsyncIterable<TableEntry>,
): Promise<void> {
  const table = attempt(path, () => createTable(path));
  try {
    let batch: [Uint8Array, Uint8Array][] = [];
    let bytes = 0;
    for await (const { key, value } of entries) {
      if (key.length < 1 || key.length > KEY_BYTES_MAX || value.length > TABLE_VALUE_BYTES_MAX) {
        throw new RangeError(`table entry of ${key.length} and ${value.length} bytes`);
      }
      batch.push([key, value]);
      bytes += value.length;
      if (batch.length < TABLE_BATCH_ENTRIES && bytes < TABLE_BATCH_BYTES) continue;
      attempt(path, () => appendAll(table, batch));
      batch = [];
      bytes = 0;
    }
    attempt(path, () => appendAll(table, batch));
    await table.backup(packed, true).catch((error: unknown) => {
      throw failure(path, error);
    });
  } finally {
    await table.close();
  }
}

/** LMDB says "input/output error" on a full disk too; a write of our own tells which it is. */
async function probe(disk: RealDisk, path: string): Promise<void> {
  await using file = await disk.create(path);
  await file.write(new Uint8Array(TABLE_BATCH_BYTES));
  await file.sync();
}

function isInputOutput(error: unknown): boolean {
  return error instanceof RitmaError && error.code === "disk/io";
}

/** Through the port: as every durable file. */
export async function copyDurably(disk: Disk, from: string, path: string): Promise<SealedTable> {
  await disk.makeDir(parentOf(path));
  await using dir = await disk.openDir(parentOf(path));
  const hasher = createHash("sha256");
  let length = 0;
  {
    await using file = await disk.create(path + DRAFT_SUFFIX);
    for (;;) {
      const chunk = await disk.readRange(from, length, CHUNK_BYTES);
      if (chunk.length === 0) break;
      hasher.update(chunk);
      length += chunk.length;
      await file.write(chunk);
    }
    await file.sync();
  }
  await disk.rename(path + DRAFT_SUFFIX, path);
  await dir.sync();
  return { length, sha256: new Uint8Array(hasher.digest()) };
}

function attempt<Value>(path: string, step: () => Value): Value {
  try {
    return step();
  } catch (error) {
    throw failure(path, error);
  }
}

/** LMDB's errors have the kernel's number, or a negative one of their own. */
export function failure(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const code: ErrorCode = FULL.has(error.code) ? "disk/full" : "disk/io";
  return new RitmaError(code, `${path}: ${error.message}`, { cause: error });
}
