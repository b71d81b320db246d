/**
 * What a section in a block begins with, before its atoms.
 *
 * Format: spec/11-blocks.md, "Section head".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import type { Contexts } from "./guesses.ts";

export const TICK_FINE_US = 1;
export const TICK_COARSE_US = 1000;

export interface SectionHead {
  /** Null for late atoms. */
  readonly window: number | null;
  readonly atoms: number;
  readonly instantiations: number;
  /** The newest dictionary id when the section was closed. */
  readonly size: number;
  /** Microseconds. */
  readonly tick: number;
  /** Of the first atom in order of time, in ticks; and its serial. */
  readonly time: number;
  readonly serial: number;
}

/** When reading, what `code` takes for a head: nothing of it is looked at. */
export const NO_HEAD: SectionHead = {
  window: null,
  atoms: 0,
  instantiations: 0,
  size: 0,
  tick: TICK_FINE_US,
  time: 0,
  serial: 0,
};

export class SectionHeads {
  readonly #window: number;
  readonly #count: number;
  readonly #size: number;
  readonly #coarse: number;
  readonly #time: number;
  readonly #serial: number;

  constructor(contexts: Contexts) {
    this.#window = contexts.take(UINT_CONTEXTS);
    this.#count = contexts.take(UINT_CONTEXTS);
    this.#size = contexts.take(UINT_CONTEXTS);
    this.#coarse = contexts.take(1);
    this.#time = contexts.take(UINT_CONTEXTS);
    this.#serial = contexts.take(UINT_CONTEXTS);
  }

  /**
   * @param sizeBefore of the section before. @param sizeMax ids there are
   * @param atomsMax that the block still may hold
   * @throws FormatError `out-of-range` when a count is outside these.
   */
  code(
    coder: Coder,
    given: SectionHead,
    sizeBefore: number,
    sizeMax: number,
    atomsMax: number,
  ): SectionHead {
    const window = coder.uint(this.#window, given.window === null ? 0 : given.window + 1);
    const atoms = coder.uint(this.#count, given.atoms);
    const instantiations = coder.uint(this.#count, given.instantiations);
    const size = sizeBefore + coder.uint(this.#size, given.size - sizeBefore);
    const isCoarse = coder.bit(this.#coarse, given.tick === TICK_COARSE_US ? 1 : 0) === 1;
    const tick = isCoarse ? TICK_COARSE_US : TICK_FINE_US;
    const time = coder.uint(this.#time, given.time);
    const serial = coder.uint(this.#serial, given.serial);
    const isCounted = atoms >= 1 && atoms <= atomsMax;
    if (!isCounted || instantiations < 1 || instantiations > atoms) {
      const what = `section of ${atoms} atoms in ${instantiations} instantiations`;
      throw new FormatError("out-of-range", 0, what);
    }
    if (size > sizeMax || time * tick > Number.MAX_SAFE_INTEGER) {
      throw new FormatError("out-of-range", 0, `section of ${size} ids at tick ${time}`);
    }
    return {
      window: window === 0 ? null : window - 1,
      atoms,
      instantiations,
      size,
      tick,
      time,
      serial,
    };
  }
}
