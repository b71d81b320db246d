/**
 * Goal: the codec agrees with the published vectors of frames and bodies.
 *
 * Method: every good frame is read, compared field by field and written again, by the codec and by
 * the implementation of the tests; every bad one gives the fault that is told.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "@ritma/evidence";
import { readVectors } from "../../../evidence/test/vectors.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { UnsupportedError } from "../../src/stores/beat/frame-fault.ts";
import { decodeFrame, encodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { readRecordBody } from "../../src/stores/beat/record-body.ts";
import { forgeFrame } from "./forge-frame.ts";

const { blake3 } = await loadPrimitives();
const vectors = readVectors("beat-frame.json");

/** Of suffixes, by type. */
const SUFFIX_BYTES = [0, 0, 4, 4, 5, 8, 16, 20];

for (const vector of vectors.at("good").list()) {
  test(`good: ${vector.at("name").text()}`, () => {
    const bytes = vector.at("hex").hex();
    const { root, digest, offsets: _, length, ...frame } = decodeFrame(blake3, bytes);
    const told = {
      store: vector.at("store").hex(),
      branch: vector.at("branch").text(),
      beat: vector.at("beat").number(),
      previous: vector.at("previous").hex(),
      forgetBefore: vector.at("forget_before").number(),
      capabilities: vector.at("capabilities").number(),
      records: vector
        .at("records")
        .list()
        .map((record) => ({ key: record.at("key").hex(), body: record.at("body").hex() })),
    };
    assert.deepEqual(frame, told);
    assert.deepEqual([root, digest], [vector.at("root").hex(), vector.at("digest").hex()]);
    assert.equal(length, bytes.length);
    assert.deepEqual(encodeFrame(blake3, told, told.records), bytes);
    assert.deepEqual(forgeFrame(told), bytes);
    for (const record of frame.records) readRecordBody(record);
  });
}

for (const vector of vectors.at("bad").list()) {
  test(`bad: ${vector.at("name").text()}`, () => {
    const bytes = vector.at("hex").hex();
    assert.equal(
      faultOf(() => decodeFrame(blake3, bytes)),
      vector.at("fault").text(),
    );
  });
}

for (const vector of vectors.at("bodies").list()) {
  const type = vector.at("type").number();
  test(`body of type ${type}: ${vector.at("name").text()}`, () => {
    // The type, the end of an empty path, the suffix.
    const key = Uint8Array.of(type, 0, ...new Uint8Array(SUFFIX_BYTES[type] ?? 0));
    const body = vector.at("hex").hex();
    assert.equal(
      faultOf(() => readRecordBody({ key, body })),
      vector.at("fault").text(),
    );
  });
}

function faultOf(decode: () => unknown): string {
  try {
    decode();
    return "ok";
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error instanceof UnsupportedError ? "unsupported" : error.fault;
  }
}
