/**
 * Goal: a block gives back exactly the sections that went in, and has one spelling.
 *
 * Method: random sections with the numbers at which columns change; changed, cut and false bytes;
 * the vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, cutSection, decodeBlock, encodeBlock, type Section } from "@ritma/evidence";
import {
  array,
  assert as forAll,
  integer,
  nat,
  oneof,
  property,
  record,
  uniqueArray,
} from "fast-check";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { atoms, PLAIN, plainSection, storeIds, tableOf, uints } from "./arbitrary.ts";

const DAY_US = 86_400_000_000;

/** Milliseconds, microseconds, and the largest that fit. */
const times = oneof(
  integer({ min: 0, max: 5000 }).map((ms) => ms * 1000),
  integer({ min: 0, max: 5_000_000 }),
  integer({ min: 0, max: 3 }).map((step) => Number.MAX_SAFE_INTEGER - step * DAY_US),
);

const tables = array(atoms(times, 4), { minLength: 1, maxLength: 30 }).map(tableOf);

const sections = oneof(
  tables.map((table) => [cutSection(null, table)]),
  uniqueArray(integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 4 }).chain((windows) =>
    array(tables, { minLength: windows.length, maxLength: windows.length }).map((list) =>
      list.map((table, at) => cutSection(windows.toSorted((a, b) => a - b)[at] ?? 0, table)),
    ),
  ),
);

const blocks = record(
  {
    store: storeIds,
    sequence: uints,
    number: uints,
    generation: uints,
    sections,
  },
  PLAIN,
);

function plain(block: Block): object {
  return { ...block, sections: block.sections.map((section) => plainSection(section)) };
}

test("what went in comes out", () => {
  forAll(
    property(blocks, (block) => {
      const bytes = encodeBlock(block);
      assert.deepEqual(plain(decodeBlock(bytes)), plain(block));
      assert.deepEqual(encodeBlock(decodeBlock(bytes)), bytes);
    }),
  );
});

test("a changed byte is refused, or makes another block in its one spelling", () => {
  forAll(
    property(blocks, nat(), integer({ min: 1, max: 255 }), (block, at, mask) => {
      const bytes = encodeBlock(block);
      const offset = at % bytes.length;
      const changed = bytes.with(offset, (bytes[offset] ?? 0) ^ mask);
      let again: Block | undefined;
      const fault = faultOf(() => {
        again = decodeBlock(changed);
      });
      if (fault === "ok" && again !== undefined) assert.deepEqual(encodeBlock(again), changed);
    }),
    { numRuns: 3000 },
  );
});

test("every cut, and a byte more, is refused", () => {
  forAll(
    property(blocks, (block) => {
      const bytes = encodeBlock(block);
      for (let length = 0; length < bytes.length; length += 7) {
        assert.notEqual(
          faultOf(() => decodeBlock(bytes.subarray(0, length))),
          "ok",
        );
      }
      assert.equal(
        faultOf(() => decodeBlock(Uint8Array.of(...bytes, 0))),
        "trailing-bytes",
      );
    }),
    { numRuns: 20 },
  );
});

const table = tableOf([
  {
    time: 5,
    serial: 1,
    etype: 1,
    flags: 0,
    ret: 0,
    process: 1,
    object: 2,
    object2: 0,
    arg: 0,
    num: null,
  },
]);

function sectionOf(window: number | null): Section {
  return cutSection(window, table);
}

test("sections out of order, twice, beside late atoms, or none are refused", () => {
  const block = { store: new Uint8Array(16), sequence: 0, number: 0, generation: 1 };
  for (const windows of [
    [1, 0],
    [1, 1],
    [0, null],
    [null, null],
    [null, 0],
  ]) {
    const bytes = encodeBlock({ ...block, sections: windows.map(sectionOf) });
    assert.equal(
      faultOf(() => decodeBlock(bytes)),
      "not-canonical",
    );
  }
  const empty = encodeBlock({ ...block, sections: [] });
  assert.equal(
    faultOf(() => decodeBlock(empty)),
    "wrong-type",
  );
});

test("the vectors", () => {
  const vectors = readVectors("block.json");
  for (const vector of vectors.at("good").list()) {
    const bytes = vector.at("hex").hex();
    assert.deepEqual(encodeBlock(decodeBlock(bytes)), bytes, vector.at("name").text());
  }
  for (const vector of vectors.at("bad").list()) {
    const fault = faultOf(() => decodeBlock(vector.at("hex").hex()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});
