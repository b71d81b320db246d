/**
 * Step 1 of the walk: which run the next atom belongs to, or that the next run begins.
 *
 * Runs that are not over stand in a list, the one that went last at the end. The list is short:
 * what
 * falls out of it is told by its number, so that no input makes us search or move thousands.
 *
 * Format: spec/11-blocks.md, "Who".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Runs } from "./atom-runs.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import { type Contexts, mix } from "./guesses.ts";

/** How the run of an atom was found. */
export const STAYS = 0;
const RESUMES = 1;
export const BEGINS = 2;

const LISTED_MAX = 1024;
/** Asked for one by one. */
const CANDIDATES = 20;
const STAY_PLACES = 8192;
const BEGIN_PLACES = 4096;
const CANDIDATE_PLACES = 65_536;

export class Who {
  /** How the last one was found. */
  how = STAYS;
  /** Runs that began. */
  begun = 0;
  /** The run that went last, -1 before the first. */
  current = -1;
  readonly #runs: Runs;
  readonly #listed = new Uint32Array(LISTED_MAX);
  #listedCount = 0;
  /** By run: 1 when it fell out of the list. */
  #parked = new Uint8Array(0);
  #parkedCount = 0;
  #count = 0;
  readonly #stay: number;
  readonly #begin: number;
  readonly #candidate: number;
  readonly #further: number;
  readonly #parkedRun: number;

  constructor(contexts: Contexts, runs: Runs) {
    this.#runs = runs;
    this.#stay = contexts.take(2 * STAY_PLACES);
    this.#begin = contexts.take(2 * BEGIN_PLACES);
    this.#candidate = contexts.take(CANDIDATE_PLACES);
    this.#further = contexts.take(UINT_CONTEXTS);
    this.#parkedRun = contexts.take(UINT_CONTEXTS);
  }

  /** @param count runs of the section */
  begin(count: number): void {
    this.how = STAYS;
    this.begun = 0;
    this.current = -1;
    this.#listedCount = 0;
    this.#parkedCount = 0;
    this.#count = count;
    if (count > this.#parked.length) this.#parked = new Uint8Array(count);
    else this.#parked.fill(0, 0, count);
  }

  /**
   * @param wanted the run of the atom, when writing
   * @param due 1 when the process that is due has the serial that is expected
   */
  next(coder: Coder, wanted: number, due: number): void {
    const { current } = this;
    const { position, length, cone, image, symbol1 } = this.#runs;
    let [isOver, last, others] = [1, 0, this.#listedCount];
    if (current >= 0) {
      const at = position[current] ?? 0;
      isOver = at === length[current] ? 1 : 0;
      last = symbol1[current] ?? 0;
      others -= 1;
      if (isOver === 1) {
        this.#listedCount -= 1;
      } else {
        const id = cone[current] ?? 0;
        const place = id > 0 ? mix(id, at) : mix((image[current] ?? 0) + 1, last);
        const context = this.#stay + due * STAY_PLACES + (place & (STAY_PLACES - 1));
        if (coder.bit(context, wanted === current ? 1 : 0) === 1) {
          this.how = STAYS;
          return;
        }
      }
    }
    if (this.#begins(coder, wanted, due, isOver, others)) {
      this.how = BEGINS;
      this.current = this.begun;
      this.begun += 1;
      this.#list(this.current);
    } else {
      this.how = RESUMES;
      this.current = this.#resumed(coder, wanted, isOver, last, others);
    }
  }

  #begins(coder: Coder, wanted: number, due: number, isOver: number, others: number): boolean {
    if (this.begun === this.#count) return false;
    if (others + this.#parkedCount === 0) return true;
    const last = this.current < 0 ? 0 : (this.#runs.symbol1[this.current] ?? 0);
    const place = (isOver + 2 * last) & (BEGIN_PLACES - 1);
    const context = this.#begin + due * BEGIN_PLACES + place;
    return coder.bit(context, wanted === this.begun ? 1 : 0) === 1;
  }

  #resumed(coder: Coder, wanted: number, isOver: number, last: number, others: number): number {
    const { image, symbol1 } = this.#runs;
    const listed = this.#listed;
    const wantedRank = coder.isReading ? 0 : this.#rankOf(wanted, others);
    let rank = 0;
    for (; rank < others && rank < CANDIDATES; rank += 1) {
      const candidate = listed[others - 1 - rank] ?? 0;
      const whose = mix(image[candidate] ?? 0, (symbol1[candidate] ?? 0) * 2 + isOver);
      const place = mix(whose, mix(rank < 2 ? rank : 2, last)) & (CANDIDATE_PLACES - 1);
      if (coder.bit(this.#candidate + place, wantedRank === rank ? 1 : 0) === 1) {
        return this.#toEnd(others, rank);
      }
    }
    if (rank === CANDIDATES) rank += coder.uint(this.#further, wantedRank - CANDIDATES);
    if (rank < others) return this.#toEnd(others, rank);
    if (rank > others || this.#parkedCount === 0) nobody();
    return this.#unpark(this.begun - 1 - coder.uint(this.#parkedRun, this.begun - 1 - wanted));
  }

  /** How far from the end of the list `run` is; `others` when it is not in it. */
  #rankOf(run: number, others: number): number {
    let rank = 0;
    while (rank < others && this.#listed[others - 1 - rank] !== run) rank += 1;
    return rank;
  }

  #toEnd(others: number, rank: number): number {
    const listed = this.#listed;
    const place = others - 1 - rank;
    const run = listed[place] ?? 0;
    if (this.#listedCount - place > 8) listed.copyWithin(place, place + 1, this.#listedCount);
    else for (let at = place; at + 1 < this.#listedCount; at += 1) listed[at] = listed[at + 1] ?? 0;
    listed[this.#listedCount - 1] = run;
    return run;
  }

  #unpark(run: number): number {
    if (this.#parked[run] !== 1) nobody();
    this.#parked[run] = 0;
    this.#parkedCount -= 1;
    this.#list(run);
    return run;
  }

  #list(run: number): void {
    if (this.#listedCount === LISTED_MAX) {
      this.#parked[this.#listed[0] ?? 0] = 1;
      this.#parkedCount += 1;
      this.#listed.copyWithin(0, 1);
      this.#listedCount -= 1;
    }
    this.#listed[this.#listedCount] = run;
    this.#listedCount += 1;
  }
}

function nobody(): never {
  throw new FormatError("out-of-range", 0, "an atom of nobody that goes on");
}
