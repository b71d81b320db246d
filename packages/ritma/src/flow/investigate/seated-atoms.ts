/**
 * Atoms of an hour, each with the place where it is sealed.
 *
 * @module
 */
import { AtomTable, FormatError, type Section } from "@ritma/evidence";
import type { Seat } from "./hour-edges.ts";
import type { Nodes } from "./nodes.ts";

const LATE = -1;

export class SeatedAtoms {
  readonly atoms: AtomTable;
  #windows: Int16Array;
  #leaves: Uint32Array;
  /** Of the section at hand: the next may be of the same window. */
  #window: number | null | undefined = undefined;
  #leaf = 0;

  constructor(capacity: number) {
    this.atoms = new AtomTable(Math.max(capacity, 1));
    this.#windows = new Int16Array(this.atoms.time.length);
    this.#leaves = new Uint32Array(this.atoms.time.length);
  }

  /** Takes the next section, or any whose first leaf is given. */
  add({ window, atoms, starts }: Section, leaf?: number): void {
    if (leaf !== undefined) this.#leaf = leaf;
    else if (window !== this.#window) this.#leaf = 0;
    this.#window = window;
    const begin = this.atoms.length;
    this.atoms.append(atoms);
    this.#makeRoom();
    this.#windows.fill(window ?? LATE, begin, this.atoms.length);
    for (let at = 0; at + 1 < starts.length; at += 1) {
      this.#leaves.fill(this.#leaf, begin + (starts[at] ?? 0), begin + (starts[at + 1] ?? 0));
      this.#leaf += 1;
    }
  }

  seat(row: number, sequence: number): Seat {
    const window = this.#windows[row] ?? LATE;
    return { sequence, window: window === LATE ? null : window, leaf: this.#leaves[row] ?? 0 };
  }

  /** @throws FormatError for an id that stands for nothing, and a process that is none */
  check(nodes: Nodes, from = 0): void {
    const { process, object, object2, arg, length } = this.atoms;
    for (let row = from; row < length; row += 1) {
      const most = Math.max(object[row] ?? 0, object2[row] ?? 0, arg[row] ?? 0);
      const isProcess = nodes.of(process[row] ?? 0) !== 0;
      if (most <= nodes.known && isProcess) continue;
      const message = "an atom refers to what its dictionary does not have";
      throw new FormatError("out-of-range", 0, message);
    }
  }

  #makeRoom(): void {
    const { length } = this.atoms.time;
    if (length === this.#windows.length) return;
    const [windows, leaves] = [this.#windows, this.#leaves];
    this.#windows = new Int16Array(length);
    this.#leaves = new Uint32Array(length);
    this.#windows.set(windows);
    this.#leaves.set(leaves);
  }
}
