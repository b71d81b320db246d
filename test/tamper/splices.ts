/**
 * Genuine files in the wrong place: from another store, from another hour, from an earlier time.
 *
 * @module
 */
import type { Files } from "./memory-tree.ts";
import type { Mutation } from "./mutation.ts";
import { sameBytes } from "./structural.ts";

const HOUR = /^windows\/\d{4}\/\d\d\/\d\d\/\d\d(?:-\d+)?/u;

/** Each file replaced by the one of the same name from `others`, where they differ. */
export function* splicesFrom(files: Files, others: Files, from: string): Generator<Mutation> {
  for (const [path, bytes] of files) {
    const other = others.get(path);
    if (bytes === null || other === undefined || other === null) continue;
    if (sameBytes(bytes, other)) continue;
    yield {
      name: `${path} from ${from}`,
      files: new Map(files).set(path, other),
      changed: [path],
    };
  }
}

/** Each file of an hour put in the place of the one of the same name in every other hour. */
export function* splicesBetweenHours(files: Files): Generator<Mutation> {
  const folders = hourFolders(files);
  for (const [path, bytes] of files) {
    const folder = HOUR.exec(path)?.[0];
    if (folder === undefined || bytes === null) continue;
    for (const other of folders) {
      const target = `${other}${path.slice(folder.length)}`;
      const there = files.get(target);
      if (there === undefined || there === null || sameBytes(there, bytes)) continue;
      yield {
        name: `${path} in place of ${target}`,
        files: new Map(files).set(target, bytes),
        changed: [target],
      };
    }
  }
}

/** Whole hours exchanged: each file of both in the other's folder. */
export function* swappedHours(files: Files): Generator<Mutation> {
  const folders = hourFolders(files);
  for (const [at, folder] of folders.entries()) {
    for (const other of folders.slice(at + 1)) {
      const swapped = new Map<string, Uint8Array | null>();
      for (const [path, bytes] of files) {
        const here = HOUR.exec(path)?.[0];
        const to = here === folder ? other : here === other ? folder : here;
        swapped.set(`${to ?? ""}${path.slice(here?.length ?? 0)}`, bytes);
      }
      yield {
        name: `exchange ${folder} and ${other}`,
        files: swapped,
        changed: [`${folder}/hour_header.cbor`, `${other}/hour_header.cbor`],
      };
    }
  }
}

export function hourFolders(files: Files): string[] {
  const folders = [...files.keys()].flatMap((path) => HOUR.exec(path)?.[0] ?? []);
  return [...new Set(folders)];
}
