/**
 * The node log on disk: read whole and checked at open, appended batch by batch.
 *
 * The lock in `keys/` holds the newest (size, root) that was signed. It is never part of a backup:
 * a store that was rolled back to an older checkpoint is caught here before anything is signed that
 * contradicts what was signed before.
 *
 * Format: spec/03-tiles.md, spec/07-node-log.md.
 *
 * @module
 */
import {
  CborReader,
  CborWriter,
  CHECKPOINT_PATH,
  entriesPath,
  equalBytes,
  FormatError,
  LOG_FOLDER,
  logOrigin,
  openCheckpoint,
  signCheckpoint,
  splitEntryBundle,
  TileLog,
} from "@ritma/evidence";
import { type Disk, removeDurably, writeAllDurably, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";

const BUNDLE = 256;
const ROOT_BYTES = 32;
const CHECKPOINT_BYTES_MAX = 4096;
const LOCK_BYTES_MAX = 256;

export interface NodeLogPlace {
  readonly disk: Disk;
  /** The evidence store. */
  readonly out: string;
  /** File of the lock, in the keystore. */
  readonly lockPath: string;
  readonly store: Uint8Array;
  readonly primitives: NodePrimitives;
  readonly key: Signer;
}

export class NodeLog {
  readonly #place: NodeLogPlace;
  readonly #log: TileLog;
  /** Size at the newest checkpoint whose older partial files are gone. */
  #published: number;

  private constructor(place: NodeLogPlace, log: TileLog) {
    this.#place = place;
    this.#log = log;
    this.#published = log.size;
  }

  get size(): number {
    return this.#log.size;
  }

  /** @throws RitmaError `store/damaged` when the store is older than what this node has signed. */
  async checkNotRolledBack(): Promise<void> {
    await checkLock(this.#place, this.#log.size, this.#log.root());
  }

  static empty(place: NodeLogPlace): NodeLog {
    return new NodeLog(place, TileLog.empty(place.primitives.sha256));
  }

  /**
   * Reads every entry and compares the root with the signed checkpoint.
   *
   * @returns the log and its entries in order.
   * @throws RitmaError `store/damaged`, `disk/missing`
   */
  static async open(place: NodeLogPlace): Promise<{ log: NodeLog; entries: Uint8Array[] }> {
    const { disk, out, primitives, store, key } = place;
    const path = `${out}/${CHECKPOINT_PATH}`;
    try {
      const note = await disk.read(path, CHECKPOINT_BYTES_MAX);
      const { size, root } = openCheckpoint(primitives, note, logOrigin(store), key.publicKey);
      const tiles = TileLog.empty(primitives.sha256);
      const entries: Uint8Array[] = [];
      for (let first = 0; first < size; first += BUNDLE) {
        const width = Math.min(BUNDLE, size - first);
        const name = entriesPath(first / BUNDLE, width < BUNDLE ? width : undefined);
        const bundle = splitEntryBundle(await disk.read(`${out}/${LOG_FOLDER}/${name}`));
        for (const entry of bundle) {
          tiles.append(entry);
          entries.push(entry);
        }
      }
      tiles.takeFiles();
      if (tiles.size !== size || !equalBytes(tiles.root(), root)) {
        throw new RitmaError("store/damaged", `the node log does not hash to ${path}`);
      }
      return { log: new NodeLog(place, tiles), entries };
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      throw new RitmaError("store/damaged", `${path}: ${cause.message}`, { cause });
    }
  }

  /**
   * Appends and publishes. Durable on return: files, then the lock, then the checkpoint, then the
   * older partial files go. Repeating it after a crash with the same entries gives the same bytes.
   *
   * @throws RitmaError `store/damaged` when this node has signed another log before
   */
  async publish(entries: readonly Uint8Array[]): Promise<void> {
    for (const entry of entries) this.#log.append(entry);
    await writeAllDurably(
      this.#place.disk,
      this.#log.takeFiles().map(({ path, bytes }) => ({ path: this.#at(path), bytes })),
    );
    await this.republish(this.#published);
  }

  /**
   * Lock, checkpoint and sweep alone, for one who finds this checkpoint visible and cannot know it
   * to be durable.
   *
   * @param before entries of the checkpoint whose partial files go
   */
  async republish(before: number): Promise<void> {
    const { disk, out, primitives, store, key, lockPath } = this.#place;
    const { size } = this.#log;
    const root = this.#log.root();
    await checkLock(this.#place, size, root);
    await writeDurably(disk, lockPath, encodeLock(store, size, root));
    const origin = logOrigin(store);
    const checkpoint = { origin, size, root };
    const note = signCheckpoint(primitives, key.sign, origin, key.publicKey, checkpoint);
    await writeDurably(disk, `${out}/${CHECKPOINT_PATH}`, note);
    for (const path of this.#log.obsoletePartials(before)) {
      await removeDurably(disk, this.#at(path));
    }
    this.#published = size;
  }

  #at(path: string): string {
    return `${this.#place.out}/${LOG_FOLDER}/${path}`;
  }
}

function encodeLock(store: Uint8Array, size: number, root: Uint8Array): Uint8Array {
  return new CborWriter()
    .array(4)
    .text("ritma/log-lock@1")
    .bytes(store)
    .uint(size)
    .bytes(root)
    .finish();
}

/**
 * A node signs one root for each size, and never a smaller size than before.
 *
 * @throws RitmaError `store/damaged` when `size` and `root` would break that
 */
async function checkLock(place: NodeLogPlace, size: number, root: Uint8Array): Promise<void> {
  const { disk, lockPath, store } = place;
  if ((await disk.size(lockPath)) === null) return;
  const reader = new CborReader(await disk.read(lockPath, LOCK_BYTES_MAX));
  reader.array(4);
  reader.textTag("ritma/log-lock@1");
  const sameStore = equalBytes(reader.bytes(), store);
  const locked = reader.uint();
  const sameRoot = equalBytes(reader.bytes(ROOT_BYTES), root);
  reader.finish();
  if (sameStore && (locked < size || (locked === size && sameRoot))) return;
  throw new RitmaError(
    "store/damaged",
    `this node has signed a log of ${locked} entries, and the store has one of ${size}: ` +
      "the store was replaced by an older or another copy",
  );
}
