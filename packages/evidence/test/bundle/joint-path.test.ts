/**
 * Goal: a path of several leaves leads to the root of their tree and to no other, holds each hash
 * once, and for one leaf is the audit path that everybody knows.
 *
 * Method: every set of leaves of every tree of up to nine, each path also with a hash more, a hash
 * less, and its leaves at other places; larger trees by chance.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  inclusionPath,
  jointPath,
  jointRoot,
  leafHash,
  treeLevels,
  verifyInclusion,
} from "@ritma/evidence";
import { assert as forAll, integer, property, uniqueArray } from "fast-check";
import { primitives } from "../primitives.ts";

const { sha256 } = primitives;
const LEAVES = Array.from({ length: 300 }, (_, at) => leafHash(sha256, Uint8Array.of(at, at >> 8)));

function check(size: number, indices: readonly number[]): void {
  const hashes = LEAVES.slice(0, size);
  const levels = treeLevels(sha256, hashes);
  const path = jointPath(levels, size, indices);
  const leaves = indices.map((index) => ({ index, hash: hashes[index] ?? new Uint8Array(0) }));
  const root = levels.slice(-32);
  assert.deepEqual(jointRoot(sha256, size, leaves, path), root);
  assert.equal(jointRoot(sha256, size, leaves, [...path, root]), null);
  if (path.length > 0) assert.equal(jointRoot(sha256, size, leaves, path.slice(1)), null);
  for (const [at, { index, hash }] of leaves.entries()) {
    const others = leaves.with(at, { index: index + 1, hash });
    const found = jointRoot(sha256, size, others, path);
    if (found !== null) assert.notDeepEqual(found, root);
  }
  const [only] = leaves;
  if (leaves.length !== 1 || only === undefined) return;
  assert.deepEqual(path, inclusionPath(sha256, hashes, only.index));
  assert.ok(verifyInclusion({ index: only.index, size, leaf: only.hash, path, root }, sha256));
}

test("every set of leaves of small trees", () => {
  for (let size = 1; size <= 9; size += 1) {
    for (let set = 1; set < 2 ** size; set += 1) {
      check(
        size,
        Array.from({ length: size }, (_, at) => at).filter((at) => (set >> at) % 2 === 1),
      );
    }
  }
});

test("some leaves of larger trees", () => {
  const sizes = integer({ min: 10, max: 300 });
  const sets = uniqueArray(integer({ min: 0, max: 9 }), { minLength: 1 });
  forAll(
    property(sizes, sets, (size, set) => {
      const indices = set.map((each) => Math.floor((each * (size - 1)) / 9));
      check(
        size,
        [...new Set(indices)].toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 200 },
  );
});

test("what are no leaves of the tree is refused, and does not hang", () => {
  const hash = LEAVES[0] ?? new Uint8Array(0);
  const rows: readonly (readonly [number, readonly number[]])[] = [
    [0, [0]],
    [4, []],
    [4, [4]],
    [4, [-1]],
    [4, [1.5]],
    [4, [2, 1]],
    [4, [2, 2]],
    [2 ** 53, [0]],
  ];
  for (const [size, indices] of rows) {
    const leaves = indices.map((index) => ({ index, hash }));
    assert.equal(jointRoot(sha256, size, leaves, []), null, `${indices.join()} of ${size}`);
  }
  assert.equal(jointRoot(sha256, 2 ** 53 - 1, [{ index: 2 ** 52, hash }], []), null);
  assert.throws(() => jointPath(treeLevels(sha256, [hash]), 1, [1]), RangeError);
});
