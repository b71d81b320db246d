/**
 * Reads the files of a store for the verifier and remembers which ones something named.
 *
 * Invariant: a file's content is used only after what named it (a digest, a signature, a tree) was
 * compared with it; the one who reads says how.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { toHex } from "../bytes/hex.ts";
import { FormatError } from "../error.ts";
import type { Primitives } from "../primitives.ts";
import { DRAFT_SUFFIX } from "../record/layout.ts";
import type { FileTree, TreeFile } from "./file-tree.ts";
import type { FindingCode } from "./finding-code.ts";
import { Ledger } from "./report.ts";

/** No file that is not a block or a generation log is larger. */
const SMALL_BYTES_MAX = 64 * 1024 * 1024;

export class Reading {
  readonly primitives: Primitives;
  readonly ledger = new Ledger();
  readonly #tree: FileTree;
  readonly #files: ReadonlyMap<string, TreeFile>;
  /** Every folder that a file lies in or below. */
  readonly #folders = new Set<string>();
  readonly #named = new Set<string>();
  /** Folders whose files nobody could name, because what names them is damaged. */
  readonly #excused = new Set<string>();

  private constructor(primitives: Primitives, tree: FileTree, files: readonly TreeFile[]) {
    this.primitives = primitives;
    this.#tree = tree;
    this.#files = new Map(files.map((file) => [file.path, file]));
    for (const { path } of files) {
      let folder = folderOf(path);
      while (folder !== "" && !this.#folders.has(folder)) {
        this.#folders.add(folder);
        folder = folderOf(folder);
      }
    }
  }

  static async of(primitives: Primitives, tree: FileTree): Promise<Reading> {
    const files = await tree.list();
    const reading = new Reading(primitives, tree, files);
    for (const { path, kind, length } of files) {
      reading.ledger.counts.files += 1;
      reading.ledger.counts.bytes += length;
      if (kind === "file") continue;
      reading.ledger.add("file/kind", path, "not a regular file");
      reading.#named.add(path);
    }
    return reading;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** True when anything lies in or below `folder`. */
  hasFolder(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** Says that `path` may be there, without reading it. */
  name(path: string): void {
    this.#named.add(path);
  }

  /** Says that what names the files of `folder` is damaged, so none of them is to blame. */
  excuse(folder: string): void {
    this.#excused.add(folder);
  }

  /** Paths that nothing named so far, leftover drafts apart. */
  unnamed(): string[] {
    return [...this.#files.keys()].filter(
      (path) =>
        !this.#named.has(path) &&
        !path.endsWith(DRAFT_SUFFIX) &&
        !this.#excused.has(folderOf(path)),
    );
  }

  /** Paths that begin with `prefix`. */
  under(prefix: string): string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(prefix));
  }

  drafts(): string[] {
    return [...this.#files.keys()].filter((path) => path.endsWith(DRAFT_SUFFIX));
  }

  length(path: string): number | null {
    return this.#files.get(path)?.length ?? null;
  }

  /** Names and reads a file. @returns null, with a finding, when it is not there or too large. */
  async read(path: string, bytesMax = SMALL_BYTES_MAX): Promise<Uint8Array | null> {
    this.#named.add(path);
    const file = this.#files.get(path);
    if (file === undefined) {
      this.ledger.add("file/missing", path, "sealed, and not there");
      return null;
    }
    if (file.kind !== "file") return null;
    if (file.length > bytesMax) {
      this.ledger.add(
        "file/digest",
        path,
        `${file.length} bytes, at most ${bytesMax} can be right`,
      );
      return null;
    }
    return await this.#tree.read(path);
  }

  /** Reads a file without naming it or reporting anything. @returns null when that cannot be. */
  async peek(path: string): Promise<Uint8Array | null> {
    const file = this.#files.get(path);
    if (file?.kind !== "file" || file.length > SMALL_BYTES_MAX) return null;
    return await this.#tree.read(path);
  }

  /** Reads a file of sealed length and digest. @returns null, with a finding, when it differs. */
  async readSealed(
    path: string,
    length: number,
    sha256: Uint8Array,
    code: FindingCode = "file/digest",
  ): Promise<Uint8Array | null> {
    const found = this.length(path);
    if (found !== null && found !== length) {
      this.#named.add(path);
      this.ledger.add(code, path, `${found} bytes, sealed were ${length}`);
      return null;
    }
    const bytes = await this.read(path, length);
    if (bytes === null || equalBytes(this.primitives.sha256(bytes), sha256)) return bytes;
    this.ledger.add(code, path, `its digest is not ${toHex(sha256.subarray(0, 4))}…`);
    return null;
  }

  /** Runs a decoder; bytes that it refuses become a finding. */
  attempt<Value>(code: FindingCode, where: string, decode: () => Value): Value | null {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.ledger.add(code, where, error.message);
      return null;
    }
  }
}

/** @returns "" for a path without a slash. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
