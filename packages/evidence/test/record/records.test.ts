/**
 * Goal: every record of a store and of the node log has one spelling; whatever else lies in its
 * place is refused, or says something else in the one spelling of that.
 *
 * Method: the published records, each decoded and encoded again, cut at every length, and with
 * every byte changed in many ways; the published bad ones; random records both ways.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeEntitiesFrame,
  decodeHourHeader,
  decodeHourSeal,
  decodeHourTree,
  decodeIntent,
  decodeKeyRecord,
  decodeKeysFile,
  decodeLogEntry,
  decodeMicroHeader,
  decodeSchemaFile,
  decodeStoreFile,
  encodeEntitiesFrame,
  encodeHourHeader,
  encodeHourSeal,
  encodeHourTree,
  encodeIntent,
  encodeKeyRecord,
  encodeKeysFile,
  encodeLogEntry,
  encodeMicroHeader,
  encodeSchemaFile,
  encodeStoreFile,
  HOUR_COUNTS,
  packFrame,
  splitFrames,
} from "@ritma/evidence";
import { array, assert as forAll, option, property, record, tuple, uint8Array } from "fast-check";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { digests, PLAIN, storeIds, uints } from "./arbitrary.ts";
import { type Again, testSpellings } from "./one-spelling.ts";

const AGAIN: Readonly<Record<string, Again>> = {
  "store-file": (bytes) => encodeStoreFile(decodeStoreFile(bytes)),
  "schema-file": (bytes) => {
    const { name, text } = decodeSchemaFile(bytes);
    return encodeSchemaFile(name, text);
  },
  "key-record": (bytes) => encodeKeyRecord(decodeKeyRecord(bytes)),
  "keys-file": (bytes) => {
    const { store, records } = decodeKeysFile(bytes);
    return encodeKeysFile(store, records);
  },
  "entities-frame": (bytes) => encodeEntitiesFrame(decodeEntitiesFrame(bytes)),
  micro: (bytes) => encodeMicroHeader(decodeMicroHeader(bytes)),
  "hour-header": (bytes) => encodeHourHeader(decodeHourHeader(bytes)),
  "hour-tree": (bytes) => encodeHourTree(decodeHourTree(bytes)),
  "hour-seal": (bytes) => encodeHourSeal(decodeHourSeal(bytes)),
  intent: (bytes) => encodeIntent(decodeIntent(bytes)),
  "log entry": (bytes) => encodeLogEntry(decodeLogEntry(bytes)),
};

/** Compared with what the verifier encodes itself, so never decoded. */
const ONLY_ENCODED: ReadonlySet<string> = new Set(["micro-seal", "chain"]);

const vectors = readVectors("store.json");

testSpellings(vectors, AGAIN, ONLY_ENCODED);

test("random hour seals and key records come back", () => {
  const seals = record(
    {
      store: storeIds,
      sequence: uints,
      t1: uints,
      t2: uints,
      hourRoot: digests,
      header: digests,
      previous: option(digests),
      logSize: uints,
    },
    PLAIN,
  );
  forAll(property(seals, (seal) => assert.deepEqual(decodeHourSeal(encodeHourSeal(seal)), seal)));
  const frames = record(
    {
      store: storeIds,
      generation: uints,
      firstId: uints,
      salt: option(digests),
      entities: array(uint8Array(), { minLength: 1 }),
    },
    PLAIN,
  );
  forAll(
    property(frames, (frame) =>
      assert.deepEqual(decodeEntitiesFrame(encodeEntitiesFrame(frame)), frame),
    ),
  );
});

test("random counts of an hour come back, each in its place", () => {
  const header = decodeHourHeader(
    vectors
      .at("good")
      .list()
      .filter((vector) => vector.at("name").text() === "hour-header")
      .map((vector) => vector.at("hex").hex())[0] ?? new Uint8Array(0),
  );
  forAll(
    property(tuple(...HOUR_COUNTS.map(() => uints)), (numbers) => {
      const counts = { ...header.counts };
      for (const [at, name] of HOUR_COUNTS.entries()) counts[name] = numbers[at] ?? 0;
      const changed = { ...header, counts };
      assert.deepEqual(decodeHourHeader(encodeHourHeader(changed)), changed);
    }),
  );
});

test("frames of a generation log are split where they were joined", () => {
  forAll(
    property(array(uint8Array({ maxLength: 300 })), (frames) => {
      const log = Buffer.concat(frames.map(packFrame));
      assert.deepEqual(
        splitFrames(log).map((frame) => Uint8Array.from(frame)),
        frames,
      );
      if (log.length === 0) return;
      const cut = faultOf(() => splitFrames(log.subarray(0, -1)));
      assert.equal(cut, "truncated");
    }),
  );
});
