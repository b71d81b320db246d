/**
 * Goal: the small encodings (varint, UTF-8, hex, base64, CRC-32C, ids) have one spelling for each
 * value, refuse every other one, and are right above 2^32, where bit operations would be wrong.
 *
 * Method: edges by hand, then round trips of random values, then random bytes that are refused or
 * re-encode to themselves. Node's own UTF-8 and a bit-by-bit CRC are the second opinions.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compareBytes,
  concatBytes,
  crc32c,
  decodeUtf8,
  digest,
  encodeUtf8,
  equalBytes,
  fingerprint,
  fingerprintOf,
  fromBase64,
  fromHex,
  storeId,
  toBase64,
  toHex,
  utf8Length,
  VarintReader,
  VarintWriter,
} from "@ritma/evidence";
import * as fc from "fast-check";
import { faultOf } from "./fault.ts";
import { primitives } from "./primitives.ts";

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const EDGES = [0, 1, 63, 64, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1].concat(
  [32, 35, 42, 48, 49, 52].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]),
  [SAFE_MAX - 1, SAFE_MAX],
);

function uintBytes(value: number): Uint8Array {
  const writer = new VarintWriter();
  writer.uint(value);
  return writer.finish();
}

function intBytes(value: number): Uint8Array {
  const writer = new VarintWriter();
  writer.int(value);
  return writer.finish();
}

function readUint(bytes: Uint8Array): number {
  const reader = new VarintReader(bytes);
  const value = reader.uint();
  reader.finish();
  return value;
}

function readInt(bytes: Uint8Array): number {
  const reader = new VarintReader(bytes);
  const value = reader.int();
  reader.finish();
  return value;
}

/** LEB128 by the definition, with integers of any size. */
function leb128(value: bigint): string {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return toHex(Uint8Array.from([...bytes, Number(rest)]));
}

function zigzag(value: number): bigint {
  return value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
}

test("varints at every edge agree with the definition", () => {
  for (const value of EDGES) {
    assert.equal(toHex(uintBytes(value)), leb128(BigInt(value)));
    assert.equal(readUint(uintBytes(value)), value);
    for (const signed of value === 0 ? [0] : [value, -value]) {
      assert.equal(toHex(intBytes(signed)), leb128(zigzag(signed)), `int ${signed}`);
      assert.equal(readInt(intBytes(signed)), signed);
    }
  }
});

test("random varints agree with the definition, one after another", () => {
  const numbers = fc.array(fc.oneof(fc.maxSafeInteger(), fc.integer()), { maxLength: 100 });
  const holds = fc.property(numbers, (values) => {
    const writer = new VarintWriter();
    writer.uint(1);
    writer.reset();
    for (const value of values) {
      writer.int(value);
      writer.uint(Math.abs(value));
    }
    const bytes = writer.finish();
    assert.equal(writer.length, bytes.length);
    const wanted = values.map((value) => leb128(zigzag(value)) + leb128(BigInt(Math.abs(value))));
    assert.equal(toHex(bytes), wanted.join(""));
    const reader = new VarintReader(concatBytes(Uint8Array.of(0x80), bytes), 1);
    for (const value of values) {
      assert.equal(reader.int(), value);
      assert.equal(reader.uint(), Math.abs(value));
    }
    assert.ok(reader.atEnd());
  });
  fc.assert(holds, { numRuns: 2000 });
});

test("refuses varints that are padded, cut, too large, or followed by something", () => {
  const rows: [string, string, string][] = [
    ["", "truncated", "truncated"],
    ["80", "truncated", "truncated"],
    ["8000", "not-canonical", "not-canonical"],
    ["ff8000", "not-canonical", "not-canonical"],
    ["80808080808080808000", "out-of-range", "out-of-range"],
    ["ffffffffffffff0f", "ok", "ok"],
    ["ffffffffffffff10", "out-of-range", "ok"],
    ["feffffffffffff1f", "out-of-range", "ok"],
    ["fdffffffffffff1f", "out-of-range", "ok"],
    ["ffffffffffffff1f", "out-of-range", "out-of-range"],
    ["8080808080808020", "out-of-range", "out-of-range"],
    ["ffffffffffffffff01", "out-of-range", "out-of-range"],
    ["0000", "trailing-bytes", "trailing-bytes"],
  ];
  for (const [hex, uint, int] of rows) {
    assert.equal(
      faultOf(() => readUint(Uint8Array.fromHex(hex))),
      uint,
      `uint ${hex}`,
    );
    assert.equal(
      faultOf(() => readInt(Uint8Array.fromHex(hex))),
      int,
      `int ${hex}`,
    );
  }
  for (const bad of [-1, 1.5, SAFE_MAX + 1]) assert.throws(() => uintBytes(bad), RangeError);
  for (const bad of [-SAFE_MAX - 1, 0.5, Number.NaN]) {
    assert.throws(() => intBytes(bad), RangeError);
  }
});

test("random bytes as a varint are refused or are their own only spelling", () => {
  const long = fc.uint8Array({ maxLength: 10 }).map((bytes) => bytes.map((byte) => byte | 0x80));
  const last = fc.integer({ min: 0, max: 40 });
  const either = fc.oneof(
    fc.uint8Array({ maxLength: 10 }),
    fc.tuple(long, last).map(([bytes, end]) => concatBytes(bytes, Uint8Array.of(end))),
  );
  const holds = fc.property(either, (bytes) => {
    if (faultOf(() => readUint(bytes)) === "ok") {
      assert.deepEqual(uintBytes(readUint(bytes)), bytes);
    }
    if (faultOf(() => readInt(bytes)) === "ok") assert.deepEqual(intBytes(readInt(bytes)), bytes);
  });
  fc.assert(holds, { numRuns: 20_000 });
});

