/**
 * The press: cuts, hashes and encodes what the sealer hands it, while the sealer goes on.
 *
 * Pieces of an hour come in order and end with `finish`. What comes out depends on the pieces
 * alone: the same bytes whether a press works at once (`directPress`) or on other threads
 * (`threadedPress`).
 *
 * @module
 */
import type { FileToWrite } from "../../base/disk/disk.ts";
import type { EntityPiece, WindowPiece } from "./order.ts";

/** Of one of an hour's windows, in the order in which they were given. */
export interface PressedRoot {
  readonly microRoot: Uint8Array;
  readonly instantiations: number;
}

/** What an hour adds to the store, but for what is signed. */
export interface PressedFiles {
  /** Paths relative to the hour's folder. */
  readonly blocks: readonly FileToWrite[];
  /** Blocks and frames in their plain form, because decoding gave something else than was coded. */
  readonly plainPieces: number;
  /** Frames for the end of the generation's log of entities. */
  readonly frames: Uint8Array;
  /** Frames for the end of its log of cones, and what is in them. */
  readonly cones: {
    readonly frames: Uint8Array;
    readonly firstId: number;
    readonly count: number;
  };
}

export interface PressedRoots {
  readonly roots: readonly PressedRoot[];
  /** Over the commitments of the generation's entities up to and with this hour. */
  readonly entitiesRoot: Uint8Array;
}

export interface PressedHour extends PressedFiles, PressedRoots {}

export interface Press extends AsyncDisposable {
  /** Entities come before the windows that name them. */
  readonly entities: (piece: EntityPiece) => void;
  /** @returns its root, long before the hour is finished; `finish` tells it again. */
  readonly window: (piece: WindowPiece) => Promise<PressedRoot>;
  /**
   * Ends the hour at hand; pieces of the next may come at once. Rejects with whatever went wrong.
   */
  readonly finish: (sequence: number) => Promise<PressedHour>;
  /** Resolves once what was given and not looked at is little enough to give more. */
  readonly ready: () => Promise<void>;
}
