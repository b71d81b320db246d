/**
 * The disk port on the host's file system.
 *
 * Opening, reading, renaming and small writes are done synchronously: in the page cache they take
 * microseconds, and a trip through the thread pool takes ten times that. Large writes and syncing,
 * which wait for the device, go through the pool.
 *
 * Invariant: no link is followed at the end of a path, and nothing but a regular file is read or
 * written. A named pipe or device put in a file's place neither hangs nor feeds us.
 * Invariant: modes are set by `fchmod`, so the umask has no say.
 *
 * @module
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { RitmaError } from "../error.ts";
import { FILE_BYTES_MAX } from "../limits.ts";
import {
  type Access,
  type DirEntry,
  type DirHandle,
  type Disk,
  DRAFT_SUFFIX,
  type FileHandle,
  refuseUpward,
} from "./disk.ts";
import { codeOf, isErrno, refusal } from "./errno.ts";
import { Latch } from "./latch.ts";
import { type DirSteps, DurableDirs, makeDirs } from "./make-dir.ts";

const FILE_MODE = 0o600;
const DIR_MODE = 0o700;
const PERMISSIONS = 0o777;
/** Of a write that does not leave the thread: 40 µs of copying at most. */
const SMALL_BYTES_MAX = 262_144;
/** Unit of `st_blocks`, whatever the file system's own is. */
const STAT_BLOCK_BYTES = 512;

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } =
  constants;
/** Without waiting: opening a named pipe would otherwise hang until its other end is opened. */
const CAREFULLY = O_NOFOLLOW | O_NONBLOCK;

const writeOnce = promisify(write);
const fsyncLater = promisify(fsync);
const fdatasyncLater = promisify(fdatasync);

export class RealDisk implements Disk {
  /** Directories this process made durable itself. A name that is merely visible proves nothing. */
  readonly #durableDirs = new DurableDirs();

  async read(path: string, maxBytes: number = FILE_BYTES_MAX): Promise<Uint8Array> {
    return withFile(path, (fd, size) => {
      if (size > maxBytes) {
        throw new RitmaError("disk/too-large", `${path}: ${size} bytes, at most ${maxBytes}`);
      }
      return readAt(fd, 0, size);
    });
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return withFile(path, (fd, size) =>
      readAt(fd, offset, Math.max(0, Math.min(length, size - offset))),
    );
  }

  async size(path: string): Promise<number | null> {
    return fileStats(path)?.size ?? null;
  }

  async space(path: string): Promise<number | null> {
    const stats = fileStats(path);
    return stats === null ? null : stats.blocks * STAT_BLOCK_BYTES;
  }

  async access(path: string): Promise<Access> {
    return attempt(path, () => {
      let stats = lstatSync(path);
      if (stats.isSymbolicLink()) stats = statSync(path);
      else if (stats.isFile()) return accessOf(stats);
      if (!stats.isDirectory()) throw notA(path, "regular file or directory");
      return accessOf(stats);
    });
  }

  async list(path: string): Promise<readonly DirEntry[]> {
    const entries = attempt(path, () =>
      readdirSync(path, { encoding: "buffer", withFileTypes: true }),
    );
    entries.sort((a, b) => a.name.compare(b.name));
    return entries.map((entry) => {
      const kind = entry.isFile() ? "file" : entry.isDirectory() ? "dir" : "other";
      return { name: entry.name.toString(), kind };
    });
  }

  async create(path: string): Promise<FileHandle> {
    return attempt(path, () => {
      if (path.endsWith(DRAFT_SUFFIX)) removeIfThere(path);
      return new RealFile(path, { fd: openNew(path, 0), size: 0 }, fsyncLater);
    });
  }

  async append(path: string): Promise<FileHandle> {
    return attempt(path, () => {
      let opened: OpenedFile;
      try {
        opened = { fd: openNew(path, O_APPEND), size: 0 };
      } catch (error) {
        if (!isErrno(error, "EEXIST")) throw error;
        opened = openOld(path, O_WRONLY | O_APPEND);
      }
      return new RealFile(path, opened, fdatasyncLater);
    });
  }