test("UTF-8 agrees with Node on code points of every kind and on random bytes", () => {
  for (let point = 0; point <= 0x10_ffff; point += point > 0x3000 ? 13 : 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const text = String.fromCodePoint(point);
    const bytes = encodeUtf8(text);
    assert.ok(equalBytes(bytes, Buffer.from(text, "utf8")), `U+${point.toString(16)}`);
    assert.equal(decodeUtf8(bytes), text);
  }
  const node = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string({ unit: "binary", maxLength: 12 }).map((text) => encodeUtf8(text)),
  );
  const holds = fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
    const bytes = concatBytes(...pieces);
    if (faultOf(() => decodeUtf8(bytes)) === "ok") {
      assert.equal(decodeUtf8(bytes), node.decode(bytes));
      assert.deepEqual(encodeUtf8(decodeUtf8(bytes)), bytes);
      assert.equal(utf8Length(decodeUtf8(bytes)), bytes.length);
    } else {
      assert.throws(() => node.decode(bytes), TypeError);
    }
  });
  fc.assert(holds, { numRuns: 4000 });
});

test("every two and three byte sequence that Node refuses, we refuse", () => {
  const node = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const interesting = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  for (let first = 0x80; first <= 0xff; first += 1) {
    for (const second of interesting) {
      for (const rest of [[], [0x80], [0xbf], [0x41], [0x80, 0x80], [0xbf, 0xbf], [0x80, 0x41]]) {
        const bytes = Uint8Array.from([first, second, ...rest]);
        let accepted = true;
        try {
          node.decode(bytes);
        } catch {
          accepted = false;
        }
        assert.equal(faultOf(() => decodeUtf8(bytes)) === "ok", accepted, toHex(bytes));
      }
    }
  }
});

test("refuses lone surrogates in text", () => {
  for (const text of ["\u{d800}", "a\u{dfff}", "\u{dc00}\u{d800}", "\u{d800}x"]) {
    assert.equal(
      faultOf(() => encodeUtf8(text)),
      "wrong-type",
    );
  }
});

test("hex is lower-case pairs and nothing else", () => {
  assert.equal(toHex(Uint8Array.of(0, 10, 255)), "000aff");
  assert.deepEqual(fromHex("000aff"), Uint8Array.of(0, 10, 255));
  for (const bad of ["0", "0A", "zz", " 00", "00\n", "0x00", "0٣"]) {
    assert.equal(
      faultOf(() => fromHex(bad)),
      "not-canonical",
      bad,
    );
  }
});

test("base64 is padded, standard, and its own only spelling", () => {
  const bad = [
    "A",
    "AA",
    "AAA",
    "AA=",
    "AB==",
    "AAB=",
    "AA==\n",
    " AA==",
    "A A=",
    "AA-_",
    "====",
    "A===",
  ];
  for (const text of [...bad, "AA==AA==", "AAA=A"]) {
    assert.equal(
      faultOf(() => fromBase64(text)),
      "not-canonical",
      text,
    );
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from("AQgw/+=-_ \n")), maxLength: 12 }),
      (text) => {
        if (faultOf(() => fromBase64(text)) !== "ok") return;
        assert.equal(toBase64(fromBase64(text)), text);
      },
    ),
    { numRuns: 10_000 },
  );
});

test("CRC-32C has its check value, goes on from a seed, and agrees with the definition", () => {
  assert.equal(crc32c(encodeUtf8("123456789")), 0xe306_9283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a91_36aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8_ab43);
  const holds = fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), (bytes, at) => {
    assert.equal(crc32c(bytes), slowCrc32c(bytes));
    assert.equal(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at))), crc32c(bytes));
  });
  fc.assert(holds);
});

test("compareBytes is bytewise with a prefix first, equalBytes agrees with it", () => {
  const bytes = fc.uint8Array({ maxLength: 4, max: 3 });
  const holds = fc.property(bytes, bytes, (a, b) => {
    const wanted = Buffer.compare(a, b);
    assert.equal(Math.sign(compareBytes(a, b)), wanted);
    assert.equal(equalBytes(a, b), wanted === 0);
  });
  fc.assert(holds, { numRuns: 2000 });
});

test("ids have their length or are refused", () => {
  assert.equal(digest(new Uint8Array(32)).length, 32);
  assert.equal(storeId(new Uint8Array(16)).length, 16);
  assert.equal(
    faultOf(() => digest(new Uint8Array(31))),
    "wrong-type",
  );
  assert.equal(
    faultOf(() => storeId(new Uint8Array(32))),
    "wrong-type",
  );
  const key = fingerprintOf(primitives.sha256, new Uint8Array(32));
  assert.equal(fingerprint(key), key);
  assert.equal(key, "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
  for (const bad of [key.toUpperCase(), key.slice(1), `${key}0`, `${key}\n`]) {
    assert.equal(
      faultOf(() => fingerprint(bad)),
      "out-of-range",
    );
  }
  assert.equal(
    faultOf(() => fingerprintOf(primitives.sha256, new Uint8Array(31))),
    "wrong-type",
  );
});

function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * 0x82f6_3b78);
  }
  return ~crc >>> 0;
}
