/**
 * Goal: keys of hours and their periods are those of spec/27, byte for byte, and a period has one
 * spelling.
 *
 * Method: the published vectors, whose chain was made without this package; random periods; the
 * payloads of seals, and what is none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  coversHour,
  decodePeriod,
  decodePeriodFile,
  encodeMicroSeal,
  encodePeriod,
  encodePeriodFile,
  epochKey,
  epochLeaf,
  leafHash,
  parseCose1,
  periodRoot,
  sealedSequence,
  verifyCose1,
} from "@ritma/evidence";
import { assert as forAll, integer, property, record } from "fast-check";
import { faultOf } from "../fault.ts";
import { primitives } from "../primitives.ts";
import { readVectors } from "../vectors.ts";
import { digests, PLAIN, storeIds, uints } from "./arbitrary.ts";
import { testSpellings } from "./one-spelling.ts";

const vectors = readVectors("epochs.json");

testSpellings(vectors, {
  period: (bytes) => encodePeriod(decodePeriod(bytes)),
  "period-file": (bytes) => encodePeriodFile(decodePeriodFile(bytes)),
});

test("the keys of a period are bound to their hours, and to the identity", () => {
  const chain = vectors.at("chain").list();
  const file = vectors.at("good").list()[1]?.at("hex").hex() ?? new Uint8Array(0);
  const { signed, keys } = decodePeriodFile(file);
  const cose = parseCose1(signed);
  assert.ok(verifyCose1(primitives, cose, vectors.at("identity").hex()));
  const period = { ...decodePeriod(cose.payload), keys };
  assert.deepEqual(period.root, vectors.at("root").hex());
  assert.deepEqual(periodRoot(primitives.sha256, 0, keys), period.root);
  assert.notDeepEqual(periodRoot(primitives.sha256, 1, keys), period.root);
  for (const [epoch, each] of chain.entries()) {
    const key = epochKey(period, epoch);
    assert.deepEqual(key, each.at("publicKey").hex());
    const hash = leafHash(primitives.sha256, epochLeaf(epoch, key));
    assert.deepEqual(hash, each.at("leafHash").hex());
    assert.ok(coversHour(period, epoch));
  }
  assert.ok(!coversHour(period, chain.length));
});

test("random periods come back", () => {
  const periods = record(
    {
      store: storeIds,
      number: uints,
      first: integer({ min: 0, max: 2 ** 50 }),
      epochs: integer({ min: 1, max: 65_536 }),
      root: digests,
    },
    PLAIN,
  );
  forAll(
    property(periods, (period) => assert.deepEqual(decodePeriod(encodePeriod(period)), period)),
  );
});

test("a seal's payload says which hour it is of; other payloads are refused", () => {
  const digest = new Uint8Array(32);
  const place = { store: new Uint8Array(16), sequence: 77, window: null };
  const seal = encodeMicroSeal({ ...place, header: digest, microRoot: digest });
  assert.equal(sealedSequence(seal), 77);
  assert.equal(
    faultOf(() =>
      sealedSequence(encodePeriod({ ...place, number: 0, first: 0, epochs: 1, root: digest })),
    ),
    "wrong-type",
  );
});
