/**
 * Goal: no accident to a frame goes unnoticed: not one bit, not one byte more or less.
 *
 * Method: a frame with a record of each type; every bit of it flipped, every prefix of it, every
 * byte taken out or doubled, stretches exchanged. And no claim of a length costs memory.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "@ritma/evidence";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { UnsupportedError } from "../../src/stores/beat/frame-fault.ts";
import { decodeFrame, encodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { ascii, forgeFrame, join, STORE, ZEROS } from "./forge-frame.ts";

const { blake3 } = await loadPrimitives();
const records = [1, 2, 3, 4, 5, 6, 7].map((type) => ({
  key: Uint8Array.of(type, 97, 0, 0, 0, 0, 0, type),
  body: ascii(`\u0003 of type ${type}`),
}));
const head = { store: STORE, branch: "rt.ops-1", beat: 300, previous: ZEROS, forgetBefore: 200 };
const FRAME = encodeFrame(blake3, { ...head, previous: ZEROS.map((_, at) => at) }, records);

function mustRefuse(bytes: Uint8Array, what: string): void {
  try {
    decodeFrame(blake3, bytes);
  } catch (error) {
    assert.ok(error instanceof FormatError, `${what}: ${String(error)}`);
    // An accident is never taken for a frame of a later build.
    assert.ok(!(error instanceof UnsupportedError), what);
    return;
  }
  assert.fail(`${what} was accepted`);
}

test("every bit counts", () => {
  for (let bit = 0; bit < FRAME.length * 8; bit += 1) {
    const flipped = FRAME.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    mustRefuse(flipped, `bit ${bit}`);
  }
});

test("every byte counts: cut, taken out, doubled, set to 0 or to 255", () => {
  for (let at = 0; at < FRAME.length; at += 1) {
    mustRefuse(FRAME.subarray(0, at), `cut at ${at}`);
    mustRefuse(Uint8Array.of(...FRAME.subarray(0, at), ...FRAME.subarray(at + 1)), `out ${at}`);
    mustRefuse(Uint8Array.of(...FRAME.subarray(0, at), ...FRAME.subarray(at - 1)), `twice ${at}`);
    for (const value of [0, 255]) {
      const other = FRAME.slice();
      if (other[at] === value) continue;
      other[at] = value;
      mustRefuse(other, `${value} at ${at}`);
    }
  }
  mustRefuse(Uint8Array.of(...FRAME, 0), "a byte more");
  mustRefuse(Uint8Array.of(...FRAME, ...FRAME), "twice");
});

test("stretches that change places are noticed", () => {
  const { offsets } = decodeFrame(blake3, FRAME);
  for (const [index, at] of offsets.entries()) {
    const [next, after] = [offsets[index + 1], offsets[index + 2]];
    if (next === undefined || after === undefined) continue;
    const parts = [FRAME.subarray(next, after), FRAME.subarray(at, next)];
    const swapped = join(FRAME.subarray(0, at), ...parts, FRAME.subarray(after));
    mustRefuse(swapped, `records ${index} and next`);
  }
});

test("claims of much in few bytes cost nothing", () => {
  const key = Uint8Array.of(2, 97);
  const claims = [
    forgeFrame({ records: [{ key, body: ascii("x") }], count: 1_000_000 }),
    forgeFrame({ records: [{ key, body: ascii("x") }], count: 2 ** 52 }),
    forgeFrame({
      records: [{ key, body: ascii("x"), lengths: Uint8Array.of(2, 255, 255, 255, 7) }],
    }),
  ];
  const before = process.memoryUsage().arrayBuffers;
  for (let turn = 0; turn < 200; turn += 1) for (const claim of claims) mustRefuse(claim, "claim");
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 4 * 1024 * 1024, `${grown} bytes of arrays`);
});
