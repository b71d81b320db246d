/**
 * A table of beats in one LMDB file.
 *
 *     table-0000000001.mdb        the number grows with each compaction; the highest one counts
 *
 * Compaction copies what is live into a new file, which has its name only when it is durable, and
 * goes on in that. Views of the old file keep it open until they are released.
 *
 * Not here: looking for damage before a file is opened (`lmdb-engine.ts`).
 *
 * @module
 */
import { type Disk, DRAFT_SUFFIX, removeAllDurably } from "../../../base/disk/disk.ts";
import { makeScratch } from "../../../base/disk/lend.ts";
import { RitmaError } from "../../../base/error.ts";
import { TABLE_BATCH_BYTES, TABLE_PAGE_BYTES, TABLE_PAGE_ENTRIES } from "../../../base/limits.ts";
import { type LmdbEngine, openLiveTable } from "../../../base/lmdb/engine.ts";
import { copyDurably, failure } from "../../../base/lmdb/table-writer.ts";
import {
  type BeatTable,
  plain,
  type TableBatch,
  type TableEntry,
  type TableView,
} from "../table/table.ts";

type Transaction = ReturnType<LmdbEngine["useReadTransaction"]>;

const NUMBER_DIGITS = 10;
/** Of a commit: the pages, then the meta page, which is written through. */
const COMMIT_SYNCS = 2;

export function tablePath(dir: string, number: number): string {
  return `${dir}/table-${String(number).padStart(NUMBER_DIGITS, "0")}.mdb`;
}

/** @returns 0 for what is no name of a table. */
export function tableNumber(name: string): number {
  return Number(/^table-(\d{10})\.mdb$/u.exec(name)?.[1] ?? 0);
}

/** The lock file that LMDB keeps beside its file. */
export function lockPath(path: string): string {
  return `${path}-lock`;
}

/** Fills the empty file at `path` with one entry. */
export async function writeNewTable(path: string, entry: TableEntry): Promise<void> {
  const file = new LmdbFile(path);
  file.write({ puts: [entry], removals: [] });
  await file.close();
}

export class LmdbTable implements BeatTable {
  readonly #disk: Disk;
  readonly #dir: string;
  #number: number;
  #file: LmdbFile;
  /** Files that were replaced and are still read from. */
  readonly #old: Set<LmdbFile> = new Set();
  #syncs = 0;

  /** Opens the file, which was audited. */
  constructor(disk: Disk, dir: string, number: number) {
    this.#disk = disk;
    this.#dir = dir;
    this.#number = number;
    this.#file = new LmdbFile(tablePath(dir, number));
  }

  get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  get syncs(): number {
    return this.#syncs;
  }

  view(): TableView {
    return this.#file.view();
  }

  async write(batch: TableBatch): Promise<void> {
    try {
      this.#file.write(batch);
    } catch (error) {
      if (error instanceof RitmaError && error.code === "disk/io") await this.#tryToGrow();
      throw error;
    }
    this.#syncs += COMMIT_SYNCS;
  }

