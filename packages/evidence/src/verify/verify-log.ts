/**
 * Checks the node log: checkpoint, entries, tiles.
 *
 * When the checkpoint is bad the entries are read all the same, from whatever bundles are there, so
 * that hours can still be checked and named.
 *
 * Format: spec/03-tiles.md, spec/07-node-log.md. Not here: what the entries tell, `log-story.ts`.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import { type Checkpoint, openCheckpoint } from "../proof/checkpoint.ts";
import { splitEntryBundle } from "../proof/entry-bundle.ts";
import { HASH_BYTES, leafHash, prefixRoot, treeLevels, TreeHasher } from "../proof/merkle.ts";
import { parseNote } from "../proof/note.ts";
import { entriesPath, parseTilePath, TILE_WIDTH } from "../proof/tile-path.ts";
import { expectedTiles } from "../proof/tiles.ts";
import { CHECKPOINT_PATH, LOG_FOLDER } from "../record/layout.ts";
import {
  decodeLogEntry,
  LOG_ENTRY_BYTES_MAX,
  type LogEntry,
  logOrigin,
} from "../record/log-entry.ts";
import type { KeyRecord } from "../record/store-file.ts";
import type { Reading } from "./reading.ts";
import type { StoreFacts } from "./verify-store-file.ts";

export interface IndexedEntry {
  readonly index: number;
  readonly entry: LogEntry;
}

export interface NodeLogRead {
  /** Those that could be read, in order. */
  readonly entries: readonly IndexedEntry[];
  /** How many the log has, read or not. */
  readonly size: number;
  /** The key that signed the checkpoint; null when none did. */
  readonly key: KeyRecord | null;
  /** The root over the first entries, `size` at most; null when they could not all be read. */
  readonly rootAt: (size: number) => Uint8Array | null;
}

type SignedHead = Checkpoint & { readonly key: KeyRecord };

const CHECKPOINT_BYTES_MAX = 4096;
const BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + LOG_ENTRY_BYTES_MAX);
const TILES = `${LOG_FOLDER}/tile/`;

export async function verifyLog(reading: Reading, facts: StoreFacts): Promise<NodeLogRead> {
  const head = await readCheckpoint(reading, facts);
  const size = head?.size ?? sizeOnDisk(reading);
  const raw = await readEntries(reading, size);
  const isSigned = head === null || equalBytes(rootOf(reading, raw), head.root);
  if (!isSigned) {
    const message = `the ${raw.length} entries do not hash to the signed root over ${size}`;
    reading.ledger.add("log/root", CHECKPOINT_PATH, message);
  }
  if (raw.length === size) await compareTiles(reading, raw, isSigned);
  else skipTiles(reading);
  reading.ledger.counts.logEntries = raw.length;
  const entries: IndexedEntry[] = [];
  for (const [index, bytes] of raw.entries()) {
    const where = entryPlace(index, size);
    const entry = reading.attempt("log/entry", where, () => decodeLogEntry(bytes));
    if (entry !== null) entries.push({ index, entry });
  }
  return { entries, size, key: head?.key ?? null, rootAt: rootsOf(reading, raw) };
}

