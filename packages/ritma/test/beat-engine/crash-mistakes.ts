/**
 * Mistakes that the flat engine could make, put between a right one and its disk: a sync that is
 * left out, a step that comes too early or too late. Each must be found by the crash runs, or they
 * would find nothing in an engine that is wrong by itself.
 *
 * @module
 */
import {
  type Disk,
  type FileHandle,
  parentOf,
  removeAllDurably,
} from "../../src/base/disk/disk.ts";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { countingDisk } from "../../src/stores/beat/flat/counting-disk.ts";

/** Which run must find it. */
type Finder = "power" | "kills" | "eio";

interface Mistake {
  readonly wrap: (disk: SimDisk) => Disk;
  readonly found: Finder;
}

type Matches = (path: string) => boolean;

const ends =
  (end: string): Matches =>
  (path) =>
    path.endsWith(end);
const isSegment = ends(".log");
const isSegmentDraft = ends(".log.draft");
const isMetaDraft = ends("/meta.draft");
const isBranchFolder: Matches = (path) => /^branches\/[a-z]/u.test(path);

const byPower = (wrap: Mistake["wrap"]): Mistake => ({ wrap, found: "power" });

/** By what was done wrong. */
export const BEAT_MISTAKES: ReadonlyMap<string, Mistake> = new Map<string, Mistake>([
  ["a beat is acknowledged without a sync", byPower((disk) => noSync(disk, isSegment, "append"))],
  ["a beat is synced with the one behind it", byPower(lateSync)],
  ["a new segment is not synced", byPower((disk) => noSync(disk, isSegmentDraft, "create"))],
  [
    "a new segment has its name before its bytes",
    byPower((disk) => nameFirst(disk, isSegmentDraft)),
  ],
  ["the folder of the log is not synced", byPower((disk) => noFolderSync(disk, ends("_log")))],
  ["the folder of a branch is not synced", byPower((disk) => noFolderSync(disk, isBranchFolder))],
  ["bodies are not synced", byPower((disk) => noSync(disk, ends(".dat.draft"), "create"))],
  ["a table is not synced", byPower((disk) => noSync(disk, ends(".idx.draft"), "create"))],
  ["meta is not synced", byPower((disk) => noSync(disk, isMetaDraft, "create"))],
  ["meta has its name before its bytes", byPower((disk) => nameFirst(disk, isMetaDraft))],
  ["meta before the bodies that it names", byPower(metaFirst)],
  ["the log is removed before the bodies are durable", byPower(logGone)],
  ["old runs are removed before meta", byPower((disk) => metaLate(disk, ends(".dat")))],
  ["what is torn is cut off only in memory", byPower(notCut)],
  ["what is visible is taken for durable", { wrap: notCut, found: "kills" }],
  ["a failed sync is tried again and believed", { wrap: syncAgain, found: "eio" }],
]);

function noSync(disk: Disk, matches: Matches, how: "append" | "create"): Disk {
  const open = async (path: string): Promise<FileHandle> => {
    const file = await disk[how](path);
    return matches(path) ? { ...handle(file), sync: async () => {} } : file;
  };
  return { ...forward(disk), [how]: open };
}

/** The sync of one commit is done when the next one is written. */
function lateSync(disk: Disk): Disk {
  return {
    ...forward(disk),
    append: async (path) => {
      const file = await disk.append(path);
      let owed = false;
      const write = async (bytes: Uint8Array): Promise<void> => {
        if (owed) await file.sync();
        await file.write(bytes);
      };
      const sync = async (): Promise<void> => {
        owed = true;
      };
      return { ...handle(file), write, sync };
    },
  };
}

function noFolderSync(disk: Disk, matches: Matches): Disk {
  return {
    ...forward(disk),
    openDir: async (path) => {
      const dir = await disk.openDir(path);
      if (!matches(path)) return dir;
      return { sync: async () => {}, [Symbol.asyncDispose]: async () => {} };
    },
  };
}

function nameFirst(disk: Disk, matches: Matches): Disk {
  return {
    ...forward(disk),
    create: async (path) => {
      const file = await disk.create(path);
      if (!matches(path)) return file;
      const sync = async (): Promise<void> => {
        await disk.rename(path, path.replace(/\.draft$/u, ""));
        await file.sync();
      };
      return { ...handle(file), sync };
    },
    rename: async (from, to) => {
      if (!matches(from)) await disk.rename(from, to);
    },
  };
}

/** Bodies get their name when meta has its own. */
function metaFirst(disk: Disk): Disk {
  const waiting: (readonly [string, string])[] = [];
  const name = async (): Promise<void> => {
    for (const [from, to] of waiting.splice(0)) await disk.rename(from, to);
  };
  return {
    ...forward(disk),
    rename: async (from, to) => {
      if (to.endsWith(".dat")) {
        waiting.push([from, to]);
        return;
      }
      await disk.rename(from, to);
      if (isMetaDraft(from)) await name();
    },
  };
}

/** Segments that will not be needed are removed when the bodies are written, not when they last. */
function logGone(disk: SimDisk): Disk {
  const LOG = "branches/_log";
  return {
    ...forward(disk),
    create: async (path) => {
      const file = await disk.create(path);
      if (!path.endsWith(".dat.draft")) return file;
      const sync = async (): Promise<void> => {
        const segments = (await disk.list(LOG)).filter(({ name }) => isSegment(name));
        const old = segments.slice(0, -1).map(({ name }) => `${LOG}/${name}`);
        await removeAllDurably(disk, old);
        await file.sync();
      };
      return { ...handle(file), sync };
    },
    remove: async (path) => {
      if ((await disk.size(path)) !== null) await disk.remove(path);
    },
  };
}

/** Meta gets its name when the first of what it replaces is gone. */
function metaLate(disk: SimDisk, removed: Matches): Disk {
  const waiting: (readonly [string, string])[] = [];
  const name = async (): Promise<void> => {
    for (const [from, to] of waiting.splice(0)) {
      await disk.rename(from, to);
      await using dir = await disk.openDir(parentOf(to));
      await dir.sync();
    }
  };
  return {
    ...forward(disk),
    create: async (path) => {
      await name();
      return await disk.create(path);
    },
    rename: async (from, to) => {
      if (isMetaDraft(from)) waiting.push([from, to]);
      else await disk.rename(from, to);
    },
    remove: async (path) => {
      if (!removed(path)) await name();
      await disk.remove(path);
      await name();
    },
  };
}

/** The newest segment is not written again: what is behind its end stays, synced or not. */
function notCut(disk: Disk): Disk {
  return {
    ...forward(disk),
    rename: async (from, to) => {
      const isAgain = isSegmentDraft(from) && (await disk.size(to)) !== null;
      if (isAgain) await disk.remove(from);
      else await disk.rename(from, to);
    },
  };
}

function syncAgain(disk: Disk): Disk {
  return {
    ...forward(disk),
    append: async (path) => {
      let file = await disk.append(path);
      const sync = async (): Promise<void> => {
        try {
          await file.sync();
        } catch {
          file = await disk.append(path);
          await file.sync();
        }
      };
      return { ...handle(file), write: async (bytes) => await file.write(bytes), sync };
    },
  };
}

/** The same disk as a plain object, from which single calls can be replaced. */
function forward(disk: Disk): Disk {
  return countingDisk(disk, { syncs: 0 });
}

function handle(file: FileHandle): FileHandle {
  return {
    write: async (bytes) => await file.write(bytes),
    sync: async () => await file.sync(),
    close: async () => await file.close(),
    [Symbol.asyncDispose]: async () => await file[Symbol.asyncDispose](),
  };
}
