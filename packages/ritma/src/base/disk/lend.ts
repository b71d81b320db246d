/**
 * What a library or another process needs that does its own I/O: a folder that is gone afterwards,
 * and a file handed on as a descriptor.
 *
 * Lent is the file itself and not its path, so what the other one reads is what was looked at here,
 * whoever renames something into its place meanwhile.
 *
 * Not here: durable bytes. They go through the Disk port.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RitmaError } from "../error.ts";
import { parentOf, refuseUpward } from "./disk.ts";
import { codeOf, refusal } from "./errno.ts";

const DIR_MODE = 0o700;
const CHUNK_BYTES = 1024 * 1024;

/** A folder of this process alone; disposing it removes all that is in it. */
export interface Scratch extends Disposable {
  readonly path: string;
}

/**
 * Makes the folder `path` anew: what a process that died left there is removed.
 *
 * @throws RitmaError `disk/missing` when the folder above is not there, `disk/denied` …
 */
export function makeScratch(path: string): Scratch {
  return attempt(path, () => {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, DIR_MODE);
    return scratchAt(path);
  });
}

/** The same among the temporary files of the system, under a name that nobody has. */
export function makeTemporary(): Scratch {
  const prefix = join(tmpdir(), "ritma-index-");
  return attempt(parentOf(prefix), () => scratchAt(mkdtempSync(prefix)));
}

/** Puts a symbolic link to `target` at `path`. */
export function linkTo(target: string, path: string): void {
  attempt(path, () => symlinkSync(target, path));
}

/** A regular file, opened for reading until it is disposed. */
export class LentFile implements Disposable {
  readonly path: string;
  /** To be handed on to a child process. */
  readonly fd: number;
  /** In bytes. */
  readonly size: number;

  private constructor(path: string, fd: number, size: number) {
    this.path = path;
    this.fd = fd;
    this.size = size;
  }

  /** @throws RitmaError `disk/missing`; `disk/wrong-kind` for anything else, so for a link too. */
  static open(path: string): LentFile {
    return attempt(path, () => {
      const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
      const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const stats = fstatSync(fd);
      if (stats.isFile()) return new LentFile(path, fd, stats.size);
      closeSync(fd);
      throw new RitmaError("disk/wrong-kind", `${path} is not a regular file`);
    });
  }

  /** Over all of the file, a piece in memory at a time. */
  sha256(): Uint8Array {
    return attempt(this.path, () => {
      const hasher = createHash("sha256");
      const chunk = new Uint8Array(CHUNK_BYTES);
      for (let at = 0; ;) {
        const got = readSync(this.fd, chunk, 0, chunk.length, at);
        if (got === 0) return new Uint8Array(hasher.digest());
        hasher.update(chunk.subarray(0, got));
        at += got;
      }
    });
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

function scratchAt(path: string): Scratch {
  return {
    path,
    [Symbol.dispose]() {
      attempt(path, () => rmSync(path, { recursive: true, force: true }));
    },
  };
}

function attempt<Value>(path: string, step: () => Value): Value {
  refuseUpward(path);
  try {
    return step();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw refusal(path, error);
  }
}
