/**
 * The thread of a press: takes pieces in order, answers at the end of each hour.
 *
 * @module
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type AtomColumns, AtomTable } from "@ritma/evidence";
import { loadPrimitives } from "../../base/primitives.ts";
import { FilePress } from "./file-press.ts";
import type { GenerationLogs } from "./generation-logs.ts";
import { cutPiece, type EntityPiece, type WindowPiece } from "./order.ts";
import type { PressedHour, PressedRoot } from "./press.ts";
import { RootPress } from "./root-press.ts";

/** What a thread does of the work. */
export interface ThreadRole {
  readonly store: Uint8Array;
  readonly roots: boolean;
  readonly files: boolean;
  /** Of the generation that goes on; null when none does. */
  readonly logs: GenerationLogs | null;
}

export type ThreadOrder =
  | { readonly kind: "entities"; readonly piece: EntityPiece }
  | { readonly kind: "window"; readonly piece: WindowMessage }
  | { readonly kind: "finish"; readonly sequence: number };

/** A piece whose table has lost its methods on the way. */
export type WindowMessage = Omit<WindowPiece, "table"> & { readonly table: AtomColumns };

/** Atoms of a window that were taken, or the part of an hour that the role gives. */
export type ThreadAnswer =
  | { readonly kind: "window"; readonly atoms: number; readonly root: PressedRoot | null }
  | { readonly kind: "hour"; readonly hour: Partial<PressedHour> };

async function serve(port: MessagePort, role: ThreadRole): Promise<void> {
  const primitives = await loadPrimitives();
  const roots = role.roots ? new RootPress(primitives, role.store, role.logs) : null;
  const files = role.files ? new FilePress(primitives, role.store, role.logs) : null;
  const answer = (given: ThreadAnswer): void => {
    port.postMessage(given);
  };
  port.on("message", (order: ThreadOrder) => {
    if (order.kind === "entities") {
      roots?.entities(order.piece);
      files?.entities(order.piece);
    } else if (order.kind === "window") {
      const { table } = order.piece;
      const piece = cutPiece({ ...order.piece, table: AtomTable.of(table) });
      const root = roots?.window(piece) ?? null;
      files?.window(piece);
      answer({ kind: "window", atoms: table.length, root });
    } else {
      answer({ kind: "hour", hour: { ...roots?.finish(), ...files?.finish(order.sequence) } });
    }
  });
}

if (parentPort !== null) await serve(parentPort, workerData);
