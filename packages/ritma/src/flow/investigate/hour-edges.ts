/**
 * Who did what to what in one sealed hour, found from either end.
 *
 *     process ──atom──▶ object, object2          rows of a table of atoms
 *     rowsOf(node): what a process did           rowsAbout(node): what was done to a thing
 *
 * All of the hour's blocks are decoded once, so that every question after the first costs what it
 * finds. Rows of a node come in order of time and serial, late atoms where they belong.
 *
 * @module
 */
import { AtomTable, FormatError, type Section } from "@ritma/evidence";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Nodes } from "./nodes.ts";

const LATE = -1;

/** Where an atom is sealed. */
export interface Seat {
  readonly sequence: number;
  /** Number of the micro-window in its clock hour; null for a late one. */
  readonly window: number | null;
  /** Of the window's tree: the instantiation that holds it. */
  readonly leaf: number;
}

export class HourEdges {
  readonly hour: SealedHour;
  readonly nodes: Nodes;
  readonly atoms: AtomTable;
  readonly #windows: Int16Array;
  readonly #leaves: Uint32Array;
  readonly #byProcess: Postings;
  readonly #byObject: Postings;

  constructor(
    hour: SealedHour,
    nodes: Nodes,
    atoms: AtomTable,
    { windows, leaves }: { readonly windows: Int16Array; readonly leaves: Uint32Array },
  ) {
    this.hour = hour;
    this.nodes = nodes;
    this.atoms = atoms;
    this.#windows = windows;
    this.#leaves = leaves;
    const { process, object, object2 } = atoms;
    const nodeIn = (ids: Uint32Array, row: number): number => nodes.of(ids[row] ?? 0);
    this.#byProcess = new Postings(atoms, nodes.size, (row) => nodeIn(process, row), null);
    const second = (row: number): number => {
      const node = nodeIn(object2, row);
      return node === nodeIn(object, row) ? 0 : node;
    };
    this.#byObject = new Postings(atoms, nodes.size, (row) => nodeIn(object, row), second);
  }

  /** What a process did. Not to be written to. */
  rowsOf(node: number): Uint32Array {
    return this.#byProcess.rows(node);
  }

  /** What was done to it, by whomever. Not to be written to. */
  rowsAbout(node: number): Uint32Array {
    return this.#byObject.rows(node);
  }

  seat(row: number): Seat {
    const window = this.#windows[row] ?? LATE;
    const { sequence } = this.hour;
    return { sequence, window: window === LATE ? null : window, leaf: this.#leaves[row] ?? 0 };
  }

  /** The rows of the event that a row belongs to: those beside it of one stamp and serial. */
  eventAround(row: number): { readonly start: number; readonly end: number } {
    const { atoms } = this;
    const isSame = (other: number): boolean =>
      other >= 0 &&
      other < atoms.length &&
      atoms.time[other] === atoms.time[row] &&
      atoms.serial[other] === atoms.serial[row] &&
      atoms.process[other] === atoms.process[row];
    let [start, end] = [row, row + 1];
    while (isSame(start - 1)) start -= 1;
    while (isSame(end)) end += 1;
    return { start, end };
  }
}

/** Rows by node: counted, then filled, so that a million of them are two arrays. */
class Postings {
  readonly #atoms: AtomTable;
  /** Rows of node n end at `#ends[n]`, and begin where those of n - 1 end. */
  readonly #ends: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #isSorted: Uint8Array;

  constructor(
    atoms: AtomTable,
    nodes: number,
    first: (row: number) => number,
    second: ((row: number) => number) | null,
  ) {
    this.#atoms = atoms;
    const ends = new Uint32Array(nodes + 1);
    const keys = second === null ? [first] : [first, second];
    for (const key of keys) {
      for (let row = 0; row < atoms.length; row += 1) {
        const node = key(row);
        if (node !== 0) ends[node] = (ends[node] ?? 0) + 1;
      }
    }
    let total = 0;
    for (let node = 0; node <= nodes; node += 1) {
      const count = ends[node] ?? 0;
      ends[node] = total;
      total += count;
    }
    this.#rows = new Uint32Array(total);
    for (const key of keys) {
      for (let row = 0; row < atoms.length; row += 1) {
        const node = key(row);
        if (node === 0) continue;
        const at = ends[node] ?? 0;
        this.#rows[at] = row;
        ends[node] = at + 1;
      }
    }
    this.#ends = ends;
    this.#isSorted = new Uint8Array(nodes + 1);
  }

  rows(node: number): Uint32Array {
    const rows = this.#rows.subarray(this.#ends[node - 1] ?? 0, this.#ends[node] ?? 0);
    if (this.#isSorted[node] === 0) {
      const { time, serial } = this.#atoms;
      rows.sort(
        (a, b) => (time[a] ?? 0) - (time[b] ?? 0) || (serial[a] ?? 0) - (serial[b] ?? 0) || a - b,
      );
      this.#isSorted[node] = 1;
    }
    return rows;
  }
}

/**
 * @param nodes of the hour's generation, at least up to that hour
 * @throws RitmaError `store/damaged`
 */
export async function readHourEdges(
  reader: StoreReader,
  hour: SealedHour,
  nodes: Nodes,
): Promise<HourEdges> {
  const header = await reader.header(hour);
  const filling = new Filling(header.counts.atoms);
  for (const kind of ["inst", "late"] as const) {
    for await (const { sections } of reader.blocks(hour, header, kind)) {
      for (const section of sections) filling.add(section);
    }
  }
  reader.files.decode(hour.folder, () => checkIds(filling.atoms, nodes));
  return new HourEdges(hour, nodes, filling.atoms, filling);
}

/** @throws FormatError for an id that stands for nothing, and a process that is none */
function checkIds(atoms: AtomTable, nodes: Nodes): void {
  const { process, object, object2, arg, length } = atoms;
  for (let row = 0; row < length; row += 1) {
    const most = Math.max(object[row] ?? 0, object2[row] ?? 0, arg[row] ?? 0);
    const isProcess = nodes.of(process[row] ?? 0) !== 0;
    if (most <= nodes.known && isProcess) continue;
    throw new FormatError("out-of-range", 0, "an atom refers to what its dictionary does not have");
  }
}

class Filling {
  readonly atoms: AtomTable;
  windows: Int16Array;
  leaves: Uint32Array;
  /** Of the window at hand: a section may be one of several of it. */
  #window: number | null | undefined = undefined;
  #leaf = 0;

  constructor(capacity: number) {
    this.atoms = new AtomTable(Math.max(capacity, 1));
    this.windows = new Int16Array(this.atoms.time.length);
    this.leaves = new Uint32Array(this.atoms.time.length);
  }

  add({ window, atoms, starts }: Section): void {
    if (window !== this.#window) this.#leaf = 0;
    this.#window = window;
    const begin = this.atoms.length;
    this.atoms.append(atoms);
    this.#makeRoom();
    this.windows.fill(window ?? LATE, begin, this.atoms.length);
    for (let at = 0; at + 1 < starts.length; at += 1) {
      this.leaves.fill(this.#leaf, begin + (starts[at] ?? 0), begin + (starts[at + 1] ?? 0));
      this.#leaf += 1;
    }
  }

  #makeRoom(): void {
    const { length } = this.atoms.time;
    if (length === this.windows.length) return;
    const [windows, leaves] = [this.windows, this.leaves];
    this.windows = new Int16Array(length);
    this.leaves = new Uint32Array(length);
    this.windows.set(windows);
    this.leaves.set(leaves);
  }
}
