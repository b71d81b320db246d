/**
 * Goal: a frame gives back what went in, is the one spelling of it, and is what the page says.
 *
 * Method: random records and heads, written by the codec and by an implementation that shares no
 * code with it; then frames that say one thing that no frame may say, with everything that covers
 * the lie computed over it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blake3 } from "@noble/hashes/blake3.js";
import { compareBytes } from "@ritma/evidence";
import {
  assert as forAll,
  constantFrom,
  integer,
  nat,
  property,
  record,
  stringMatching,
  tuple,
  uint8Array,
  uniqueArray,
} from "fast-check";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { beatFault, UnsupportedError } from "../../src/stores/beat/frame-fault.ts";
import { decodeFrame, encodeFrame, frameLength } from "../../src/stores/beat/frame-codec.ts";
import type { BeatRecord } from "../../src/stores/beat/record.ts";
import { ascii, crc, forgeFrame, join, STORE, u32, ZEROS } from "./forge-frame.ts";
import { A, CELL, LIES, PLAIN, SECURED } from "./lying-frames.ts";

const primitives = await loadPrimitives();
const head = { store: STORE, branch: "data", beat: 1, previous: ZEROS, forgetBefore: 0 };

const records = uniqueArray(
  tuple(
    tuple(integer({ min: 1, max: 7 }), uint8Array({ maxLength: 40 })).map(([type, rest]) =>
      Uint8Array.of(type, ...rest),
    ),
    uint8Array({ maxLength: 300 }),
  ).map(([key, body]): BeatRecord => ({ key, body })),
  { minLength: 1, maxLength: 40, selector: ({ key }) => key.toHex() },
).map((list) => list.toSorted((a, b) => compareBytes(a.key, b.key)));

const heads = record({
  store: uint8Array({ minLength: 16, maxLength: 16 }),
  branch: stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/u),
  beat: constantFrom(1, 127, 128, 2 ** 32, Number.MAX_SAFE_INTEGER),
  previous: uint8Array({ minLength: 32, maxLength: 32 }),
  forgetBefore: nat(1),
});

/** As the page has them, told apart from the code's table. */
function capabilitiesOf(list: readonly BeatRecord[], isChained: boolean, forgets: boolean): number {
  const bits = new Set([10]);
  if (list.length > 0) bits.add(9);
  if (isChained) bits.add(16);
  if (forgets) bits.add(17);
  const byType = new Map([
    [1, 0],
    [3, 3],
    [4, 4],
    [5, 1],
    [6, 6],
    [7, 7],
  ]);
  for (const { key, body } of list) {
    const type = key[0] ?? 0;
    const bit = byType.get(type);
    if (bit !== undefined) bits.add(bit);
    if (type !== 1 && type !== 6) continue;
    const flags = body[0] ?? 0;
    if ((flags & 3) === 3) bits.add(8);
    if ((flags & 4) !== 0) bits.add(2);
    if ((flags & 8) !== 0) bits.add(19);
    if ((flags & 16) !== 0) bits.add(18);
  }
  return [...bits].reduce((sum, bit) => sum + 2 ** bit, 0);
}

test("a frame is what another implementation writes, and gives back what went in", () => {
  forAll(
    property(heads, records, (told, list) => {
      const frame = encodeFrame(primitives.blake3, told, list);
      const isChained = told.previous.some((byte) => byte !== 0);
      const capabilities = capabilitiesOf(list, isChained, told.forgetBefore > 0);
      assert.deepEqual(frame, forgeFrame({ ...told, capabilities, records: list }));
      const { root, digest, offsets, length, ...read } = decodeFrame(primitives.blake3, frame);
      assert.deepEqual(read, { ...told, capabilities, records: list });
      assert.deepEqual(digest, blake3(frame));
      assert.deepEqual(root, frame.slice(-36, -4));
      assert.equal(length, frame.length);
      assert.equal(offsets.length, list.length);
      assert.equal(frameLength(frame.subarray(0, 16)), frame.length);
      assert.deepEqual(encodeFrame(primitives.blake3, read, read.records), frame);
    }),
    { numRuns: 200 },
  );
});

test("frames that only forget, and the largest record, are frames", () => {
  const forgets = encodeFrame(primitives.blake3, { ...head, beat: 9, forgetBefore: 9 }, []);
  assert.equal(decodeFrame(primitives.blake3, forgets).forgetBefore, 9);
  const large = { key: Uint8Array.of(2).subarray(0), body: new Uint8Array(16 * 1024 * 1024) };
  const key = new Uint8Array(1024).fill(2);
  const frame = encodeFrame(primitives.blake3, head, [{ ...large, key }]);
  assert.equal(decodeFrame(primitives.blake3, frame).records[0]?.body.length, large.body.length);
});

