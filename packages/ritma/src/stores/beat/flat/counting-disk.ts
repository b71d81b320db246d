/**
 * A disk that counts its syncs: what a beat costs.
 *
 * @module
 */
import type { DirHandle, Disk, FileHandle } from "../../../base/disk/disk.ts";

export interface SyncCount {
  syncs: number;
}

export function countingDisk(disk: Disk, count: SyncCount): Disk {
  const counted = (handle: FileHandle): FileHandle => ({
    write: (bytes) => handle.write(bytes),
    sync: () => {
      count.syncs += 1;
      return handle.sync();
    },
    close: () => handle.close(),
    [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
  });
  const countedDir = (dir: DirHandle): DirHandle => ({
    sync: () => {
      count.syncs += 1;
      return dir.sync();
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  });
  return {
    read: (path, maxBytes) => disk.read(path, maxBytes),
    readRange: (path, offset, length) => disk.readRange(path, offset, length),
    size: (path) => disk.size(path),
    space: (path) => disk.space(path),
    access: (path) => disk.access(path),
    list: (path) => disk.list(path),
    create: async (path) => counted(await disk.create(path)),
    append: async (path) => counted(await disk.append(path)),
    truncate: (path, length) => {
      count.syncs += 1;
      return disk.truncate(path, length);
    },
    openDir: async (path) => countedDir(await disk.openDir(path)),
    // Syncs only the first time; then it is a look.
    makeDir: (path) => disk.makeDir(path),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    removeDir: (path) => disk.removeDir(path),
    lock: (path) => disk.lock(path),
  };
}
