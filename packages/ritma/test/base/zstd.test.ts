/**
 * Goal: what `zstd` writes `unzstd` reads, and nothing else than one whole frame with its checksum
 * and size, within the limits, is read at all.
 *
 * Method: `check` is the only caller. Rows of frames that Node.js itself would take; then every bit
 * flipped, every cut, and random bytes: each is refused with a typed fault, or decodes to the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { FormatError, type FormatFault } from "@ritma/evidence";
import { assert as forAll, integer, property, uint8Array } from "fast-check";
import { unzstd, zstd } from "../../src/base/zstd.ts";
import { bytesOf } from "./disk-helpers.ts";

const TEXT = bytesOf("type=SYSCALL msg=audit(1763629200.101:4711): arch=c000003e ".repeat(40));
const FRAME = zstd(TEXT, 3);

function check(frame: Uint8Array, maxBytes: number): FormatFault | Uint8Array {
  try {
    return unzstd(frame, maxBytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.fault;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A frame of Node.js's with other parameters, which Node.js reads back. */
function foreign(params: Record<number, number>, bytes: Uint8Array = TEXT): Uint8Array {
  const frame = zstdCompressSync(bytes, { params });
  assert.deepEqual(new Uint8Array(zstdDecompressSync(frame)), bytes);
  return new Uint8Array(frame);
}

for (const length of [0, 1, 255, 256, 65_791, 65_792, 131_072, 131_073, 9_000_000]) {
  test(`reads back ${length} bytes, and refuses one byte less of room`, () => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 9)) & 0xff);
    for (const level of length > 1_000_000 ? [3] : [1, 3, 19]) {
      const frame = zstd(bytes, level);
      assert.equal(Buffer.compare(unzstd(frame, length), bytes), 0);
      if (length > 0) assert.equal(check(frame, length - 1), "out-of-range");
    }
  });
}

test("refuses a byte after the frame", () => {
  assert.equal(check(joined(FRAME, Uint8Array.of(0)), TEXT.length), "trailing-bytes");
});
test("refuses a second frame", () => {
  assert.equal(check(joined(FRAME, FRAME), 2 * TEXT.length), "trailing-bytes");
});
test("refuses a skippable frame before or after", () => {
  const skippable = Uint8Array.fromHex("502a4d180200000061 62".replaceAll(" ", ""));
  assert.equal(check(joined(skippable, FRAME), TEXT.length), "wrong-type");
  assert.equal(check(joined(FRAME, skippable), TEXT.length), "trailing-bytes");
});
test("refuses a frame without a checksum, also with four bytes in its place", () => {
  const frame = foreign({ [constants.ZSTD_c_checksumFlag]: 0 });
  assert.equal(check(frame, TEXT.length), "wrong-type");
  assert.equal(check(joined(frame, new Uint8Array(4)), TEXT.length), "wrong-type");
});
test("refuses a frame that does not say its size", () => {
  const params = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_contentSizeFlag]: 0 };
  assert.equal(check(foreign(params), TEXT.length), "wrong-type");
});
test("refuses a window above 8 MiB, however small the content", () => {
  const params = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_windowLog]: 24 };
  const frame = foreign(params, new Uint8Array(17_000_000));
  assert.equal(check(frame, 20_000_000), "wrong-type");
});
test("refuses reserved bits of the head, one of which Node.js ignores", () => {
  for (const bit of [0x08, 0x10]) {
    const frame = FRAME.slice();
    frame[4] = (frame[4] ?? 0) | bit;
    assert.equal(check(frame, TEXT.length), "wrong-type");
  }
});
test("refuses a size that the content does not have", () => {
  // Content size 2,360 stands in two bytes, less 256, behind magic and descriptor.
  for (const lie of [1, -1]) {
    const frame = FRAME.slice();
    frame[5] = (frame[5] ?? 0) + lie;
    assert.equal(check(frame, TEXT.length + 1), "wrong-type");
  }
});
test("a bomb is refused by its head, before memory is asked for", () => {
  const bomb = zstd(new Uint8Array(100_000_000), 3);
  assert.ok(bomb.length < 20_000);
  const before = process.memoryUsage().arrayBuffers;
  assert.equal(check(bomb, 1_000_000), "out-of-range");
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});
test("refuses nothing at all, and the empty input", () => {
  assert.equal(check(new Uint8Array(0), 10), "wrong-type");
});
test("refuses every cut", () => {
  for (let length = 0; length < FRAME.length; length += 1) {
    assert.equal(check(FRAME.subarray(0, length), TEXT.length), "wrong-type", `${length} bytes`);
  }
});
test("a flipped bit is refused, or changes nothing", () => {
  let same = 0;
  for (let bit = 0; bit < FRAME.length * 8; bit += 1) {
    const flipped = FRAME.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const got = check(flipped, TEXT.length);
    if (typeof got === "string") continue;
    assert.deepEqual(got, TEXT, `bit ${bit}`);
    same += 1;
  }
  // This is why a seal covers stored bytes: a few flips are invisible after decompression.
  assert.ok(same < 40, `${same} flips`);
});
test("random bytes, also behind a good head, are refused with a fault", () => {
  forAll(
    property(uint8Array({ maxLength: 200 }), integer({ min: 0, max: 20 }), (bytes, head) => {
      assert.equal(typeof check(joined(FRAME.subarray(0, head), bytes), 10_000), "string");
    }),
    { numRuns: 2_000 },
  );
});
test("any bytes come back at any level", () => {
  forAll(
    property(uint8Array({ maxLength: 2_000 }), integer({ min: 1, max: 19 }), (bytes, level) => {
      assert.deepEqual(unzstd(zstd(bytes, level), bytes.length), bytes);
    }),
    { numRuns: 100 },
  );
});
test("a level outside 1 to 19 is a bug of the caller", () => {
  for (const level of [0, 20, 2.5, Number.NaN]) {
    assert.throws(() => zstd(TEXT, level), RangeError);
  }
});
