/**
 * Goal: the real clock and the real randomness are what their ports say.
 *
 * Method: bounds, because nothing more can be said of either.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { realClock } from "../../src/base/clock.ts";
import { TIME_US_MAX, TIME_US_MIN } from "../../src/base/limits.ts";
import { realRng } from "../../src/base/rng.ts";

test("the clock gives whole microseconds of now", () => {
  const [before, now, after] = [Date.now() * 1_000, realClock.nowUs(), Date.now() * 1_000];
  assert.ok(Number.isSafeInteger(now));
  assert.ok(before <= now && now <= after);
});

test("the limits of time are the years 2000 and 2100", () => {
  assert.equal(TIME_US_MIN, Date.UTC(2000, 0, 1) * 1_000);
  assert.equal(TIME_US_MAX, Date.UTC(2100, 0, 1) * 1_000);
});

test("randomness gives as many bytes as asked, plain, owned, and never twice the same", () => {
  for (const count of [0, 1, 32, 5_000]) assert.equal(realRng.bytes(count).length, count);
  const [a, b] = [realRng.bytes(32), realRng.bytes(32)];
  assert.notDeepEqual(a, b);
  assert.equal(Object.getPrototypeOf(a), Uint8Array.prototype);
  assert.equal(a.buffer.byteLength, 32, "no part of a pool that others see");
});
