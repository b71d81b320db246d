/**
 * `cas/manifest.bin`: which blobs of a branch's cache are durable, and how long each is.
 *
 *     manifest := "RITMACS1" entry*
 *     entry    := digest[32]  length u64le  zero u32  crc u32le      crc-32c of the 44 bytes before
 *
 * It only grows, an entry at a time, each written when its blob is durable. So an entry that is
 * whole can be believed, whatever a crash did to those behind it; one that is not whole says
 * nothing, and its blob is looked at again when it is next needed. The manifest is derived: without
 * it every blob is still found under its name.
 *
 * Format: spec/20-branch-bundle.md, "Blobs".
 *
 * @module
 */
import { crc32c, equalBytes, toHex } from "@ritma/evidence";

export interface ManifestEntry {
  /** BLAKE3-256 of the blob's bytes. */
  readonly digest: Uint8Array;
  /** Bytes of the blob. */
  readonly length: number;
}

export interface ReadManifest {
  /** Length by digest, in hex. */
  readonly lengths: Map<string, number>;
  /** Up to which all is whole; what follows is to be cut off. 0 when not even the magic is. */
  readonly wholeBytes: number;
}

const MAGIC = Uint8Array.of(0x52, 0x49, 0x54, 0x4d, 0x41, 0x43, 0x53, 0x31);
const DIGEST_BYTES = 32;
const LENGTH_AT = DIGEST_BYTES;
const CRC_AT = 44;
export const MANIFEST_ENTRY_BYTES = 48;

/** What a manifest begins with, then the entries. */
export function encodeManifest(entries: readonly ManifestEntry[]): Uint8Array {
  const bytes = new Uint8Array(MAGIC.length + entries.length * MANIFEST_ENTRY_BYTES);
  bytes.set(MAGIC);
  for (const [index, entry] of entries.entries()) {
    bytes.set(encodeManifestEntry(entry), MAGIC.length + index * MANIFEST_ENTRY_BYTES);
  }
  return bytes;
}

export function encodeManifestEntry({ digest, length }: ManifestEntry): Uint8Array {
  const bytes = new Uint8Array(MANIFEST_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(digest);
  view.setBigUint64(LENGTH_AT, BigInt(length), true);
  view.setUint32(CRC_AT, crc32c(bytes.subarray(0, CRC_AT)), true);
  return bytes;
}

/** Reads what can be believed, up to the first entry that is not whole. Never throws. */
export function readManifest(bytes: Uint8Array): ReadManifest {
  const lengths = new Map<string, number>();
  const isOurs = equalBytes(bytes.subarray(0, MAGIC.length), MAGIC);
  if (!isOurs) return { lengths, wholeBytes: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = MAGIC.length;
  for (; at + MANIFEST_ENTRY_BYTES <= bytes.length; at += MANIFEST_ENTRY_BYTES) {
    const checked = bytes.subarray(at, at + CRC_AT);
    if (crc32c(checked) !== view.getUint32(at + CRC_AT, true)) break;
    const length = Number(view.getBigUint64(at + LENGTH_AT, true));
    if (!Number.isSafeInteger(length) || view.getUint32(at + CRC_AT - 4, true) !== 0) break;
    lengths.set(toHex(bytes.subarray(at, at + DIGEST_BYTES)), length);
  }
  return { lengths, wholeBytes: at };
}
