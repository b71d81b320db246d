/**
 * Merkle trees as in Certificate Transparency (RFC 6962 §2.1, unchanged in RFC 9162).
 *
 *     leaf hash  H(0x00 || data)        empty tree  H("")
 *     node hash  H(0x01 || left || right)
 *     split      at the largest power of two below the size; nothing padded, nothing repeated
 *
 * The prefixes keep a node from being passed off as a leaf. A lone last node of a level goes up
 * unchanged; to hash it with itself instead would give two lists of leaves one root
 * (CVE-2012-2459).
 *
 * Sizes and indices are numbers up to 2^53-1, so nothing here uses bit operations, which see 32
 * bits. In this file every hash is 32 bytes; "leaf" means the hash of a leaf, never its data.
 *
 * Not here: checking a proof (`merkle-verify.ts`).
 *
 * Format: spec/02-merkle.md. Vectors: spec/vectors/merkle.json.
 *
 * @module
 */
import type { Sha256 } from "../primitives.ts";

export const HASH_BYTES = 32;
const NODE_BYTES = 1 + 2 * HASH_BYTES;

export function leafHash(sha256: Sha256, data: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + data.length);
  prefixed.set(data, 1);
  return sha256(prefixed);
}

export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashInto(sha256, new Uint8Array(NODE_BYTES), left, right);
}

export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/**
 * The root of a growing list, in memory that depends only on the height of the tree.
 *
 * Slot k holds the root of a full subtree of 2^k leaves, and is in use when bit k of the size is
 * set: the tree is counted like a binary number, and a hash is a carry.
 */
export class TreeHasher {
  readonly #sha256: Sha256;
  /** Slot 0 is memory of its own; above it stand digests, which are fresh and nobody else's. */
  readonly #slots: Uint8Array[] = [new Uint8Array(HASH_BYTES)];
  readonly #scratch = new Uint8Array(NODE_BYTES);
  #size = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Begins again with no leaves. */
  reset(): void {
    this.#size = 0;
  }

