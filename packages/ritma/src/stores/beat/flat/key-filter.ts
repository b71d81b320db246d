/**
 * A filter over the keys of a run (Bloom, CACM 1970): a look-up asks it first, and reads from a run
 * only where the key may be. It never denies a key that is there.
 *
 * Format: spec/17-beat-store.md, "Filter".
 *
 * @module
 */

const BITS_A_KEY = 10;
const PROBES = 7;
const BYTES_MIN = 8;
/** Hashes, two for each key. */
const CAPACITY = 512;

/** Keys are counted only when all were added, so until then their hashes are kept. */
export class FilterBuilder {
  #hashes = new Uint32Array(CAPACITY);
  #count = 0;

  add(key: string): void {
    if (this.#count * 2 === this.#hashes.length) {
      const larger = new Uint32Array(this.#hashes.length * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes.set(hashesOf(key), this.#count * 2);
    this.#count += 1;
  }

  finish(): Uint8Array {
    const filter = new Uint8Array(Math.max(BYTES_MIN, Math.ceil((this.#count * BITS_A_KEY) / 8)));
    for (let at = 0; at < this.#count * 2; at += 2) {
      for (const bit of probes(filter, this.#hashes[at] ?? 0, this.#hashes[at + 1] ?? 0)) {
        filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
      }
    }
    return filter;
  }
}

export function mayHave(filter: Uint8Array, key: string): boolean {
  const [first, second] = hashesOf(key);
  for (const bit of probes(filter, first, second)) {
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** Double hashing, the step growing so that no two keys share all their bits. */
function* probes(filter: Uint8Array, first: number, second: number): Generator<number> {
  const bits = filter.length * 8;
  let [at, step] = [first, second];
  for (let probe = 0; probe < PROBES; probe += 1) {
    yield at % bits;
    at = (at + step) >>> 0;
    step = (step + probe) >>> 0;
  }
}

/** FNV-1a, and the same mixed once more: two numbers that have little to do with each other. */
function hashesOf(key: string): [number, number] {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193);
  }
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846c_a68b);
  return [(hash ^ (hash >>> 15)) >>> 0, (mixed ^ (mixed >>> 16)) >>> 0];
}
