/**
 * Goal: events leave in the order of their stamps, and early where too much waits: too many, or too
 * many bytes.
 *
 * Method: items pushed by hand with the bytes they stand for, and what has left after each.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { REORDER_BYTES_MAX, REORDER_EVENTS_MAX } from "../../src/base/limits.ts";
import { Reorder } from "../../src/flow/capture/reorder.ts";

const START_US = 1_795_161_600_000_000;

function buffer(): { left: string[]; push: (name: string, ms: number, bytes: number) => void } {
  const left: string[] = [];
  const reorder = new Reorder<string>((name) => void left.push(name));
  let serial = 0;
  const push = (name: string, ms: number, bytes: number): void => {
    serial += 1;
    reorder.push({ timeUs: START_US + ms * 1000, serial }, name, bytes);
  };
  return { left, push };
}

test("up to the bound of bytes all wait; one more, and the oldest leaves", () => {
  const { left, push } = buffer();
  push("second", 2, REORDER_BYTES_MAX / 2);
  push("first", 1, REORDER_BYTES_MAX / 2);
  assert.deepEqual(left, []);
  push("third", 3, 1);
  assert.deepEqual(left, ["first"]);
  push("fourth", 4, REORDER_BYTES_MAX / 2 - 1);
  assert.deepEqual(left, ["first"], "what has left no longer counts");
  push("fifth", 5, 1);
  assert.deepEqual(left, ["first", "second"]);
});

test("as many leave as it takes, one that is larger than the bound too", () => {
  const { left, push } = buffer();
  for (let at = 0; at < 10; at += 1) push(`small ${at}`, at, 1_000);
  push("huge", 20, REORDER_BYTES_MAX - 5_000);
  assert.deepEqual(left, ["small 0", "small 1", "small 2", "small 3", "small 4"]);
  push("larger", 30, REORDER_BYTES_MAX + 1);
  assert.deepEqual(
    left.slice(5),
    [5, 6, 7, 8, 9].map((at) => `small ${at}`).concat("huge", "larger"),
  );
});

test("of one stamp all leave together", () => {
  const { left, push } = buffer();
  push("a", 1, REORDER_BYTES_MAX / 2);
  push("b", 1, 10);
  push("c", 2, REORDER_BYTES_MAX / 2);
  assert.deepEqual(left, ["a", "b"]);
});

test("the bound of events is one of its own", () => {
  const { left, push } = buffer();
  for (let at = 0; at < REORDER_EVENTS_MAX; at += 1) push(`${at}`, at % 1_000, 0);
  assert.deepEqual(left, []);
  push("one more", 4_000, 0);
  assert.equal(left[0], "0");
  assert.equal(left.length, Math.ceil(REORDER_EVENTS_MAX / 1_000), "all of the oldest stamp");
});
