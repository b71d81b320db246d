/**
 * Goal: bits come back as they went in, one sequence of bits has one coding, and no input makes the
 * reader do anything but return or refuse.
 *
 * Method: random sequences of every kind of step, both ways; every cut and every other last byte of
 * their codings; random bytes; the numbers at which widths change; the vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Arbitrary,
  array,
  assert as forAll,
  constantFrom,
  integer,
  nat,
  oneof,
  property,
  tuple,
  uint8Array,
} from "fast-check";
import { codeId, ID_CONTEXTS } from "../../src/ctgf/coder-ids.ts";
import {
  type Coder,
  Probabilities,
  RangeReader,
  RangeWriter,
  UINT_CONTEXTS,
} from "../../src/ctgf/coder.ts";
import { Contexts, Guesses, mix } from "../../src/ctgf/guesses.ts";
import { faultOf } from "../fault.ts";
import { uints } from "../record/arbitrary.ts";
import { readVectors } from "../vectors.ts";

const KINDS = ["bit", "tree", "raw", "uint", "int", "id"] as const;
type Kind = (typeof KINDS)[number];

/** A context, a number of bits or a count where the kind has one, and the value. */
interface Step {
  readonly kind: Kind;
  readonly context: number;
  readonly size: number;
  readonly value: number;
}

const CONTEXTS = ID_CONTEXTS + UINT_CONTEXTS;

const contexts = integer({ min: 0, max: 3 });
const steps: Arbitrary<Step[]> = array(
  oneof(
    tuple(contexts, nat(1)).map(([context, value]) => step("bit", context, 0, value)),
    tuple(contexts, integer({ min: 1, max: 8 }), nat()).map(([context, size, value]) =>
      step("tree", context, size, value % 2 ** size),
    ),
    tuple(integer({ min: 1, max: 32 }), integer({ min: 0, max: 0xffff_ffff })).map(
      ([size, value]) => step("raw", 0, size, value % 2 ** size),
    ),
    tuple(contexts, uints).map(([context, value]) => step("uint", context, 0, value)),
    tuple(contexts, uints, constantFrom(1, -1)).map(([context, value, sign]) =>
      step("int", context, 0, value === 0 ? 0 : sign * value),
    ),
    tuple(contexts, integer({ min: 1, max: 1 << 20 }), nat()).map(([context, count, value]) =>
      step("id", context, count, value % count),
    ),
  ),
  { maxLength: 60 },
);

function step(kind: Kind, context: number, size: number, value: number): Step {
  return { kind, context, size, value };
}

function run(coder: Coder, { kind, context, size, value }: Step): number {
  if (kind === "bit") return coder.bit(context, value);
  if (kind === "tree") return coder.tree(context, size, value);
  if (kind === "raw") return coder.raw(size, value);
  if (kind === "uint") return coder.uint(context, value);
  if (kind === "int") return coder.int(context, value);
  return codeId(coder, context, size, value);
}

function write(list: readonly Step[]): Uint8Array {
  const writer = new RangeWriter(new Probabilities(CONTEXTS));
  for (const each of list) assert.equal(run(writer, each), each.value);
  return writer.finish();
}

function read(bytes: Uint8Array, list: readonly Step[]): number[] {
  const reader = new RangeReader(new Probabilities(CONTEXTS), bytes);
  const values = list.map((each) => run(reader, { ...each, value: 0 }));
  reader.finish();
  return values;
}

const valuesOf = (list: readonly Step[]): number[] => list.map(({ value }) => value);

/** Refused, or the one coding of what it says. */
function check(bytes: Uint8Array, list: readonly Step[]): void {
  let values: number[] = [];
  const fault = faultOf(() => {
    values = read(bytes, list);
  });
  if (fault !== "ok") return;
  const again = write(list.map((each, at) => ({ ...each, value: values[at] ?? 0 })));
  assert.deepEqual(again, bytes);
}

test("what was written is read", () => {
  forAll(property(steps, (list) => assert.deepEqual(read(write(list), list), valuesOf(list))));
});

test("every cut and every byte more says something else, or is refused", () => {
  forAll(
    property(steps, (list) => {
      const bytes = write(list);
      for (let length = 0; length < bytes.length; length += 1) {
        check(bytes.slice(0, length), list);
      }
      for (const last of [1, 255]) check(Uint8Array.of(...bytes, last), list);
      assert.equal(
        faultOf(() => read(Uint8Array.of(...bytes, 0), list)),
        "trailing-bytes",
      );
    }),
    { numRuns: 20 },
  );
});