/** The fault, and "unsupported" for what a newer build wrote. */
function faultOf(bytes: Uint8Array): string {
  try {
    decodeFrame(primitives.blake3, bytes);
    return "ok";
  } catch (error) {
    if (error instanceof UnsupportedError) return "unsupported";
    assert.ok(error instanceof Error && "fault" in error, String(error));
    return String(error.fault);
  }
}

for (const [name, expected, told] of LIES) {
  test(`${name}: ${expected}`, () => assert.equal(faultOf(forgeFrame(told)), expected));
}

test("at the edge of the store the two ways of being refused have two codes", () => {
  for (const [name, fault, told] of LIES) {
    if (fault === "ok") continue;
    const code = fault === "unsupported" ? "beat/unsupported" : "beat/damaged";
    try {
      decodeFrame(primitives.blake3, forgeFrame(told));
    } catch (error) {
      const thrown = beatFault(error, "frame 7 of data");
      assert.ok(thrown instanceof RitmaError, name);
      assert.equal(thrown.code, code, name);
      assert.match(thrown.message, /^frame 7 of data: /u);
      assert.equal(thrown.cause, error);
    }
  }
  const bug = new TypeError("a bug");
  assert.equal(beatFault(bug, "anywhere"), bug);
});

test("each capability without its thing, and each thing without its bit, is refused", () => {
  for (const bit of [0, 1, 2, 3, 4, 6, 7, 8, 16, 17, 18, 19]) {
    const capabilities = PLAIN | (1 << bit);
    assert.equal(faultOf(forgeFrame({ records: [A], capabilities })), "not-canonical", `${bit}`);
  }
  for (const bit of [0, 2, 8, 9, 10, 18, 19]) {
    const capabilities = SECURED & ~(1 << bit);
    const fault = faultOf(forgeFrame({ records: [CELL], capabilities }));
    assert.equal(fault, "not-canonical", `${bit}`);
  }
  const chained = { records: [A], previous: new Uint8Array(32).fill(1) };
  assert.equal(faultOf(forgeFrame(chained)), "not-canonical");
  assert.equal(faultOf(forgeFrame({ ...chained, capabilities: PLAIN | (1 << 16) })), "ok");
  assert.equal(faultOf(forgeFrame({ records: [A], forgetBefore: 1 })), "not-canonical");
});

test("a second trailer, and a record behind the trailer, are refused", () => {
  const frame = forgeFrame({ records: [A] });
  const trailerAt =
    decodeFrame(primitives.blake3, frame).offsets.length === 1 ? 16 + 4 + 2 + 2 + 5 + 4 : 0;
  const trailer = frame.subarray(trailerAt);
  for (const more of [trailer, frame.subarray(16, trailerAt)]) {
    const header = join(ascii("RITMABF1"), u32(frame.length + more.length));
    const longer = join(header, u32(crc(header)), frame.subarray(16), more);
    assert.equal(faultOf(longer), "trailing-bytes");
  }
});

test("frameLength tells frames of ours, others, and those of a later build apart", () => {
  const frame = forgeFrame({ records: [A] });
  assert.equal(frameLength(frame), frame.length);
  assert.equal(frameLength(frame.subarray(0, 15)), null);
  assert.equal(frameLength(new Uint8Array(64)), null);
  assert.equal(frameLength(forgeFrame({ records: [A], length: 0xffff_ffff })), null);
  const later = forgeFrame({ records: [A], magic: "RITMABF2" });
  assert.throws(() => frameLength(later), UnsupportedError);
});

test("what no frame may hold is the caller's bug", () => {
  const key = Uint8Array.of(2, 97);
  const body = ascii("x");
  const encode = (told: object, list: readonly BeatRecord[] = [{ key, body }]): Uint8Array =>
    encodeFrame(primitives.blake3, { ...head, ...told }, list);
  const bugs: readonly (() => unknown)[] = [
    () => encode({ store: new Uint8Array(15) }),
    () => encode({ previous: new Uint8Array(31) }),
    () => encode({ branch: "A" }),
    () => encode({ beat: 0 }),
    () => encode({ beat: 1.5 }),
    () => encode({ forgetBefore: 2 }),
    () => encode({ forgetBefore: -1 }),
    () => encode({}, []),
    () => encode({}, [{ key: new Uint8Array(0), body }]),
    () => encode({}, [{ key: Uint8Array.of(8), body }]),
    () => encode({}, [{ key: Uint8Array.of(0xff), body }]),
    () => encode({}, [{ key: new Uint8Array(1025).fill(2), body }]),
    () => encode({}, [{ key, body: new Uint8Array(16 * 1024 * 1024 + 1) }]),
    () =>
      encode({}, [
        { key, body },
        { key, body },
      ]),
    () =>
      encode({}, [
        { key, body },
        { key: Uint8Array.of(2), body },
      ]),
  ];
  for (const bug of bugs) assert.throws(bug, TypeError, String(bug));
});
