/**
 * Step 5 of the walk: which entity an atom names. Guesses first: what the cone's place held last,
 * what followed the last two entities, what followed the last; then whether it is the next that
 * nobody met; then its number.
 *
 * Format: spec/11-blocks.md, "Entities".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import type { Facts } from "./facts.ts";
import { type Contexts, Guesses, mix } from "./guesses.ts";

/** In guesses, and where an entity is remembered: the one that was new then. */
export const NEW = 0xffff_ffff;

const PLACES = 1 << 17;
const SLOTS_FIRST = 1 << 12;
const KINDS = 256;
const HIT_CONTEXTS = 512;
/** Where in the contexts of a kind: a new entity that is a process; the second and third guess. */
const HIT_ODD = 256;
const HIT_SECOND = 64;
const HIT_SECOND_CONE = 32;
const HIT_THIRD = 128;
const FRESH_PLACES = 1 << 14;
const LAST_PLACES = 1 << 14;
const NEAR_PLACES = 1 << 12;
const NEAR_KINDS = 32;
const NEAR = 64;
const NEAR_BITS = 7;
const TREE_BITS = 20;
const FIRST_MIX = 0x10_0000;

export class EntityGuess {
  /** The newest id that was met. */
  newest = 0;
  /** The newest id there is: one beyond it cannot be named. */
  size = 0;
  /** Whether the last one was the next that nobody had met. */
  wasNew = false;
  readonly #facts: Facts;
  readonly #second = new Guesses(PLACES);
  readonly #third = new Guesses(PLACES);
  /** By place of the cones that were met. */
  readonly #slots = new Guesses(SLOTS_FIRST);
  /** By kind: the last that was no new one. */
  readonly #last = new Uint32Array(LAST_PLACES);
  #wasNear = 0;
  /** Of the entity at hand: 1 when the next new one is a process; where its contexts begin. */
  #odd = 0;
  #kindHit = 0;
  readonly #hit: number;
  readonly #fresh: number;
  readonly #beyond: number;
  readonly #beyondBy: number;
  readonly #near: number;
  readonly #nearBy: number;
  readonly #tree: number;

  constructor(contexts: Contexts, facts: Facts) {
    this.#facts = facts;
    this.#hit = contexts.take(KINDS * HIT_CONTEXTS);
    this.#fresh = contexts.take(2 * FRESH_PLACES);
    this.#beyond = contexts.take(1);
    this.#beyondBy = contexts.take(UINT_CONTEXTS);
    this.#near = contexts.take(NEAR_PLACES);
    this.#nearBy = contexts.take(NEAR_KINDS * 2 * NEAR);
    this.#tree = contexts.take(1 << TREE_BITS);
  }

  /** @param newest id before the block */
  reset(newest: number): void {
    this.newest = newest;
    this.size = newest;
    this.#wasNear = 0;
    this.#second.reset();
    this.#third.reset();
    this.#slots.reset();
    this.#last.fill(0);
  }

  /** Makes room for places of cones. */
  room(slots: number): void {
    this.#slots.room(slots);
  }

