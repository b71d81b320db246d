/**
 * Goal: the CDDL that a store keeps of itself is that of the specification, to the letter.
 *
 * Method: the blocks of the pages, joined by empty lines, compared with `SCHEMAS`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SCHEMAS } from "@ritma/evidence";
import { cddlOf, SCHEMA_PAGES } from "../../../../tools/make-schemas.ts";

test("the schemas are the cddl blocks of their pages", () => {
  assert.deepEqual(
    SCHEMAS.map(({ name }) => name),
    SCHEMA_PAGES.map(({ name }) => name),
  );
  for (const [at, { page }] of SCHEMA_PAGES.entries()) {
    assert.equal(SCHEMAS[at]?.text, cddlOf(page), page);
  }
});
