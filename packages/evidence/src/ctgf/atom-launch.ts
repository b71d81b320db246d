/**
 * Step 2 of the walk, where a run begins: its process, its cone, its length.
 *
 * Format: spec/11-blocks.md, "Launch".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Runs } from "./atom-runs.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import type { ConeLibrary } from "./cones.ts";
import type { EntityGuess } from "./entity-guess.ts";
import type { Facts } from "./facts.ts";
import { type Contexts, Guesses, mix } from "./guesses.ts";
import { SYMBOLS_MAX } from "./symbols.ts";

/** spec/05-record.md, "Instantiations". */
export const RUN_ATOMS_MAX = 4096;

const CONE_BITS = 17;
const PLACES = 1 << 16;
const TRUSTS = 4;
/** Beyond every id: what stands for an image where an entity would. */
const IMAGE = 0x8000_0000;

/** A run as its writer knows it. */
export interface Launched {
  readonly process: number;
  readonly cone: number;
  readonly length: number;
}

export class Launch {
  readonly #runs: Runs;
  readonly #facts: Facts;
  readonly #cones: ConeLibrary;
  readonly #entities: EntityGuess;
  readonly #guesses = new Guesses(PLACES);
  /** Cones that may be named. */
  #coneMax = 0;
  /** Atoms that are not of a run yet. */
  #atomsLeft = 0;
  #row = 0;
  readonly #next: number;
  readonly #process: number;
  readonly #hit: number;
  readonly #cone: number;
  readonly #length: number;

  constructor(
    contexts: Contexts,
    runs: Runs,
    facts: Facts,
    cones: ConeLibrary,
    entities: EntityGuess,
  ) {
    this.#runs = runs;
    this.#facts = facts;
    this.#cones = cones;
    this.#entities = entities;
    this.#next = contexts.take(2);
    this.#process = contexts.take(UINT_CONTEXTS);
    this.#hit = contexts.take(2 * TRUSTS);
    this.#cone = contexts.take(1 << CONE_BITS);
    this.#length = contexts.take(UINT_CONTEXTS);
  }

  reset(coneMax: number): void {
    this.#guesses.reset();
    this.#coneMax = coneMax;
  }

  /** @param atoms of the section */
  begin(atoms: number): void {
    this.#atomsLeft = atoms;
    this.#row = 0;
  }

  /** Atoms that no run has taken. */
  get atomsLeft(): number {
    return this.#atomsLeft;
  }

  /**
   * @param run which begins. @param current the run that went before, -1 for none
   * @param given its numbers, when writing
   */
  run(coder: Coder, run: number, current: number, due: number, given: Launched): void {
    const runs = this.#runs;
    const entities = this.#entities;
    const isNext = coder.bit(this.#next + due, given.process === entities.newest + 1 ? 1 : 0);
    let process = entities.newest + 1;
    if (isNext === 0) process -= 1 + coder.int(this.#process, entities.newest - given.process);
    if (process < 1 || process > entities.size) {
      throw new FormatError("out-of-range", 0, `process ${process} of ${entities.size}`);
    }
    if (process > entities.newest) entities.newest = process;
    const image = this.#facts.image[process] ?? 0;
    const cone = this.#coneOf(coder, this.#behind(current, image), mix(isNext, image), given.cone);
    runs.cone[run] = cone;
    const known = cone === 0 ? undefined : this.#cones.cone(cone);
    const length =
      cone === 0
        ? 1 + coder.uint(this.#length, given.length - 1)
        : cone > this.#coneMax
          ? 0
          : (known?.atoms ?? 0);
    if (length < 1 || length > RUN_ATOMS_MAX || length > this.#atomsLeft) {
      throw new FormatError("out-of-range", 0, `run of ${length} atoms, cone ${cone}`);
    }
    runs.firstEntity[run] = runs.takeEntities(known?.entities ?? 0);
    runs.length[run] = length;
    runs.first[run] = this.#row;
    runs.position[run] = 0;
    runs.process[run] = process;
    runs.image[run] = image;
    runs.symbol1[run] = SYMBOLS_MAX;
    runs.symbol2[run] = 0;
    runs.entity1[run] = IMAGE + image;
    runs.entity2[run] = 0;
    runs.number1[run] = 0;
    runs.number2[run] = 0;
    runs.met[run] = 0;
    this.#atomsLeft -= length;
    this.#row += length;
  }

  /** What the image was launched behind. */
  #behind(current: number, image: number): number {
    if (current < 0) return 0;
    const { cone, position, symbol1 } = this.#runs;
    const id = cone[current] ?? 0;
    const where = id > 0 ? mix(id + 1, position[current] ?? 0) : mix(1, symbol1[current] ?? 0);
    return mix(image, where);
  }

  #coneOf(coder: Coder, placeA: number, placeB: number, given: number): number {
    const guesses = this.#guesses;
    const [a, b] = [placeA & (PLACES - 1), placeB & (PLACES - 1)];
    const guessA = guesses.valueAt(a);
    const guessB = guesses.valueAt(b);
    let cone: number;
    if (guessA > 0 && this.#hits(coder, guesses.trustAt(a), guessA - 1 === given)) {
      cone = guessA - 1;
    } else if (
      guessB > 0 &&
      guessB !== guessA &&
      this.#hits(coder, TRUSTS + guesses.trustAt(b), guessB - 1 === given)
    ) {
      cone = guessB - 1;
    } else cone = coder.tree(this.#cone, CONE_BITS, given);
    guesses.learn(a, cone + 1);
    guesses.learn(b, cone + 1);
    return cone;
  }

  #hits(coder: Coder, context: number, isHit: boolean): boolean {
    return coder.bit(this.#hit + context, isHit ? 1 : 0) === 1;
  }
}
