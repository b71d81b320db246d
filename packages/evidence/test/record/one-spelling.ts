/**
 * Tests of published records: each has one spelling, the bad ones are refused for their reason, and
 * no kind is without a vector.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf } from "../fault.ts";
import type { Vector } from "../vectors.ts";

/** Decodes and encodes again. */
export type Again = (bytes: Uint8Array) => Uint8Array;

const MASKS = [0x01, 0x02, 0x10, 0x20, 0x40, 0x80, 0xe0, 0xff];

/**
 * @param vectors with `good` and `bad`
 * @param codecs by kind: what stands before a comma or colon in a vector's name
 * @param onlyEncoded kinds that nobody decodes
 */
export function testSpellings(
  vectors: Vector,
  codecs: Readonly<Record<string, Again>>,
  onlyEncoded: ReadonlySet<string> = new Set(),
): void {
  const codecOf = (name: string): Again => {
    const again = codecs[name.split(/[,:]/u)[0] ?? ""];
    assert.ok(again !== undefined, name);
    return again;
  };
  const good = vectors.at("good").list();
  for (const vector of good) {
    const name = vector.at("name").text();
    if (onlyEncoded.has(name)) continue;
    test(`one spelling: ${name}`, () => {
      checkSpelling(codecOf(name), vector.at("hex").hex(), name);
    });
  }
  test("the bad vectors, each for its reason", () => {
    const bad = vectors.at("bad").list();
    for (const vector of bad) {
      const again = codecOf(vector.at("record").text());
      const fault = faultOf(() => again(vector.at("hex").hex()));
      assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
    }
    assert.ok(bad.length > good.length);
  });
  test("every kind of record has a vector", () => {
    const names = good.map((vector) => vector.at("name").text());
    for (const kind of [...Object.keys(codecs), ...onlyEncoded]) {
      const isThere = names.some((name) => name.startsWith(kind));
      assert.ok(isThere, kind);
    }
  });
}

function checkSpelling(again: Again, bytes: Uint8Array, name: string): void {
  assert.equal(check(again, bytes, name), "ok");
  for (let length = 0; length < bytes.length; length += 1) {
    assert.notEqual(check(again, bytes.subarray(0, length), `cut to ${length}`), "ok");
  }
  assert.equal(check(again, Uint8Array.of(...bytes, 0xf6), "longer"), "trailing-bytes");
  for (let at = 0; at < bytes.length; at += 1) {
    for (const mask of MASKS) {
      check(again, bytes.with(at, (bytes[at] ?? 0) ^ mask), `byte ${at} ^ ${mask}`);
    }
  }
}

/** Refused, or the one spelling of what it says. */
function check(again: Again, bytes: Uint8Array, what: string): string {
  let encoded: Uint8Array | undefined;
  const fault = faultOf(() => {
    encoded = again(bytes);
  });
  if (encoded !== undefined) assert.deepEqual(encoded, bytes, what);
  return fault;
}
