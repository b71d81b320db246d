/**
 * The LMDB engine: beats in a memory-mapped tree, one file.
 *
 * A damaged file of LMDB kills the process that opens it. So only the file of our own data root is
 * opened here, and only after its meta pages and its length were looked at by us, and every entry
 * was read by a process of its own. When that one dies, or when something is missing, the engine
 * refuses with `beat/damaged` and nothing is changed.
 *
 * What becomes damaged while the file is open is not met: pages that were read stay in memory.
 *
 * @module
 */
import { DRAFT_SUFFIX, removeAllDurably } from "../../../base/disk/disk.ts";
import type { RealDisk } from "../../../base/disk/real-disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { walkThrough } from "../../../base/lmdb/walk.ts";
import type { NodePrimitives } from "../../../base/primitives.ts";
import type { BeatEngine } from "../engine.ts";
import type { NoticeSink } from "../notice.ts";
import { damaged, headerEntry } from "../table/table-codec.ts";
import { auditNow, openTableEngine, tellBroken } from "../table/table-engine.ts";
import { METAS_BYTES, readMetas } from "./lmdb-metas.ts";

export interface LmdbEngineOptions {
  /** The host's: LMDB does its own I/O. */
  readonly disk: RealDisk;
  /** The engine's alone, below the data root. Made when it is not there. */
  readonly dir: string;
  readonly primitives: NodePrimitives;
  /** 16 bytes. */
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
}

type Library = typeof import("./lmdb-table.ts");

/** Where nothing else is, no table was ever finished. */
const LEFT_BY_CREATE = /^table-0000000001\.mdb\.draft(?:-lock)?$/u;

/**
 * @throws RitmaError `beat/damaged`; `beat/unavailable` where LMDB does not run; `disk/…`
 */
export async function openLmdbEngine(options: LmdbEngineOptions): Promise<BeatEngine> {
  const { disk, dir, primitives, store, notice } = options;
  const library = await load();
  await disk.makeDir(dir);
  const newest = await newestTable(library, options);
  const number = newest ?? (await create(library, options));
  if (newest !== null) await mustBeReadable(disk, library.tablePath(dir, number));
  const table = new library.LmdbTable(disk, dir, number);
  try {
    tellBroken(notice, await auditNow(table));
    await removeOlder(library, options, number);
  } catch (error) {
    await table[Symbol.asyncDispose]();
    throw error;
  }
  return await openTableEngine({ name: "lmdb", table, blake3: primitives.blake3, store });
}

async function load(): Promise<Library> {
  try {
    return await import("./lmdb-table.ts");
  } catch (cause) {
    // Whatever a native library throws that is not there or not for this machine.
    throw new RitmaError("beat/unavailable", "LMDB cannot be loaded", { cause });
  }
}

/** @returns its number, null where none was ever finished. @throws RitmaError `beat/damaged` */
async function newestTable(
  { tableNumber }: Library,
  { disk, dir }: LmdbEngineOptions,
): Promise<number | null> {
  const names = (await disk.list(dir)).map(({ name }) => name);
  const newest = names.map(tableNumber).reduce((max, each) => Math.max(max, each), 0);
  if (newest > 0) return newest;
  const strange = names.find((name) => !LEFT_BY_CREATE.test(name));
  if (strange !== undefined) throw damaged(`${dir} has ${strange}, and no table`);
  return null;
}

/** Left by a crash in a compaction: the newest table, which was read, has all that they have. */
async function removeOlder(
  { tableNumber, tablePath, lockPath }: Library,
  { disk, dir, notice }: LmdbEngineOptions,
  newest: number,
): Promise<void> {
  const older = (await disk.list(dir))
    .map(({ name }) => tableNumber(name))
    .filter((number) => number > 0 && number < newest)
    .map((number) => tablePath(dir, number));
  if (older.length === 0) return;
  await removeAllDurably(
    disk,
    older.flatMap((path) => [path, lockPath(path)]),
  );
  const detail = "a compaction that was cut short is finished";
  notice({ topic: "persist.recover", severity: "info", branch: "", detail });
}

/** Under a draft name until it has its header: a file with the final name is a whole table. */
async function create(
  { tablePath, lockPath, writeNewTable }: Library,
  { disk, dir, store }: LmdbEngineOptions,
): Promise<number> {
  const path = tablePath(dir, 1);
  const draft = path + DRAFT_SUFFIX;
  await removeAllDurably(disk, [lockPath(draft)]);
  // Made by us, for its mode.
  await (await disk.create(draft)).close();
  await writeNewTable(draft, headerEntry(store));
  {
    await using file = await disk.append(draft);
    await file.sync();
  }
  await using names = await disk.openDir(dir);
  await disk.remove(lockPath(draft));
  await disk.rename(draft, path);
  await names.sync();
  return 1;
}

/** What can be known of a file without opening it here. @throws RitmaError `beat/damaged` */
async function mustBeReadable(disk: RealDisk, path: string): Promise<void> {
  const metas = readMetas(await disk.readRange(path, 0, METAS_BYTES));
  if (metas === null) throw damaged(`the meta pages of ${path} are not what LMDB wrote`);
  const bytes = (await disk.size(path)) ?? 0;
  const needed = (metas.lastPage + 1) * metas.pageBytes;
  if (bytes < needed) throw damaged(`${path} has ${bytes} bytes of ${needed}`);
  if ((await walkThrough(path)) === null) throw damaged(`${path} cannot be read to its end`);
}