/** @returns the first entry of the log, for a store whose format is not known; null without one. */
export async function readGenesis(reading: Reading): Promise<LogEntry | null> {
  const path = reading.under(`${TILES}entries/000`)[0];
  const bytes = path === undefined ? null : await reading.read(path, BUNDLE_BYTES_MAX);
  if (bytes === null) return null;
  try {
    return decodeLogEntry(splitEntryBundle(bytes)[0] ?? bytes);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/** All nodes are computed at the first question: few stores are asked one. */
function rootsOf({ primitives }: Reading, raw: readonly Uint8Array[]): NodeLogRead["rootAt"] {
  const { sha256 } = primitives;
  let levels: Uint8Array | null = null;
  return (size) => {
    if (size < 1 || size > raw.length) return null;
    levels ??= treeLevels(
      sha256,
      raw.map((entry) => leafHash(sha256, entry)),
    );
    return prefixRoot(sha256, levels, raw.length, size);
  };
}

function rootOf({ primitives }: Reading, raw: readonly Uint8Array[]): Uint8Array {
  const tree = new TreeHasher(primitives.sha256);
  for (const entry of raw) tree.push(leafHash(primitives.sha256, entry));
  return tree.root();
}

async function readCheckpoint(
  reading: Reading,
  { file, keys }: StoreFacts,
): Promise<SignedHead | null> {
  const bytes = await reading.read(CHECKPOINT_PATH, CHECKPOINT_BYTES_MAX);
  if (bytes === null) return null;
  const logKeys = keys.filter(({ role }) => role === "log");
  if (logKeys.length === 0) {
    reading.ledger.add("log/checkpoint", CHECKPOINT_PATH, "no key record allows signing it");
    return null;
  }
  reading.ledger.counts.signatures += 1;
  return reading.attempt("log/checkpoint", CHECKPOINT_PATH, () =>
    openSigned(reading, bytes, logOrigin(file.store), logKeys),
  );
}

/**
 * Signature lines of others would be bytes that nothing signs: anybody could add or change one.
 *
 * @throws FormatError unless there is one line, by one of `keys`
 */
function openSigned(
  { primitives }: Reading,
  bytes: Uint8Array,
  origin: string,
  keys: readonly KeyRecord[],
): SignedHead {
  const { length } = parseNote(bytes).signatures;
  if (length !== 1) throw new FormatError("wrong-type", 0, `${length} signatures, expected 1`);
  let fault = new FormatError("bad-signature", 0, "not signed by a log key");
  for (const key of keys) {
    try {
      return { ...openCheckpoint(primitives, bytes, origin, key.publicKey), key };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      fault = error;
    }
  }
  throw fault;
}

/** How many entries the bundles on disk seem to hold, for want of a checkpoint. */
function sizeOnDisk(reading: Reading): number {
  let size = 0;
  for (const path of reading.under(`${TILES}entries/`)) {
    const parsed = parseOrNull(path);
    if (parsed !== null) size = Math.max(size, parsed.index * TILE_WIDTH + parsed.width);
  }
  return size;
}

/** @returns null for a name that is not a bundle's; the sweep of unknown files reports it. */
function parseOrNull(path: string): { index: number; width: number } | null {
  try {
    return parseTilePath(path.slice(LOG_FOLDER.length + 1));
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

async function readEntries(reading: Reading, size: number): Promise<Uint8Array[]> {
  const raw: Uint8Array[] = [];
  for (let first = 0; first < size; first += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - first);
    const path = bundlePath(first, size);
    const bytes = await reading.read(path, BUNDLE_BYTES_MAX);
    if (bytes === null) return raw;
    const bundle = reading.attempt("log/tile", path, () => splitEntryBundle(bytes));
    if (bundle === null) return raw;
    raw.push(...bundle);
    if (bundle.length !== width) {
      reading.ledger.add("log/tile", path, `${bundle.length} entries, ${width} belong there`);
      return raw;
    }
  }
  return raw;
}

function bundlePath(index: number, size: number): string {
  const first = index - (index % TILE_WIDTH);
  return `${LOG_FOLDER}/${entriesPath(first / TILE_WIDTH, Math.min(TILE_WIDTH, size - first))}`;
}

function entryPlace(index: number, size: number): string {
  return `${bundlePath(index, size)}#${index}`;
}

/** Every tile is compared whole with what the entries give: none is believed. */
async function compareTiles(
  reading: Reading,
  raw: readonly Uint8Array[],
  isSigned: boolean,
): Promise<void> {
  for (const [name, expected] of expectedTiles(reading.primitives.sha256, raw)) {
    const path = `${LOG_FOLDER}/${name}`;
    const bytes = await reading.read(path);
    if (bytes === null || equalBytes(bytes, expected)) continue;
    reading.ledger.add("log/tile", path, "is not what the entries of the log hash to");
    if (isSigned || !name.startsWith("tile/0/") || bytes.length !== expected.length) continue;
    // The entries are not the signed ones, so perhaps this tile is, and shows which one differs.
    const index = parseTilePath(name).index * TILE_WIDTH + firstHash(bytes, expected);
    reading.ledger.add("log/entry", entryPlace(index, raw.length), "differs from its tile");
  }
}

function firstHash(a: Uint8Array, b: Uint8Array): number {
  return Math.floor(a.findIndex((byte, at) => byte !== b[at]) / HASH_BYTES);
}

/** Without all entries nobody can say what the tiles must hold. */
function skipTiles(reading: Reading): void {
  for (const path of reading.under(TILES)) if (parseOrNull(path) !== null) reading.name(path);
  reading.ledger.notChecked.push(`${TILES}: tiles, for want of all entries`);
}