  /** Copies what it keeps. */
  push(leaf: Uint8Array): void {
    checkHash(leaf);
    let carry = leaf;
    let level = 0;
    let rest = this.#size;
    while (rest % 2 === 1) {
      carry = hashInto(this.#sha256, this.#scratch, this.#slot(level), carry);
      rest = (rest - 1) / 2;
      level += 1;
    }
    if (level === 0) this.#slot(0).set(leaf);
    else this.#slots[level] = carry;
    this.#size += 1;
  }

  /** The tree goes on after it. */
  root(): Uint8Array {
    return this.rootBefore(null) ?? emptyRoot(this.#sha256);
  }

  /**
   * The root with `last` as one more node at the end: the root of a smaller, incomplete subtree,
   * as it stands at the right edge of a tiled log. Nothing is added.
   *
   * @returns null when there is neither a leaf nor a `last`.
   */
  rootBefore(last: Uint8Array | null): Uint8Array | null {
    let carry = last;
    let rest = this.#size;
    for (let level = 0; rest > 0; level += 1) {
      if (rest % 2 === 1) {
        const slot = this.#slot(level);
        carry = carry === null ? slot.slice() : hashInto(this.#sha256, this.#scratch, slot, carry);
      }
      rest = Math.floor(rest / 2);
    }
    return carry;
  }

  #slot(level: number): Uint8Array {
    const slot = this.#slots[level];
    if (slot === undefined) throw new TypeError(`no subtree of level ${level}`);
    return slot;
  }
}

/**
 * Every node of the tree in one flat array, level 0 (the leaves) first and the root last.
 *
 * Level k has ceil(n / 2^k) hashes; a lone last one is carried up unchanged, and so occurs again.
 * Node i of a level has the children 2i and 2i+1 of the level below.
 *
 * @throws RangeError when there is no leaf: an empty tree has no node.
 */
export function treeLevels(sha256: Sha256, leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) throw new RangeError("an empty tree has no levels");
  const levels = new Uint8Array(levelsLength(leaves.length) * HASH_BYTES);
  let to = 0;
  for (const leaf of leaves) {
    checkHash(leaf);
    levels.set(leaf, to);
    to += HASH_BYTES;
  }
  const scratch = new Uint8Array(NODE_BYTES);
  let from = 0;
  for (let width = leaves.length; width > 1; width = Math.ceil(width / 2)) {
    for (let index = 0; index < width; index += 2) {
      const left = levels.subarray(from, from + HASH_BYTES);
      const right = levels.subarray(from + HASH_BYTES, from + 2 * HASH_BYTES);
      levels.set(index + 1 < width ? hashInto(sha256, scratch, left, right) : left, to);
      from += Math.min(2, width - index) * HASH_BYTES;
      to += HASH_BYTES;
    }
  }
  return levels;
}

/** The number of hashes in `treeLevels` for `size` leaves; 0 for 0. */
export function levelsLength(size: number): number {
  let total = size;
  for (let width = size; width > 1;) {
    width = Math.ceil(width / 2);
    total += width;
  }
  return total;
}

/**
 * The root over the first `prefix` leaves, from the array of `treeLevels` over all `size`.
 *
 * @throws RangeError when `prefix` is not in 1..size, or `levels` has another length.
 */
export function prefixRoot(
  sha256: Sha256,
  levels: Uint8Array,
  size: number,
  prefix: number,
): Uint8Array {
  checkLevels(levels, size);
  if (!Number.isSafeInteger(prefix) || prefix < 1 || prefix > size) {
    throw new RangeError(`no prefix of ${prefix} in a tree of ${size}`);
  }
  let root: Uint8Array | null = null;
  let [start, width, rest] = [0, size, prefix];
  while (rest > 0) {
    if (rest % 2 === 1) {
      const full = nodeAt(levels, start, rest - 1);
      root = root === null ? full : nodeHash(sha256, full, root);
    }
    start += width;
    width = Math.ceil(width / 2);
    rest = Math.floor(rest / 2);
  }
  if (root === null) throw new RangeError("an empty prefix");
  return root;
}

/** The siblings from leaf `index` up to the root, lowest first. */
export function inclusionPath(
  sha256: Sha256,
  leaves: readonly Uint8Array[],
  index: number,
): Uint8Array[] {
  return inclusionPathIn(treeLevels(sha256, leaves), leaves.length, index);
}

/**
 * The same, read from the array of `treeLevels` instead of computed.
 *
 * @returns copies. @throws RangeError when `index` is not below `size` or `levels` has another
 * length than a tree of `size` leaves.
 */
export function inclusionPathIn(levels: Uint8Array, size: number, index: number): Uint8Array[] {
  checkLevels(levels, size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  }
  return siblings(levels, { start: 0, width: size, index });
}

/**
 * The hashes that show that the first `oldSize` leaves are a prefix of all of them. Empty when
 * `oldSize` is 0 or all.
 */
export function consistencyPath(
  sha256: Sha256,
  leaves: readonly Uint8Array[],
  oldSize: number,
): Uint8Array[] {
  if (!Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > leaves.length) {
    throw new RangeError(`no prefix of ${oldSize} in a tree of ${leaves.length}`);
  }
  if (oldSize === 0 || oldSize === leaves.length) return [];
  const levels = treeLevels(sha256, leaves);
  // The largest full subtree that ends where the old tree ends.
  let place: Place = { start: 0, width: leaves.length, index: oldSize - 1 };
  while (place.index % 2 === 1) place = parentOf(place);
  // When the old tree is that subtree, the verifier has its root already.
  const known = place.index === 0;
  return [...(known ? [] : [nodeAt(levels, place.start, place.index)]), ...siblings(levels, place)];
}

/** A node in the flat array: where its level starts, how wide the level is, and which one it is. */
interface Place {
  readonly start: number;
  readonly width: number;
  readonly index: number;
}

function parentOf(place: Place): Place {
  return {
    start: place.start + place.width,
    width: Math.ceil(place.width / 2),
    index: Math.floor(place.index / 2),
  };
}

function siblings(levels: Uint8Array, from: Place): Uint8Array[] {
  const path: Uint8Array[] = [];
  for (let place = from; place.width > 1; place = parentOf(place)) {
    const sibling = place.index % 2 === 0 ? place.index + 1 : place.index - 1;
    if (sibling < place.width) path.push(nodeAt(levels, place.start, sibling));
  }
  return path;
}

function nodeAt(levels: Uint8Array, start: number, index: number): Uint8Array {
  const at = (start + index) * HASH_BYTES;
  return levels.slice(at, at + HASH_BYTES);
}

function hashInto(
  sha256: Sha256,
  scratch: Uint8Array,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  scratch[0] = 0x01;
  scratch.set(left, 1);
  scratch.set(right, 1 + HASH_BYTES);
  return sha256(scratch);
}

function checkHash(hash: Uint8Array): void {
  if (hash.length !== HASH_BYTES) throw new RangeError(`hash of ${hash.length} bytes`);
}

function checkLevels(levels: Uint8Array, size: number): void {
  if (levels.length !== levelsLength(size) * HASH_BYTES) {
    throw new RangeError(`${levels.length} bytes are not the levels of a tree of ${size}`);
  }
}