test("another last byte says something else, or is refused", () => {
  forAll(
    property(steps, (list) => {
      const bytes = write(list);
      for (let last = 0; last < 256 && bytes.length > 0; last += 1) {
        check(bytes.with(bytes.length - 1, last), list);
      }
    }),
    { numRuns: 10 },
  );
});

test("random bytes are refused, or are the one coding of what they say", () => {
  forAll(
    property(uint8Array({ maxLength: 40 }), steps, (bytes, list) => check(bytes, list)),
    { numRuns: 300 },
  );
});

test("nothing is coded in no bytes", () => {
  assert.equal(write([]).length, 0);
  assert.equal(
    faultOf(() => read(Uint8Array.of(0), [])),
    "trailing-bytes",
  );
});

test("numbers at which a width ends, and none above", () => {
  const list: Step[] = [];
  for (let width = 1; width <= 53; width += 1) {
    for (const value of [2 ** width - 2, 2 ** width - 1, 2 ** width]) {
      if (Number.isSafeInteger(value)) list.push(step("uint", 0, 0, value));
    }
  }
  list.push(step("int", 0, 0, -Number.MAX_SAFE_INTEGER));
  assert.deepEqual(read(write(list), list), valuesOf(list));
  const writer = new RangeWriter(new Probabilities(CONTEXTS));
  for (const value of [2 ** 53, -1, 0.5, Number.NaN]) {
    assert.throws(() => writer.uint(0, value), RangeError);
  }
});

test("a hundred thousand likely bits take few bytes, and are not made up behind the end", () => {
  const list = Array.from({ length: 100_000 }, () => step("bit", 0, 0, 1));
  const bytes = write(list);
  assert.ok(bytes.length < 20, `${bytes.length} bytes`);
  assert.deepEqual(read(bytes, list), valuesOf(list));
  const reader = new RangeReader(new Probabilities(CONTEXTS), bytes);
  const fault = faultOf(() => {
    for (;;) reader.raw(32, 0);
  });
  assert.equal(fault, "truncated");
});

test("coders share what was learned, one after another", () => {
  const list = Array.from({ length: 200 }, (_, at) => step("bit", at % 3, 0, at % 5 === 0 ? 1 : 0));
  const learned = new Probabilities(CONTEXTS);
  const pieces = [list, list].map((piece) => {
    const writer = new RangeWriter(learned);
    for (const each of piece) run(writer, each);
    return writer.finish();
  });
  assert.ok((pieces[1]?.length ?? 0) < (pieces[0]?.length ?? 0));
  const again = new Probabilities(CONTEXTS);
  for (const piece of pieces) {
    const reader = new RangeReader(again, piece);
    for (const each of list) assert.equal(run(reader, each), each.value);
    reader.finish();
  }
});

test("a guess that was right twice running survives one miss", () => {
  const guesses = new Guesses(2);
  for (const value of [7, 7, 7]) guesses.learn(1, value);
  guesses.learn(1, 8);
  assert.deepEqual([guesses.valueAt(1), guesses.trustAt(1)], [7, 1]);
  guesses.learn(1, 8);
  assert.deepEqual([guesses.valueAt(1), guesses.trustAt(1)], [8, 0]);
  guesses.room(3);
  assert.equal(guesses.valueAt(1), 8);
  guesses.learn(9, 1);
  assert.equal(guesses.valueAt(9), 0);
  const contextsTaken = new Contexts();
  assert.deepEqual([contextsTaken.take(5), contextsTaken.take(2), contextsTaken.count], [0, 5, 7]);
});

test("the vectors", () => {
  const vectors = readVectors("coder.json");
  for (const vector of vectors.at("mix").list()) {
    const [a, b, mixed] = vector.list().map((each) => each.number());
    assert.equal(mix(a ?? 0, b ?? 0), mixed);
  }
  for (const vector of vectors.at("good").list()) {
    const list = vector.at("steps").list().map(readStep);
    const name = vector.at("name").text();
    assert.deepEqual(write(list), vector.at("hex").hex(), name);
    assert.deepEqual(read(vector.at("hex").hex(), list), valuesOf(list), name);
  }
  for (const vector of vectors.at("bad").list()) {
    const list = vector.at("steps").list().map(readStep);
    const fault = faultOf(() => read(vector.at("hex").hex(), list));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});

function readStep(vector: ReturnType<typeof readVectors>): Step {
  const text = vector.at("step").text();
  const kind = KINDS.find((each) => each === text);
  assert.ok(kind !== undefined, text);
  return step(
    kind,
    vector.at("context").number(),
    vector.at("size").number(),
    vector.at("value").number(),
  );
}
