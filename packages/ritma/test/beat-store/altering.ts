/**
 * Changes files behind a store's back, and disks that do not do what they say.
 *
 * @module
 */
import type { Disk, FileHandle } from "../../src/base/disk/disk.ts";

export async function overwrite(
  disk: Disk,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const bytes = change(await disk.read(path));
  await disk.truncate(path, 0);
  await using file = await disk.append(path);
  await file.write(bytes);
  await file.sync();
}

/** A disk that syncs no file whose path is chosen. */
export function withoutSyncs(disk: Disk, isChosen: (path: string) => boolean): Disk {
  return altered(disk, {
    create: async (path) => {
      const file = await disk.create(path);
      return isChosen(path) ? withoutSync(file) : file;
    },
  });
}

/** A disk with some of its calls exchanged. */
export function altered(disk: Disk, change: Partial<Disk>): Disk {
  return new Proxy(disk, {
    get: (target, name) => {
      const from = name in change ? change : target;
      const found: unknown = Reflect.get(from, name);
      return typeof found === "function" ? found.bind(from) : found;
    },
  });
}

function withoutSync(file: FileHandle): FileHandle {
  return {
    write: async (bytes) => await file.write(bytes),
    sync: async () => {},
    close: async () => await file.close(),
    [Symbol.asyncDispose]: async () => await file.close(),
  };
}
