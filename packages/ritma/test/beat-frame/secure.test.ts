/**
 * Goal: a secured payload opens to what was sealed, in its place, with its key, as it was stored,
 * and in no other case; nothing plain stays behind.
 *
 * Method: payloads of all shapes sealed in every mode and codec, opened, rekeyed and recompressed;
 * every bit of one changed; another place, key, codec; bombs. Each failure is looked for among the
 * notices.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { assert as forAll, constantFrom, property, uint8Array } from "fast-check";
import { deflate, inflate } from "../../src/base/deflate.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { realRng } from "../../src/base/rng.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { recordKey } from "../../src/stores/beat/record.ts";
import { AEAD_MODES, PAYLOAD_CODECS, type Secmeta } from "../../src/stores/beat/secmeta.ts";
import {
  openPayload,
  type PayloadKey,
  recompressPayload,
  rekeyPayload,
  type SealedPayload,
  sealPayload,
} from "../../src/stores/beat/secure/seal.ts";
import { ascii, STORE } from "./forge-frame.ts";

const primitives = await loadPrimitives();
const notices: Notice[] = [];
const tools = { primitives, rng: realRng, notice: (notice: Notice) => void notices.push(notice) };
const place = { store: STORE, branch: "data", key: recordKey("cell", ["etc", "passwd"]) };
const [one, other] = [1, 2].map((byte): PayloadKey => ({
  id: new Uint8Array(16).fill(byte),
  bytes: new Uint8Array(32).fill(byte),
}));
assert.ok(one !== undefined && other !== undefined);
const find = (id: Uint8Array): PayloadKey | null =>
  id[0] === 1 ? one : id[0] === 2 ? other : null;

const MODES = AEAD_MODES.flatMap((mode) => PAYLOAD_CODECS.map((codec) => ({ mode, codec })));
const without = (): null => null;
const wrong = (): PayloadKey => ({ id: one.id, bytes: other.bytes });
const short = (): PayloadKey => ({ id: one.id, bytes: new Uint8Array(31) });
const flip = (bytes: Uint8Array): Uint8Array => bytes.with(0, (bytes[0] ?? 0) ^ 1);

const SENTENCE = ascii("the same sentence again and again; ".repeat(40));

function seal(raw: Uint8Array, wish: (typeof MODES)[number]): SealedPayload {
  return sealPayload(tools, place, raw, {
    ...wish,
    key: wish.mode === "none" ? null : (one ?? null),
  });
}

/** @returns the topic of the one notice and the code of the error. */
function failureOf(work: () => unknown): readonly [string, string] {
  notices.length = 0;
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof RitmaError, String(error));
    const [notice] = notices;
    assert.ok(notice !== undefined && notices.length === 1, `${notices.length} notices`);
    assert.equal(notice.branch, "data");
    assert.equal(notice.severity, "error");
    return [notice.topic, error.code];
  }
  return ["none", "ok"];
}

for (const wish of MODES) {
  test(`${wish.mode}, ${wish.codec}: opens to what was sealed`, () => {
    forAll(
      property(uint8Array({ maxLength: 400 }), constantFrom(1, 50), (bytes, times) => {
        const raw = new Uint8Array(Buffer.concat(Array.from({ length: times }, () => bytes)));
        const before = raw.slice();
        const sealed = seal(raw, wish);
        assert.deepEqual(raw, before, "the caller's bytes are as they were");
        assert.equal(sealed.secmeta.storedLength, sealed.stored.length);
        assert.equal(sealed.secmeta.rawLength, raw.length);
        using view = openPayload(tools, place, sealed, find);
        assert.deepEqual(view.bytes, raw);
      }),
      { numRuns: 60 },
    );
  });
}

test("deflate is kept where it gains, and not where it does not", () => {
  const gained = seal(SENTENCE, { mode: "none", codec: "deflate" });
  assert.equal(gained.secmeta.codec, "deflate");
  assert.ok(gained.stored.length < SENTENCE.length / 5);
  const chance = realRng.bytes(100);
  assert.equal(seal(chance, { mode: "none", codec: "deflate" }).secmeta.codec, "none");
});

