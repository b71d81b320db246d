/**
 * Goal: jumps and references give back what went in, have one spelling, and take little memory from
 * whoever reads false ones.
 *
 * Method: random ones; the published vectors, changed and cut; counts of ids that are not there.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bucketOf,
  CborWriter,
  CONE_REFS_FILE,
  decodeJumps,
  decodeRefIds,
  decodeRefs,
  derivedNames,
  EDGE_REFS_FILE,
  encodeJumps,
  encodeRefs,
  hasRef,
  indexFolder,
  JUMP_SECONDS,
  type Jumps,
  jumpsFile,
  type Refs,
  runsOf,
  VarintWriter,
} from "@ritma/evidence";
import {
  array,
  assert as forAll,
  constantFrom,
  integer,
  nat,
  property,
  tuple,
  uniqueArray,
} from "fast-check";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { testSpellings } from "./one-spelling.ts";

const HOUR = Uint8Array.from({ length: 32 }, (_, at) => at);

testSpellings(readVectors("jumps.json"), {
  jumps: (bytes) => encodeJumps(decodeJumps(bytes)),
  "edge-refs": (bytes) => encodeRefs(decodeRefs(bytes, "edge")),
  "cone-refs": (bytes) => encodeRefs(decodeRefs(bytes, "cone")),
});

const seen = uniqueArray(integer({ min: 1, max: 90 }), { maxLength: 4 }).map((processes) =>
  processes
    .toSorted((a, b) => a - b)
    .map((process) => ({ process, credentials: 1 + (process % 7) })),
);

/** Atoms by bucket; where each bucket begins is anywhere in the blocks. */
const jumps = tuple(
  constantFrom(...JUMP_SECONDS),
  uniqueArray(nat(500), { minLength: 1, maxLength: 12 }),
  array(tuple(integer({ min: 1, max: 40 }), nat(1000)), { minLength: 12, maxLength: 12 }),
  array(seen, { maxLength: 4 }),
).map(([seconds, numbers, cells, ofBlocks]): Jumps => {
  const counts = cells.slice(0, numbers.length).map(([atoms]) => atoms);
  const total = counts.reduce((sum, atoms) => sum + atoms, 0);
  const known = ofBlocks.slice(0, total - 1);
  const buckets = numbers
    .toSorted((a, b) => a - b)
    .map((number, at) => ({
      number,
      place: (cells[at]?.[1] ?? 0) % total,
      atoms: counts[at] ?? 1,
    }));
  return {
    hour: HOUR,
    seconds,
    blocks: [...known.map(() => 1), total - known.length],
    buckets,
    seen: known,
  };
});

test("jumps: what went in comes out", () => {
  forAll(
    property(jumps, (each) => {
      assert.deepEqual(decodeJumps(encodeJumps(each)), each);
    }),
    { numRuns: 300 },
  );
});

const refs = uniqueArray(integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 200 })
  .map((ids) => ids.toSorted((a, b) => a - b))
  .map((ids): { readonly ids: readonly number[]; readonly refs: Refs } => ({
    ids,
    refs: {
      kind: "edge",
      hour: HOUR,
      generation: 3,
      runs: runsOf(ids),
      counts: ids.map((id) => 1 + (id % 13) * (id % 3)),
    },
  }));

test("references: what went in comes out, and each id is found that is there", () => {
  forAll(
    property(refs, ({ ids, refs: each }) => {
      const bytes = encodeRefs(each);
      assert.deepEqual(decodeRefs(bytes, "edge"), each);
      const { counts: _, ...known } = each;
      assert.deepEqual(decodeRefIds(bytes, "edge"), known);
      const there = new Set(ids);
      for (let id = 0; id <= 301; id += 1) assert.equal(hasRef(each, id), there.has(id));
      assert.equal(
        faultOf(() => decodeRefs(bytes, "cone")),
        "wrong-type",
      );
    }),
    { numRuns: 200 },
  );
});

test("a changed byte is refused, or makes others in their one spelling", () => {
  forAll(
    property(refs, nat(), integer({ min: 1, max: 255 }), ({ refs: each }, at, mask) => {
      const bytes = encodeRefs(each);
      const offset = at % bytes.length;
      const changed = bytes.with(offset, (bytes[offset] ?? 0) ^ mask);
      let again: Refs | undefined;
      const fault = faultOf(() => (again = decodeRefs(changed, "edge")));
      if (fault === "ok" && again !== undefined) assert.deepEqual(encodeRefs(again), changed);
    }),
    { numRuns: 500 },
  );
});

test("ids that ascend are cut where one is missing", () => {
  assert.deepEqual(runsOf([]), []);
  assert.deepEqual(runsOf([2, 3, 4, 7, 9, 10]), [
    { first: 2, last: 4 },
    { first: 7, last: 7 },
    { first: 9, last: 10 },
  ]);
});

test("nobody takes memory for ids that a few bytes speak of", () => {
  const ids = new VarintWriter();
  ids.uint(0);
  ids.uint(0xffff_fffe);
  const writer = new CborWriter().array(5).text("ritma/edge-refs@1").bytes(HOUR).uint(1);
  const bytes = writer.bytes(ids.finish()).bytes(new Uint8Array(1000)).finish();
  assert.equal(
    faultOf(() => decodeRefs(bytes, "edge")),
    "out-of-range",
  );
  assert.ok(hasRef(decodeRefIds(bytes, "edge"), 77));
});

test("as many equal counts as there can be are no more than the bound allows", () => {
  const size = 400_000;
  const counts = Array.from({ length: size }, () => 1);
  const runs = [{ first: 1, last: size }];
  const bytes = encodeRefs({ kind: "edge", hour: HOUR, generation: 1, runs, counts });
  assert.ok(bytes.length < 2000, `${bytes.length} bytes`);
  assert.equal(decodeRefs(bytes, "edge").counts.length, size);
});

test("they are the files that belong into the index of an hour", () => {
  const names = [CONE_REFS_FILE, EDGE_REFS_FILE, ...JUMP_SECONDS.map(jumpsFile)].toSorted();
  assert.deepEqual(derivedNames(indexFolder("windows/2026/11/20/09-12")), names);
  assert.equal(bucketOf(59_999_999, 60), 0);
  assert.equal(bucketOf(60_000_000, 10), 6);
});
