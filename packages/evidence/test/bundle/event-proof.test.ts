/**
 * Goal: a proof of an event is VALID as it was made, and with any byte changed, cut off or added it
 * is not; what is withheld stays so; whoever trusts another identity is told.
 *
 * Method: the published proofs, good, bad and lying. Of the first good one every byte is changed,
 * of the others every ninth, in one of three ways; RITMA_SEED draws others, and
 * tools/proof-campaign.ts tries them all.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeEventProof,
  encodeEventProof,
  type FindingCode,
  fingerprint,
  fingerprintOf,
  FormatError,
  type ProofReport,
  type ProvedEntity,
  verifyEventProof,
} from "@ritma/evidence";
import { faultOf } from "../fault.ts";
import { cachedPrimitives } from "../primitives.ts";
import { readVectors } from "../vectors.ts";

const vectors = readVectors("event-proof.json");
const TRUST = fingerprint(vectors.at("trust").text());
const primitives = cachedPrimitives();
const MASKS = [0x01, 0x80, 0xff];
const SEED = Number(process.env["RITMA_SEED"] ?? 0);

function verify(bytes: Uint8Array, trust: typeof TRUST | null = TRUST): ProofReport {
  return verifyEventProof(bytes, primitives, { trust });
}

function checkNotValid(bytes: Uint8Array, what: string): void {
  const { result, atoms } = verify(bytes);
  assert.notEqual(result, "VALID", what);
  if (result === "TAMPERED") assert.deepEqual(atoms, [], what);
}

function opened(entity: ProvedEntity | null): string {
  return entity === null ? "none" : (entity.entity?.kind ?? "withheld");
}

for (const [at, vector] of vectors.at("good").list().entries()) {
  const name = vector.at("name").text();
  const bytes = vector.at("hex").hex();

  test(`VALID, and says what it shows: ${name}`, () => {
    const { result, findings, atoms, windows, checkpoint, store } = verify(bytes);
    assert.equal(result, "VALID", JSON.stringify(findings));
    assert.equal(windows.length, vector.at("windows").number());
    assert.match(checkpoint?.origin ?? "", /^ritma\.invalid\/node\/00112233/u);
    assert.equal(store?.node, "web-1");
    const wanted = vector.at("atoms").list();
    assert.equal(atoms.length, wanted.length);
    for (const [row, atom] of atoms.entries()) {
      const want = wanted[row];
      assert.ok(want !== undefined);
      for (const field of ["time", "serial", "etype", "leaf", "i"] as const) {
        assert.equal(atom[field], want.at(field).number());
      }
      for (const field of ["process", "object", "object2", "arg"] as const) {
        assert.equal(opened(atom[field]), want.at(field).text());
      }
    }
  });

  test(`one spelling: ${name}`, () => {
    assert.deepEqual(encodeEventProof(decodeEventProof(bytes)), bytes);
  });

  test(`no byte can be changed: ${name}`, () => {
    const step = at === 0 ? 1 : 9;
    for (let place = (at + SEED) % step; place < bytes.length; place += step) {
      const mask = MASKS[(place + SEED) % MASKS.length] ?? 1;
      const changed = bytes.with(place, (bytes[place] ?? 0) ^ mask);
      checkNotValid(changed, `byte ${place} ^ ${mask}`);
    }
  });

  test(`nothing can be cut off or added: ${name}`, () => {
    for (let length = 0; length < bytes.length; length += 1) {
      checkNotValid(bytes.subarray(0, length), `cut to ${length}`);
    }
    for (const more of [0, 0xf6, 0xff]) checkNotValid(Uint8Array.of(...bytes, more), "longer");
    checkNotValid(Uint8Array.of(...bytes, ...bytes), "twice");
  });
}

test("the bad vectors, each for its reason", () => {
  for (const vector of vectors.at("bad").list()) {
    const bytes = vector.at("hex").hex();
    const name = vector.at("name").text();
    assert.equal(
      faultOf(() => decodeEventProof(bytes)),
      vector.at("fault").text(),
      name,
    );
    const { result, findings } = verify(bytes);
    assert.equal(result, "TAMPERED", name);
    assert.equal(findings[0]?.code, "proof/format");
  }
});

test("the lying vectors are TAMPERED, for their reason and without events", () => {
  for (const vector of vectors.at("wrong").list()) {
    const { result, findings, atoms, windows } = verify(vector.at("hex").hex());
    const name = vector.at("name").text();
    assert.equal(result, "TAMPERED", name);
    const codes = findings.map(({ code }) => code);
    assert.ok(codes.includes(vector.at("code").text()), `${name}: ${codes.join(", ")}`);
    assert.deepEqual([atoms, windows], [[], []]);
  }
});

test("every fault that a proof can have is told by some lying vector", () => {
  const told = new Set(
    vectors
      .at("wrong")
      .list()
      .map((each) => each.at("code").text()),
  );
  const wanted: readonly FindingCode[] = [
    "store/file",
    "key/record",
    "log/checkpoint",
    "log/order",
    "log/root",
    "hour/seal",
    "hour/tree",
    "micro/header",
    "micro/seal",
    "micro/root",
    "micro/time",
    "proof/atom",
    "proof/opening",
  ];
  assert.deepEqual(new Set(wanted), told);
});

test("parts of two good proofs do not make a third", () => {
  const proofs = vectors
    .at("good")
    .list()
    .map((each) => decodeEventProof(each.at("hex").hex()));
  for (const one of proofs) {
    for (const other of proofs) {
      for (const part of ["checkpoint", "logPath", "hours"] as const) {
        const spliced = encodeEventProof({ ...one, [part]: other[part] });
        if (Buffer.compare(spliced, encodeEventProof(one)) === 0) continue;
        if (Buffer.compare(spliced, encodeEventProof(other)) === 0) continue;
        const { result, atoms } = verify(spliced);
        // Of one store and one head, what is opened may differ: then it is a proof that was made.
        if (result === "VALID") assert.deepEqual(one.checkpoint, other.checkpoint);
        else assert.deepEqual(atoms, []);
      }
    }
  }
});

test("under another identity or none it is UNTRUSTED, and shows its events", () => {
  const bytes = vectors.at("good").list()[0]?.at("hex").hex() ?? new Uint8Array(0);
  const none = verify(bytes, null);
  assert.equal(none.result, "UNTRUSTED");
  assert.equal(none.findings[0]?.code, "trust/unknown");
  assert.equal(none.atoms.length, 1);
  const other = verify(bytes, fingerprintOf(primitives.sha256, new Uint8Array(32)));
  assert.equal(other.result, "UNTRUSTED");
  assert.equal(other.findings[0]?.code, "trust/other");
});

test("another version is INCOMPLETE, and nothing of it is looked at", () => {
  const bytes = vectors.at("good").list()[0]?.at("hex").hex() ?? new Uint8Array(0);
  const later = bytes.with(1 + 1 + "ritma/event-proof@".length, "2".charCodeAt(0));
  const { result, findings, atoms } = verify(later);
  assert.deepEqual([result, findings[0]?.code], ["INCOMPLETE", "proof/version"]);
  assert.deepEqual(atoms, []);
});

test("more bytes than are allowed are refused before they are read", () => {
  const huge = new Uint8Array(8 * 1024 * 1024 + 1);
  assert.throws(() => decodeEventProof(huge), FormatError);
  checkNotValid(huge, "huge");
});
