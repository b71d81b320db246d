/**
 * One writer per data root: a lock that the kernel frees when its holder dies, `kill -9` included.
 *
 * Node.js has no flock(2), SQLite has locks: `node.lock` is an empty database that is held in
 * exclusive mode. Its header has a number for the application's use, where the holder's pid stands.
 *
 * Danger: these are POSIX locks, and a process loses them when it closes *any* descriptor of the
 * file. So nothing else may open `node.lock` in a process that holds it; while this process holds
 * one lock, this module opens no other lock file by hand either.
 *
 * @module
 */
import { type Disk, DRAFT_SUFFIX } from "./disk/disk.ts";
import { RitmaError } from "./error.ts";
import { Database } from "./sqlite.ts";

const LOCK_NAME = "node.lock";

/** `PRAGMA user_version`: big-endian, at this offset of the file (sqlite.org/fileformat2). */
const PID_OFFSET = 60;
const PID_BYTES = 4;

/** Primary result codes of SQLite. */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

/** A page of SQLite. */
const TRIAL_BYTES = 4096;

/** Databases that are held. Being named here also keeps them from being collected. */
const HELD: Set<Database> = new Set();

class DataRootLock implements Disposable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    HELD.add(database);
  }

  /** Frees the lock. A second release does nothing. */
  release(): void {
    if (HELD.delete(this.#database)) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Takes the lock of the data root `dir`, or fails at once. Only for the host's own file system.
 *
 * @throws RitmaError `store/busy` when another holds it, with its pid where that can be read;
 * `store/missing` when there is no such directory; of the disk.
 */
export async function lockDataRoot(disk: Disk, dir: string): Promise<DataRootLock> {
  const path = `${dir}/${LOCK_NAME}`;
  await makeFile(disk, dir, path);
  let outcome = hold(path);
  if (outcome === "not a database") {
    // Whoever can read it, as we just did, has made sure that nobody holds it; a power cut has left
    // it so. What it held was a pid.
    await disk.truncate(path, 0);
    outcome = hold(path);
  }
  if (outcome instanceof Database) return new DataRootLock(outcome);
  if (outcome instanceof RitmaError) {
    await askKernel(disk, path);
    throw outcome;
  }
  const who = HELD.size > 0 ? null : await holderOf(disk, path);
  const holder = who === null ? "another process" : `process ${who}`;
  throw new RitmaError("store/busy", `${dir} is being written to by ${holder}`);
}

/** Made by us, for its mode. A file that is there is not touched. */
async function makeFile(disk: Disk, dir: string, path: string): Promise<void> {
  try {
    await using _ = await disk.create(path);
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    if (error.code === "disk/missing") {
      throw new RitmaError("store/missing", `${dir} is not there`, { cause: error });
    }
    if (error.code !== "disk/exists") throw error;
  }
}

/**
 * SQLite says that it cannot write, the kernel also why: the lock file is read-only, or not ours; a
 * file beside it, as long as what SQLite writes, finds no space.
 *
 * @throws RitmaError of the disk
 */
async function askKernel(disk: Disk, path: string): Promise<void> {
  await (await disk.append(path)).close();
  const trial = `${path}${DRAFT_SUFFIX}`;
  const file = await disk.create(trial);
  try {
    await file.write(new Uint8Array(TRIAL_BYTES));
    await file.sync();
  } finally {
    await file.close();
    await disk.remove(trial);
  }
}

function hold(path: string): Database | RitmaError | "busy" | "not a database" {
  let database: Database | null = null;
  try {
    database = new Database(path, { timeout: 0 });
    // The mode keeps the lock beyond the transaction that takes it.
    database.exec(`
      PRAGMA journal_mode = MEMORY;
      PRAGMA synchronous = OFF;
      PRAGMA locking_mode = EXCLUSIVE;
      BEGIN EXCLUSIVE;
      PRAGMA user_version = ${process.pid};
      COMMIT;
    `);
    return database;
  } catch (error) {
    database?.close();
    const code = resultCode(error);
    if (code === BUSY) return "busy";
    if (code === NOT_A_DATABASE || code === CORRUPT) return "not a database";
    if (code === null) throw error;
    const words = error instanceof Error ? error.message : "failed";
    return new RitmaError(code === FULL ? "disk/full" : "disk/io", `${path}: ${words}`, {
      cause: error,
    });
  }
}

async function holderOf(disk: Disk, path: string): Promise<number | null> {
  const bytes = await disk.readRange(path, PID_OFFSET, PID_BYTES);
  if (bytes.length < PID_BYTES) return null;
  const pid = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return pid === 0 ? null : pid;
}

/** @returns SQLite's primary result code, null when `error` does not come from SQLite. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}
