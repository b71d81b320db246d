/**
 * Goal: every body gives back what went in and has one spelling, and what no encoder writes is
 * refused with the right fault.
 *
 * Method: random bodies of every type; changed bytes of them, which are refused or are the one
 * spelling of what was read; then rows of false bodies.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "@ritma/evidence";
import {
  assert as forAll,
  type Arbitrary,
  boolean,
  integer,
  maxSafeNat,
  nat,
  property,
  record,
  string,
  uint8Array,
} from "fast-check";
import { decodeCell, encodeCell } from "../../src/stores/beat/cell.ts";
import { chunkCount, chunkKey, chunksOf, decodeChunk } from "../../src/stores/beat/chunk.ts";
import * as deltas from "../../src/stores/beat/deltas.ts";
import { decodePayloadHistory, encodePayloadHistory } from "../../src/stores/beat/history.ts";
import { readRecordBody } from "../../src/stores/beat/record-body.ts";
import { type RecordKind, recordKey } from "../../src/stores/beat/record.ts";
import {
  children,
  cells,
  histories,
  manifestOperations,
  orderOperations,
} from "./body-arbitrary.ts";
import { FALSE_BODIES, NO_REVISION, SUFFIXES } from "./false-bodies.ts";

interface Codec<Body> {
  readonly bodies: Arbitrary<Body>;
  readonly encode: (body: Body) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Body;
}

const texts = string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((text) =>
  text.isWellFormed(),
);
const epoch = maxSafeNat();

function testCodec<Body>(name: string, { bodies, encode, decode }: Codec<Body>): void {
  test(`${name}: gives back what went in`, () => {
    forAll(
      property(bodies, (body) => assert.deepEqual(decode(encode(body)), body)),
      { numRuns: 300 },
    );
  });
  test(`${name}: changed, it is refused or the one spelling of something else`, () => {
    forAll(
      property(bodies, nat(), nat(255), integer({ min: 0, max: 3 }), (body, place, value, way) => {
        const bytes = encode(body);
        const at = place % (bytes.length + 1);
        const changed = [
          Uint8Array.of(...bytes.subarray(0, at), value, ...bytes.subarray(at + 1)),
          Uint8Array.of(...bytes.subarray(0, at), value, ...bytes.subarray(at)),
          Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1)),
          bytes.subarray(0, at),
        ][way];
        assert.ok(changed !== undefined);
        try {
          assert.deepEqual(encode(decode(changed)), new Uint8Array(changed));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
}

testCodec("cell", { bodies: cells, encode: encodeCell, decode: decodeCell });
testCodec("payload history", {
  bodies: histories,
  encode: encodePayloadHistory,
  decode: decodePayloadHistory,
});
testCodec("manifest", {
  bodies: record({ epoch, operations: manifestOperations }, { noNullPrototype: true }),
  encode: deltas.encodeManifestDelta,
  decode: deltas.decodeManifestDelta,
});
testCodec("order", {
  bodies: record({ epoch, operations: orderOperations }, { noNullPrototype: true }),
  encode: deltas.encodeOrderDelta,
  decode: deltas.decodeOrderDelta,
});
testCodec("manifest history", {
  bodies: record({ epoch, children }, { noNullPrototype: true }),
  encode: deltas.encodeManifestHistory,
  decode: deltas.decodeManifestHistory,
});
testCodec("name", {
  bodies: record({ isGlob: boolean(), text: texts }, { noNullPrototype: true }),
  encode: deltas.encodeNameDelta,
  decode: deltas.decodeNameDelta,
});

for (const length of [1, 64, 65_535, 65_536, 65_537, 131_072, 200_000]) {
  test(`a payload of ${length} bytes comes back from its chunks`, () => {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 31);
    const made = [...chunksOf(["a"], bytes)];
    assert.equal(made.length, chunkCount(length));
    const read = made.map(({ key, body }, ordinal) => {
      assert.deepEqual(key, chunkKey(["a"], ordinal));
      const chunk = decodeChunk(body, ordinal);
      assert.equal(chunk.total, length);
      const wrong = ordinal === 0 ? 1 : 0;
      assert.throws(() => decodeChunk(body, wrong), FormatError);
      assert.throws(() => decodeChunk(body.subarray(0, -1), ordinal), FormatError);
      assert.throws(() => decodeChunk(Uint8Array.of(...body, 0), ordinal), FormatError);
      return chunk.bytes;
    });
    assert.deepEqual(Buffer.concat(read), Buffer.from(bytes));
  });
}

for (const [kind, name, fault, hex] of FALSE_BODIES) {
  test(`${kind}, ${name}: ${fault}`, () => {
    const key = recordKey(kind, [], suffixOf(kind));
    const body = Uint8Array.fromHex(hex.replaceAll(" ", ""));
    assert.equal(
      faultOf(() => readRecordBody({ key, body })),
      fault,
    );
  });
}

function suffixOf(kind: RecordKind): Uint8Array {
  return new Uint8Array(new Map(SUFFIXES).get(kind) ?? 0);
}

test("a record is read by its type, with the suffix of its type and no other", () => {
  const cell = Uint8Array.fromHex(`000000000001 00 ${NO_REVISION}`.replaceAll(" ", ""));
  assert.equal(
    readRecordBody({ key: recordKey("cell", ["a"]), body: cell }).content.record,
    "cell",
  );
  for (const [kind, length] of SUFFIXES) {
    for (const other of [length - 1, length + 1]) {
      if (other < 0) continue;
      const key = recordKey(kind, [], new Uint8Array(other));
      assert.equal(
        faultOf(() => readRecordBody({ key, body: cell })),
        "wrong-type",
        kind,
      );
    }
  }
  const pool = recordKey("name", ["a"], new Uint8Array(8));
  assert.equal(
    faultOf(() => readRecordBody({ key: pool, body: cell })),
    "wrong-type",
  );
});

test("any bytes at all are refused or are the one spelling of something", () => {
  forAll(
    property(uint8Array({ maxLength: 80 }), (bytes) => {
      for (const [kind, length] of SUFFIXES) {
        const key = recordKey(kind, [], new Uint8Array(length));
        faultOf(() => readRecordBody({ key, body: bytes }));
      }
    }),
    { numRuns: 3000 },
  );
});

function faultOf(decode: () => unknown): string {
  try {
    decode();
    return "ok";
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.fault;
  }
}
