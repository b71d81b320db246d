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

/** Decodes and encodes again. */
type Again = (bytes: Uint8Array) => Uint8Array;

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
const MASKS = [0x01, 0x02, 0x10, 0x20, 0x40, 0x80, 0xe0, 0xff];

function codecOf(name: string): Again {
  const kind = name.split(/[,:]/u)[0] ?? "";
  const again = AGAIN[kind];
  assert.ok(again !== undefined, name);
  return again;
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

for (const vector of vectors.at("good").list()) {
  const name = vector.at("name").text();
  if (ONLY_ENCODED.has(name)) continue;
  test(`one spelling: ${name}`, () => {
    const again = codecOf(name);
    const bytes = vector.at("hex").hex();
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
  });
}

test("the bad vectors, each for its reason", () => {
  let count = 0;
  for (const vector of vectors.at("bad").list()) {
    const again = codecOf(vector.at("record").text());
    const fault = faultOf(() => again(vector.at("hex").hex()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
    count += 1;
  }
  assert.ok(count > 50);
});

test("every kind of record has a vector", () => {
  const names = vectors
    .at("good")
    .list()
    .map((vector) => vector.at("name").text());
  for (const kind of [...Object.keys(AGAIN), ...ONLY_ENCODED]) {
    assert.ok(
      names.some((name) => name.startsWith(kind)),
      kind,
    );
  }
});

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
