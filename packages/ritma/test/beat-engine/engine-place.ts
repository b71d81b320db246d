/**
 * What the conformance suite needs of an engine: a place for its data, and means to harm it.
 *
 * @module
 */
import type { TestContext } from "node:test";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { STORE } from "./records.ts";

/** Where one engine keeps its data. */
export interface Place {
  /** Opens the engine, or opens it again after it was closed. Default store: `STORE`. */
  readonly open: (store?: Uint8Array) => Promise<BeatEngine>;
  /** What the engines of this place have noticed so far. */
  readonly notices: readonly Notice[];
  /** The next write or sync of the open engine fails. Absent where that cannot be done. */
  readonly failNext?: () => void;
  /**
   * Changes one byte of each place of the medium that holds these bytes, while no engine is open.
   * Absent where that cannot be done.
   *
   * @returns how many places there were
   */
  readonly damage?: (bytes: Uint8Array) => Promise<number>;
}

export interface EngineUnderTest {
  readonly name: string;
  /** Registers its own cleaning up with `context.after`. */
  readonly make: (context: TestContext) => Promise<Place>;
  /** Runs of the model test; fewer where a beat is slow. Default 40. */
  readonly modelRuns?: number;
}

/** One more test of the suite. */
export type Check = (what: string, body: (place: Place) => Promise<void>) => void;

/** Closes the engine and opens it again, where what was committed is then there. */
export async function reopened(
  place: Place,
  engine: BeatEngine,
  store: Uint8Array = STORE,
): Promise<BeatEngine> {
  if (!engine.capabilities.includes("durable")) return engine;
  await engine[Symbol.asyncDispose]();
  return await place.open(store);
}