test("the same payload sealed twice has nothing in common but its fingerprint", () => {
  const wish = { mode: "chacha20-poly1305", codec: "none" } as const;
  const [a, b] = [seal(SENTENCE, wish), seal(SENTENCE, wish)];
  assert.notDeepEqual(a.stored, b.stored);
  assert.notDeepEqual(a.secmeta.sealing?.nonce, b.secmeta.sealing?.nonce);
  assert.deepEqual(a.secmeta.fingerprint, b.secmeta.fingerprint);
  const plain = seal(SENTENCE, { mode: "none", codec: "none" });
  assert.notDeepEqual(a.secmeta.fingerprint, plain.secmeta.fingerprint, "it is keyed");
  const foreign = sealPayload(tools, place, SENTENCE, { ...wish, key: other });
  assert.notDeepEqual(a.secmeta.fingerprint, foreign.secmeta.fingerprint);
});

test("ten thousand sealings draw ten thousand nonces", () => {
  const raw = ascii("x");
  const nonces = new Set<string>();
  for (let count = 0; count < 10_000; count += 1) {
    nonces.add(
      seal(raw, { mode: "aes-256-gcm", codec: "none" }).secmeta.sealing?.nonce.toHex() ?? "",
    );
  }
  assert.equal(nonces.size, 10_000);
});

