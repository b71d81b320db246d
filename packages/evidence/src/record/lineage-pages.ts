/**
 * Cuts the sections of an hour into pages, each small enough to be decoded in passing.
 *
 * Invariant: pages depend on atoms alone, not on how blocks were cut or coded; but a window whose
 * atoms are in two sections is in two pages.
 *
 * Format: spec/23-lineage.md, "Pages".
 *
 * @module
 */
import { AtomTable } from "./atom-table.ts";
import { CODED_SECTIONS_MAX } from "../ctgf/block-frame.ts";
import type { LineagePage } from "./lineage.ts";
import type { Section } from "./section.ts";

/** A page that has so many is full. */
export const PAGE_ATOMS = 2048;

/** Sections of one page, and where they are in the hour. */
export interface CutPage {
  readonly sections: readonly Section[];
  readonly place: LineagePage;
}

/** Sections of one kind go in in the order of the hour's blocks; pages come out in theirs. */
export class PageCutter {
  readonly #full: number;
  #sections: Section[] = [];
  #atoms = 0;
  /** Of the first instantiation on the page. */
  #leaf = 0;
  /** Of the section at hand, and the next leaf of its window. */
  #window: number | null | undefined = undefined;
  #next = 0;

  /** @param full atoms of a full page; another number makes another lineage, and is for tests */
  constructor(full: number = PAGE_ATOMS) {
    this.#full = full;
  }

  /** @returns what became full; sections of a page are copies. */
  *add({ window, atoms, starts }: Section): Generator<CutPage> {
    if (window !== this.#window) this.#next = 0;
    else if (this.#sections.length > 0) yield this.#finish();
    this.#window = window;
    if (this.#sections.length === CODED_SECTIONS_MAX) yield this.#finish();
    for (let at = 0; at + 1 < starts.length;) {
      const from = at;
      let room = this.#full - this.#atoms;
      for (; at + 1 < starts.length && room > 0; at += 1) {
        room -= (starts[at + 1] ?? 0) - (starts[at] ?? 0);
      }
      if (this.#sections.length === 0) this.#leaf = this.#next;
      this.#sections.push(part({ window, atoms, starts }, from, at));
      this.#atoms = this.#full - room;
      this.#next += at - from;
      if (room <= 0) yield this.#finish();
    }
  }

  /** @returns what is left; to be called behind the last section. */
  *end(): Generator<CutPage> {
    if (this.#sections.length > 0) yield this.#finish();
  }

  #finish(): CutPage {
    const sections = this.#sections;
    let [first, last] = [Number.POSITIVE_INFINITY, 0];
    for (const { atoms } of sections) {
      for (let row = 0; row < atoms.length; row += 1) {
        first = Math.min(first, atoms.time[row] ?? 0);
        last = Math.max(last, atoms.time[row] ?? 0);
      }
    }
    const place = { leaf: this.#leaf, atoms: this.#atoms, first, last };
    this.#sections = [];
    this.#atoms = 0;
    return { sections, place };
  }
}

/** Instantiations `from` up to `to` of a section. */
function part({ window, atoms, starts }: Section, from: number, to: number): Section {
  const [first, end] = [starts[from] ?? 0, starts[to] ?? 0];
  const own = new AtomTable(end - first);
  for (let row = first; row < end; row += 1) own.copy(atoms, row);
  return { window, atoms: own, starts: starts.slice(from, to + 1).map((start) => start - first) };
}
