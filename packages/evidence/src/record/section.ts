/**
 * A section: the atoms of one micro-window (or the late ones of an hour), cut into instantiations.
 *
 * The cuts look at atoms alone, never at files, beats or threads, so the same events always give
 * the same leaves.
 *
 * Format: spec/05-record.md, "Instantiations".
 *
 * @module
 */
import { AtomTable } from "./atom-table.ts";

export interface Section {
  /** Number of the micro-window in its clock hour, or null for late atoms. */
  readonly window: number | null;
  /** Atoms, instantiation after instantiation. */
  readonly atoms: AtomTable;
  /** Instantiation k is rows `starts[k]` to `starts[k + 1]`; one more item than instantiations. */
  readonly starts: readonly number[];
}

const IDLE_US = 1_000_000;
const ATOMS_MAX = 4096;

/** Cuts `table`, whose rows stand in the order in which the log showed them. */
export function cutSection(window: number | null, table: AtomTable): Section {
  const order = inOrder(table);
  const { firsts, next } = chains(table, order);
  const atoms = new AtomTable(Math.max(1, table.length));
  const starts = [0];
  for (const first of firsts) {
    for (let row = first; row !== -1; row = next[row] ?? -1) atoms.copy(table, row);
    starts.push(atoms.length);
  }
  return { window, atoms, starts };
}

/** Rows by (time, serial), equal ones as they came. */
function inOrder(table: AtomTable): Uint32Array {
  const { time, serial, length } = table;
  const order = new Uint32Array(length);
  let sorted = true;
  for (let row = 0; row < length; row += 1) {
    order[row] = row;
    if (row > 0 && compareRows(time, serial, row - 1, row) > 0) sorted = false;
  }
  if (!sorted) order.sort((a, b) => compareRows(time, serial, a, b) || a - b);
  return order;
}

function compareRows(time: Float64Array, serial: Float64Array, a: number, b: number): number {
  return (time[a] ?? 0) - (time[b] ?? 0) || (serial[a] ?? 0) - (serial[b] ?? 0);
}

/** Links the rows of each instantiation: `next[row]` is the row after it, -1 at the end. */
function chains(table: AtomTable, order: Uint32Array): { firsts: number[]; next: Int32Array } {
  const next = new Int32Array(table.length).fill(-1);
  const firsts: number[] = [];
  const open = new Map<number, { last: number; count: number }>();
  for (const row of order) {
    const process = table.process[row] ?? 0;
    const chain = open.get(process);
    if (chain === undefined) {
      firsts.push(row);
      open.set(process, { last: row, count: 1 });
      continue;
    }
    const idle = (table.time[row] ?? 0) - (table.time[chain.last] ?? 0);
    if (idle >= IDLE_US || chain.count === ATOMS_MAX) {
      firsts.push(row);
      chain.count = 1;
    } else {
      next[chain.last] = row;
      chain.count += 1;
    }
    chain.last = row;
  }
  return { firsts, next };
}
