/**
 * Mistakes that a recorder could make, put between a right one and its disk: a sync that is left
 * out, a step that comes too early or too late. Each must be found by the crash runs, or they would
 * find nothing in a recorder that is wrong by itself.
 *
 * @module
 */
import { type Disk, type FileHandle, removeDurably } from "../../src/base/disk/disk.ts";
import { DATA, OUT } from "../recorder/recording.ts";

type Mistake = (disk: Disk) => Disk;

const INTENT = `${OUT}/_meta/intent.cbor`;
const CHECKPOINT_DRAFT = `${OUT}/_tlog/checkpoint.draft`;

/** By what was done wrong. */
export const MISTAKES: ReadonlyMap<string, Mistake> = new Map<string, Mistake>([
  ["no sync of a file", noFileSync],
  ["no sync of a folder", noFolderSync],
  ["a name before the bytes", nameFirst],
  ["signed before the intent", (disk) => late(disk, secondIntent(), isIn("_tlog"), "before")],
  ["checkpoint before its tiles", (disk) => late(disk, isIn("_tlog/tile"), isLog, "after")],
  ["lock after the checkpoint", (disk) => late(disk, isLock, isLog, "after")],
  ["intent gone before the checkpoint", intentGone],
  ["leftovers not cut off", (disk) => ({ ...forward(disk), truncate: async () => {} })],
]);

/** What is visible taken for durable: an intent that says the same is not written again. */
export function believing(disk: Disk): Disk {
  let newest: Uint8Array = new Uint8Array(0);
  let isSame = false;
  return {
    ...forward(disk),
    create: async (path) => {
      const file = await disk.create(path);
      if (path !== `${INTENT}.draft`) return file;
      const write = async (bytes: Uint8Array): Promise<void> => {
        newest = bytes;
        await file.write(bytes);
      };
      return { ...handle(file), write };
    },
    rename: async (from, to) => {
      isSame = to === INTENT && (await holds(disk, newest));
      if (isSame) await disk.remove(from);
      else await disk.rename(from, to);
    },
    openDir: async (path) => {
      const dir = await disk.openDir(path);
      const sync = async (): Promise<void> => {
        if (!isSame) await dir.sync();
        isSame = false;
      };
      return { sync, [Symbol.asyncDispose]: async () => await dir[Symbol.asyncDispose]() };
    },
  };
}

/** True when the intent has these bytes now. */
async function holds(disk: Disk, bytes: Uint8Array): Promise<boolean> {
  if ((await disk.size(INTENT)) === null) return false;
  return Buffer.compare(await disk.read(INTENT), bytes) === 0;
}

function noFileSync(disk: Disk): Disk {
  const append = async (path: string): Promise<FileHandle> => ({
    ...handle(await disk.append(path)),
    sync: async () => {},
  });
  return { ...forward(disk), append };
}

function noFolderSync(disk: Disk): Disk {
  return {
    ...forward(disk),
    openDir: async (path) => {
      const dir = await disk.openDir(path);
      if (!path.endsWith("/micro")) return dir;
      return { sync: async () => {}, [Symbol.asyncDispose]: async () => {} };
    },
  };
}

function nameFirst(disk: Disk): Disk {
  return {
    ...forward(disk),
    create: async (path) => {
      const file = await disk.create(path);
      if (!isIntent(path)) return file;
      const sync = async (): Promise<void> => {
        await disk.rename(path, path.replace(/\.draft$/u, ""));
        await file.sync();
      };
      return { ...handle(file), sync };
    },
    rename: async (from, to) => {
      if (!isIntent(to)) await disk.rename(from, to);
    },
  };
}

function intentGone(disk: Disk): Disk {
  return {
    ...forward(disk),
    create: async (path) => {
      if (path === CHECKPOINT_DRAFT && (await disk.size(INTENT)) !== null) {
        await removeDurably(disk, INTENT);
      }
      return await disk.create(path);
    },
  };
}

type Matches = (path: string) => boolean;

const isIn =
  (folder: string): Matches =>
  (path) =>
    path.startsWith(`${OUT}/${folder}/`);
/** The folder whose sync makes a checkpoint durable. */
const isLog: Matches = (path) => path === `${OUT}/_tlog`;
const isIntent: Matches = (path) => path.startsWith(INTENT);
const isLock: Matches = (path) => path.startsWith(`${DATA}/keys/node-log.lock`);

/** Phase 1: the second intent since there was none. */
function secondIntent(): Matches {
  let drafts = 0;
  return (path) => {
    if (path === `${INTENT}.draft`) drafts += 1;
    if (path === `${OUT}/_tlog/checkpoint.draft`) drafts = 0;
    return path.startsWith(INTENT) && drafts > 1;
  };
}

/** Keeps back what is done to some paths until something else is done. */
function late(disk: Disk, held: Matches, until: Matches, when: "before" | "after"): Disk {
  const waiting: (() => Promise<void>)[] = [];
  const release = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  return {
    ...forward(disk),
    create: async (path) => {
      if (when === "before" && until(path)) await release();
      return held(path) ? lateHandle(disk, path, waiting) : await disk.create(path);
    },
    rename: async (from, to) => {
      if (held(to)) waiting.push(async () => await disk.rename(from, to));
      else await disk.rename(from, to);
    },
    openDir: async (path) => {
      const dir = await disk.openDir(path);
      const sync = async (): Promise<void> => {
        await dir.sync();
        if (when === "after" && until(path)) await release();
      };
      return { sync, [Symbol.asyncDispose]: async () => await dir[Symbol.asyncDispose]() };
    },
  };
}

function lateHandle(disk: Disk, path: string, waiting: (() => Promise<void>)[]): FileHandle {
  let made: FileHandle | null = null;
  waiting.push(async () => {
    made = await disk.create(path);
  });
  return {
    write: async (bytes) => void waiting.push(async () => await made?.write(bytes)),
    sync: async () => void waiting.push(async () => await made?.sync()),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The same disk as a plain object, from which single calls can be replaced. */
function forward(disk: Disk): Disk {
  return {
    read: async (path, maxBytes) => await disk.read(path, maxBytes),
    readRange: async (path, offset, length) => await disk.readRange(path, offset, length),
    size: async (path) => await disk.size(path),
    space: async (path) => await disk.space(path),
    access: async (path) => await disk.access(path),
    list: async (path) => await disk.list(path),
    create: async (path) => await disk.create(path),
    append: async (path) => await disk.append(path),
    truncate: async (path, length) => await disk.truncate(path, length),
    openDir: async (path) => await disk.openDir(path),
    makeDir: async (path) => await disk.makeDir(path),
    rename: async (from, to) => await disk.rename(from, to),
    remove: async (path) => await disk.remove(path),
    removeDir: async (path) => await disk.removeDir(path),
    lock: async (dir) => await disk.lock(dir),
  };
}

function handle(file: FileHandle): FileHandle {
  return {
    write: async (bytes) => await file.write(bytes),
    sync: async () => await file.sync(),
    close: async () => await file.close(),
    [Symbol.asyncDispose]: async () => await file[Symbol.asyncDispose](),
  };
}
