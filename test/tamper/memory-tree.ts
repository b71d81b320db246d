/**
 * A tree of files in memory, for the verifier: what an attacker left is a Map.
 *
 * @module
 */
import { compareBytes, type FileTree, type TreeFile } from "@ritma/evidence";

/** The content of each file by its path; null for something that is not a regular file. */
export type Files = ReadonlyMap<string, Uint8Array | null>;

export function memoryTree(files: Files): FileTree {
  const list = [...files].map(([path, bytes]): TreeFile => ({
    path,
    length: bytes?.length ?? 0,
    kind: bytes === null ? "other" : "file",
  }));
  const inOrder = list.toSorted((a, b) => compareBytes(utf8(a.path), utf8(b.path)));
  return {
    list: () => Promise.resolve(inOrder),
    read: (path) => {
      const bytes = files.get(path);
      if (bytes === undefined || bytes === null) throw new TypeError(`${path} is not a file`);
      return Promise.resolve(bytes);
    },
  };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
