/**
 * Goal: Node.js's primitives compute what the standards say, for every length, and refuse every key
 * and signature that has no one meaning.
 *
 * Method: published vectors, then @noble/hashes as an independent voice around each length at which
 * the implementation changes its way.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blake3 } from "@noble/hashes/blake3.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { assert as forAll, property, uint8Array } from "fast-check";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { bytesOf } from "./disk-helpers.ts";

const primitives = await loadPrimitives();
const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(" ", ""));
const counted = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + 3) & 0xff);

/** Around one block, the change to OpenSSL, a chunk of BLAKE3, and the heap of the WebAssembly. */
const LENGTHS = [
  0, 1, 55, 56, 63, 64, 65, 191, 192, 193, 1_023, 1_024, 1_025, 2_047, 2_048, 4_032, 4_033, 40_000,
];

test("SHA-256 of abc is FIPS 180-2's", () => {
  assert.equal(
    primitives.sha256(bytesOf("abc")).toHex(),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("HMAC is RFC 4231's, case 2", () => {
  assert.equal(
    primitives.hmacSha256(bytesOf("Jefe"), bytesOf("what do ya want for nothing?")).toHex(),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

for (const length of LENGTHS) {
  test(`digests of ${length} bytes agree with @noble/hashes`, () => {
    const bytes = counted(length);
    const key = counted(32).toReversed();
    assert.deepEqual(primitives.sha256(bytes), sha256(bytes));
    assert.deepEqual(primitives.hmacSha256(key, bytes), hmac(sha256, key, bytes));
    assert.deepEqual(primitives.keyedHash16(key, bytes), blake3(bytes, { key, dkLen: 16 }));
    assert.deepEqual(primitives.blake3(bytes), blake3(bytes));
    const longKey = counted(length);
    assert.deepEqual(primitives.hmacSha256(longKey, key), hmac(sha256, longKey, key));
  });
}

test("digests of any bytes agree with @noble/hashes, and stay the caller's", () => {
  forAll(
    property(
      uint8Array({ maxLength: 400 }),
      uint8Array({ minLength: 32, maxLength: 32 }),
      (bytes, key) => {
        const digests = [primitives.sha256(bytes), primitives.hmacSha256(key, bytes)];
        const hash = primitives.keyedHash16(key, bytes);
        const address = primitives.blake3(bytes);
        primitives.sha256(key);
        primitives.blake3(key);
        primitives.keyedHash16(key, key);
        assert.deepEqual(digests, [sha256(bytes), hmac(sha256, key, bytes)]);
        assert.deepEqual(hash, blake3(bytes, { key, dkLen: 16 }));
        assert.deepEqual(address, blake3(bytes));
      },
    ),
    { numRuns: 300 },
  );
});

test("a keyed hash needs a key of 32 bytes", () => {
  for (const length of [0, 16, 31, 33]) {
    assert.throws(() => primitives.keyedHash16(new Uint8Array(length), counted(1)), RangeError);
  }
});

/** RFC 8032, section 7.1: seed, public key, message, signature. */
const VECTORS: readonly (readonly [string, string, string, string])[] = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
];
for (const [seed, publicKey, message, signature] of VECTORS) {
  test(`Ed25519 signs and verifies RFC 8032's "${message}"`, () => {
    const signer = primitives.signer(hex(seed));
    assert.equal(signer.publicKey.toHex(), publicKey);
    assert.equal(signer.sign(hex(message)).toHex(), signature);
    assert.ok(primitives.verifyEd25519(hex(publicKey), hex(message), hex(signature)));
  });
}

test("no flipped bit of key, message or signature verifies, and none throws", () => {
  const signer = primitives.signer(counted(32));
  const message = counted(20);
  const parts = [signer.publicKey, message, signer.sign(message)] as const;
  for (const [which, part] of parts.entries()) {
    for (let bit = 0; bit < part.length * 8; bit += 1) {
      const flipped = part.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const [key, text, signature] = parts.map((each, at) => (at === which ? flipped : each));
      assert.ok(key && text && signature);
      assert.equal(primitives.verifyEd25519(key, text, signature), false, `${which}, bit ${bit}`);
    }
  }
  assert.ok(primitives.verifyEd25519(...parts));
});

test("a signature plus the order of the group is another spelling, and refused", () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const signer = primitives.signer(counted(32));
  const signature = signer.sign(counted(5));
  const scalar = BigInt(`0x${signature.slice(32).toReversed().toHex()}`) + order;
  const other = signature.slice();
  other.set(hex(scalar.toString(16).padStart(64, "0")).toReversed(), 32);
  assert.equal(primitives.verifyEd25519(signer.publicKey, counted(5), other), false);
});

test("keys and signatures of another length are false, not an error", () => {
  const signer = primitives.signer(counted(32));
  const [message, good] = [counted(3), signer.sign(counted(3))];
  for (const length of [0, 31, 33, 64]) {
    assert.equal(primitives.verifyEd25519(counted(length), message, good), false);
  }
  for (const length of [0, 63, 65]) {
    assert.equal(primitives.verifyEd25519(signer.publicKey, message, counted(length)), false);
  }
});

/** Points of small order, and second spellings of them. */
const WEAK_KEYS = [
  `01${"00".repeat(31)}`,
  `01${"00".repeat(30)}80`,
  "00".repeat(32),
  `ec${"ff".repeat(30)}7f`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
  "ff".repeat(32),
];
test("a key of small order, under which anything could verify, verifies nothing", () => {
  for (const key of WEAK_KEYS) {
    for (const point of WEAK_KEYS) {
      const signature = hex(point + "00".repeat(32));
      assert.equal(primitives.verifyEd25519(hex(key), counted(9), signature), false, key);
    }
  }
});

test("a signer needs a seed of 32 bytes, and does not change the caller's", () => {
  for (const length of [0, 31, 33]) {
    assert.throws(() => primitives.signer(new Uint8Array(length)), RangeError);
  }
  const seed = counted(32);
  const signer = primitives.signer(seed);
  const first = signer.sign(counted(1));
  assert.deepEqual(seed, counted(32));
  seed.fill(0);
  assert.deepEqual(signer.sign(counted(1)), first);
});

test("what is returned is a plain Uint8Array", () => {
  const signer = primitives.signer(counted(32));
  const all = [
    primitives.sha256(counted(10)),
    primitives.sha256(counted(1_000)),
    primitives.hmacSha256(counted(32), counted(10)),
    primitives.hmacSha256(counted(32), counted(9_000)),
    primitives.keyedHash16(counted(32), counted(10)),
    signer.publicKey,
    signer.sign(counted(10)),
    primitives.zstd(counted(10), 3),
    primitives.unzstd(primitives.zstd(counted(10), 3), 10),
  ];
  for (const bytes of all) assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
});
