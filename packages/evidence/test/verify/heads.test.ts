/**
 * Goal: a head that was kept elsewhere is said to stand as it does: held, gone, another history, of
 * another log; and nothing but the head of a log is read as one.
 *
 * Method: the published vectors against roots computed by the definition in RFC 6962, which shares
 * no code with the package; every size of a log against every head of it; every byte of a head
 * changed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeUtf8,
  equalBytes,
  FormatError,
  judgeHead,
  type KnownLog,
  parseHead,
  signCheckpoint,
} from "@ritma/evidence";
import { faultOf } from "../fault.ts";
import { cachedPrimitives, keyFromSeed, primitives } from "../primitives.ts";
import { readVectors } from "../vectors.ts";

const vectors = readVectors("head.json");
const origin = vectors.at("origin").text();
const { sha256 } = primitives;

/** MTH of RFC 6962 §2.1, as it stands there. */
function rootOf(entries: readonly Uint8Array[]): Uint8Array {
  const [only] = entries;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (entries.length === 1) return sha256(Uint8Array.of(0, ...only));
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  const [left, right] = [rootOf(entries.slice(0, split)), rootOf(entries.slice(split))];
  return sha256(Uint8Array.of(1, ...left, ...right));
}

function logOf(entries: readonly Uint8Array[], publicKey: Uint8Array): KnownLog {
  const rootAt = (size: number): Uint8Array => rootOf(entries.slice(0, size));
  return { origin, keys: [publicKey], size: entries.length, rootAt };
}

test("the published heads stand as they should", () => {
  const entries = vectors
    .at("entries")
    .list()
    .map((entry) => entry.hex());
  const log = logOf(entries, vectors.at("logKey").hex());
  const heads = vectors.at("heads").list();
  assert.ok(heads.length > 10);
  for (const head of heads) {
    const judged = judgeHead(primitives, log, encodeUtf8(head.at("head").text()));
    assert.equal(judged.standing, head.at("standing").text(), head.at("name").text());
  }
});

test("what is no head is refused", () => {
  for (const each of vectors.at("bad").list()) {
    const fault = faultOf(() => parseHead(each.at("hex").hex()));
    assert.equal(fault, each.at("fault").text(), each.at("name").text());
  }
});

test("of one log every head holds, and a longer one is gone", () => {
  const key = keyFromSeed(9);
  const entries = Array.from({ length: 20 }, (_, at) => Uint8Array.of(at));
  const heads = entries.map((_, size) => {
    const head = { origin, size, root: rootOf(entries.slice(0, size)) };
    return signCheckpoint(primitives, key.sign, origin, key.publicKey, head);
  });
  for (const size of entries.keys()) {
    const log = logOf(entries.slice(0, size), key.publicKey);
    for (const [at, head] of heads.entries()) {
      const expected = at <= size ? "held" : "rollback";
      assert.equal(judgeHead(primitives, log, head).standing, expected, `${at} in ${size}`);
    }
  }
});

test("entries that cannot be read prove nothing either way", () => {
  const key = keyFromSeed(9);
  const head = { origin, size: 2, root: sha256(new Uint8Array(1)) };
  const signed = signCheckpoint(primitives, key.sign, origin, key.publicKey, head);
  const log: KnownLog = { origin, keys: [key.publicKey], size: 5, rootAt: () => null };
  assert.equal(judgeHead(primitives, log, signed).standing, "unchecked");
  assert.equal(judgeHead(primitives, { ...log, keys: [] }, signed).standing, "other");
});

test("no changed byte makes another head of it", () => {
  const cached = cachedPrimitives();
  const [newest] = vectors.at("heads").list();
  const whole = encodeUtf8(newest?.at("head").text() ?? "");
  const entries = vectors
    .at("entries")
    .list()
    .map((entry) => entry.hex());
  const log = logOf(entries, vectors.at("logKey").hex());
  for (const at of whole.keys()) {
    for (const bit of [0x01, 0x20]) {
      const changed = whole.slice();
      changed[at] = (changed[at] ?? 0) ^ bit;
      try {
        const judged = judgeHead(cached, log, changed);
        assert.equal(judged.standing, "other", `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof FormatError, `byte ${at}`);
      }
    }
  }
  assert.ok(equalBytes(parseHead(whole).root, rootOf(entries)));
});
