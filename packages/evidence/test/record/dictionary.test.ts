/**
 * Goal: a generation numbers equal entities equally, in the order in which they came, and its root
 * is that of RFC 6962 over their commitments, however large it becomes.
 *
 * Method: 20,000 entities against a Map; a root written from the RFC at sizes around every power of
 * two; entities read back as from a log.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Dictionary, entityRef } from "@ritma/evidence";
import { array, assert as forAll, nat, property } from "fast-check";
import { faultOf } from "../fault.ts";
import { primitives } from "../primitives.ts";
import { commitmentOf, treeHash } from "./naive-leaf.ts";

const SALT = new Uint8Array(32).fill(5);

function entity(n: number): Uint8Array {
  return new TextEncoder().encode(`entity ${n}`);
}

function check(numbers: readonly number[]): Dictionary {
  const dictionary = new Dictionary(primitives, 3, SALT);
  const ids = new Map<number, number>();
  for (const n of numbers) {
    const known = ids.get(n) ?? ids.size + 1;
    ids.set(n, known);
    assert.equal(dictionary.intern(entityRef(entity(n))), known);
  }
  assert.equal(dictionary.size, ids.size);
  const commitments = [...ids.keys()].map((n) => commitmentOf(SALT, entity(n)));
  for (const [at, expected] of commitments.entries()) {
    assert.deepEqual(dictionary.commitmentOf(at + 1), expected);
  }
  assert.deepEqual(dictionary.root(), treeHash(commitments));
  return dictionary;
}

test("equal entities have equal numbers, in the order in which they came", () => {
  forAll(property(array(nat(30), { maxLength: 80 }), (numbers) => void check(numbers)));
});

test("20,000 entities, each twice", () => {
  const numbers = Array.from({ length: 20_000 }, (_, n) => n);
  const dictionary = check([...numbers, ...numbers]);
  assert.equal(dictionary.size, 20_000);
});

test("the root at sizes around powers of two", () => {
  for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 4095, 4096, 4097]) {
    check(Array.from({ length: size }, (_, n) => n));
  }
});

test("a ref remembers its number in one generation only", () => {
  const ref = entityRef(entity(1));
  const first = new Dictionary(primitives, 1, SALT);
  first.intern(entityRef(entity(9)));
  assert.equal(first.intern(ref), 2);
  assert.equal(new Dictionary(primitives, 2, SALT).intern(ref), 1);
});

test("read from a log, an entity that occurs twice is refused", () => {
  const dictionary = new Dictionary(primitives, 1, SALT);
  dictionary.add(entity(1));
  assert.equal(dictionary.size, 1);
  assert.equal(
    faultOf(() => dictionary.add(entity(1))),
    "not-canonical",
  );
  for (const id of [0, 2, -1]) {
    assert.equal(
      faultOf(() => dictionary.commitmentOf(id)),
      "out-of-range",
      `number ${id}`,
    );
  }
});
