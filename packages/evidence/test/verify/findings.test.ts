/**
 * Goal: the page on verification says of each finding code what the code says of it, once.
 *
 * Method: the rows of the table of spec/09-verification.md against FINDINGS, both ways; and every
 * code is expected by a test of a forgery or of a damaged store, head or anchor.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FINDINGS } from "@ritma/evidence";

const ROOT = join(import.meta.dirname, "../../../..");

const PLACES = [
  "test/tamper/*.test.ts",
  "packages/evidence/test/verify/*.test.ts",
  "packages/evidence/test/bundle/*.test.ts",
  "packages/ritma/test/keep/*.test.ts",
  "packages/ritma/test/cli/head.test.ts",
  "packages/ritma/test/anchor/*.test.ts",
] as const;

test("the table of the page is the table of the code", () => {
  const page = readFileSync(join(ROOT, "spec/09-verification.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z]+\/[a-z]+)` *\| ([A-Z]+) *\| (.*?) *\|$/gmu)];
  assert.deepEqual(
    rows.map(([, code, result, meaning]) => [code, result, meaning]),
    Object.entries(FINDINGS).map(([code, { result, meaning }]) => [code, result, meaning]),
  );
});

test("every code is expected by some test", () => {
  const tests = globSync([...PLACES], {
    cwd: ROOT,
  });
  const text = tests.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
  const unexpected = Object.keys(FINDINGS).filter((code) => !text.includes(`"${code}"`));
  assert.deepEqual(unexpected, []);
});
