/**
 * Goal: the published vectors are those that the code makes.
 *
 * Method: make them again and compare the files. A difference is a change of format: read it, then
 * run `node tools/make-vectors.ts`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { staleVectors } from "./make-vectors.ts";

test("spec/vectors holds what tools/make-vectors.ts makes", () => {
  assert.deepEqual(staleVectors(), []);
});
