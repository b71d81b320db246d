/**
 * An hour all of whose blocks were decoded, once, so that every question after the first costs what
 * it finds.
 *
 * @module
 */
import { ACTS, type AtomTable, isAside, relationOf } from "@ritma/evidence";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { HourEdges, Seat } from "./hour-edges.ts";
import type { Nodes } from "./nodes.ts";
import { SeatedAtoms } from "./seated-atoms.ts";

export class WholeHour implements HourEdges {
  readonly hour: SealedHour;
  readonly nodes: Nodes;
  readonly atoms: AtomTable;
  readonly #seated: SeatedAtoms;
  readonly #byProcess: RowsByNode;
  readonly #byObject: RowsByNode;
  /** By node. */
  readonly #relations: Uint8Array;
  /** Calls on a node under two of its ids at once, which are one row of it and two touches. */
  readonly #doubles = new Map<number, number>();

  constructor(hour: SealedHour, nodes: Nodes, seated: SeatedAtoms) {
    this.hour = hour;
    this.nodes = nodes;
    this.#seated = seated;
    const { atoms } = seated;
    this.atoms = atoms;
    const { process, object, object2, etype } = atoms;
    const nodeIn = (ids: Uint32Array, row: number): number => nodes.of(ids[row] ?? 0);
    this.#byProcess = new RowsByNode(atoms, nodes.size, (row) => nodeIn(process, row), null);
    const first = (row: number): number => (isAside(etype[row] ?? 0) ? 0 : nodeIn(object, row));
    const second = (row: number): number => {
      if (isAside(etype[row] ?? 0)) return 0;
      const node = nodeIn(object2, row);
      return node === nodeIn(object, row) ? 0 : node;
    };
    this.#byObject = new RowsByNode(atoms, nodes.size, first, second);
    this.#relations = new Uint8Array(nodes.size + 1);
    const note = (node: number, bits: number): void => {
      this.#relations[node] = (this.#relations[node] ?? 0) | bits;
    };
    for (let row = 0; row < atoms.length; row += 1) {
      const node = first(row);
      const relation = relationOf(etype[row] ?? 0, atoms.flags[row] ?? 0, atoms.ret[row] ?? 0);
      note(nodeIn(process, row), ACTS);
      note(node, relation);
      note(second(row), relation);
      const isDouble = object[row] !== object2[row] && node === nodeIn(object2, row);
      if (node !== 0 && isDouble) this.#doubles.set(node, (this.#doubles.get(node) ?? 0) + 1);
    }
  }

  rowsOf(node: number): Uint32Array {
    return this.#byProcess.rows(node);
  }

  rowsAbout(node: number): Uint32Array {
    return this.#byObject.rows(node);
  }

  relations(node: number): number {
    return this.#relations[node] ?? 0;
  }

  touches(node: number): number {
    return this.#byObject.count(node) + (this.#doubles.get(node) ?? 0);
  }

  seat(row: number): Seat {
    return this.#seated.seat(row, this.hour.sequence);
  }
}

/** Rows by node: counted, then filled, so that a million of them are two arrays. */
class RowsByNode {
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

  count(node: number): number {
    return (this.#ends[node] ?? 0) - (this.#ends[node - 1] ?? 0);
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
export async function readWholeHour(
  reader: StoreReader,
  hour: SealedHour,
  nodes: Nodes,
): Promise<WholeHour> {
  const header = await reader.header(hour);
  const seated = new SeatedAtoms(header.counts.atoms);
  for (const kind of ["inst", "late"] as const) {
    for await (const { sections } of reader.blocks(hour, header, kind)) {
      for (const section of sections) seated.add(section);
    }
  }
  reader.files.decode(hour.folder, () => seated.check(nodes));
  return new WholeHour(hour, nodes, seated);
}
