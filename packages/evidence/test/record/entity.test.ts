/**
 * Goal: an entity has one spelling, and nothing else is read as one.
 *
 * Method: random entities both ways, compared with what an independent CBOR library reads; random
 * and damaged bytes, which are refused or read and written back to the same bytes; the vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CborWriter, decodeEntity, encodeEntity, type Entity } from "@ritma/evidence";
import { decode } from "cborg";
import { assert as forAll, integer, nat, property, uint8Array } from "fast-check";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { entities } from "./arbitrary.ts";

/** Either refused with a FormatError, or the one spelling of what it says. */
function check(bytes: Uint8Array): void {
  let entity: Entity | undefined;
  const fault = faultOf(() => {
    entity = decodeEntity(bytes);
  });
  if (fault === "ok" && entity !== undefined) assert.deepEqual(encodeEntity(entity), bytes);
}

test("decode then encode, and encode then decode, is the identity", () => {
  forAll(
    property(entities, (entity) => {
      const bytes = encodeEntity(entity);
      assert.deepEqual(decodeEntity(bytes), entity);
      const items: unknown = decode(bytes);
      assert.ok(Array.isArray(items));
      assert.equal(items[0], `ritma/${entity.kind}@1`);
    }),
  );
});

test("random bytes are refused, or are the one spelling of an entity", () => {
  forAll(property(uint8Array({ maxLength: 60 }), check), { numRuns: 2000 });
});

test("a changed byte is refused, or makes another entity in its one spelling", () => {
  forAll(
    property(entities, nat(), integer({ min: 1, max: 255 }), (entity, at, mask) => {
      const bytes = encodeEntity(entity);
      const offset = at % bytes.length;
      check(bytes.with(offset, (bytes[offset] ?? 0) ^ mask));
    }),
    { numRuns: 2000 },
  );
});

test("every cut, and a byte more, is refused", () => {
  forAll(
    property(entities, (entity) => {
      const bytes = encodeEntity(entity);
      for (let length = 0; length < bytes.length; length += 1) {
        assert.notEqual(
          faultOf(() => decodeEntity(bytes.subarray(0, length))),
          "ok",
        );
      }
      assert.equal(
        faultOf(() => decodeEntity(Uint8Array.of(...bytes, 0))),
        "trailing-bytes",
      );
    }),
    { numRuns: 50 },
  );
});

test("a process in a process in a process is refused at the second", () => {
  const writer = new CborWriter().array(12).text("ritma/process@1").bytes(new Uint8Array(0));
  const level = writer.uint(0).uint(0).uint(0).uint(0).uint(0).null().null().null().finish();
  const nested = Buffer.concat(Array.from({ length: 200_000 }, () => level));
  assert.equal(
    faultOf(() => decodeEntity(nested)),
    "wrong-type",
  );
});

test("the vectors", () => {
  const vectors = readVectors("entity.json");
  const kinds = new Set<string>();
  for (const vector of vectors.at("good").list()) {
    const bytes = vector.at("hex").hex();
    const entity = decodeEntity(bytes);
    assert.deepEqual(encodeEntity(entity), bytes, vector.at("name").text());
    kinds.add(entity.kind);
  }
  assert.equal(kinds.size, 8, "one of every kind");
  for (const vector of vectors.at("bad").list()) {
    const fault = faultOf(() => decodeEntity(vector.at("hex").hex()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});
