/**
 * Goal: a COSE_Sign1 of ours has one spelling, other people's bytes agree with it, and a file with
 * any byte changed does not verify.
 *
 * Method: published vectors (made and verified by other implementations), then every value of every
 * byte of one signature file.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyIdOf, parseCose1, signCose1, toHex, verifyCose1 } from "@ritma/evidence";
import { faultOf } from "./fault.ts";
import { cachedPrimitives, keyFromSeed, primitives } from "./primitives.ts";
import { readVectors } from "./vectors.ts";

const vectors = readVectors("cose.json");
const key = keyFromSeed(vectors.at("seed").hex());
const signer = { ...primitives, ...key };
const payload = vectors.at("payload").hex();

test("signs the published bytes", () => {
  assert.equal(toHex(key.publicKey), vectors.at("publicKey").text());
  assert.equal(toHex(keyIdOf(primitives.sha256, key.publicKey)), vectors.at("keyId").text());
  let signed: Uint8Array | undefined;
  const sign = (message: Uint8Array): Uint8Array => {
    signed = message;
    return key.sign(message);
  };
  const file = signCose1({ ...signer, sign }, payload);
  assert.equal(toHex(signed ?? new Uint8Array(0)), vectors.at("toBeSigned").text());
  assert.equal(toHex(file), vectors.at("sign1").text());
});

test("reads the published bytes, with either algorithm number", () => {
  for (const [name, alg] of [
    ["sign1", -8],
    ["sign1Alg19", -19],
  ] as const) {
    const parsed = parseCose1(vectors.at(name).hex());
    assert.equal(parsed.alg, alg);
    assert.deepEqual(parsed.payload, payload);
    assert.equal(toHex(parsed.keyId), vectors.at("keyId").text());
    assert.equal(parsed.signature.length, 64);
    assert.ok(verifyCose1(primitives, parsed, key.publicKey));
  }
  const parsed = parseCose1(vectors.at("sign1").hex());
  assert.equal(toHex(parsed.protectedBytes), vectors.at("protected").text());
  assert.equal(toHex(parsed.signature), vectors.at("signature").text());
});

test("refuses the bad vectors, each for its reason", () => {
  for (const vector of vectors.at("bad").list()) {
    const got = faultOf(() => parseCose1(vector.at("hex").hex()));
    assert.equal(got, vector.at("fault").text(), vector.at("name").text());
  }
});

test("parses and does not verify the unverified vectors", () => {
  for (const vector of vectors.at("unverified").list()) {
    const parsed = parseCose1(vector.at("hex").hex());
    assert.ok(!verifyCose1(primitives, parsed, key.publicKey), vector.at("name").text());
  }
});

test("another key does not verify, whatever the key id says", () => {
  const other = keyFromSeed(Uint8Array.from({ length: 32 }, () => 7));
  const file = signCose1({ ...signer, sign: other.sign }, payload);
  assert.ok(!verifyCose1(primitives, parseCose1(file), key.publicKey));
  assert.ok(!verifyCose1(primitives, parseCose1(file), other.publicKey));
});

test("an empty and a large payload", () => {
  for (const sizeBytes of [0, 23, 24, 65_536]) {
    const large = new Uint8Array(sizeBytes).fill(0xa5);
    const parsed = parseCose1(signCose1(signer, large));
    assert.deepEqual(parsed.payload, large);
    assert.ok(verifyCose1(primitives, parsed, key.publicKey));
  }
});

test("every value of every byte: all but the original are refused", () => {
  const cached = cachedPrimitives();
  const original = vectors.at("sign1").hex();
  const publicKey = key.publicKey;
  let verified = 0;
  for (let at = 0; at < original.length; at += 1) {
    for (let value = 0; value < 256; value += 1) {
      const bytes = original.with(at, value);
      const fault = faultOf(() => {
        if (verifyCose1(cached, parseCose1(bytes), publicKey)) verified += 1;
      });
      if (value === original[at]) assert.equal(fault, "ok");
    }
  }
  assert.equal(verified, original.length, "only the original verifies, once for each place");
});

test("every length: all but the original are refused", () => {
  const original = vectors.at("sign1").hex();
  for (let length = 0; length < original.length; length += 1) {
    assert.notEqual(
      faultOf(() => parseCose1(original.subarray(0, length))),
      "ok",
    );
  }
});
