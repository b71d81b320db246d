/**
 * A new file that is written in small pieces and reaches the disk in large ones, under a draft name
 * until it is whole.
 *
 * @module
 */
import { type Disk, DRAFT_SUFFIX, type FileHandle } from "../../../base/disk/disk.ts";

const BUFFER_BYTES = 256 * 1024;

export class BufferedFile implements AsyncDisposable {
  readonly path: string;
  readonly #disk: Disk;
  readonly #handle: FileHandle;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #filled = 0;
  #length = 0;

  private constructor(disk: Disk, path: string, handle: FileHandle) {
    this.#disk = disk;
    this.path = path;
    this.#handle = handle;
  }

  /** @param path the name that it gets when it is finished */
  static async create(disk: Disk, path: string): Promise<BufferedFile> {
    return new BufferedFile(disk, path, await disk.create(path + DRAFT_SUFFIX));
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** @returns null where the bytes fit: they are copied. Else they are, once it is awaited. */
  write(bytes: Uint8Array): Promise<void> | null {
    this.#length += bytes.length;
    if (this.#filled + bytes.length > BUFFER_BYTES) return this.#writeThrough(bytes);
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
    return null;
  }

  /** Durable under its draft name on return. */
  async sync(): Promise<void> {
    await this.#flush();
    await this.#handle.sync();
  }

  /** Gives it its name, which is durable once the directory was synced. */
  async publish(): Promise<void> {
    await this.#disk.rename(this.path + DRAFT_SUFFIX, this.path);
  }

  /** Removes the draft. */
  async discard(): Promise<void> {
    await this.#handle.close();
    await this.#disk.remove(this.path + DRAFT_SUFFIX);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #writeThrough(bytes: Uint8Array): Promise<void> {
    await this.#flush();
    if (bytes.length > BUFFER_BYTES) return await this.#handle.write(bytes);
    this.#buffer.set(bytes);
    this.#filled = bytes.length;
  }

  async #flush(): Promise<void> {
    if (this.#filled === 0) return;
    await this.#handle.write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
