/**
 * Goal: whatever a coded frame holds, reading it ends soon, in a FormatError or in entities that
 * have exactly this coding.
 *
 * Method: every byte of a frame changed, every cut, bytes added; streams that turn into random
 * bytes somewhere, each decision of which is made again by a writer; streams that a liar wrote to
 * unpack to as much as possible.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEntity, encodeEntity, FormatError } from "@ritma/evidence";
import { array, assert as forAll, integer, nat, property, uint8Array } from "fast-check";
import { type Coder, RangeReader, RangeWriter } from "../../src/ctgf/coder.ts";
import {
  BYTE,
  DOMAINS,
  ESCAPED,
  ESCAPED_LENGTH,
  KIND,
  VALUE_HASHED,
  VALUE_KNOWN,
  VALUE_LENGTH,
} from "../../src/ctgf/entity-contexts.ts";
import { UINT_CONTEXTS } from "../../src/ctgf/coder.ts";
import { EntityModel } from "../../src/ctgf/entity-model.ts";
import { EntityReader, EntityWriter } from "../../src/ctgf/entity-stream.ts";
import { mix } from "../../src/ctgf/guesses.ts";
import { faultOf } from "../fault.ts";
import { lieOnce } from "./entity-liar.ts";
import { goldenEntities, plain, story } from "./entity-story.ts";

const writing = new EntityModel();
const reading = new EntityModel();

/** Refused, or the one coding of its entities. */
function check(coded: Uint8Array, count: number): boolean {
  let entities: Uint8Array[] = [];
  const fault = faultOf(() => {
    entities = new EntityReader(reading).read(coded, count, 1);
  });
  if (fault !== "ok") return false;
  for (const entity of entities) assert.deepEqual(encodeEntity(decodeEntity(entity)), entity);
  assert.deepEqual(new EntityWriter(writing).write(entities, 1), coded);
  return true;
}

/** As much as can be read of a stream, and its decisions again by a writer. */
function checkPrefix(stream: Uint8Array): number {
  reading.begin(1);
  const reader = new RangeReader(reading.probabilities, stream);
  const entities: Uint8Array[] = [];
  try {
    while (entities.length < 100) entities.push(reading.read(reader, 1 << 22));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  reading.end(0);
  writing.begin(1);
  const writer = new RangeWriter(writing.probabilities);
  for (const entity of entities) writing.write(writer, entity);
  writing.end(0);
  const { length } = writer;
  assert.deepEqual(writer.finish().subarray(0, length), stream.slice(0, length));
  return entities.length;
}

test("a frame with a byte changed, cut, or longer", () => {
  const entities = goldenEntities().slice(0, 30);
  const coded = new EntityWriter(writing).write(entities, 1);
  assert.ok(check(coded, entities.length));
  for (let at = 0; at < coded.length; at += 1) {
    for (const mask of [1, 0x80]) {
      check(coded.with(at, (coded[at] ?? 0) ^ mask), entities.length);
    }
    check(coded.slice(0, at), entities.length);
  }
  assert.ok(!check(Uint8Array.of(...coded, 0), entities.length));
  assert.ok(!check(coded, entities.length + 1));
  assert.ok(!check(coded, entities.length - 1));
});

test("random changes of random frames", () => {
  forAll(
    property(story, nat(), integer({ min: 1, max: 255 }), (entities, at, mask) => {
      const coded = new EntityWriter(writing).write(entities, 1);
      check(coded.with(at % coded.length, (coded[at % coded.length] ?? 0) ^ mask), entities.length);
    }),
    { numRuns: 300 },
  );
});

test("a stream that turns into noise is told as a writer tells it, as far as it is read", () => {
  let read = 0;
  forAll(
    property(
      story,
      nat(),
      array(integer({ min: 0, max: 255 }), { minLength: 200 }),
      (told, at, noise) => {
        const coded = new EntityWriter(writing).write(told, 1);
        const good = coded.subarray(0, at % (coded.length + 1));
        read += checkPrefix(Uint8Array.of(...good, ...noise));
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(read > 100, `${read} entities`);
});

test("noise from the first byte on", () => {
  forAll(
    property(uint8Array({ minLength: 300, maxLength: 300 }), (noise) => void checkPrefix(noise)),
    { numRuns: 150 },
  );
});

test("one decision changed, and the rest as it was: refused, or what a writer decides", () => {
  let read = 0;
  forAll(
    property(story, nat(), nat(), (told, at, seed) => {
      const last = told[at % told.length] ?? new Uint8Array(0);
      const { fault, entities, writer } = lieOnce(writing, reading, told, last, seed);
      writing.end(0);
      reading.end(0);
      if (fault !== "ok") return;
      read += 1;
      writing.begin(1);
      const honest = new RangeWriter(writing.probabilities);
      for (const entity of entities) writing.write(honest, entity);
      writing.end(0);
      assert.deepEqual(honest.finish(), writer.finish());
    }),
    { numRuns: 500 },
  );
  assert.ok(read > 50, `${read} entities`);
});

/** Tells a string of `sizeBytes` equal bytes, which was not told before, byte by byte. */
function lieString(coder: Coder, kinds: number, sizeBytes: number): void {
  coder.bit(ESCAPED, 0);
  coder.tree(KIND + ((mix(kinds, 0) & 0xfff) << 3), 3, 0);
  coder.bit(VALUE_KNOWN + DOMAINS.name, 0);
  coder.bit(VALUE_HASHED + DOMAINS.name, 0);
  coder.uint(VALUE_LENGTH + DOMAINS.name * UINT_CONTEXTS, sizeBytes);
}

test("lengths are looked at before anything is made for them", () => {
  const lies: ((coder: Coder) => void)[] = [
    (coder) => lieString(coder, 0, 2 ** 21 + 1),
    (coder) => lieString(coder, 0, Number.MAX_SAFE_INTEGER),
    (coder) => {
      coder.bit(ESCAPED, 1);
      coder.uint(ESCAPED_LENGTH, 16 * 1024 * 1024 + 1);
    },
  ];
  for (const lie of lies) {
    writing.begin(1);
    const coder = new RangeWriter(writing.probabilities);
    lie(coder);
    coder.raw(32, 0);
    assert.equal(
      faultOf(() => new EntityReader(reading).read(coder.finish(), 1, 1)),
      "out-of-range",
    );
  }
});

test("an entity that the model takes is not told as it is", () => {
  writing.begin(1);
  const coder = new RangeWriter(writing.probabilities);
  const entity = encodeEntity({ kind: "string", value: plain("a") });
  coder.bit(ESCAPED, 1);
  coder.uint(ESCAPED_LENGTH, entity.length);
  let before = 0;
  for (const byte of entity) before = coder.tree(BYTE + (before << 8), 8, byte);
  assert.equal(
    faultOf(() => new EntityReader(reading).read(coder.finish(), 1, 1)),
    "not-canonical",
  );
});

test("a large frame of few bytes is refused at 32 MiB, in seconds", () => {
  const values = Array.from({ length: 200 }, () => plain("x".repeat(10_000)));
  const entity = encodeEntity({ kind: "arguments", whole: true, values });
  writing.begin(1);
  const coder = new RangeWriter(writing.probabilities);
  for (let count = 0; count < 40; count += 1) writing.write(coder, entity);
  const coded = coder.finish();
  assert.ok(coded.length < 1000, `${coded.length} bytes`);
  assert.equal(
    faultOf(() => new EntityReader(reading).read(coded, 40, 1)),
    "out-of-range",
  );
});
