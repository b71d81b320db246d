/**
 * What the verifier reads: a tree of files, nothing more.
 *
 * An implementation never follows links, never writes, and gives the same answer for the same file
 * for as long as a verification runs.
 *
 * @module
 */

export interface TreeFile {
  /** Relative to the root of the tree, with "/". */
  readonly path: string;
  /** Bytes. */
  readonly length: number;
  /** "other" is a link, a device, a socket: nothing that belongs in a store. */
  readonly kind: "file" | "other";
}

export interface FileTree {
  /** Everything that is not a folder, in bytewise order of path. */
  list(): Promise<readonly TreeFile[]>;
  /** The whole content of a regular file that `list` named. */
  read(path: string): Promise<Uint8Array>;
}
