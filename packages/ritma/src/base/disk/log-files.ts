/**
 * Files of a log that somebody else writes, rotates and cuts while we read.
 *
 * A port of its own: what is followed is told by device and inode, not by name, and only what is
 * opened stays what it was. Nothing here writes.
 *
 * @module
 */
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { RitmaError } from "../error.ts";
import { codeOf, refusal } from "./errno.ts";

/** What tells a file from every other one, whatever it is called. */
export interface FileIdentity {
  readonly device: number;
  readonly inode: number;
}

/** Where reading stands in a file. */
export interface TailPlace {
  readonly identity: FileIdentity;
  /** Bytes of the file that were read. */
  readonly offset: number;
  /** The last of them, at most TAIL_MARK_BYTES: by them the file is known again. */
  readonly mark: Uint8Array;
  /** When the file was last written, as far as we knew; microseconds of the host's clock. */
  readonly modifiedUs: number;
  /** Of the log, which is followed; not of the file, which may be a rotated one. */
  readonly path: string;
}

/** An opened file. Disposing it closes it. */
export interface LogFile extends AsyncDisposable {
  readonly identity: FileIdentity;
  /** As it is now. */
  readonly stat: () => Promise<{ readonly size: number; readonly modifiedUs: number }>;
  /** @returns up to `length` bytes from `offset`, none at the end. @throws RitmaError `disk/io` */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
}

export interface LogFiles {
  /**
   * @returns null when nothing is there.
   * @throws RitmaError `input/denied`, `input/directory`, `input/unsupported`, `disk/io`
   */
  readonly open: (path: string) => Promise<LogFile | null>;
  /** @returns null when nothing is there. @throws RitmaError `input/denied`, `disk/io` */
  readonly identityOf: (path: string) => Promise<FileIdentity | null>;
  /** Names in a folder; none when it is not there. @throws RitmaError `input/denied`, `disk/io` */
  readonly names: (folder: string) => Promise<readonly string[]>;
}

export const realLogFiles: LogFiles = { open: openLog, identityOf, names: namesIn };

async function openLog(path: string): Promise<LogFile | null> {
  await using stack = new AsyncDisposableStack();
  let file: FileHandle;
  try {
    file = stack.use(await open(path, "r"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw translated(error, path);
  }
  const found = await file.stat();
  if (found.isDirectory()) throw new RitmaError("input/directory", `${path} is a directory`);
  if (!found.isFile()) throw new RitmaError("input/unsupported", `${path} is not a regular file`);
  const kept = stack.move();
  return {
    identity: { device: found.dev, inode: found.ino },
    stat: async () => {
      const { size, mtimeMs } = await file.stat();
      return { size, modifiedUs: Math.floor(mtimeMs * 1_000) };
    },
    read: async (offset, length) => {
      const room = new Uint8Array(length);
      try {
        const { bytesRead } = await file.read(room, 0, length, offset);
        return room.subarray(0, bytesRead);
      } catch (error) {
        throw translated(error, path);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await kept.disposeAsync();
    },
  };
}

async function identityOf(path: string): Promise<FileIdentity | null> {
  try {
    const { dev, ino } = await stat(path);
    return { device: dev, inode: ino };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw translated(error, path);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw translated(error, folder);
  }
}

function translated(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === "EACCES" || code === "EPERM") {
    return new RitmaError("input/denied", `${path} may not be read`, { cause: error });
  }
  return code === undefined ? error : refusal(path, error);
}
