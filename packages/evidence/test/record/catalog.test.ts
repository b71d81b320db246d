/**
 * Goal: a catalog has one spelling, and its day root is the tree of the roots that it lists.
 *
 * Method: the published vectors, changed byte by byte; trees built the slow way.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACTORS_MAX,
  CATALOG_FILE,
  catalogFolder,
  compareActors,
  dayRootOf,
  decodeCatalog,
  derivedNames,
  encodeCatalog,
  leafHash,
  nodeHash,
} from "@ritma/evidence";
import { primitives } from "../primitives.ts";
import { readVectors } from "../vectors.ts";
import { testSpellings } from "./one-spelling.ts";

const vectors = readVectors("catalog.json");
const { sha256 } = primitives;

testSpellings(vectors, { catalog: (bytes) => encodeCatalog(decodeCatalog(bytes)) });

test("the day root is over the roots of the hours", () => {
  for (const vector of vectors.at("good").list()) {
    const { dayRoot, hours } = decodeCatalog(vector.at("hex").hex());
    assert.deepEqual(dayRoot, vector.at("day_root").hex());
    assert.deepEqual(
      hours.map(({ hourRoot }) => hourRoot),
      vector
        .at("hour_roots")
        .list()
        .map((root) => root.hex()),
    );
    const leaves = hours.map(({ hourRoot }) => leafHash(sha256, hourRoot));
    const [first, second] = leaves;
    assert.ok(first !== undefined);
    assert.deepEqual(dayRoot, second === undefined ? first : nodeHash(sha256, first, second));
    assert.deepEqual(
      dayRootOf(
        sha256,
        hours.map(({ hourRoot }) => hourRoot),
      ),
      dayRoot,
    );
  }
});

test("the largest count comes first, then the smallest name", () => {
  const named = [
    [2, Uint8Array.of(2)],
    [1, Uint8Array.of(0)],
    [2, Uint8Array.of(1, 9)],
  ] as const;
  assert.deepEqual(named.toSorted(compareActors), [named[2], named[0], named[1]]);
  assert.ok(compareActors([1, 33], [1, 9]) > 0);
  assert.equal(ACTORS_MAX, 20);
});

test("it lies in a folder of its day", () => {
  assert.equal(catalogFolder("2026-03-01"), "catalog/2026/03/01");
  assert.deepEqual(derivedNames(catalogFolder("2026-03-01")), [CATALOG_FILE]);
});