for (const mode of ["chacha20-poly1305", "aes-256-gcm"] as const) {
  test(`${mode}: every bit of what is stored counts`, () => {
    const sealed = seal(ascii("secret"), { mode, codec: "none" });
    for (let bit = 0; bit < sealed.stored.length * 8; bit += 1) {
      const stored = sealed.stored.slice();
      stored[bit >> 3] = (stored[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const opened = (): unknown => openPayload(tools, place, { ...sealed, stored }, find);
      assert.deepEqual(failureOf(opened), ["enc_fail", "beat/damaged"], `bit ${bit}`);
    }
  });
}

test("every field of the metadata counts", () => {
  for (const codec of PAYLOAD_CODECS) {
    const sealed = seal(SENTENCE, { mode: "aes-256-gcm", codec });
    const { secmeta } = sealed;
    assert.ok(secmeta.sealing !== null);
    const { sealing } = secmeta;
    const changes: readonly Partial<Secmeta>[] = [
      { mode: "chacha20-poly1305" },
      { codec: codec === "none" ? "deflate" : "none" },
      { rawLength: secmeta.rawLength + 1 },
      { rawLength: secmeta.rawLength - 1 },
      { rawLength: 2 ** 50 },
      { storedLength: secmeta.storedLength - 1 },
      { fingerprint: flip(secmeta.fingerprint) },
      { sealing: { ...sealing, nonce: flip(sealing.nonce) } },
      { sealing: { ...sealing, aadHash: flip(sealing.aadHash) } },
      { sealing: { ...sealing, keyId: other.id } },
    ];
    for (const change of changes) {
      const changed = { ...sealed, secmeta: { ...secmeta, ...change } };
      const [topic, code] = failureOf(() => openPayload(tools, place, changed, find));
      assert.equal(code, "beat/damaged", Object.keys(change).join());
      assert.match(topic, /^(?:enc_fail|codec_mis)$/u);
    }
  }
});

test("it opens in its own place only, and with its own key", () => {
  const sealed = seal(SENTENCE, { mode: "chacha20-poly1305", codec: "deflate" });
  const elsewhere = [
    { ...place, store: new Uint8Array(16) },
    { ...place, branch: "date" },
    { ...place, key: recordKey("cell", ["etc", "passwe"]) },
  ];
  for (const there of elsewhere) {
    notices.length = 0;
    assert.throws(() => openPayload(tools, there, sealed, find), RitmaError);
    assert.equal(notices[0]?.topic, "enc_fail");
    assert.match(notices[0].detail, /another place/u);
  }
  const opened = (): unknown => openPayload(tools, place, sealed, without);
  assert.deepEqual(failureOf(opened), ["enc_fail", "store/key-missing"]);
  assert.deepEqual(
    failureOf(() => openPayload(tools, place, sealed, wrong)),
    ["enc_fail", "beat/damaged"],
  );
  assert.deepEqual(
    failureOf(() => openPayload(tools, place, sealed, short)),
    ["enc_fail", "store/key-damaged"],
  );
});

test("rekeying changes the key and nothing else; the old key opens it no more", () => {
  for (const from of MODES) {
    const sealed = seal(SENTENCE, from);
    const to = { mode: "aes-256-gcm", key: other } as const;
    const again = rekeyPayload(tools, place, sealed, find, to);
    assert.equal(again.secmeta.codec, sealed.secmeta.codec);
    assert.deepEqual(again.secmeta.sealing?.keyId, other.id);
    const onlyOther = (id: Uint8Array): PayloadKey | null => (id[0] === 2 ? other : null);
    using view = openPayload(tools, place, again, onlyOther);
    assert.deepEqual(view.bytes, SENTENCE);
  }
  const sealed = seal(SENTENCE, { mode: "aes-256-gcm", codec: "none" });
  const bare = rekeyPayload(tools, place, sealed, find, { mode: "none", key: null });
  assert.deepEqual(bare.stored, SENTENCE);
  const damaged = { ...sealed, stored: sealed.stored.with(3, (sealed.stored[3] ?? 0) ^ 4) };
  assert.deepEqual(
    failureOf(() => rekeyPayload(tools, place, damaged, find, { mode: "none", key: null })),
    ["rekey_fail", "beat/damaged"],
  );
});

test("recompressing changes the codec and keeps key and mode", () => {
  for (const { mode } of MODES) {
    for (const codec of PAYLOAD_CODECS) {
      const sealed = seal(SENTENCE, { mode, codec: codec === "none" ? "deflate" : "none" });
      const again = recompressPayload(tools, place, sealed, find, codec);
      assert.equal(again.secmeta.codec, codec);
      assert.equal(again.secmeta.mode, mode);
      assert.deepEqual(again.secmeta.fingerprint, sealed.secmeta.fingerprint);
      using view = openPayload(tools, place, again, find);
      assert.deepEqual(view.bytes, SENTENCE);
    }
  }
});

test("a view is wiped when it is disposed of, and what is stored is not", () => {
  for (const wish of MODES) {
    const sealed = seal(SENTENCE, wish);
    const stored = sealed.stored.slice();
    let seen: Uint8Array;
    let kept;
    {
      using view = openPayload(tools, place, sealed, find);
      kept = view;
      seen = view.bytes;
      assert.deepEqual(seen, SENTENCE);
    }
    assert.ok(seen.every((byte) => byte === 0));
    assert.ok(kept.isWiped);
    assert.throws(() => kept.bytes, TypeError);
    assert.deepEqual(sealed.stored, stored);
  }
});

test("a bomb is stopped at the length that was told", () => {
  const bomb = new Uint8Array(deflateSync(new Uint8Array(64 * 1024 * 1024)));
  const fingerprint = new Uint8Array(16);
  for (const rawLength of [0, 10, 1_000_000]) {
    const lengths = { rawLength, storedLength: bomb.length };
    const secmeta: Secmeta = {
      ...lengths,
      mode: "none",
      codec: "deflate",
      fingerprint,
      sealing: null,
    };
    const before = process.memoryUsage().rss;
    const opened = (): unknown => openPayload(tools, place, { stored: bomb, secmeta }, find);
    assert.deepEqual(failureOf(opened), ["codec_mis", "beat/damaged"]);
    assert.ok(process.memoryUsage().rss - before < 32 * 1024 * 1024);
  }
});

test("a deflated stream is one whole stream and nothing behind it", () => {
  const stream = deflate(SENTENCE);
  assert.deepEqual(inflate(stream, SENTENCE.length), SENTENCE);
  assert.deepEqual(inflate(deflate(new Uint8Array(0)), 0), new Uint8Array(0));
  const bad: readonly (readonly [Uint8Array, number])[] = [
    [stream, SENTENCE.length - 1],
    [Uint8Array.of(...stream, 0), SENTENCE.length],
    [Uint8Array.of(...stream, ...stream), 10 * SENTENCE.length],
    [stream.subarray(0, -1), SENTENCE.length],
    [new Uint8Array(0), 10],
    [ascii("no stream"), 10],
  ];
  for (const [bytes, most] of bad) {
    assert.throws(() => inflate(bytes, most), { name: "FormatError" }, bytes.toHex());
  }
});
