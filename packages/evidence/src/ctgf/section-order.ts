/**
 * The order in which a section's atoms are coded: (time, serial), equal ones by row. In that order
 * the atoms of each instantiation stand as they are, and instantiations begin one after another.
 *
 * Format: spec/11-blocks.md, "Order".
 *
 * @module
 */
import type { AtomTable } from "../record/atom-table.ts";
import type { Section } from "../record/section.ts";
import { RUN_ATOMS_MAX } from "./atom-launch.ts";
import { TICK_COARSE_US, TICK_FINE_US } from "./section-head.ts";

/** A section as its coder walks it. */
export interface SectionOrder {
  /** Of each atom in order: its instantiation. */
  readonly turns: Uint32Array;
  /** Microseconds: the coarsest that all times are multiples of. */
  readonly tick: number;
}

/**
 * @param size the newest dictionary id
 * @returns null for a section that block@2 cannot hold: one that `cutSection` did not make, or that
 * names what is not in the dictionary.
 */
export function orderOf(section: Section, size: number): SectionOrder | null {
  const { atoms, starts, window } = section;
  const whose = instantiationOf(section);
  if (whose === null || (window ?? 0) >= Number.MAX_SAFE_INTEGER) return null;
  if (!isNamed(atoms, size)) return null;
  const rows = rowsInOrder(atoms);
  const next = Uint32Array.from(starts);
  let begun = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    const instantiation = whose[row] ?? 0;
    if (row !== next[instantiation]) return null;
    next[instantiation] = row + 1;
    if (row === starts[instantiation]) {
      if (instantiation !== begun) return null;
      begun += 1;
    }
    rows[at] = instantiation;
  }
  return { turns: rows, tick: tickOf(atoms) };
}

/** By row; null when an instantiation is too long, empty, or of two processes. */
function instantiationOf({ atoms, starts }: Section): Uint32Array | null {
  if (atoms.length === 0 || starts[0] !== 0 || starts.at(-1) !== atoms.length) return null;
  const whose = new Uint32Array(atoms.length);
  for (let at = 0; at + 1 < starts.length; at += 1) {
    const from = starts[at] ?? 0;
    const to = starts[at + 1] ?? 0;
    if (to <= from || to - from > RUN_ATOMS_MAX) return null;
    const process = atoms.process[from];
    for (let row = from; row < to; row += 1) {
      if (atoms.process[row] !== process) return null;
      whose[row] = at;
    }
  }
  return whose;
}

function isNamed({ length, process, object, object2, arg }: AtomTable, size: number): boolean {
  let most = 0;
  for (let row = 0; row < length; row += 1) {
    if (process[row] === 0) return false;
    most = Math.max(most, process[row] ?? 0, object[row] ?? 0, object2[row] ?? 0, arg[row] ?? 0);
  }
  return most <= size;
}

function rowsInOrder(atoms: AtomTable): Uint32Array {
  const { length, time, serial } = atoms;
  const rows = rowsBySerial(atoms);
  for (let at = 1; at < length; at += 1) {
    const [a, b] = [rows[at - 1] ?? 0, rows[at] ?? 0];
    const order = (time[a] ?? 0) - (time[b] ?? 0) || (serial[a] ?? 0) - (serial[b] ?? 0);
    if (order > 0) return sorted(atoms, rows);
  }
  return rows;
}

function sorted({ time, serial }: AtomTable, rows: Uint32Array): Uint32Array {
  return rows.toSorted(
    (a, b) => (time[a] ?? 0) - (time[b] ?? 0) || (serial[a] ?? 0) - (serial[b] ?? 0) || a - b,
  );
}

/** Rows counted into place where serials are dense: then order of serial is nearly that of time. */
function rowsBySerial({ length, serial }: AtomTable): Uint32Array {
  const rows = new Uint32Array(length);
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < length; row += 1) {
    low = Math.min(low, serial[row] ?? 0);
    high = Math.max(high, serial[row] ?? 0);
    rows[row] = row;
  }
  if (high - low >= 4 * length + 1024) return rows;
  const first = new Uint32Array(high - low + 2);
  for (let row = 0; row < length; row += 1) {
    const place = (serial[row] ?? 0) - low + 1;
    first[place] = (first[place] ?? 0) + 1;
  }
  for (let at = 1; at < first.length; at += 1) first[at] = (first[at] ?? 0) + (first[at - 1] ?? 0);
  for (let row = 0; row < length; row += 1) {
    const place = (serial[row] ?? 0) - low;
    const at = first[place] ?? 0;
    rows[at] = row;
    first[place] = at + 1;
  }
  return rows;
}

function tickOf({ length, time }: AtomTable): number {
  for (let row = 0; row < length; row += 1) {
    if ((time[row] ?? 0) % TICK_COARSE_US !== 0) return TICK_FINE_US;
  }
  return TICK_COARSE_US;
}
