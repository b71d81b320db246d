/**
 * The table port: an ordered map of byte strings that takes a batch as a whole or not at all.
 *
 * It is what an embedded key-value library must do to carry the engine in `table-engine.ts`, and no
 * more. Keys sort by their bytes, a shorter one first.
 *
 * Not here: what keys and values mean (`table-codec.ts`).
 *
 * @module
 */

export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Puts happen first, so a key is in one of the two lists only. */
export interface TableBatch {
  readonly puts: readonly TableEntry[];
  readonly removals: readonly Uint8Array[];
}

/** The table as it was at one moment, until it is released. */
export interface TableView {
  /** @throws RitmaError `beat/damaged` where the library finds its file broken */
  get(key: Uint8Array): Promise<Uint8Array | null>;
  /**
   * Keys from `from` up to and without `below`, in their order: none only where none is left, and
   * not more than about TABLE_PAGE_BYTES of them.
   */
  page(from: Uint8Array, below: Uint8Array): Promise<readonly TableEntry[]>;
  /** A second release does nothing; a read after it is refused. */
  release(): void;
}

export interface BeatTable extends AsyncDisposable {
  /** Bytes on the disk, as far as that is known without asking it. */
  readonly sizeBytes: number;
  /** Syncs since it was opened. */
  readonly syncs: number;
  /** As of the newest batch. */
  view(): TableView;
  /** Durable on return, all of it; after an error it is there or not. @throws RitmaError */
  write(batch: TableBatch): Promise<void>;
  /** Gives back what removed and replaced entries took. Views go on as they are. */
  compact(): Promise<void>;
}

/** A Buffer of a library without the Buffer: our own code sees one kind of bytes only. */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
