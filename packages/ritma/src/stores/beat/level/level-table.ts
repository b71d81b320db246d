/**
 * The one module that imports classic-level: a table of beats in a folder of LevelDB.
 *
 * LevelDB forgives: it makes a new database where its `CURRENT` is missing, and skips what it
 * cannot read of a log. So a database is made in an empty folder only, and logs are read by us
 * before LevelDB replays them (`level-log.ts`).
 *
 * A batch is one synced write of its log. LevelDB does not sync the name of a new log, so the
 * folder is synced after each batch too, which costs nothing while no name is new.
 *
 * Not here: two processes. LevelDB's own lock refuses the second one.
 *
 * @module
 */
import { ClassicLevel } from "classic-level";
import type { Disk } from "../../../base/disk/disk.ts";
import { type ErrorCode, RitmaError } from "../../../base/error.ts";
import { TABLE_PAGE_BYTES, TABLE_PAGE_ENTRIES } from "../../../base/limits.ts";
import {
  type BeatTable,
  plain,
  type TableBatch,
  type TableEntry,
  type TableView,
} from "../table/table.ts";

type Level = ClassicLevel<Uint8Array, Uint8Array>;

const ENCODING = { keyEncoding: "view", valueEncoding: "view" } as const;
const FIRST_KEY = new Uint8Array(0);
const LAST_KEY = Uint8Array.of(0xff);

/** @throws RitmaError `store/busy`, `beat/damaged`, `disk/…` */
export async function openLevelTable(disk: Disk, dir: string, isNew: boolean): Promise<BeatTable> {
  const options = { ...ENCODING, createIfMissing: isNew, errorIfExists: isNew };
  const level: Level = new ClassicLevel(dir, options);
  await attempt(dir, async () => await level.open());
  const table = new LevelTable(disk, dir, level);
  try {
    await table.syncNames();
    await table.measure();
    return table;
  } catch (error) {
    await table[Symbol.asyncDispose]();
    throw error;
  }
}

class LevelTable implements BeatTable {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #level: Level;
  readonly #views: Set<LevelView> = new Set();
  #sizeBytes = 0;
  #syncs = 0;

  constructor(disk: Disk, dir: string, level: Level) {
    this.#disk = disk;
    this.#dir = dir;
    this.#level = level;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get syncs(): number {
    return this.#syncs;
  }

  view(): TableView {
    const view = new LevelView(this.#dir, this.#level, () => void this.#views.delete(view));
    this.#views.add(view);
    return view;
  }

  async write({ puts, removals }: TableBatch): Promise<void> {
    const operations = [
      ...puts.map(({ key, value }) => ({ type: "put", key, value }) as const),
      ...removals.map((key) => ({ type: "del", key }) as const),
    ];
    await attempt(this.#dir, async () => await this.#level.batch(operations, { sync: true }));
    this.#syncs += 1;
    await this.syncNames();
    for (const { key, value } of puts) this.#sizeBytes += key.length + value.length;
  }

  async compact(): Promise<void> {
    await attempt(this.#dir, async () => await this.#level.compactRange(FIRST_KEY, LAST_KEY));
    await this.syncNames();
    await this.measure();
  }

  async syncNames(): Promise<void> {
    await using dir = await this.#disk.openDir(this.#dir);
    await dir.sync();
    this.#syncs += 1;
  }

  /** Asks the disk. */
  async measure(): Promise<void> {
    let sizeBytes = 0;
    for (const { name, kind } of await this.#disk.list(this.#dir)) {
      if (kind === "file") sizeBytes += (await this.#disk.size(`${this.#dir}/${name}`)) ?? 0;
    }
    this.#sizeBytes = sizeBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const view of this.#views) view.release();
    await attempt(this.#dir, async () => await this.#level.close());
  }
}

class LevelView implements TableView {
  readonly #dir: string;
  readonly #level: Level;
  readonly #released: () => void;
  #snapshot: ReturnType<Level["snapshot"]> | null;

  constructor(dir: string, level: Level, released: () => void) {
    this.#dir = dir;
    this.#level = level;
    this.#released = released;
    this.#snapshot = level.snapshot();
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const snapshot = this.#mustBeHeld();
    return await attempt(this.#dir, async () => {
      const value = this.#level.getSync(key, { ...ENCODING, snapshot });
      return value === undefined ? null : plain(value);
    });
  }

  async page(from: Uint8Array, below: Uint8Array): Promise<readonly TableEntry[]> {
    const snapshot = this.#mustBeHeld();
    return await attempt(this.#dir, async () => {
      const iterator = this.#level.iterator({
        ...ENCODING,
        gte: from,
        lt: below,
        limit: TABLE_PAGE_ENTRIES,
        highWaterMarkBytes: TABLE_PAGE_BYTES,
        snapshot,
      });
      try {
        const entries = await iterator.nextv(TABLE_PAGE_ENTRIES);
        return entries.map(([key, value]) => ({ key: plain(key), value: plain(value) }));
      } finally {
        await iterator.close();
      }
    });
  }

  release(): void {
    const snapshot = this.#snapshot;
    this.#snapshot = null;
    this.#released();
    // Closing waits for reads that are under way, and nobody waits for it.
    void snapshot?.close();
  }

  #mustBeHeld(): ReturnType<Level["snapshot"]> {
    if (this.#snapshot === null) throw new TypeError("a view is read after it was released");
    return this.#snapshot;
  }
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  LEVEL_CORRUPTION: "beat/damaged",
  LEVEL_LOCKED: "store/busy",
  LEVEL_IO_ERROR: "disk/io",
};
/** What LevelDB says of ENOSPC, EDQUOT and EFBIG, and of a file that it names and misses. */
const FULL = /No space left|quota exceeded|File too large/iu;
const MISSING = /No such file/iu;

/** Of LevelDB's errors the innermost has the cause. */
async function attempt<Value>(dir: string, step: () => Promise<Value>): Promise<Value> {
  try {
    return await step();
  } catch (error) {
    const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (!(inner instanceof Error)) throw error;
    const told = "code" in inner && typeof inner.code === "string" ? inner.code : "";
    if (told !== "" && !told.startsWith("LEVEL_")) throw error;
    if (told === "" && inner === error) throw error;
    throw new RitmaError(codeOf(told, inner.message), `${dir}: ${inner.message}`, { cause: error });
  }
}

function codeOf(told: string, message: string): ErrorCode {
  if (FULL.test(message)) return "disk/full";
  if (MISSING.test(message)) return "beat/damaged";
  return CODES[told] ?? "beat/damaged";
}
