/**
 * Goal: frames of both kinds are read by one function, in one generation, and each has one
 * spelling.
 *
 * Method: a log of coded frames; one that begins with plain frames; every head that is not right.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CborWriter, encodeEntitiesFrame } from "@ritma/evidence";
import { decodeFrame, encodeCodedFrame } from "../../src/ctgf/entity-frame.ts";
import { EntityModel } from "../../src/ctgf/entity-model.ts";
import { EntityReader, EntityWriter } from "../../src/ctgf/entity-stream.ts";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { goldenEntities } from "./entity-story.ts";

const STORE = new Uint8Array(16).fill(7);
const SALT = new Uint8Array(32).fill(9);

const all = goldenEntities().slice(0, 90);
const frames = [0, 30, 60].map((from) => ({
  store: STORE,
  generation: 3,
  firstId: from + 1,
  salt: from === 0 ? SALT : null,
  entities: all.slice(from, from + 30),
}));
const [first, second, third] = frames;
assert.ok(first !== undefined && second !== undefined && third !== undefined);

test("coded frames, one after another", () => {
  const writer = new EntityWriter();
  const reader = new EntityReader();
  for (const frame of frames) {
    assert.deepEqual(decodeFrame(encodeCodedFrame(frame, writer), reader), frame);
  }
});

test("a log that begins with plain frames goes on with coded ones, from a fresh model", () => {
  const model = new EntityModel();
  const reader = new EntityReader(model);
  for (const frame of [first, second]) {
    assert.deepEqual(decodeFrame(encodeEntitiesFrame(frame), reader), frame);
  }
  const coded = encodeCodedFrame(third, new EntityWriter(model));
  const follower = new EntityReader();
  for (const frame of [first, second]) decodeFrame(encodeEntitiesFrame(frame), follower);
  assert.deepEqual(decodeFrame(coded, follower), third);
  assert.equal(
    faultOf(() => decodeFrame(coded, new EntityReader())),
    "out-of-range",
    "without the frames before it",
  );
});

test("a plain frame behind a coded one makes the model forget", () => {
  const model = new EntityModel();
  decodeFrame(encodeCodedFrame(first, new EntityWriter()), new EntityReader(model));
  decodeFrame(encodeEntitiesFrame(second), new EntityReader(model));
  const coded = encodeCodedFrame(third, new EntityWriter(model));
  const alone = new EntityModel();
  alone.skip(61);
  assert.deepEqual(coded, encodeCodedFrame(third, new EntityWriter(alone)));
});

function head(tag: string, store: Uint8Array, firstId: number): CborWriter {
  return new CborWriter().array(7).text(tag).bytes(store).uint(3).uint(firstId);
}

test("heads that are not right, and what follows the end", () => {
  const good = encodeCodedFrame(first, new EntityWriter());
  const coded = new EntityWriter().write(first.entities, 1);
  const tag = "ritma/entities@2";
  const count = first.entities.length;
  const refused = [
    ["truncated", good.subarray(0, -1)],
    ["trailing-bytes", Uint8Array.of(...good, 0)],
    ["wrong-type", head("ritma/entities@3", STORE, 1).null().uint(count).bytes(coded).finish()],
    ["wrong-type", head("ritma/entities@1", STORE, 1).null().uint(count).bytes(coded).finish()],
    ["wrong-type", head(tag, SALT, 1).bytes(SALT).uint(count).bytes(coded).finish()],
    ["wrong-type", head(tag, STORE, 1).bytes(STORE).uint(count).bytes(coded).finish()],
    ["out-of-range", head(tag, STORE, 0).bytes(SALT).uint(count).bytes(coded).finish()],
    ["out-of-range", head(tag, STORE, 1).bytes(SALT).uint(0).bytes(coded).finish()],
    ["out-of-range", head(tag, STORE, 1).bytes(SALT).uint(65_537).bytes(coded).finish()],
    ["out-of-range", head(tag, STORE, 65_530).null().uint(count).bytes(coded).finish()],
    ["truncated", head(tag, STORE, 1).bytes(SALT).uint(60_000).bytes(coded).finish()],
    ["trailing-bytes", head(tag, STORE, 1).bytes(SALT).uint(1).bytes(coded).finish()],
  ] as const;
  for (const [at, [fault, bytes]] of refused.entries()) {
    const found = faultOf(() => decodeFrame(bytes, new EntityReader()));
    assert.ok(found === fault || (at > 9 && found !== "ok"), `${at}: ${found}`);
  }
});

test("the vector of a frame", () => {
  const vector = readVectors("entities.json").at("frame");
  const bytes = vector.at("hex").hex();
  const frame = decodeFrame(bytes, new EntityReader());
  assert.equal(frame.firstId, 1);
  assert.equal(frame.entities.length, vector.at("count").number());
  assert.deepEqual(encodeCodedFrame(frame, new EntityWriter()), bytes);
});
