/**
 * Goal: the pages about codes and commands say what the program does.
 *
 * Method: the committed pages are compared with what the tool makes of the tables today.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { madePages } from "./make-docs.ts";

for (const [path, text] of madePages()) {
  test(`${path} is what tools/make-docs.ts makes`, () => {
    const committed = readFileSync(join(import.meta.dirname, "..", path), "utf8");
    assert.equal(committed, text, "run: npm run docs");
  });
}
