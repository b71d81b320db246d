/**
 * Goal: no writer makes what its decoder refuses for its size: the mistake is told where it is
 * made, and not after the bytes were sealed.
 *
 * Method: the largest that is taken, which comes back, and one more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AtomTable,
  decodeEntitiesFrame,
  decodeIntent,
  encodeBlock,
  encodeEntitiesFrame,
  encodeIntent,
  FRAME_ENTITIES_MAX,
  type Intent,
} from "@ritma/evidence";

const STORE = new Uint8Array(16);
const DIGEST = new Uint8Array(32);
const NOTHING: Intent = {
  store: STORE,
  phase: 0,
  files: [],
  growing: [],
  sign: [],
  plain: [],
  logSize: 3,
  entries: [],
};

const frame = (count: number): Uint8Array => {
  const entities = Array.from({ length: count }, () => new Uint8Array(1));
  return encodeEntitiesFrame({ store: STORE, generation: 1, firstId: 1, salt: null, entities });
};

const intents = (path: string): Partial<Intent>[] => [
  { files: [{ path, length: 0, sha256: DIGEST }] },
  { growing: [{ path, before: 0, after: 1, sha256: DIGEST }] },
  { sign: [{ path, payload: DIGEST }] },
  { plain: [{ path, bytes: DIGEST }] },
];

test("a frame holds one entity to 65,536", () => {
  for (const count of [1, FRAME_ENTITIES_MAX]) {
    assert.equal(decodeEntitiesFrame(frame(count)).entities.length, count);
  }
  for (const count of [0, FRAME_ENTITIES_MAX + 1]) assert.throws(() => frame(count), TypeError);
});

test("a path in an intent has at most 256 bytes, not characters", () => {
  for (const intent of intents("\u00e4".repeat(128))) {
    const whole = { ...NOTHING, ...intent };
    assert.deepEqual(decodeIntent(encodeIntent(whole)), whole);
  }
  for (const intent of intents(`${"\u00e4".repeat(128)}x`)) {
    assert.throws(() => encodeIntent({ ...NOTHING, ...intent }), TypeError);
  }
});

test("a block holds at most ten million atoms", () => {
  // Only the count is looked at before it is refused.
  const atoms: AtomTable = Object.create(AtomTable.prototype, { length: { value: 5_000_001 } });
  const section = { window: 0, starts: [0, 1], atoms };
  const sections = [section, { ...section, window: 1 }];
  const block = { store: STORE, sequence: 0, number: 0, generation: 1, sections };
  assert.throws(() => encodeBlock(block), {
    name: "TypeError",
    message: "block of 10000002 atoms",
  });
});
