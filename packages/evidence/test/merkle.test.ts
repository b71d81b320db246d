/**
 * Goal: trees and proofs are those of RFC 6962, and no false proof is accepted.
 *
 * Method: published vectors; then every tree up to 16 leaves against the recursive definition of
 * the RFC (with `@noble/hashes`, independent of the code), every inclusion and consistency proof in
 * them, and each of those with one bit flipped, one hash missing, one added. Sizes above 2^32 are
 * checked on a tree whose left part is a single node.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concatBytes,
  type ConsistencyProof,
  consistencyPath,
  emptyRoot,
  equalBytes,
  type InclusionProof,
  inclusionPath,
  inclusionPathIn,
  leafHash,
  levelsLength,
  nodeHash,
  prefixRoot,
  toHex,
  TreeHasher,
  treeLevels,
  verifyConsistency,
  verifyInclusion,
} from "@ritma/evidence";
import { sha256 as noble } from "@noble/hashes/sha2.js";
import { primitives } from "./primitives.ts";
import { readVectors, type Vector } from "./vectors.ts";

const { sha256 } = primitives;
const SIZE_MAX = 16;
/** One bit in every byte of a hash, each of the eight places in a byte four times. */
const BITS = Array.from({ length: 32 }, (_, at) => at * 8 + (at % 8));
const vectors = readVectors("merkle.json");
const leaves = Array.from({ length: SIZE_MAX }, (_, at) => leafHash(sha256, Uint8Array.of(at)));
const roots = Array.from({ length: SIZE_MAX + 1 }, (_, size) => definedRoot(leaves.slice(0, size)));

/** MTH of RFC 6962 §2.1, word for word, over leaf hashes. */
function definedRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = hashes;
  if (first === undefined) return noble(new Uint8Array(0));
  if (more.length === 0) return first;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  const left = definedRoot(hashes.slice(0, split));
  const right = definedRoot(hashes.slice(split));
  return noble(concatBytes(Uint8Array.of(1), left, right));
}

function rootAt(size: number): Uint8Array {
  const root = roots[size];
  assert.ok(root !== undefined);
  return root;
}

function leafAt(index: number): Uint8Array {
  const leaf = leaves[index];
  assert.ok(leaf !== undefined);
  return leaf;
}

function inclusionOf(index: number, size: number): InclusionProof {
  const path = inclusionPath(sha256, leaves.slice(0, size), index);
  return { index, size, leaf: leafAt(index), path, root: rootAt(size) };
}

