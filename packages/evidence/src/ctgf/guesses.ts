/**
 * What models share: numbering of contexts, mixing of numbers, and guesses.
 *
 * A guess is what came last in a place, with how much it is to be trusted. Places are hashes: two
 * that fall together guess worse, and nothing else happens.
 *
 * Format: spec/10-coder.md, "Guesses".
 *
 * @module
 */

/** 32-bit mixing of two numbers, each taken modulo 2^32; a place in a table is its lowest bits. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e37_79b1) ^ Math.imul(b, 0x85eb_ca77);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b_3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Hands out contexts of one model, in ranges one after another. */
export class Contexts {
  #count = 0;

  /** How many were taken: what `Probabilities` needs. */
  get count(): number {
    return this.#count;
  }

  /** @returns the first of `contexts` that nobody else has. */
  take(contexts: number): number {
    const first = this.#count;
    this.#count += contexts;
    return first;
  }
}

const TRUST_MAX = 3;

/** Values are 1..2^32-1; 0 is no guess. Trust is 0..3. */
export class Guesses {
  value: Uint32Array;
  trust: Uint8Array;

  /** @param size places; those outside guess nothing and learn nothing. */
  constructor(size: number) {
    this.value = new Uint32Array(size);
    this.trust = new Uint8Array(size);
  }

  /** Forgets everything. */
  reset(): void {
    this.value.fill(0);
    this.trust.fill(0);
  }

  valueAt(place: number): number {
    return this.value[place] ?? 0;
  }

  trustAt(place: number): number {
    return this.trust[place] ?? 0;
  }

  /** Says what came in a place: a guess that was right twice running survives one miss. */
  learn(place: number, value: number): void {
    const trust = this.trust[place] ?? 0;
    if (this.value[place] === value) {
      if (trust < TRUST_MAX) this.trust[place] = trust + 1;
    } else if (trust > 1) {
      this.trust[place] = 1;
    } else {
      this.value[place] = value;
      this.trust[place] = 0;
    }
  }

  /** Makes room for `size` places, keeping what was learned. */
  room(size: number): void {
    if (size <= this.value.length) return;
    const wider = new Guesses(Math.max(size, this.value.length * 2));
    wider.value.set(this.value);
    wider.trust.set(this.trust);
    this.value = wider.value;
    this.trust = wider.trust;
  }
}
