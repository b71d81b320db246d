/**
 * Goal: bytes that a simulated disk shares between its images are never changed behind another's
 * back, whatever is done in which order.
 *
 * Method: random calls on a growing set of sharers, beside plain arrays that are copied each time.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as forAll, integer, oneof, property, record } from "fast-check";
import { SimBytes } from "../../src/base/disk/sim-node.ts";

interface Call {
  /** Which sharer, modulo how many there are. */
  readonly who: number;
  readonly kind: "write" | "resize" | "share";
  readonly at: number;
  readonly length: number;
}

const LENGTH_MAX = 24;

function call(kind: Call["kind"]): ReturnType<typeof record<Call>> {
  const place = integer({ min: 0, max: LENGTH_MAX });
  return record({
    who: integer({ min: 0, max: 9 }),
    kind: integer({ min: 0, max: 0 }).map(() => kind),
    at: place,
    length: place,
  });
}

function written(before: readonly number[], at: number, bytes: readonly number[]): number[] {
  const after = [...before];
  while (after.length < at) after.push(0);
  after.splice(at, bytes.length, ...bytes);
  return after;
}

test("sharers see what they wrote, and only that", () => {
  const calls = array(oneof(call("write"), call("resize"), call("share")), { maxLength: 40 });
  forAll(
    property(calls, (done) => {
      const real = [new SimBytes()];
      const model: number[][] = [[]];
      let fill = 0;
      for (const { who, kind, at, length } of done) {
        const index = who % real.length;
        const [bytes, plain] = [real[index], model[index]];
        assert.ok(bytes && plain);
        fill = (fill % 250) + 1;
        if (kind === "share") {
          real.push(bytes.share());
          model.push([...plain]);
        } else if (kind === "resize") {
          bytes.resize(at);
          model[index] = written(plain, at, []).slice(0, at);
        } else {
          const piece = Array.from({ length }, () => fill);
          bytes.write(at, Uint8Array.from(piece));
          model[index] = written(plain, at, piece);
        }
        for (const [each, sharer] of real.entries()) {
          assert.deepEqual(Array.from(sharer.slice(0, 1_000)), model[each], `sharer ${each}`);
          assert.equal(sharer.length, model[each]?.length);
        }
      }
    }),
    { numRuns: 500 },
  );
});