  /**
   * @param slot of the cone, -1 when written out. @param kind 3 times the symbol, plus the place
   * @param entity1 the entity before in this run, NEW if it was. @param entity2 the one before it
   */
  code(
    coder: Coder,
    given: number,
    slot: number,
    kind: number,
    entity1: number,
    entity2: number,
  ): number {
    const second = this.#second;
    const third = this.#third;
    const fresh = this.newest + 1;
    const b = mix(mix(entity1, entity2), kind) & (PLACES - 1);
    const c = mix(entity1, kind + FIRST_MIX) & (PLACES - 1);
    const inCone = slot < 0 ? 0 : 1;
    const guessA = slot < 0 ? 0 : (this.#slots.value[slot] ?? 0);
    const guessB = second.value[b] ?? 0;
    const guessC = third.value[c] ?? 0;
    const trustB = second.trust[b] ?? 0;
    const trustC = third.trust[c] ?? 0;
    const wanted = given === fresh ? NEW : given;
    // A new process is hardly what an atom is about.
    this.#odd = fresh <= this.size && this.#facts.image[fresh] !== 0 ? 1 : 0;
    this.#kindHit = this.#hit + (kind & (KINDS - 1)) * HIT_CONTEXTS;
    const contextA =
      slot < 0 ? 0 : (this.#slots.trust[slot] ?? 0) * 8 + (guessB === guessA ? 4 : 0);
    const contextB = HIT_SECOND + inCone * HIT_SECOND_CONE + trustB * 4;
    const contextC = HIT_THIRD + inCone * 4 + trustC;
    let found: number;
    if (guessA !== 0 && this.#isHit(coder, contextA + trustB, guessA, wanted)) {
      found = guessA;
    } else if (
      guessB !== 0 &&
      guessB !== guessA &&
      this.#isHit(coder, contextB + trustC, guessB, wanted)
    ) {
      found = guessB;
    } else if (
      guessC !== 0 &&
      guessC !== guessA &&
      guessC !== guessB &&
      this.#isHit(coder, contextC, guessC, wanted)
    ) {
      found = guessC;
    } else if (
      guessA !== NEW &&
      guessB !== NEW &&
      guessC !== NEW &&
      this.#isFresh(coder, kind, wanted)
    ) {
      found = NEW;
    } else found = this.#told(coder, given, kind);
    if (slot >= 0) this.#slots.learn(slot, found);
    second.learn(b, found);
    third.learn(c, found);
    return this.#met(found, fresh, kind);
  }

  #isHit(coder: Coder, context: number, guess: number, wanted: number): boolean {
    const odd = guess === NEW ? this.#odd * HIT_ODD : 0;
    return coder.bit(this.#kindHit + odd + context, guess === wanted ? 1 : 0) === 1;
  }

  #isFresh(coder: Coder, kind: number, wanted: number): boolean {
    const context = this.#fresh + this.#odd * FRESH_PLACES + (kind & (FRESH_PLACES - 1));
    return coder.bit(context, wanted === NEW ? 1 : 0) === 1;
  }

  #met(found: number, fresh: number, kind: number): number {
    this.wasNew = found === NEW;
    const id = found === NEW ? fresh : found;
    if (id < 1 || id > this.size) {
      throw new FormatError("out-of-range", 0, `entity ${id} of ${this.size}`);
    }
    if (found !== NEW) this.#last[kind & (LAST_PLACES - 1)] = id;
    if (id > this.newest) this.newest = id;
    return id;
  }

  #told(coder: Coder, given: number, kind: number): number {
    const { newest } = this;
    if (coder.bit(this.#beyond, given > newest ? 1 : 0) === 1) {
      return newest + 1 + coder.uint(this.#beyondBy, given - newest - 1);
    }
    const last = this.#last[kind & (LAST_PLACES - 1)] ?? 0;
    const step = given - last;
    const near = this.#near + ((kind * 2 + this.#wasNear) & (NEAR_PLACES - 1));
    const isNear = coder.bit(near, step >= -NEAR && step < NEAR ? 1 : 0);
    this.#wasNear = isNear;
    if (isNear === 1) {
      const by = this.#nearBy + (kind & (NEAR_KINDS - 1)) * 2 * NEAR;
      return last + coder.tree(by, NEAR_BITS, step + NEAR) - NEAR;
    }
    // A tree over the whole id, apart for each kind: frequent ones take few bits.
    const bits = 32 - Math.clz32(newest);
    let node = 1;
    for (let at = bits - 1; at >= 0; at -= 1) {
      const place = mix(node, kind) >>> (32 - TREE_BITS);
      node = node * 2 + coder.bit(this.#tree + place, (given >>> at) & 1);
    }
    return node - 2 ** bits;
  }
}
