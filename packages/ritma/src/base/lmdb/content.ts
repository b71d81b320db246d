/**
 * What is compared when a table is built again: all keys and values in order, before packing, so
 * neither LMDB's way with a file nor a version of zstd matters.
 *
 *     SHA-256 over, for each entry: u32be length of the key, key, u32be length of the value, value
 *
 * Format: spec/15-names.md and spec/23-lineage.md, "Equal content".
 *
 * @module
 */
import { createHash } from "node:crypto";

export class ContentHasher {
  readonly #hasher = createHash("sha256");

  add(key: Uint8Array, value: Uint8Array): void {
    for (const bytes of [key, value]) {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      this.#hasher.update(length).update(bytes);
    }
  }

  digest(): Uint8Array {
    return new Uint8Array(this.#hasher.digest());
  }
}
