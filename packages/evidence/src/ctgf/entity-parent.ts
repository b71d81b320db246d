/**
 * Tells the parent of a process.
 *
 * Format: spec/12-entities.md, "Parents".
 *
 * @module
 */
import type { ProcessEntity, ProcessKey } from "../record/entity.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import {
  PARENT_BACK,
  PARENT_KEY,
  PARENT_KNOWN,
  PARENT_NULL,
  PARENT_RANK,
  PARENT_RANK_MORE,
} from "./entity-contexts.ts";
import { chosen, within } from "./entity-fault.ts";
import type { ProcessTable } from "./entity-processes.ts";

const RANK_MAX = 14;

export interface Parent {
  /** Number of a process told, -1 for none or another. */
  readonly parent: number;
  readonly key: ProcessKey | null;
}

export class ParentCoder {
  readonly #table: ProcessTable;

  constructor(table: ProcessTable) {
    this.#table = table;
  }

  /**
   * Tells the parent, and takes it out of the processes mentioned last.
   *
   * @param context 0..255. @param given null when reading.
   */
  code(coder: Coder, context: number, given: ProcessEntity | null): Parent {
    const table = this.#table;
    const key = given === null ? null : given.parent;
    const wanted = key === null ? -1 : table.find(key);
    const wantedRank = wanted < 0 ? -1 : table.rankOf(wanted);
    const rank = this.#codeRank(coder, context, wantedRank);
    if (rank >= 0) {
      within(rank, table.recentCount - 1, "rank of a parent");
      return this.#known(coder, table.take(rank));
    }
    if (coder.bit(PARENT_NULL, given !== null && key === null ? 1 : 0) === 1) {
      return { parent: -1, key: null };
    }
    if (coder.bit(PARENT_KNOWN, wanted >= 0 ? 1 : 0) === 0) return this.#codeKey(coder, key);
    const newest = table.count - 1;
    const back = coder.uint(PARENT_BACK, Math.max(0, newest - wanted));
    within(back, newest, "distance of a parent");
    if (coder.isReading) chosen(table.rankOf(newest - back) < 0, "a recent parent");
    return this.#known(coder, newest - back);
  }

  /** @param wanted how many processes were mentioned since, -1 when it is not among the last. */
  #codeRank(coder: Coder, context: number, wanted: number): number {
    const few = coder.tree(PARENT_RANK + context * 16, 4, Math.min(wanted, RANK_MAX) + 1) - 1;
    if (few < RANK_MAX) return few;
    return RANK_MAX + coder.uint(PARENT_RANK_MORE, Math.max(0, wanted - RANK_MAX));
  }

  #codeKey(coder: Coder, given: ProcessKey | null): Parent {
    const { boot, pid, start, serial } = given ?? { boot: 0, pid: 0, start: 0, serial: 0 };
    const key = {
      boot: coder.uint(PARENT_KEY, boot),
      pid: coder.uint(PARENT_KEY, pid),
      start: coder.uint(PARENT_KEY + UINT_CONTEXTS, start),
      serial: coder.uint(PARENT_KEY + UINT_CONTEXTS, serial),
    };
    if (coder.isReading) chosen(this.#table.find(key) < 0, "a known parent");
    return { parent: -1, key };
  }

  #known(coder: Coder, parent: number): Parent {
    const told = this.#table.at(parent);
    if (told === undefined) return { parent: -1, key: null };
    const { boot, pid, start, serial } = told;
    const key = { boot, pid, start, serial };
    if (coder.isReading) chosen(this.#table.find(key) === parent, "a parent");
    return { parent, key };
  }
}
