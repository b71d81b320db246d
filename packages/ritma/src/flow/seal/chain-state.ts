/**
 * Where a store's chain stands: what the next hour must continue.
 *
 * @module
 */

/** What is known when an hour ends. */
export interface ChainState {
  /** Sequence of the next hour. */
  readonly sequence: number;
  /** t1 of the newest hour; null before the first. */
  readonly previousT1: number | null;
  /** End of the newest hour, in µs: where time goes on. Null before the first. */
  readonly frontier: number | null;
  /** Number of the open session, or of the next one. */
  readonly session: number;
  /** True when the session was opened and not closed: the recorder died in it. */
  readonly sessionOpen: boolean;
  /** t1 of the generation's first hour; null when it has none yet. */
  readonly generationBegun: number | null;
}

/** What is known when it is sealed. */
export interface ChainLink {
  /** SHA-256 of the newest hour seal; null before the first. */
  readonly previousSeal: Uint8Array | null;
  /** Entries of the node log. */
  readonly logSize: number;
  /** The newest generation that has an hour, and the bytes of its logs. */
  readonly generation: {
    readonly number: number;
    readonly bytes: number;
    readonly coneBytes: number;
  };
}
