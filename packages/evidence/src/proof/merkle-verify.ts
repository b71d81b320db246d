/**
 * Checks inclusion and consistency proofs (RFC 9162 §2.1.3.2 and §2.1.4.2).
 *
 * Everything in a proof may come from an attacker, sizes and path included: a proof of the wrong
 * shape is false, never an exception, and never more than 64 hashes are looked at.
 *
 * Format: spec/02-merkle.md. Vectors: spec/vectors/merkle.json.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import type { Sha256 } from "../primitives.ts";
import { emptyRoot, HASH_BYTES, nodeHash } from "./merkle.ts";

const PATH_LENGTH_MAX = 64;

export interface InclusionProof {
  /** Of the leaf, from 0. */
  readonly index: number;
  /** Leaves in the tree. */
  readonly size: number;
  /** The hash of the leaf, not its data. */
  readonly leaf: Uint8Array;
  /** Siblings, lowest first. */
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface ConsistencyProof {
  readonly oldSize: number;
  readonly newSize: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** True when `leaf` is number `index` of the `size` leaves under `root`. */
export function verifyInclusion(proof: InclusionProof, sha256: Sha256): boolean {
  const { index, size, leaf, path, root } = proof;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areHashes([leaf, root]) || !arePath(path)) return false;
  const climb = new Climb(index, size - 1);
  let hash = leaf;
  for (const sibling of path) {
    if (climb.done) return false;
    const onTheLeft = climb.step();
    hash = onTheLeft ? nodeHash(sha256, sibling, hash) : nodeHash(sha256, hash, sibling);
  }
  return climb.done && equalBytes(hash, root);
}

/**
 * True when the tree under `oldRoot` is a prefix of the one under `newRoot`.
 *
 * The empty tree is a prefix of every tree, so it needs the empty root and no path.
 */
export function verifyConsistency(proof: ConsistencyProof, sha256: Sha256): boolean {
  const { oldSize, newSize, oldRoot, newRoot, path } = proof;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false;
  if (!areHashes([oldRoot, newRoot]) || !arePath(path)) return false;
  if (oldSize === 0 && !equalBytes(oldRoot, emptyRoot(sha256))) return false;
  if (oldSize === newSize) return path.length === 0 && equalBytes(oldRoot, newRoot);
  if (oldSize === 0) return path.length === 0;
  return path.length > 0 && climbBoth(proof, sha256);
}

function climbBoth(proof: ConsistencyProof, sha256: Sha256): boolean {
  const { oldSize, newSize, oldRoot, newRoot, path } = proof;
  const climb = new Climb(oldSize - 1, newSize - 1);
  climb.toLeftChild();
  // An old tree that is full is itself where the climb starts; its root is not repeated.
  const [start, ...rest] = climb.atLeftEdge ? [oldRoot, ...path] : path;
  if (start === undefined) return false;
  let oldHash = start;
  let newHash = start;
  for (const sibling of rest) {
    if (climb.done) return false;
    if (climb.step()) {
      oldHash = nodeHash(sha256, sibling, oldHash);
      newHash = nodeHash(sha256, sibling, newHash);
    } else {
      newHash = nodeHash(sha256, newHash, sibling);
    }
  }
  return climb.done && equalBytes(oldHash, oldRoot) && equalBytes(newHash, newRoot);
}

/** A way from a node up to the root, beside the way of the tree's last leaf. */
class Climb {
  #node: number;
  #last: number;

  constructor(node: number, last: number) {
    this.#node = node;
    this.#last = last;
  }

  /** At the root. */
  get done(): boolean {
    return this.#last === 0;
  }

  get atLeftEdge(): boolean {
    return this.#node === 0;
  }

  /** Up while the node is a right child: to the largest full subtree that ends with it. */
  toLeftChild(): void {
    while (this.#node % 2 === 1) this.#up();
  }

  /**
   * Up past one sibling, and past the levels where the node has none and is carried.
   *
   * @returns true when the sibling stands on the left.
   */
  step(): boolean {
    const onTheLeft = this.#node % 2 === 1 || this.#node === this.#last;
    if (onTheLeft) while (this.#node % 2 === 0 && this.#node !== 0) this.#up();
    this.#up();
    return onTheLeft;
  }

  #up(): void {
    this.#node = Math.floor(this.#node / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function arePath(path: readonly Uint8Array[]): boolean {
  return path.length <= PATH_LENGTH_MAX && areHashes(path);
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
