/**
 * An append-only Merkle log as a directory of tiles (C2SP tlog-tiles).
 *
 * A tile of level L holds 256 nodes of level 8L of the tree (`merkle.ts`); a full one becomes one
 * hash of level L+1. Only the last tile of a level can be partial. So the whole state of a writer
 * is the right edge: at most 255 hashes a level, and the entries of the last bundle.
 *
 * Invariant: a full file never changes. A partial one is replaced by one with a longer name.
 *
 * Not here: the disk. `takeFiles` says what to write, in an order in which a crash between two
 * files leaves no tile without what it was made from; the checkpoint comes after all of them.
 *
 * Format: spec/03-tiles.md. Vectors: spec/vectors/tiles.json.
 *
 * @module
 */
import { concatBytes, equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import type { Sha256 } from "../primitives.ts";
import { EntryBundle, splitEntryBundle } from "./entry-bundle.ts";
import { emptyRoot, HASH_BYTES, leafHash, TreeHasher } from "./merkle.ts";
import { entriesPath, TILE_WIDTH, tilePath } from "./tile-path.ts";

export interface LogFile {
  /** Relative to the log's directory. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** True for one that a later file replaces. */
  readonly partial: boolean;
}

/** @returns the bytes of a file of the log, by its path; throws as it likes when there is none. */
export type ReadLogFile = (path: string) => Uint8Array;

export class TileLog {
  readonly #sha256: Sha256;
  /** The unfinished tile of each level, level 0 first. */
  readonly #edge: EdgeTile[] = [];
  readonly #bundle = new EntryBundle();
  #size = 0;
  /** The size at the last `takeFiles`; the files of that size are the caller's already. */
  #takenSize = 0;
  /** Finished since then. */
  #fullBundles: LogFile[] = [];
  #fullTiles: { readonly level: number; readonly file: LogFile }[] = [];

  private constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  static empty(sha256: Sha256): TileLog {
    return new TileLog(sha256);
  }

  /**
   * The log of `size` entries, from its files: the partial tiles and bundle, and the last full tile
   * of each level, which must be what the level above says.
   *
   * This proves that the edge agrees with itself. That it is the right one, the caller learns by
   * comparing `root` with a signed checkpoint.
   *
   * @throws FormatError when a file has the wrong length or the levels disagree, and whatever
   * `read` throws.
   */
  static fromEdge(sha256: Sha256, size: number, read: ReadLogFile): TileLog {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`no log of size ${size}`);
    const log = new TileLog(sha256);
    log.#readBundle(size, read);
    let below: Uint8Array | null = null;
    for (
      let level = 0, count = size;
      count > 0;
      level += 1, count = Math.floor(count / TILE_WIDTH)
    ) {
      below = log.#readEdge(level, count, below, read);
    }
    log.#size = size;
    log.#takenSize = size;
    return log;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Copies `entry`.
   *
   * @returns its index. @throws RangeError above 65,535 bytes; nothing is appended then.
   */
  append(entry: Uint8Array): number {
    this.#bundle.push(entry);
    const index = this.#size;
    this.#size += 1;
    if (this.#size % TILE_WIDTH === 0) {
      const path = entriesPath(Math.floor(index / TILE_WIDTH));
      this.#fullBundles.push({ path, bytes: this.#bundle.bytes(), partial: false });
      this.#bundle.reset();
    }
    this.#pushHash(0, leafHash(this.#sha256, entry));
    return index;
  }

  /** Of all entries so far. */
  root(): Uint8Array {
    let root: Uint8Array | null = null;
    for (const tile of this.#edge) root = tile.hasher.rootBefore(root);
    return root ?? emptyRoot(this.#sha256);
  }

  /**
   * Every file that is new since the last call (or since `fromEdge`): full ones, and the partial
   * ones of the present size. Bundles first, then tiles from low to high levels.
   */
  takeFiles(): LogFile[] {
    const bundles = this.#fullBundles;
    const tiles = this.#fullTiles;
    this.#fullBundles = [];
    this.#fullTiles = [];
    const taken = new Set(partialPaths(this.#takenSize));
    if (this.#size % TILE_WIDTH !== 0) {
      const path = entriesPath(Math.floor(this.#size / TILE_WIDTH), this.#size % TILE_WIDTH);
      if (!taken.has(path)) bundles.push({ path, bytes: this.#bundle.bytes(), partial: true });
    }
    for (const [level, tile] of this.#edge.entries()) {
      if (tile.width === 0) continue;
      const path = tilePath(level, tile.index, tile.width);
      if (taken.has(path)) continue;
      tiles.push({ level, file: { path, bytes: tile.bytes(), partial: true } });
    }
    this.#takenSize = this.#size;
    const inOrder = tiles.toSorted((a, b) => a.level - b.level);
    return [...bundles, ...inOrder.map(({ file }) => file)];
  }

  /**
   * The partial files of a checkpoint at `previousSize` that one at the present size does not need.
   * They may be deleted once the newer checkpoint is durable.
   */
  obsoletePartials(previousSize: number): string[] {
    const present = new Set(partialPaths(this.#size));
    return partialPaths(previousSize).filter((path) => !present.has(path));
  }

  #pushHash(level: number, hash: Uint8Array): void {
    const tile = (this.#edge[level] ??= new EdgeTile(this.#sha256, 0));
    tile.push(hash);
    if (tile.width < TILE_WIDTH) return;
    const path = tilePath(level, tile.index);
    this.#fullTiles.push({ level, file: { path, bytes: tile.bytes(), partial: false } });
    this.#edge[level] = new EdgeTile(this.#sha256, tile.index + 1);
    this.#pushHash(level + 1, tile.hasher.root());
  }

  /** Puts the partial bundle of a log of `size` entries, and the leaf hashes it gives, in place. */
  #readBundle(size: number, read: ReadLogFile): void {
    const index = Math.floor(size / TILE_WIDTH);
    this.#edge.push(new EdgeTile(this.#sha256, index));
    const width = size % TILE_WIDTH;
    if (width === 0) return;
    const path = entriesPath(index, width);
    const entries = splitEntryBundle(read(path));
    if (entries.length !== width) {
      fail(`${path} holds ${entries.length} entries`);
    }
    for (const entry of entries) {
      this.#bundle.push(entry);
      this.#pushHash(0, leafHash(this.#sha256, entry));
    }
  }

  /**
   * Puts the partial tile of a level of `count` hashes in place, and checks that the last of them
   * is `below`, the root of the last full tile one level down.
   *
   * @returns the root of this level's last full tile, or null when none is full.
   */
  #readEdge(
    level: number,
    count: number,
    below: Uint8Array | null,
    read: ReadLogFile,
  ): Uint8Array | null {
    const index = Math.floor(count / TILE_WIDTH);
    const width = count % TILE_WIDTH;
    const partial = width === 0 ? [] : readHashes(read, tilePath(level, index, width), width);
    if (level === 0) this.#compareLeaves(partial);
    else this.#edge.push(EdgeTile.of(this.#sha256, index, partial));
    const full = index === 0 ? [] : readHashes(read, tilePath(level, index - 1), TILE_WIDTH);
    const last = partial.at(-1) ?? full.at(-1);
    if (below !== null && (last === undefined || !equalBytes(last, below))) {
      fail(`the last full tile of level ${level - 1} is not what level ${level} says`);
    }
    return index === 0 ? null : EdgeTile.of(this.#sha256, index - 1, full).hasher.root();
  }

  #compareLeaves(partial: readonly Uint8Array[]): void {
    const computed = this.#edge[0]?.bytes() ?? new Uint8Array(0);
    if (!equalBytes(computed, concatBytes(...partial))) {
      fail("the last entries do not hash to the last tile of level 0");
    }
  }
}

/** Every file of the log of `entries`, the partial ones of that size included, by path. */
export function expectedTiles(
  sha256: Sha256,
  entries: readonly Uint8Array[],
): Map<string, Uint8Array> {
  const log = TileLog.empty(sha256);
  for (const entry of entries) log.append(entry);
  return new Map(log.takeFiles().map(({ path, bytes }) => [path, bytes]));
}

/** The tile at the right edge of a level, while it is filled. */
class EdgeTile {
  readonly index: number;
  readonly hasher: TreeHasher;
  readonly #hashes = new Uint8Array(TILE_WIDTH * HASH_BYTES);

  constructor(sha256: Sha256, index: number) {
    this.index = index;
    this.hasher = new TreeHasher(sha256);
  }

  static of(sha256: Sha256, index: number, hashes: readonly Uint8Array[]): EdgeTile {
    const tile = new EdgeTile(sha256, index);
    for (const hash of hashes) tile.push(hash);
    return tile;
  }

  get width(): number {
    return this.hasher.size;
  }

  push(hash: Uint8Array): void {
    this.#hashes.set(hash, this.width * HASH_BYTES);
    this.hasher.push(hash);
  }

  bytes(): Uint8Array {
    return this.#hashes.slice(0, this.width * HASH_BYTES);
  }
}

/** Names of the partial files of a log of `size` entries. */
function partialPaths(size: number): string[] {
  const paths: string[] = [];
  if (size % TILE_WIDTH !== 0) {
    paths.push(entriesPath(Math.floor(size / TILE_WIDTH), size % TILE_WIDTH));
  }
  for (let level = 0, count = size; count > 0; level += 1) {
    const index = Math.floor(count / TILE_WIDTH);
    if (count % TILE_WIDTH !== 0) paths.push(tilePath(level, index, count % TILE_WIDTH));
    count = index;
  }
  return paths;
}

function readHashes(read: ReadLogFile, path: string, width: number): Uint8Array[] {
  const bytes = read(path);
  if (bytes.length !== width * HASH_BYTES) fail(`${path} has ${bytes.length} bytes`);
  return Array.from({ length: width }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

function fail(message: string): never {
  throw new FormatError("wrong-type", 0, message);
}
