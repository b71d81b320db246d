/**
 * Reads the files of a sealed store for whoever must not believe them yet.
 *
 * Invariant: whatever does not fit becomes `store/damaged` and names the file. A file that is
 * sealed and not there, or is a link, is damage as well; a disk that fails stays an error of the
 * disk.
 *
 * @module
 */
import { equalBytes, FormatError, toHex } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { absentStore } from "./absent-store.ts";

/** No file is larger, blocks and generation logs apart. */
const SMALL_BYTES_MAX = 64 * 1024 * 1024;

export class StoreFiles {
  readonly primitives: NodePrimitives;
  /** The evidence store: paths below are relative to it. */
  readonly out: string;
  readonly #disk: Disk;

  constructor(disk: Disk, primitives: NodePrimitives, out: string) {
    this.#disk = disk;
    this.primitives = primitives;
    this.out = out;
  }

  /** @throws RitmaError `store/damaged`, and of the disk */
  async read(path: string, bytesMax: number = SMALL_BYTES_MAX): Promise<Uint8Array> {
    return await this.#guarded(path, this.#disk.read(`${this.out}/${path}`, bytesMax));
  }

  /** The same, null when nothing is there. */
  async readIfThere(path: string, bytesMax: number = SMALL_BYTES_MAX): Promise<Uint8Array | null> {
    try {
      return await this.#disk.read(`${this.out}/${path}`, bytesMax);
    } catch (error) {
      if (error instanceof RitmaError && error.code === "disk/missing") return null;
      throw this.#translated(path, error);
    }
  }

  async has(path: string): Promise<boolean> {
    return (await this.length(path)) !== null;
  }

  /** @returns null when nothing is there */
  async length(path: string): Promise<number | null> {
    return await this.#disk.size(`${this.out}/${path}`);
  }

  /** Reads a file whose length and digest were sealed. @throws RitmaError `store/damaged` */
  async readSealed(path: string, length: number, sha256: Uint8Array): Promise<Uint8Array> {
    const bytes = await this.read(path, length);
    if (bytes.length !== length) {
      throw this.damaged(path, `${bytes.length} bytes, sealed were ${length}`);
    }
    return this.#digested(path, bytes, sha256);
  }

  /** The same for a piece of a file that may have grown since. */
  async readSealedPiece(
    path: string,
    offset: number,
    length: number,
    sha256: Uint8Array,
  ): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const whole = this.#disk.readRange(`${this.out}/${path}`, offset, length);
    return this.#digested(path, await this.#guarded(path, whole), sha256);
  }

  /** Runs a decoder over the bytes of `path`. @throws RitmaError `store/damaged` */
  decode<Value>(path: string, decode: () => Value): Value {
    try {
      return decode();
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      throw this.damaged(path, cause.message, cause);
    }
  }

  /** What is said for want of the store's own file. */
  async absent(): Promise<RitmaError> {
    return await absentStore(this.#disk, this.out);
  }

  damaged(path: string, message: string, cause?: unknown): RitmaError {
    return new RitmaError("store/damaged", `${this.out}/${path}: ${message}`, { cause });
  }

  #digested(path: string, bytes: Uint8Array, sha256: Uint8Array): Uint8Array {
    if (equalBytes(this.primitives.sha256(bytes), sha256)) return bytes;
    const wanted = toHex(sha256.subarray(0, 4));
    throw this.damaged(path, `is not what was sealed: its digest is not ${wanted}…`);
  }

  async #guarded(path: string, reading: Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      return await reading;
    } catch (error) {
      throw this.#translated(path, error);
    }
  }

  #translated(path: string, error: unknown): unknown {
    if (!(error instanceof RitmaError)) return error;
    if (error.code === "disk/missing") return this.damaged(path, "sealed, and not there", error);
    const isWrong = error.code === "disk/too-large" || error.code === "disk/wrong-kind";
    return isWrong ? this.damaged(path, error.message, error) : error;
  }
}
