/**
 * Who did what to what in one sealed hour, found from either end.
 *
 *     process ──atom──▶ object, object2          rows of a table of atoms
 *     rowsOf(node): what a process did           rowsAbout(node): what was done to a thing
 *
 * Either all of the hour is in memory (`whole-hour.ts`), or what was asked about (`paged-hour.ts`).
 *
 * @module
 */
import type { AtomTable } from "@ritma/evidence";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { Nodes } from "./nodes.ts";

/** Where an atom is sealed. */
export interface Seat {
  readonly sequence: number;
  /** Number of the micro-window in its clock hour; null for a late one. */
  readonly window: number | null;
  /** Of the window's tree: the instantiation that holds it. */
  readonly leaf: number;
}

export interface HourEdges {
  readonly hour: SealedHour;
  readonly nodes: Nodes;
  /** Rows only become more. */
  readonly atoms: AtomTable;

  /**
   * What a process did, in order of time and serial, late atoms where they belong. Not to be
   * written to.
   */
  rowsOf(node: number): Uint32Array;

  /** The calls on it, by whomever; in the same order. Not to be written to. */
  rowsAbout(node: number): Uint32Array;

  /** Bits of spec/23-lineage.md: all that a node has to do with what is in memory of the hour. */
  relations(node: number): number;

  /** How many calls on it the whole hour has. */
  touches(node: number): number;

  seat(row: number): Seat;
}
