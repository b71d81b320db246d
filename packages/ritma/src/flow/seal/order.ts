/**
 * What the sealer orders: hours that have ended, in the order in which they are to be sealed.
 *
 * An order holds everything but what takes long to compute, which the press does meanwhile: roots,
 * blocks and frames of the dictionary.
 *
 * @module
 */
import {
  type AtomTable,
  cutSection,
  type InputMark,
  type LogEntry,
  type Section,
} from "@ritma/evidence";
import type { RunningCounts } from "./hour-batch.ts";
import type { FreshEntities } from "./interner.ts";
import type { PressedHour, PressedRoot } from "./press.ts";

/** A window that has closed, or the late atoms of an hour. */
export interface WindowOrder {
  readonly kind: "window" | "late";
  /** Its number in the clock hour; null for the late atoms. */
  readonly window: number | null;
  /** Microseconds, half-open. */
  readonly t1: number;
  readonly t2: number;
  readonly events: number;
  readonly atoms: number;
}

export interface HourOrder {
  readonly sequence: number;
  readonly session: number;
  readonly t1: number;
  readonly t2: number;
  /** Of the hour before; null for the first. */
  readonly previousT1: number | null;
  /** In order, the late atoms last. */
  readonly windows: readonly WindowOrder[];
  readonly counts: RunningCounts;
  readonly inputs: readonly InputMark[];
  /** Entries of the node log that come before the hour's own: open, gap. */
  readonly before: readonly LogEntry[];
  readonly generation: {
    readonly number: number;
    readonly firstId: number;
    readonly entities: number;
    /** t1 of the generation's first hour. */
    readonly begun: number;
  };
  /** What the press makes of it. */
  readonly pressed: Promise<PressedHour>;
}

/** A window of a live log, to be signed before its hour has ended. */
export interface WindowSealOrder {
  readonly sequence: number;
  readonly closed: WindowOrder;
  /** Entries of the node log that come before it: open, gap. */
  readonly before: readonly LogEntry[];
  readonly root: Promise<PressedRoot>;
}

export type Order =
  | { readonly kind: "window"; readonly window: WindowSealOrder }
  /** At least one of both. */
  | {
      readonly kind: "hour";
      readonly hour: HourOrder | null;
      /** Ends the session. It is made durable with the hour: no crash falls between them. */
      readonly close: LogEntry | null;
    };

/** New entities of a generation. */
export interface EntityPiece extends FreshEntities {
  readonly generation: number;
  readonly salt: Uint8Array;
}

/** The atoms of a window. They belong to the press from now on. */
export interface WindowPiece {
  readonly sequence: number;
  readonly generation: number;
  readonly window: number | null;
  /** In the order in which the log showed them. */
  readonly table: AtomTable;
}

/** The same, cut: once on each thread, whatever that makes of it. */
export interface SectionPiece extends Omit<WindowPiece, "window" | "table"> {
  readonly section: Section;
}

export function cutPiece({ window, table, ...piece }: WindowPiece): SectionPiece {
  return { ...piece, section: cutSection(window, table) };
}
