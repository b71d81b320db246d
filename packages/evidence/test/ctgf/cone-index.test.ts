/**
 * Goal: an index of cones gives back what went in, has one spelling, and takes little memory from
 * whoever reads a false one.
 *
 * Method: random indexes; changed, cut and false bytes; the vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CborWriter,
  type ConeEntry,
  type ConeIndex,
  coneIndexPath,
  CONES_MAX,
  decodeConeIndex,
  encodeConeIndex,
  HOT_HOURS,
  isHotCone,
  VarintWriter,
} from "@ritma/evidence";
import { array, assert as forAll, boolean, integer, nat, property, tuple } from "fast-check";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";

const FIRST_HOUR = 5;
const NEWEST_HOUR = 70;

/** Of a cone all but its place; numbers that are too large for its rows are made to fit. */
const entries = tuple(
  boolean(),
  integer({ min: 1, max: 20 }),
  tuple(nat(60), nat(20), nat(4)),
  tuple(nat(NEWEST_HOUR - FIRST_HOUR), nat(NEWEST_HOUR - FIRST_HOUR)),
  array(tuple(boolean(), integer({ min: 1, max: 0xffff_ffff })), { minLength: 80, maxLength: 80 }),
).map(([isNewFrame, atoms, [entities, numbers, uses], hours, values]) => {
  const fields = [Math.min(entities, 3 * atoms), Math.min(numbers, atoms)] as const;
  const [first = 0, last = 0] = hours.toSorted((a, b) => a - b);
  const constants = values
    .slice(0, fields[0] + fields[1])
    .flatMap(([isConstant, value], field) => (isConstant ? [{ field, value }] : []))
    .map(({ field, value }) => ({ field, value: field < fields[0] ? value : -value }));
  return {
    isNewFrame,
    atoms,
    entities: fields[0],
    numbers: fields[1],
    uses,
    hours: uses === 0 ? null : { first: FIRST_HOUR + first, last: FIRST_HOUR + last },
    constants: uses < 2 ? [] : constants,
  };
});

const indexes = array(entries, { minLength: 1, maxLength: 30 }).map((list): ConeIndex => {
  let [frame, position] = [0, -1];
  const cones = list.map(({ isNewFrame, ...entry }, at): ConeEntry => {
    const begins = isNewFrame && at > 0;
    if (begins) frame += 1;
    position = begins ? 0 : position + 1;
    return { frame, position, ...entry };
  });
  return indexOf(cones);
});

function indexOf(cones: readonly ConeEntry[]): ConeIndex {
  const [store, generation, logSize] = [new Uint8Array(16), 3, 400];
  return { store, generation, logSize, firstHour: FIRST_HOUR, newestHour: NEWEST_HOUR, cones };
}

test("what went in comes out", () => {
  forAll(
    property(indexes, (index) => {
      assert.deepEqual(decodeConeIndex(encodeConeIndex(index)), index);
    }),
    { numRuns: 300 },
  );
});

test("a changed byte is refused, or makes another index in its one spelling", () => {
  forAll(
    property(indexes, nat(), integer({ min: 1, max: 255 }), (index, at, mask) => {
      const bytes = encodeConeIndex(index);
      const offset = at % bytes.length;
      const changed = bytes.with(offset, (bytes[offset] ?? 0) ^ mask);
      let again: ConeIndex | undefined;
      const fault = faultOf(() => (again = decodeConeIndex(changed)));
      if (fault === "ok" && again !== undefined) {
        assert.deepEqual(encodeConeIndex(again), changed);
      }
      assert.notEqual(
        faultOf(() => decodeConeIndex(bytes.subarray(0, offset))),
        "ok",
      );
    }),
    { numRuns: 2000 },
  );
});

test("many fields that vary make no reader take memory for them", () => {
  const column = new VarintWriter();
  const each = (value: number): Uint8Array => {
    column.reset();
    for (let cone = 0; cone < CONES_MAX; cone += 1) column.uint(value);
    return column.finish();
  };
  const one = (value: number): Uint8Array => {
    column.reset();
    column.uint(value);
    return column.finish();
  };
  const writer = new CborWriter().array(7).text("ritma/cone-index@1").bytes(new Uint8Array(16));
  writer.uint(1).uint(1).uint(0).uint(0).array(10).bytes(one(CONES_MAX));
  for (const value of [512, 1536, 512, 2, 0, 0]) writer.bytes(each(value));
  writer
    .bytes(one(CONES_MAX * 2048))
    .bytes(new Uint8Array(0))
    .bytes(new Uint8Array(0));
  const { cones } = decodeConeIndex(writer.finish());
  assert.equal(cones.length, CONES_MAX);
  assert.ok(cones.every(({ constants }) => constants.length === 0));
});

test("hot is what was used in the newest hours", () => {
  const [entry] = decodeConeIndex(
    readVectors("cone-index.json").at("good").at(0).at("hex").hex(),
  ).cones;
  assert.ok(entry !== undefined);
  const hot = (last: number): boolean =>
    isHotCone({ newestHour: NEWEST_HOUR }, { ...entry, hours: { first: FIRST_HOUR, last } });
  assert.ok(hot(NEWEST_HOUR));
  assert.ok(hot(NEWEST_HOUR - HOT_HOURS + 1));
  assert.ok(!hot(NEWEST_HOUR - HOT_HOURS));
  assert.ok(!isHotCone({ newestHour: 0 }, { ...entry, uses: 0, hours: null }));
});

test("it lies beside the log of its cones", () => {
  assert.equal(coneIndexPath(12), "ctgf/cones/v0012/cone_index.cbor");
});

test("the vectors", () => {
  const vectors = readVectors("cone-index.json");
  for (const vector of vectors.at("good").list()) {
    const [bytes, name] = [vector.at("hex").hex(), vector.at("name").text()];
    const index = decodeConeIndex(bytes);
    assert.deepEqual(encodeConeIndex(index), bytes, name);
    assert.equal(index.logSize, vector.at("log_size").number());
    assert.deepEqual(
      index.cones.flatMap((cone, at) => (isHotCone(index, cone) ? [at + 1] : [])),
      vector
        .at("hot")
        .list()
        .map((id) => id.number()),
    );
    for (const [at, found] of index.cones.entries()) {
      const told = vector.at("cones").at(at);
      assert.equal(found.uses, told.at("uses").number(), name);
      assert.deepEqual(
        found.constants.map(({ field, value }) => [field, value]),
        told
          .at("constants")
          .list()
          .map((pair) => pair.list().map((part) => part.number())),
        name,
      );
    }
  }
  for (const vector of vectors.at("bad").list()) {
    const fault = faultOf(() => decodeConeIndex(vector.at("hex").hex()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});
