/**
 * Chooses a press for the machine.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { EvidenceStore } from "../../flow/seal/evidence-store.ts";
import { directPress } from "../../flow/seal/direct-press.ts";
import type { Press } from "../../flow/seal/press.ts";
import { threadedPress } from "../../flow/seal/threaded-press.ts";

/** More would have nothing to do. */
const THREADS_MAX = 2;

/** @returns how many threads beside the main one this machine has a core for. */
export function threadsForMachine(): number {
  return Math.min(availableParallelism() - 1, THREADS_MAX);
}

/** @param threads none: all is done at once, on the calling thread */
export function openPress(
  primitives: NodePrimitives,
  { storeFile, logs }: Pick<EvidenceStore, "storeFile" | "logs">,
  threads: number,
): Press {
  const { store } = storeFile;
  if (threads <= 0) return directPress(primitives, store, logs);
  return threadedPress(store, logs, Math.min(threads, THREADS_MAX));
}
