/**
 * Step 5 of the walk: the entities that an atom names, place by place. What each is, see
 * `entity-guess.ts`; here is what a run remembers of those it named.
 *
 * Format: spec/11-blocks.md, "Entities".
 *
 * @module
 */
import type { AtomTable } from "../record/atom-table.ts";
import type { Runs } from "./atom-runs.ts";
import type { What } from "./atom-what.ts";
import type { Coder } from "./coder.ts";
import { SHAPE_FIELDS } from "./cone-shape.ts";
import { type EntityGuess, NEW } from "./entity-guess.ts";
import { HAS_OBJECT } from "./symbols.ts";

/** object, object2, arg. */
const PLACES = 3;
/** Where the first of them stands in the fields of a shape. */
const FIRST_FIELD = 4;

export class Whom {
  readonly #runs: Runs;
  readonly #what: What;
  readonly #entities: EntityGuess;

  constructor(runs: Runs, what: What, entities: EntityGuess) {
    this.#runs = runs;
    this.#what = what;
    this.#entities = entities;
  }

  /** @param shape of the run's cone, null where the atom is written out */
  code(
    coder: Coder,
    table: AtomTable,
    row: number,
    run: number,
    shape: Uint32Array | null,
    position: number,
  ): void {
    const { mask, symbol } = this.#what;
    for (let place = 0; place < PLACES; place += 1) {
      if ((mask & (HAS_OBJECT << place)) === 0) continue;
      const column = place === 0 ? table.object : place === 1 ? table.object2 : table.arg;
      const kind = symbol * PLACES + place;
      const given = column[row] ?? 0;
      let id: number;
      if (shape === null) {
        id = this.#named(coder, given, -1, kind, run);
      } else {
        const number = shape[position * SHAPE_FIELDS + FIRST_FIELD + place] ?? 0;
        id = this.#numbered(coder, given, number, kind, run);
      }
      if (coder.isReading) column[row] = id;
    }
  }

  /** An entity of a cone: a number that was met in this run stands for the same one. */
  #numbered(coder: Coder, given: number, number: number, kind: number, run: number): number {
    const runs = this.#runs;
    const at = (runs.firstEntity[run] ?? 0) + number - 1;
    if (number <= (runs.met[run] ?? 0)) {
      const id = runs.entities[at] ?? 0;
      runs.entity2[run] = runs.entity1[run] ?? 0;
      runs.entity1[run] = id;
      return id;
    }
    const slot = this.#what.firstSlot(runs.cone[run] ?? 0) + number - 1;
    const id = this.#named(coder, given, slot, kind, run);
    runs.met[run] = number;
    runs.entities[at] = id;
    return id;
  }

  #named(coder: Coder, given: number, slot: number, kind: number, run: number): number {
    const runs = this.#runs;
    const entities = this.#entities;
    const last = runs.entity1[run] ?? 0;
    const id = entities.code(coder, given, slot, kind, last, runs.entity2[run] ?? 0);
    runs.entity2[run] = last;
    runs.entity1[run] = entities.wasNew ? NEW : id;
    return id;
  }
}
