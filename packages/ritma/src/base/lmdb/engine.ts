/**
 * The one module that imports lmdb: tables of byte strings, keys in bytewise order, one file each.
 *
 * A damaged file kills the process that opens it (SIGBUS, SIGSEGV), or answers wrongly. So reading
 * is for `table-child.ts` alone, and what is written was made by this process.
 *
 * @module
 */
import { open, type RootDatabase } from "lmdb";

/** Neither value nor key is looked into by the engine. */
type Engine = RootDatabase<Uint8Array, Uint8Array>;

/** Overflow pages of this size lose least where values are a few KB. Whatever the host's is. */
const PAGE_BYTES = 4096;

const COMMON = { noSubdir: true, keyEncoding: "binary", encoding: "binary" } as const;

/** An empty table. Not durable, and with a lock file beside it: for a scratch folder. */
export function createTable(path: string): Engine {
  return open<Uint8Array, Uint8Array>(path, {
    ...COMMON,
    pageSize: PAGE_BYTES,
    noSync: true,
    overlappingSync: false,
  });
}

/** Keys in ascending order, above all that the table has. */
export function appendAll(
  table: Engine,
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
): void {
  table.transactionSync(() => {
    for (const [key, value] of entries) table.putSync(key, value, { append: true });
  });
}

/** Makes a lock file beside `path`, also for reading. */
export function openTableForReading(path: string): (key: Uint8Array) => Uint8Array | null {
  const table = open<Uint8Array, Uint8Array>(path, { ...COMMON, readOnly: true });
  return (key) => table.getBinary(key) ?? null;
}
