/**
 * Paths that show several leaves of one tree at once: every hash that they share stands once.
 *
 *     both halves hold a leaf:   path of the left half, then of the right half
 *     only one does:             its path, then the root of the other half
 *
 * For one leaf this is its audit path (RFC 6962 §2.1.1). Sizes reach 2^53-1, so nothing here uses
 * bit operations.
 *
 * Format: spec/25-event-proof.md, "Paths of several leaves".
 *
 * @module
 */
import type { Sha256 } from "../primitives.ts";
import { HASH_BYTES, nodeHash } from "../proof/merkle.ts";

export interface JointLeaf {
  /** Of the leaf, from 0. */
  readonly index: number;
  /** The hash of the leaf, not its data. */
  readonly hash: Uint8Array;
}

/** Leaves from `start` on, and those of the asked ones among them. */
interface Part {
  readonly start: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The root that leaves and path give.
 *
 * @param leaves at least one, in strictly ascending order of index
 * @returns null when they are not leaves of a tree of that size, or hashes are missing or left over
 */
export function jointRoot(
  sha256: Sha256,
  size: number,
  leaves: readonly JointLeaf[],
  path: readonly Uint8Array[],
): Uint8Array | null {
  const indices = leaves.map(({ index }) => index);
  if (!areIndices(indices, size)) return null;
  let taken = 0;
  const rootOf = (part: Part): Uint8Array | null => {
    if (part.from === part.to) return path[taken++] ?? null;
    if (part.size === 1) return leaves[part.from]?.hash ?? null;
    const [left, right] = halves(part, indices);
    const isRightFirst = left.from === left.to;
    const first = rootOf(isRightFirst ? right : left);
    const second = rootOf(isRightFirst ? left : right);
    if (first === null || second === null) return null;
    return isRightFirst ? nodeHash(sha256, second, first) : nodeHash(sha256, first, second);
  };
  const root = rootOf({ start: 0, size, from: 0, to: leaves.length });
  return taken === path.length ? root : null;
}

/**
 * @param levels of `treeLevels` over all `size` leaves
 * @param indices at least one, strictly ascending
 * @returns copies. @throws RangeError when they are not leaves of the tree
 */
export function jointPath(
  levels: Uint8Array,
  size: number,
  indices: readonly number[],
): Uint8Array[] {
  if (!areIndices(indices, size)) throw new RangeError("not leaves of the tree, in order");
  const begins = levelBegins(size);
  const path: Uint8Array[] = [];
  const walk = (part: Part): void => {
    if (part.from === part.to) {
      const level = Math.ceil(Math.log2(part.size));
      const at = ((begins[level] ?? 0) + part.start / 2 ** level) * HASH_BYTES;
      path.push(levels.slice(at, at + HASH_BYTES));
    } else if (part.size > 1) {
      const [left, right] = halves(part, indices);
      const isRightFirst = left.from === left.to;
      walk(isRightFirst ? right : left);
      walk(isRightFirst ? left : right);
    }
  };
  walk({ start: 0, size, from: 0, to: indices.length });
  return path;
}

/** Split as RFC 6962 does: at the largest power of two below the size. */
function halves(part: Part, indices: readonly number[]): readonly [Part, Part] {
  const { start, size, from, to } = part;
  let leftSize = 1;
  while (leftSize * 2 < size) leftSize *= 2;
  const middle = start + leftSize;
  let cut = from;
  while (cut < to && (indices[cut] ?? 0) < middle) cut += 1;
  return [
    { start, size: leftSize, from, to: cut },
    { start: middle, size: size - leftSize, from: cut, to },
  ];
}

/** How many nodes stand before each level in the flat array. */
function levelBegins(size: number): number[] {
  const begins = [0];
  let total = 0;
  for (let width = size; width > 1; width = Math.ceil(width / 2)) {
    total += width;
    begins.push(total);
  }
  return begins;
}

function areIndices(indices: readonly number[], size: number): boolean {
  if (indices.length === 0 || !Number.isSafeInteger(size)) return false;
  let last = -1;
  for (const index of indices) {
    if (!Number.isSafeInteger(index) || index <= last || index >= size) return false;
    last = index;
  }
  return true;
}
