/**
 * Goal: a shell's order of rotated files becomes the order of time, and nothing else moves.
 *
 * Method: rows of what was typed and what is read.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inReadingOrder } from "../../src/services/recorder/reading-order.ts";

function check(typed: string, read: string): void {
  assert.equal(inReadingOrder(typed.split(" ")).join(" "), read);
}

test("a glob of a rotated set", () => check("a.log a.log.1 a.log.2", "a.log.2 a.log.1 a.log"));
test("ten and more", () =>
  check("a.log a.log.1 a.log.10 a.log.2", "a.log.10 a.log.2 a.log.1 a.log"));
test("compressed members", () =>
  check("a.log a.log.1.gz a.log.2.zst", "a.log.2.zst a.log.1.gz a.log"));
test("already in order", () => check("a.log.2 a.log.1 a.log", "a.log.2 a.log.1 a.log"));
test("two sets keep their places", () => check("b.log a.log a.log.1", "b.log a.log.1 a.log"));
test("two sets interleaved", () => check("a.log b.log a.log.1", "a.log.1 b.log a.log"));
test("unrelated files stay", () => check("z.txt b.txt a.txt", "z.txt b.txt a.txt"));
test("folders are part of the name", () => check("x/a.log y/a.log.1", "x/a.log y/a.log.1"));
test("a lone number is its own file", () => check("2026 1999", "2026 1999"));
test("a bare number after a dot", () => check(".1 .2", ".2 .1"));
