/**
 * What readers see of a table: a view of it and the heads that belong to it, as of one beat.
 *
 * A view keeps the library from using space again, so it is released as soon as it is neither the
 * newest one nor read by anyone.
 *
 * @module
 */
import type { TableHead } from "./table-codec.ts";
import type { TableView } from "./table.ts";

/** Somebody's right to read from a snapshot, until it is disposed. */
export interface SnapshotLease extends Disposable {
  readonly view: TableView;
  readonly heads: ReadonlyMap<string, TableHead>;
  /** Disposes it at the latest when nobody knows `owner` any more. */
  releaseWith(owner: object): void;
}

const ABANDONED = new FinalizationRegistry<() => void>((release) => release());

export class Snapshot {
  readonly view: TableView;
  readonly heads: ReadonlyMap<string, TableHead>;
  readonly lastBeat: number;
  /** The engine's, and one for each lease. */
  #uses = 1;

  constructor(view: TableView, heads: ReadonlyMap<string, TableHead>) {
    this.view = view;
    this.heads = heads;
    this.lastBeat = [...heads.values()].reduce((last, { beat }) => Math.max(last, beat), 0);
  }

  lease(): SnapshotLease {
    this.#uses += 1;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.#release();
    };
    return {
      view: this.view,
      heads: this.heads,
      releaseWith: (owner) => ABANDONED.register(owner, release),
      [Symbol.dispose]: release,
    };
  }

  /** A newer one is what readers see. */
  replace(): void {
    this.#release();
  }

  #release(): void {
    this.#uses -= 1;
    if (this.#uses === 0) this.view.release();
  }
}
