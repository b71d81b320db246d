/**
 * A press that works at once, on the thread that calls it.
 *
 * @module
 */
import type { NodePrimitives } from "../../base/primitives.ts";
import { FilePress } from "./file-press.ts";
import type { GenerationLogs } from "./generation-logs.ts";
import { cutPiece } from "./order.ts";
import type { Press } from "./press.ts";
import { RootPress } from "./root-press.ts";

/** @param logs of the generation that goes on; null when none does */
export function directPress(
  primitives: NodePrimitives,
  store: Uint8Array,
  logs: GenerationLogs | null,
): Press {
  const roots = new RootPress(primitives, store, logs);
  const files = new FilePress(primitives, store, logs);
  return {
    entities: (piece) => {
      roots.entities(piece);
      files.entities(piece);
    },
    window: async (given) => {
      const piece = cutPiece(given);
      const root = roots.window(piece);
      files.window(piece);
      return root;
    },
    finish: async (sequence) => ({ ...roots.finish(), ...files.finish(sequence) }),
    ready: async () => {},
    [Symbol.asyncDispose]: async () => {
      files[Symbol.dispose]();
    },
  };
}