  async truncate(path: string, length: number): Promise<void> {
    attempt(path, () => {
      const { fd } = openOld(path, O_WRONLY);
      try {
        ftruncateSync(fd, length);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  }

  async openDir(path: string): Promise<DirHandle> {
    return attempt(path, () => new RealDir(path, openSync(path, O_RDONLY | O_DIRECTORY)));
  }

  async makeDir(path: string): Promise<void> {
    await makeDirs(DIR_STEPS, this.#durableDirs, path);
  }

  async rename(from: string, to: string): Promise<void> {
    refuseUpward(to);
    this.#durableDirs.forget(from);
    this.#durableDirs.forget(to);
    attempt(from, () => renameSync(from, to));
  }

  async remove(path: string): Promise<void> {
    attempt(path, () => unlinkSync(path));
  }

  async removeDir(path: string): Promise<void> {
    this.#durableDirs.forget(path);
    attempt(path, () => rmdirSync(path));
  }

  /** Loaded only now: most commands lock nothing. */
  async lock(dir: string): Promise<Disposable> {
    refuseUpward(dir);
    const { lockDataRoot } = await import("../lock.ts");
    return await lockDataRoot(this, dir);
  }
}

const DIR_STEPS: DirSteps = {
  async isDir(path) {
    return attempt(path, () => {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats !== undefined && !stats.isDirectory()) throw notA(path, "directory");
      return stats !== undefined;
    });
  },
  async makeOne(path) {
    attempt(path, () => {
      try {
        mkdirSync(path, DIR_MODE);
        chmodSync(path, DIR_MODE);
      } catch (error) {
        if (!isErrno(error, "EEXIST") || !statSync(path).isDirectory()) throw error;
      }
    });
  },
  async syncNames(path) {
    await using dir = attempt(
      path,
      () => new RealDir(path, openSync(path, O_RDONLY | O_DIRECTORY)),
    );
    await dir.sync();
  },
};

interface OpenedFile {
  readonly fd: number;
  readonly size: number;
}

class RealFile implements FileHandle {
  readonly #path: string;
  readonly #sync: (fd: number) => Promise<void>;
  readonly #latch: Latch;
  #fd: number | null;
  /** Where the next byte goes: told to the kernel, so that a trace shows our writes as ours. */
  #end: number;

  constructor(path: string, { fd, size }: OpenedFile, sync: (fd: number) => Promise<void>) {
    this.#path = path;
    this.#fd = fd;
    this.#end = size;
    this.#sync = sync;
    this.#latch = new Latch(path);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const fd = openFd(this.#path, this.#fd);
    await this.#latch.guard(async () => {
      let done = 0;
      while (done < bytes.length) {
        const left = bytes.length - done;
        const bytesWritten =
          left <= SMALL_BYTES_MAX
            ? attempt(this.#path, () => writeSync(fd, bytes, done, left, this.#end))
            : (await later(this.#path, writeOnce(fd, bytes, done, left, this.#end))).bytesWritten;
        if (bytesWritten === 0) throw new RitmaError("disk/io", `${this.#path}: wrote nothing`);
        done += bytesWritten;
        this.#end += bytesWritten;
      }
    });
  }

  async sync(): Promise<void> {
    const fd = openFd(this.#path, this.#fd);
    await this.#latch.guard(async () => {
      await later(this.#path, this.#sync(fd));
    });
  }

  async close(): Promise<void> {
    const fd = this.#fd;
    this.#fd = null;
    if (fd === null) return;
    try {
      attempt(this.#path, () => closeSync(fd));
    } catch (error) {
      // The first failure has been reported, and says more than what closing adds to it.
      if (!this.#latch.failed) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

class RealDir implements DirHandle {
  readonly #path: string;
  readonly #latch: Latch;
  #fd: number | null;

  constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
    this.#latch = new Latch(path);
  }

  async sync(): Promise<void> {
    const fd = openFd(this.#path, this.#fd);
    await this.#latch.guard(async () => {
      await later(this.#path, fsyncLater(fd));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const fd = this.#fd;
    this.#fd = null;
    if (fd !== null) attempt(this.#path, () => closeSync(fd));
  }
}

/** Use after close is a bug of the caller. */
function openFd(path: string, fd: number | null): number {
  if (fd === null) throw new TypeError(`${path} is used after it was closed`);
  return fd;
}

function openNew(path: string, flags: number): number {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | flags | CAREFULLY, FILE_MODE);
  fchmodSync(fd, FILE_MODE);
  return fd;
}

function openOld(path: string, flags: number): OpenedFile {
  const fd = openSync(path, flags | CAREFULLY);
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, size: stats.size };
  closeSync(fd);
  throw notA(path, "regular file");
}

function withFile(path: string, use: (fd: number, size: number) => Uint8Array): Uint8Array {
  return attempt(path, () => {
    const { fd, size } = openOld(path, O_RDONLY);
    try {
      return use(fd, size);
    } finally {
      closeSync(fd);
    }
  });
}

function readAt(fd: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const got = readSync(fd, bytes, done, length - done, offset + done);
    if (got === 0) return bytes.slice(0, done);
    done += got;
  }
  return bytes;
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

function accessOf({ mode, uid }: Stats): Access {
  const user = process.geteuid?.() ?? 0;
  return { mode: mode & PERMISSIONS, isOurs: user === 0 || user === uid };
}

function notA(path: string, wanted: string): RitmaError {
  return new RitmaError("disk/wrong-kind", `${path} is not a ${wanted}`);
}

/** @returns null when nothing is there. @throws RitmaError `disk/wrong-kind` */
function fileStats(path: string): Stats | null {
  return attempt(path, () => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (!stats.isFile()) throw notA(path, "regular file");
    return stats;
  });
}

/** Runs a synchronous step and turns what the kernel refuses into an operating error. */
function attempt<Value>(path: string, step: () => Value): Value {
  refuseUpward(path);
  try {
    return step();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw refusal(path, error);
  }
}

/** The same for a step in the thread pool. */
async function later<Value>(path: string, step: Promise<Value>): Promise<Value> {
  try {
    return await step;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw refusal(path, error);
  }
}
