/**
 * A record: the smallest thing that a beat puts, and what every engine stores.
 *
 * An engine is an ordered map from record keys to record bodies, one map for each branch. It never
 * looks into a body; the codecs of bodies are siblings of this file.
 *
 * Keys sort by their bytes, and that is the order in which everything is scanned:
 *
 *     type | name 00 | name 00 | ... | 00 | suffix
 *
 * The names are the cell's path from the root of its branch. An empty name ends the path, so that
 * the suffix (an ordinal, a page, a revision) can hold any bytes, and a path's prefix finds all
 * that is below it.
 *
 * Format: spec/16-beat-frame.md, "Records".
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError, utf8Length } from "@ritma/evidence";

/** Append-only: the numbers are on disk. */
export const RECORD_TYPES = {
  cell: 0x01,
  chunk: 0x02,
  manifest: 0x03,
  order: 0x04,
  name: 0x05,
  payloadHistory: 0x06,
  manifestHistory: 0x07,
} as const;

export type RecordKind = keyof typeof RECORD_TYPES;

const KINDS: readonly RecordKind[] = [
  "cell",
  "chunk",
  "manifest",
  "order",
  "name",
  "payloadHistory",
  "manifestHistory",
];

export interface BeatRecord {
  /** Its first byte is the type. At most RECORD_KEY_BYTES_MAX. */
  readonly key: Uint8Array;
  readonly body: Uint8Array;
}

/** UTF-8, 1 to 255 bytes each, without NUL. */
export type CellPath = readonly string[];

const NAME_BYTES_MAX = 255;
const NAMES_MAX = 32;

/** @throws RangeError for a path that cannot be a cell's: the caller checks what users type */
export function recordKey(kind: RecordKind, path: CellPath, suffix?: Uint8Array): Uint8Array {
  const suffixBytes = suffix?.length ?? 0;
  const key = new Uint8Array(prefixLength(path) + 1 + suffixBytes);
  writePrefix(key, kind, path);
  if (suffix !== undefined) key.set(suffix, key.length - suffixBytes);
  return key;
}

/** @returns what the keys of the cell and of all cells below it begin with. */
export function recordPrefix(kind: RecordKind, path: CellPath): Uint8Array {
  const prefix = new Uint8Array(prefixLength(path));
  writePrefix(prefix, kind, path);
  return prefix;
}

function prefixLength(path: CellPath): number {
  if (path.length > NAMES_MAX) throw new RangeError(`a path of ${path.length} names`);
  let length = 1;
  for (const name of path) {
    const bytes = utf8Length(name);
    if (bytes === 0 || bytes > NAME_BYTES_MAX || name.includes("\0")) {
      throw new RangeError(`"${name}" cannot be a cell's name`);
    }
    length += bytes + 1;
  }
  return length;
}

function writePrefix(target: Uint8Array, kind: RecordKind, path: CellPath): void {
  target[0] = RECORD_TYPES[kind];
  let at = 1;
  for (const name of path) {
    const bytes = encodeUtf8(name);
    target.set(bytes, at);
    at += bytes.length + 1;
  }
}

/** @throws FormatError for bytes that `recordKey` would not make */
export function parseRecordKey(key: Uint8Array): {
  readonly kind: RecordKind;
  readonly path: CellPath;
  readonly suffix: Uint8Array;
} {
  const kind = kindOf(key[0]);
  const path: string[] = [];
  for (let at = 1; ;) {
    const end = key.indexOf(0, at);
    if (end === -1) throw new FormatError("truncated", at, "a key without the end of its path");
    if (end === at) return { kind, path, suffix: key.slice(end + 1) };
    if (end - at > NAME_BYTES_MAX || path.length === NAMES_MAX) {
      throw new FormatError("out-of-range", at, "a record key with too long a path");
    }
    path.push(decodeUtf8(key, at, end));
    at = end + 1;
  }
}

function kindOf(type: number | undefined): RecordKind {
  const kind = KINDS.find((name) => RECORD_TYPES[name] === type);
  if (kind !== undefined) return kind;
  throw new FormatError("out-of-range", 0, `unknown record type ${type ?? "(none)"}`);
}