function consistencyOf(oldSize: number, newSize: number): ConsistencyProof {
  const path = consistencyPath(sha256, leaves.slice(0, newSize), oldSize);
  return { oldSize, newSize, oldRoot: rootAt(oldSize), newRoot: rootAt(newSize), path };
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

function isIncluded(proof: InclusionProof): boolean {
  return verifyInclusion(proof, sha256);
}

function isConsistent(proof: ConsistencyProof): boolean {
  return verifyConsistency(proof, sha256);
}

const hashOf = (list: Vector, at: Vector): Uint8Array => list.at(at.number()).hex();
const hexes = (list: Vector): string[] => list.list().map((each) => each.text());
const toHexes = (list: readonly Uint8Array[]): string[] => list.map((each) => toHex(each));

test("published leaves, roots and levels", () => {
  const published = vectors.at("leafHashes").list();
  const hashes = vectors
    .at("leaves")
    .list()
    .map((leaf) => leafHash(sha256, leaf.hex()));
  assert.deepEqual(toHexes(hashes), hexes(vectors.at("leafHashes")));
  assert.equal(toHex(emptyRoot(sha256)), vectors.at("roots").at(0).text());
  const hasher = new TreeHasher(sha256);
  for (const [size, root] of vectors.at("roots").list().entries()) {
    assert.equal(hasher.size, size);
    assert.equal(toHex(hasher.root()), root.text());
    if (size < published.length) hasher.push(hashes[size] ?? new Uint8Array(0));
  }
  for (const vector of vectors.at("levels").list()) {
    const size = vector.at("size").number();
    const levels = treeLevels(sha256, hashes.slice(0, size));
    assert.equal(toHex(levels), hexes(vector.at("hashes")).join(""));
  }
});

test("published proofs", () => {
  const hashes = vectors
    .at("leafHashes")
    .list()
    .map((leaf) => leaf.hex());
  const publishedRoots = vectors
    .at("roots")
    .list()
    .map((root) => root.hex());
  for (const vector of vectors.at("inclusion").list()) {
    const [index, size] = [vector.at("index").number(), vector.at("size").number()];
    const path = inclusionPath(sha256, hashes.slice(0, size), index);
    assert.deepEqual(toHexes(path), hexes(vector.at("path")));
    const leaf = hashes[index] ?? new Uint8Array(0);
    const root = publishedRoots[size] ?? new Uint8Array(0);
    assert.ok(isIncluded({ index, size, leaf, path, root }));
  }
  for (const vector of vectors.at("consistency").list()) {
    const [oldSize, newSize] = [vector.at("first").number(), vector.at("second").number()];
    const path = consistencyPath(sha256, hashes.slice(0, newSize), oldSize);
    assert.deepEqual(toHexes(path), hexes(vector.at("path")));
    const oldRoot = publishedRoots[oldSize] ?? new Uint8Array(0);
    const newRoot = publishedRoots[newSize] ?? new Uint8Array(0);
    assert.ok(isConsistent({ oldSize, newSize, oldRoot, newRoot, path }));
  }
});

test("published false proofs are refused", () => {
  for (const vector of vectors.at("badInclusion").list()) {
    const size = vector.at("size").number();
    const proof: InclusionProof = {
      index: vector.at("index").number(),
      size,
      leaf: hashOf(vectors.at("leafHashes"), vector.at("leaf")),
      path: vector
        .at("path")
        .list()
        .map((each) => each.hex()),
      root: vectors.at("roots").at(size).hex(),
    };
    assert.equal(isIncluded(proof), false, vector.at("name").text());
  }
  for (const vector of vectors.at("badConsistency").list()) {
    const proof: ConsistencyProof = {
      oldSize: vector.at("first").number(),
      newSize: vector.at("second").number(),
      oldRoot: hashOf(vectors.at("roots"), vector.at("oldRoot")),
      newRoot: hashOf(vectors.at("roots"), vector.at("newRoot")),
      path: vector
        .at("path")
        .list()
        .map((each) => each.hex()),
    };
    assert.equal(isConsistent(proof), false, vector.at("name").text());
  }
});

test("all trees up to 16 leaves: hasher and levels agree with the definition", () => {
  const hasher = new TreeHasher(sha256);
  for (let size = 1; size <= SIZE_MAX; size += 1) {
    hasher.push(leafAt(size - 1));
    assert.deepEqual(hasher.root(), rootAt(size));
    const levels = treeLevels(sha256, leaves.slice(0, size));
    assert.equal(levels.length, levelsLength(size) * 32);
    assert.deepEqual(levels.slice(-32), rootAt(size));
    for (let index = 0; index < size; index += 1) {
      assert.deepEqual(inclusionPathIn(levels, size, index), inclusionOf(index, size).path);
    }
  }
});

test("rootBefore closes a tree with an incomplete subtree", () => {
  for (let full = 0; full <= 4; full += 1) {
    for (let rest = 0; rest < 4; rest += 1) {
      const hasher = new TreeHasher(sha256);
      for (let at = 0; at < full; at += 1) {
        hasher.push(definedRoot(leaves.slice(at * 4, at * 4 + 4)));
      }
      const tail = leaves.slice(full * 4, full * 4 + rest);
      if (full * 4 + rest > SIZE_MAX) continue;
      const root = hasher.rootBefore(rest === 0 ? null : definedRoot(tail));
      assert.deepEqual(root ?? emptyRoot(sha256), rootAt(full * 4 + rest));
      assert.equal(hasher.size, full);
    }
  }
});

test("all inclusion proofs up to 16 leaves are accepted, and none with anything changed", () => {
  for (let size = 1; size <= SIZE_MAX; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionOf(index, size);
      assert.ok(isIncluded(proof), `${index} of ${size}`);
      const { path } = proof;
      for (const bit of BITS) {
        assert.ok(!isIncluded({ ...proof, leaf: flipped(proof.leaf, bit) }));
        assert.ok(!isIncluded({ ...proof, root: flipped(proof.root, bit) }));
        for (const [at, hash] of path.entries()) {
          assert.ok(!isIncluded({ ...proof, path: path.with(at, flipped(hash, bit)) }));
        }
      }
      assert.ok(!isIncluded({ ...proof, path: [...path, proof.root] }));
      assert.ok(!isIncluded({ ...proof, path: [proof.leaf, ...path] }));
      // The root of a larger tree, passed off as the root of one of this size.
      const extra = leafAt(3);
      for (const root of [
        nodeHash(sha256, extra, proof.root),
        nodeHash(sha256, proof.root, extra),
      ]) {
        assert.ok(!isIncluded({ ...proof, root, path: [...path, extra] }));
      }
      for (const at of path.keys()) {
        assert.ok(!isIncluded({ ...proof, path: path.toSpliced(at, 1) }));
        assert.ok(!isIncluded({ ...proof, path: path.with(at, leafAt(0).subarray(1)) }));
      }
      for (let other = -1; other <= SIZE_MAX; other += 1) {
        if (other !== index) assert.ok(!isIncluded({ ...proof, index: other }));
      }
    }
  }
});

