/**
 * Counts what ids have to do with the pages of an hour.
 *
 * Format: spec/23-lineage.md, "Ids".
 *
 * @module
 */
import { ACTS, type Posting, relationOf } from "./lineage-ids.ts";
import { IDS_A_RANGE, idRangeOf } from "./lineage.ts";
import type { Section } from "./section.ts";

const ROOM_FIRST = 4096;

/** What ids have to do with pages, kept flat: an hour may have a million of them. */
export class PostingTally {
  #ids = new Uint32Array(ROOM_FIRST);
  #pages = new Uint32Array(ROOM_FIRST);
  #relations = new Uint8Array(ROOM_FIRST);
  #length = 0;
  #pagesSeen = 0;
  readonly #touches = new Map<number, number>();

  /** Takes the next page. */
  add(sections: readonly Section[]): void {
    const found = new Map<number, number>();
    const note = (id: number, bits: number): void => {
      found.set(id, (found.get(id) ?? 0) | bits);
    };
    for (const { atoms } of sections) {
      for (let row = 0; row < atoms.length; row += 1) {
        note(atoms.process[row] ?? 0, ACTS);
        const relation = relationOf(
          atoms.etype[row] ?? 0,
          atoms.flags[row] ?? 0,
          atoms.ret[row] ?? 0,
        );
        if (relation === 0) continue;
        const [object, object2] = [atoms.object[row] ?? 0, atoms.object2[row] ?? 0];
        for (const id of object === object2 ? [object] : [object, object2]) {
          note(id, relation);
          this.#touches.set(id, (this.#touches.get(id) ?? 0) + 1);
        }
      }
    }
    // 0 is no id: it stands for what an atom does not have.
    found.delete(0);
    for (const [id, relation] of found) this.#push(id, relation);
    this.#pagesSeen += 1;
  }

  /** By range, ascending; of each its postings. Every id has at least one page. */
  *ranges(): Generator<{ readonly range: number; readonly postings: readonly Posting[] }> {
    const order = Uint32Array.from({ length: this.#length }, (_, at) => at);
    const [ids, pages] = [this.#ids, this.#pages];
    order.sort((a, b) => (ids[a] ?? 0) - (ids[b] ?? 0) || (pages[a] ?? 0) - (pages[b] ?? 0));
    for (let at = 0; at < order.length;) {
      const range = idRangeOf(ids[order[at] ?? 0] ?? 0);
      const postings: Posting[] = [];
      const end = (range + 1) * IDS_A_RANGE;
      while (at < order.length && (ids[order[at] ?? 0] ?? 0) <= end) {
        const id = ids[order[at] ?? 0] ?? 0;
        const from = at;
        while (at < order.length && ids[order[at] ?? 0] === id) at += 1;
        const entries = [...order.subarray(from, at)];
        postings.push({
          id,
          touches: this.#touches.get(id) ?? 0,
          pages: entries.map((entry) => pages[entry] ?? 0),
          relations: entries.map((entry) => this.#relations[entry] ?? 0),
        });
      }
      yield { range, postings };
    }
  }

  #push(id: number, relation: number): void {
    if (this.#length === this.#ids.length) {
      const [ids, pages, relations] = [this.#ids, this.#pages, this.#relations];
      this.#ids = new Uint32Array(2 * this.#length);
      this.#pages = new Uint32Array(2 * this.#length);
      this.#relations = new Uint8Array(2 * this.#length);
      this.#ids.set(ids);
      this.#pages.set(pages);
      this.#relations.set(relations);
    }
    this.#ids[this.#length] = id;
    this.#pages[this.#length] = this.#pagesSeen;
    this.#relations[this.#length] = relation;
    this.#length += 1;
  }
}
