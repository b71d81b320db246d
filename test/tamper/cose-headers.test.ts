/**
 * Goal: a seal whose algorithm or key id is missing, unknown or not protected is refused, however
 * well it is signed.
 *
 * Method: rows of headers, each signed with the genuine seal key over what it says.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CborWriter, HOUR_SEAL, keyIdOf, parseCose1, sealedSequence } from "@ritma/evidence";
import { bytesAt } from "./forge.ts";
import { check, hour, store, verify } from "./forging.ts";
import { primitives } from "./reference-store.ts";

const { files, hourKeys } = store;

const hourKey = hourKeys.signer(
  sealedSequence(parseCose1(bytesAt(files, `${hour}/${HOUR_SEAL}`)).payload),
);

/** A COSE_Sign1 with other headers, signed properly over whatever they are. */
function withHeaders(
  protectedMap: (writer: CborWriter) => CborWriter,
  unprotectedMap: (writer: CborWriter) => CborWriter,
): Uint8Array {
  const { payload } = parseCose1(bytesAt(files, `${hour}/${HOUR_SEAL}`));
  const head = protectedMap(new CborWriter()).finish();
  const toSign = new CborWriter().array(4).text("Signature1").bytes(head);
  const signature = hourKey.sign(toSign.bytes(new Uint8Array(0)).bytes(payload).finish());
  const file = new CborWriter().tag(18).array(4).bytes(head);
  return unprotectedMap(file).bytes(payload).bytes(signature).finish();
}

const sealKeyId = keyIdOf(primitives.sha256, hourKey.publicKey);
const none = (writer: CborWriter): CborWriter => writer.map(0);
const algAndKey = (alg: number) => (writer: CborWriter) =>
  writer.map(2).uint(1).int(alg).uint(4).bytes(sealKeyId);

test("the header that we sign with is accepted, and so is its younger name", async () => {
  for (const alg of [-8, -19]) {
    const forged = new Map(files).set(`${hour}/${HOUR_SEAL}`, withHeaders(algAndKey(alg), none));
    assert.equal((await verify(forged)).result, "VALID");
  }
});

for (const [name, file] of [
  ["algorithm -7", withHeaders(algAndKey(-7), none)],
  ["algorithm 0", withHeaders(algAndKey(0), none)],
  ["no algorithm", withHeaders((w) => w.map(1).uint(4).bytes(sealKeyId), none)],
  [
    "an unprotected algorithm",
    withHeaders(
      (w) => w.map(1).uint(4).bytes(sealKeyId),
      (w) => w.map(1).uint(1).int(-8),
    ),
  ],
  ["both", withHeaders(algAndKey(-8), (w) => w.map(1).uint(1).int(-7))],
  ["no key id", withHeaders((w) => w.map(1).uint(1).int(-8), none)],
  [
    "an unprotected key id",
    withHeaders(
      (w) => w.map(1).uint(1).int(-8),
      (w) => w.map(1).uint(4).bytes(sealKeyId),
    ),
  ],
  ["no headers", withHeaders(none, none)],
] as const) {
  test(`a seal with ${name} is refused`, async () => {
    const forged = new Map(files).set(`${hour}/${HOUR_SEAL}`, file);
    await check(forged, "TAMPERED", "hour/seal", `${hour}/${HOUR_SEAL}`);
  });
}