test("all consistency proofs up to 16 leaves are accepted, and none with anything changed", () => {
  for (let newSize = 0; newSize <= SIZE_MAX; newSize += 1) {
    for (let oldSize = 0; oldSize <= newSize; oldSize += 1) {
      const proof = consistencyOf(oldSize, newSize);
      assert.ok(isConsistent(proof), `${oldSize} to ${newSize}`);
      const { path } = proof;
      for (const bit of BITS) {
        assert.ok(!isConsistent({ ...proof, oldRoot: flipped(proof.oldRoot, bit) }));
        // Any tree follows the empty one, so its root is not in question.
        if (oldSize > 0) {
          assert.ok(!isConsistent({ ...proof, newRoot: flipped(proof.newRoot, bit) }));
        }
        for (const [at, hash] of path.entries()) {
          assert.ok(!isConsistent({ ...proof, path: path.with(at, flipped(hash, bit)) }));
        }
      }
      assert.ok(!isConsistent({ ...proof, path: [...path, proof.newRoot] }));
      assert.ok(!isConsistent({ ...proof, path: [proof.oldRoot, ...path] }));
      const extra = leafAt(3);
      const oldRoot = nodeHash(sha256, extra, proof.oldRoot);
      const newRoot = nodeHash(sha256, extra, proof.newRoot);
      assert.ok(!isConsistent({ ...proof, oldRoot, newRoot, path: [...path, extra] }));
      for (const at of path.keys()) {
        assert.ok(!isConsistent({ ...proof, path: path.toSpliced(at, 1) }));
      }
      if (oldSize < newSize) {
        assert.ok(!isConsistent({ ...proof, oldSize: newSize, newSize: oldSize }));
      }
      assert.ok(!isConsistent({ ...proof, oldSize: oldSize + 0.5 }));
      // A path that ends below the root of the tree it claims to be of.
      if (oldSize > 0) assert.ok(!isConsistent({ ...proof, newSize: 64 }));
    }
  }
});

test("proofs in trees larger than 2^32 leaves", () => {
  // 2^40 leaves under one known node, and three after it.
  const left = noble(Uint8Array.of(40));
  const [a, b, c] = [leafAt(0), leafAt(1), leafAt(2)];
  const right = nodeHash(sha256, nodeHash(sha256, a, b), c);
  const root = nodeHash(sha256, left, right);
  const size = 2 ** 40 + 3;
  const inRight = { size, root };
  const ab = nodeHash(sha256, a, b);
  assert.ok(isIncluded({ ...inRight, index: 2 ** 40, leaf: a, path: [b, c, left] }));
  assert.ok(isIncluded({ ...inRight, index: 2 ** 40 + 1, leaf: b, path: [a, c, left] }));
  assert.ok(isIncluded({ ...inRight, index: 2 ** 40 + 2, leaf: c, path: [ab, left] }));
  assert.ok(!isIncluded({ ...inRight, index: 0, leaf: a, path: [b, c, left] }));
  assert.ok(!isIncluded({ ...inRight, index: 2 ** 32, leaf: a, path: [b, c, left] }));
  const grown = { newSize: size, newRoot: root };
  assert.ok(isConsistent({ ...grown, oldSize: 2 ** 40, oldRoot: left, path: [right] }));
  const oldRoot = nodeHash(sha256, left, ab);
  assert.ok(isConsistent({ ...grown, oldSize: 2 ** 40 + 2, oldRoot, path: [ab, c, left] }));
  assert.ok(!isConsistent({ ...grown, oldSize: 2, oldRoot, path: [ab, c, left] }));
  const unsafe = { ...grown, oldSize: 2 ** 53, newSize: 2 ** 53, oldRoot: root, path: [] };
  assert.ok(!isConsistent(unsafe));
});

test("a long path is refused without being hashed", () => {
  let calls = 0;
  const counting = (bytes: Uint8Array): Uint8Array => {
    calls += 1;
    return sha256(bytes);
  };
  const path = Array.from({ length: 100_000 }, () => leafAt(0));
  const proof = { index: 0, size: 2, leaf: leafAt(0), path, root: rootAt(2) };
  assert.equal(verifyInclusion(proof, counting), false);
  assert.equal(calls, 0);
});

test("a wrong call is a bug", () => {
  assert.throws(() => treeLevels(sha256, []), RangeError);
  assert.throws(() => inclusionPath(sha256, leaves, SIZE_MAX), RangeError);
  assert.throws(() => inclusionPathIn(new Uint8Array(64), 2, 0), RangeError);
  assert.throws(() => consistencyPath(sha256, leaves, SIZE_MAX + 1), RangeError);
  assert.throws(() => new TreeHasher(sha256).push(new Uint8Array(31)), RangeError);
});

test("push copies, so the caller may use its memory again", () => {
  const hasher = new TreeHasher(sha256);
  const memory = leafAt(0).slice();
  hasher.push(memory);
  memory.fill(0);
  assert.ok(equalBytes(hasher.root(), leafAt(0)));
});

test("the root of every prefix, from all nodes of the tree", () => {
  for (let size = 1; size <= SIZE_MAX; size += 1) {
    const levels = treeLevels(sha256, leaves.slice(0, size));
    for (let prefix = 1; prefix <= size; prefix += 1) {
      assert.deepEqual(prefixRoot(sha256, levels, size, prefix), rootAt(prefix));
    }
    for (const prefix of [0, size + 1, 0.5, -1]) {
      assert.throws(() => prefixRoot(sha256, levels, size, prefix), RangeError);
    }
    assert.throws(() => prefixRoot(sha256, levels.subarray(32), size, 1), RangeError);
  }
});
