/**
 * Runs: the instantiations of the section at hand, in columns, with what the model remembers of
 * each. Number k is instantiation k of the section.
 *
 * Format: spec/11-blocks.md, "The walk".
 *
 * @module
 */
const CAPACITY_FIRST = 256;

export class Runs {
  /** Id of its cone, 0 for one that is written out. */
  cone = new Uint32Array(0);
  length = new Uint32Array(0);
  /** Its first row. */
  first = new Uint32Array(0);
  /** Atoms that were walked. */
  position = new Uint32Array(0);
  process = new Uint32Array(0);
  /** The image number of its process. */
  image = new Uint32Array(0);
  /** Symbols of its last atom and of the one before. */
  symbol1 = new Uint32Array(0);
  symbol2 = new Uint32Array(0);
  /** Its last entity and the one before, as guesses know them. */
  entity1 = new Uint32Array(0);
  entity2 = new Uint32Array(0);
  /** Hashes of its last number and of the one before. */
  number1 = new Uint32Array(0);
  number2 = new Uint32Array(0);
  /** Where its entities by cone number begin in `entities`, and how many were met. */
  firstEntity = new Uint32Array(0);
  met = new Uint32Array(0);
  entities = new Uint32Array(CAPACITY_FIRST);
  #entitiesTaken = 0;

  /** Makes room for `count` runs. Each is set where it is launched. */
  begin(count: number): void {
    this.#entitiesTaken = 0;
    if (count <= this.cone.length) return;
    const capacity = Math.max(CAPACITY_FIRST, count, this.cone.length * 2);
    this.cone = new Uint32Array(capacity);
    this.length = new Uint32Array(capacity);
    this.first = new Uint32Array(capacity);
    this.position = new Uint32Array(capacity);
    this.process = new Uint32Array(capacity);
    this.image = new Uint32Array(capacity);
    this.symbol1 = new Uint32Array(capacity);
    this.symbol2 = new Uint32Array(capacity);
    this.entity1 = new Uint32Array(capacity);
    this.entity2 = new Uint32Array(capacity);
    this.number1 = new Uint32Array(capacity);
    this.number2 = new Uint32Array(capacity);
    this.firstEntity = new Uint32Array(capacity);
    this.met = new Uint32Array(capacity);
  }

  /** @returns where `count` entities of a cone have their places. */
  takeEntities(count: number): number {
    const first = this.#entitiesTaken;
    this.#entitiesTaken += count;
    if (this.#entitiesTaken > this.entities.length) {
      const wider = new Uint32Array(Math.max(this.#entitiesTaken, this.entities.length * 2));
      wider.set(this.entities);
      this.entities = wider;
    }
    return first;
  }
}
