/**
 * An hour of which only those pages are in memory that have to do with what was asked about.
 *
 * Invariant: of a node that `reach` was called for, `rowsOf` and `rowsAbout` have all the rows that
 * its question is about, in the order in which a whole hour has them.
 *
 * @module
 */
import { ABOUT, ACTS, type AtomTable, isAside } from "@ritma/evidence";
import { Turns } from "../../base/turns.ts";
import type { LineageReader } from "../../stores/lineage/lineage-reader.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { HourEdges, Seat } from "./hour-edges.ts";
import type { Span } from "./investigation.ts";
import type { Nodes } from "./nodes.ts";
import { SeatedAtoms } from "./seated-atoms.ts";

const ROOM_FIRST = 4096;

/** Rows of a page. */
interface Loaded {
  readonly start: number;
  readonly end: number;
}

/** Pages that a node acts in, and pages in which something was done to it; ascending. */
interface Reached {
  readonly relations: number;
  readonly acts: readonly number[];
  readonly about: readonly number[];
}

export class PagedHour implements HourEdges, AsyncDisposable {
  readonly hour: SealedHour;
  readonly nodes: Nodes;
  readonly #lineage: LineageReader;
  readonly #seated = new SeatedAtoms(ROOM_FIRST);
  /** By number of the page. */
  readonly #loaded = new Map<number, Loaded>();
  readonly #reached = new Map<number, Reached>();
  /** Of the nodes in loaded pages. */
  readonly #touches = new Map<number, number>();
  readonly #turns = new Turns();

  /** @param nodes of the hour's generation, at least up to that hour */
  constructor(hour: SealedHour, nodes: Nodes, lineage: LineageReader) {
    this.hour = hour;
    this.nodes = nodes;
    this.#lineage = lineage;
  }

  get atoms(): AtomTable {
    return this.#seated.atoms;
  }

  /**
   * Reads what a question about nodes needs.
   *
   * @param relations bits of what is asked of them: what they did, what flowed to or from them
   * @returns false, and has read nothing, where reading the hour as a whole is less work
   * @throws RitmaError `index/…`, and FormatError when a page refers to what there is not
   */
  async reach(nodes: readonly number[], relations: number, span: Span): Promise<boolean> {
    return await this.#turns.run(async () => await this.#reach(nodes, relations, span));
  }

  rowsOf(node: number): Uint32Array {
    const { process } = this.atoms;
    const isOwn = (row: number): boolean => this.nodes.of(process[row] ?? 0) === node;
    return this.#rows(this.#pagesOf(node).acts, isOwn);
  }

  rowsAbout(node: number): Uint32Array {
    const { object, object2, etype } = this.atoms;
    const { nodes } = this;
    const isOn = (row: number): boolean =>
      (nodes.of(object[row] ?? 0) === node || nodes.of(object2[row] ?? 0) === node) &&
      !isAside(etype[row] ?? 0);
    return this.#rows(this.#pagesOf(node).about, isOn);
  }

  relations(node: number): number {
    return this.#reached.get(node)?.relations ?? 0;
  }

  touches(node: number): number {
    return this.#touches.get(node) ?? 0;
  }

  seat(row: number): Seat {
    return this.#seated.seat(row, this.hour.sequence);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lineage[Symbol.asyncDispose]();
  }

  async #reach(nodes: readonly number[], relations: number, span: Span): Promise<boolean> {
    const wanted = new Set<number>();
    const found = new Map<number, Reached>();
    const { pages } = this.#lineage.head;
    for (const node of nodes) {
      const before = this.#reached.get(node);
      const [acts, about] = [new Set(before?.acts), new Set(before?.about)];
      let all = before?.relations ?? 0;
      for (const id of this.nodes.ids(node)) {
        const posting = await this.#lineage.posting(id);
        for (const [at, page] of posting?.pages.entries() ?? []) {
          const relation = (posting?.relations[at] ?? 0) & relations;
          all |= relation;
          if ((relation & ACTS) !== 0) acts.add(page);
          if ((relation & ABOUT) !== 0) about.add(page);
          const place = pages[page];
          const isIn = place !== undefined && place.first < span.until && place.last >= span.since;
          if (relation !== 0 && isIn && !this.#loaded.has(page)) wanted.add(page);
        }
      }
      found.set(node, { relations: all, acts: ascending(acts), about: ascending(about) });
    }
    if (2 * (wanted.size + this.#loaded.size) > pages.length && wanted.size > 1) return false;
    for (const page of ascending(wanted)) await this.#load(page);
    for (const [node, reached] of found) this.#reached.set(node, reached);
    return true;
  }

  async #load(number: number): Promise<void> {
    const { sections } = await this.#lineage.page(number, this.nodes.entities.decoding);
    const start = this.atoms.length;
    for (const [at, section] of sections.entries()) {
      this.#seated.add(section, at === 0 ? this.#lineage.head.pages[number]?.leaf : 0);
    }
    this.#seated.check(this.nodes, start);
    await this.#count(start);
    this.#loaded.set(number, { start, end: this.atoms.length });
  }

  /** How often others in the hour touched what is in a new page. */
  async #count(start: number): Promise<void> {
    const { process, object, object2, length } = this.atoms;
    const fresh = new Set<number>();
    for (let row = start; row < length; row += 1) {
      for (const id of [process[row], object[row], object2[row]]) {
        const node = this.nodes.of(id ?? 0);
        if (node !== 0 && !this.#touches.has(node)) fresh.add(node);
      }
    }
    const ids = [...fresh].flatMap((node) => [...this.nodes.ids(node)].map((id) => ({ id, node })));
    // In order, so that what the lineage says of a range of ids is read once.
    for (const { id, node } of ids.toSorted((a, b) => a.id - b.id)) {
      const touches = (await this.#lineage.posting(id))?.touches ?? 0;
      this.#touches.set(node, (this.#touches.get(node) ?? 0) + touches);
    }
  }

  #pagesOf(node: number): Reached {
    const reached = this.#reached.get(node);
    if (reached === undefined) throw new RangeError(`node ${node} was not asked about`);
    return reached;
  }

  #rows(pages: readonly number[], test: (row: number) => boolean): Uint32Array {
    const rows: number[] = [];
    for (const page of pages) {
      const { start, end } = this.#loaded.get(page) ?? { start: 0, end: 0 };
      for (let row = start; row < end; row += 1) if (test(row)) rows.push(row);
    }
    const { time, serial } = this.atoms;
    // Pages ascend, so equal ones stay in the order of the hour.
    rows.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0) || (serial[a] ?? 0) - (serial[b] ?? 0));
    return Uint32Array.from(rows);
  }
}

function ascending(numbers: ReadonlySet<number>): readonly number[] {
  return [...numbers].toSorted((a, b) => a - b);
}
