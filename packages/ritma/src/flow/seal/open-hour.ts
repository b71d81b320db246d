/**
 * One hour in the making: atoms of the open window, late ones, and the windows that have closed.
 *
 * Not here: when a window or an hour ends (`sealer.ts`), and what becomes of them (`press.ts`).
 *
 * @module
 */
import { AtomTable } from "@ritma/evidence";
import type { WindowOrder } from "./order.ts";

export class OpenHour {
  readonly sequence: number;
  /** Microseconds: the begin of the hour's interval. Fixed once a window is closed. */
  t1: number;
  /** Atoms of the open window, and those that came too late for theirs. */
  open = new AtomTable();
  late = new AtomTable();
  openEvents = 0;
  lateEvents = 0;
  readonly windows: WindowOrder[] = [];
  #closedAtoms = 0;

  constructor(sequence: number, t1: number) {
    this.sequence = sequence;
    this.t1 = t1;
  }

  /** End of the newest window that has closed; null before the first. */
  get closedUntil(): number | null {
    return this.windows.at(-1)?.t2 ?? null;
  }

  /** Atoms so far. */
  get atoms(): number {
    return this.#closedAtoms + this.open.length + this.late.length;
  }

  /** Closes the open window as number `window` over [t1, t2). @returns its atoms. */
  closeWindow(window: number, t1: number, t2: number): AtomTable {
    const table = this.open;
    const events = this.openEvents;
    this.windows.push({ kind: "window", window, t1, t2, events, atoms: table.length });
    this.#closedAtoms += table.length;
    this.open = new AtomTable();
    this.openEvents = 0;
    return table;
  }

  /** Closes the late atoms, if any, of an hour over [t1, t2). */
  closeLate(t2: number): AtomTable | null {
    const { t1, late: table, lateEvents: events } = this;
    if (table.length === 0) return null;
    this.windows.push({ kind: "late", window: null, t1, t2, events, atoms: table.length });
    this.#closedAtoms += table.length;
    this.late = new AtomTable();
    return table;
  }
}