  /** LMDB says "input/output error" on a full disk too; a write of our own tells which it is. */
  async #tryToGrow(): Promise<void> {
    const path = `${this.#dir}/trial${DRAFT_SUFFIX}`;
    const file = await this.#disk.create(path);
    try {
      await file.write(new Uint8Array(TABLE_BATCH_BYTES));
      await file.sync();
    } finally {
      await file.close();
      await this.#disk.remove(path);
    }
  }

  async compact(): Promise<void> {
    const next = tablePath(this.#dir, this.#number + 1);
    {
      using folder = makeScratch(`${this.#dir}/packing`);
      const packed = `${folder.path}/packed`;
      await this.#file.backup(packed);
      await mustHave(packed, this.#file.entries);
      await copyDurably(this.#disk, packed, next);
      this.#syncs += COMMIT_SYNCS;
    }
    const old = this.#file;
    this.#file = new LmdbFile(next);
    this.#number += 1;
    this.#old.add(old);
    await old.retire(() => void this.#old.delete(old));
    await removeAllDurably(this.#disk, [old.path, lockPath(old.path)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of [...this.#old, this.#file]) await file.close();
  }
}

/** @throws RitmaError `disk/io` when the copy of a file is not one */
async function mustHave(path: string, entries: number): Promise<void> {
  const copy = new LmdbFile(path);
  const copied = copy.entries;
  await copy.close();
  if (copied === entries) return;
  throw new RitmaError("disk/io", `${copied} of ${entries} entries were copied`);
}

/** One file of LMDB, open. */
class LmdbFile {
  readonly path: string;
  readonly #engine: LmdbEngine;
  readonly #views: Set<LmdbView> = new Set();
  #whenUnused: (() => void) | null = null;

  constructor(path: string) {
    this.path = path;
    try {
      this.#engine = openLiveTable(path, "write");
    } catch (error) {
      throw failure(path, error);
    }
    // Readers that were killed would keep pages from being used again.
    this.#engine.readerCheck();
  }

  get sizeBytes(): number {
    return (this.#stat("lastPageNumber") + 1) * this.#stat("pageSize");
  }

  get entries(): number {
    return this.#stat("entryCount");
  }

  view(): LmdbView {
    const view = new LmdbView(this.#engine, () => {
      this.#views.delete(view);
      if (this.#views.size === 0) this.#whenUnused?.();
    });
    this.#views.add(view);
    return view;
  }

  /**
   * Waits for the disk in this thread. The library's threads would do so elsewhere, but when they
   * fail they also reject a promise that nobody can get at, and that ends the process.
   */
  write({ puts, removals }: TableBatch): void {
    const engine = this.#engine;
    try {
      engine.transactionSync(() => {
        for (const { key, value } of puts) engine.putSync(key, value);
        for (const key of removals) engine.removeSync(key);
      });
    } catch (error) {
      throw failure(this.path, error);
    }
  }

  async backup(path: string): Promise<void> {
    try {
      await this.#engine.backup(path, true);
    } catch (error) {
      throw failure(this.path, error);
    }
  }

  #stat(name: string): number {
    const value: unknown = Reflect.get(this.#engine.getStats(), name);
    if (typeof value !== "number") throw new TypeError(`LMDB tells no ${name}`);
    return value;
  }

  /** Closes it as soon as nobody reads from it. */
  async retire(closed: () => void): Promise<void> {
    this.#whenUnused = () => {
      this.#whenUnused = null;
      closed();
      void this.#engine.close();
    };
    if (this.#views.size === 0) this.#whenUnused();
  }

  async close(): Promise<void> {
    this.#whenUnused = null;
    for (const view of this.#views) view.release();
    await this.#engine.close();
  }
}

class LmdbView implements TableView {
  readonly #engine: LmdbEngine;
  readonly #released: () => void;
  #transaction: Transaction | null;

  constructor(engine: LmdbEngine, released: () => void) {
    this.#engine = engine;
    this.#released = released;
    // A transaction of its own, as of now: LMDB would else go on with the one it has.
    engine.resetReadTxn();
    this.#transaction = engine.useReadTransaction();
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const value = this.#engine.get(key, { transaction: this.#mustBeHeld() });
    return value === undefined ? null : plain(value);
  }

  async page(from: Uint8Array, below: Uint8Array): Promise<readonly TableEntry[]> {
    const range = this.#engine.getRange({
      start: from,
      end: below,
      limit: TABLE_PAGE_ENTRIES,
      transaction: this.#mustBeHeld(),
    });
    const entries: TableEntry[] = [];
    let bytes = 0;
    for (const { key, value } of range) {
      entries.push({ key: plain(key), value: plain(value) });
      bytes += value.length;
      if (bytes >= TABLE_PAGE_BYTES) break;
    }
    return entries;
  }

  release(): void {
    const transaction = this.#transaction;
    if (transaction === null) return;
    this.#transaction = null;
    transaction.done();
    this.#released();
  }

  #mustBeHeld(): Transaction {
    if (this.#transaction === null) throw new TypeError("a view is read after it was released");
    return this.#transaction;
  }
}
