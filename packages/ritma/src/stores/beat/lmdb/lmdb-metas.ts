/**
 * Looks at the two meta pages of an LMDB file, before LMDB maps it: a file that is cut or whose
 * begin was overwritten kills the process that opens it.
 *
 *     page 0, page 1:   24 bytes of page header, then
 *     u32 magic   u32 version   u64 address   u64 map size   tree of free pages (48 bytes)
 *     tree of entries (48 bytes)   u64 last page   u64 transaction
 *
 * A tree begins with the size of a page (u32) and ends with its root (u64, all ones for none).
 * Commits take the two pages in turns, so their numbers follow each other; one that does not shows
 * a meta page that was changed, and LMDB would go back to the older one in silence.
 *
 * Format: version 2 as lmdb 3.5.6 writes it; little-endian.
 *
 * @module
 */

export interface Metas {
  /** Of a page. */
  readonly pageBytes: number;
  /** Pages 0 to this one are in use. */
  readonly lastPage: number;
}

const MAGIC = 0xbeef_c0de;
const VERSION = 2;
const AT = { magic: 24, version: 28, pageBytes: 48, root: 136, lastPage: 144, transaction: 152 };
const META_BYTES = 160;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;

/** How many bytes of a file `readMetas` wants to see. */
export const METAS_BYTES: number = PAGE_BYTES_MAX + META_BYTES;

/** @param bytes the begin of the file @returns null for what LMDB must not open */
export function readMetas(bytes: Uint8Array): Metas | null {
  const first = readMeta(bytes, 0);
  if (first === null) return null;
  const second = readMeta(bytes, first.pageBytes);
  if (second === null || second.pageBytes !== first.pageBytes) return null;
  const [newer, older] = first.transaction > second.transaction ? [first, second] : [second, first];
  // The numbers say which page is whose; a table that was just made or copied has used one only.
  if (newer.transaction % 2n !== (newer === first ? 0n : 1n)) return null;
  const isFresh = older.transaction === 0n && older.root === NO_ROOT;
  if (newer.transaction !== older.transaction + 1n && !isFresh) return null;
  return { pageBytes: newer.pageBytes, lastPage: Number(newer.lastPage) };
}

function readMeta(bytes: Uint8Array, page: number) {
  if (bytes.length < page + META_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + page, META_BYTES);
  if (view.getUint32(AT.magic, true) !== MAGIC) return null;
  if (view.getUint32(AT.version, true) !== VERSION) return null;
  const pageBytes = view.getUint32(AT.pageBytes, true);
  const isPower = (pageBytes & (pageBytes - 1)) === 0;
  if (!isPower || pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX) return null;
  return {
    pageBytes,
    root: view.getBigUint64(AT.root, true),
    lastPage: view.getBigUint64(AT.lastPage, true),
    transaction: view.getBigUint64(AT.transaction, true),
  };
}
