/**
 * The one module that imports lmdb: tables of byte strings, keys in bytewise order, one file each.
 *
 * A damaged file kills the process that opens it (SIGBUS, SIGSEGV), or answers wrongly. So sealed
 * tables are read by `table-child.ts` alone, and what is written was made by this process. A table
 * that lives on (beats in LMDB) is looked through by a child of its own first.
 *
 * @module
 */
import { open, type RootDatabase } from "lmdb";

/** Neither value nor key is looked into by the engine. */
export type LmdbEngine = RootDatabase<Uint8Array, Uint8Array>;

/** Overflow pages of this size lose least where values are a few KB. Whatever the host's is. */
const PAGE_BYTES = 4096;

const COMMON = { noSubdir: true, keyEncoding: "binary", encoding: "binary" } as const;

/** An empty table. Not durable, and with a lock file beside it: for a scratch folder. */
export function createTable(path: string): LmdbEngine {
  return open<Uint8Array, Uint8Array>(path, {
    ...COMMON,
    pageSize: PAGE_BYTES,
    noSync: true,
    overlappingSync: false,
  });
}

/** Keys in ascending order, above all that the table has. */
export function appendAll(
  table: LmdbEngine,
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
): void {
  table.transactionSync(() => {
    for (const [key, value] of entries) table.putSync(key, value, { append: true });
  });
}

/** Makes a lock file beside `path`, also for reading. */
export function openTableForReading(path: string): {
  readonly get: (key: Uint8Array) => Uint8Array | null;
  readonly close: () => Promise<void>;
} {
  const table = open<Uint8Array, Uint8Array>(path, { ...COMMON, readOnly: true });
  return {
    get: (key) => table.getBinary(key) ?? null,
    close: async () => {
      await table.close();
    },
  };
}

/**
 * A table that is written to as long as it is open, or that is looked through as a whole. A batch
 * is durable when its promise is fulfilled: pages are synced before the meta page, which is written
 * through. Makes a lock file beside `path`; an empty file becomes an empty table.
 */
export function openLiveTable(path: string, access: "read" | "write"): LmdbEngine {
  return open<Uint8Array, Uint8Array>(path, {
    ...COMMON,
    pageSize: PAGE_BYTES,
    overlappingSync: false,
    readOnly: access === "read",
  });
}
