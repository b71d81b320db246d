/**
 * Goal: every operating error has a known exit status and tells an operator, in two plain
 * sentences, what it means and what to do.
 *
 * Method: the table is the contract, so the rules for it are checked over all of its rows.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS, RitmaError } from "../../src/base/error.ts";

/** sysexits(3), those that a command of ours may end with. */
const SYSEXITS: ReadonlySet<number> = new Set([64, 65, 66, 69, 73, 74, 75, 77, 78]);

for (const [code, { exit, meaning, advice }] of Object.entries(ERRORS)) {
  test(`${code} has a status of sysexits and two whole sentences`, () => {
    assert.match(code, /^[a-z]+\/[a-z]+(?:-[a-z]+)*$/u);
    assert.ok(SYSEXITS.has(exit), `${exit}`);
    for (const sentence of [meaning, advice]) {
      assert.match(sentence, /^[A-Z].{15,}[.)]$/su);
      assert.doesNotMatch(sentence, /\n| {2}|\bplease\b|!/u);
    }
    assert.notEqual(meaning, advice);
  });
}

test("an error carries its code, its status and its cause", () => {
  const cause = new TypeError("below");
  const error = new RitmaError("disk/full", "/a: no space", { cause });
  assert.equal(error.code, "disk/full");
  assert.equal(error.exitStatus, 74);
  assert.equal(error.cause, cause);
  assert.equal(String(error), "RitmaError: /a: no space");
});
