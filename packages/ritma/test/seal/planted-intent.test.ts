/**
 * Goal: whoever can write into the evidence store cannot have recovery touch anything outside it.
 *
 * Method: intents that no recorder would write, planted in a finished store, then a command. Every
 * file of the data root must be as it was.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStoreFile, encodeIntent, type Intent, STORE_PATH } from "@ritma/evidence";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { DATA, filesBelow, logOf, open, OUT, recorded } from "../recorder/recording.ts";

const DIGEST = new Uint8Array(32);

async function check(planted: Partial<Intent>): Promise<void> {
  const disk = await recorded([[memoryInput(bytesOf(opened("09:00:00", 1)))]]);
  const { store } = decodeStoreFile(await disk.read(`${OUT}/${STORE_PATH}`));
  const nothing = { files: [], growing: [], sign: [], plain: [], logSize: 6, entries: [] };
  const intent = encodeIntent({ store, phase: 0, ...nothing, ...planted });
  await writeDurably(disk, `${OUT}/_meta/intent.cbor`, intent);
  const before = filesBelow(disk, DATA);
  await assert.rejects(
    async () => await open(disk),
    (error) => error instanceof RitmaError && error.code === "store/damaged",
  );
  assert.deepEqual(filesBelow(disk, DATA), before);
}

for (const path of [
  "../keys/seal.key",
  "windows/../../keys/seal.key",
  "/etc/passwd",
  "windows/./x",
  "windows//x",
  "windows/a\0b",
  "_meta/store.cbor",
  "_tlog/checkpoint",
  "windows",
  "",
]) {
  test(`an intent that names ${JSON.stringify(path)}`, async () => {
    await check({ files: [{ path, length: 0, sha256: DIGEST }] });
    await check({ growing: [{ path, before: 0, after: 1, sha256: DIGEST }] });
    await check({ phase: 1, sign: [{ path, payload: DIGEST }] });
    await check({ phase: 1, plain: [{ path, bytes: DIGEST }] });
  });
}

test("an intent of another store", async () => {
  await check({ store: new Uint8Array(16) });
});

test("a well-formed one that this recorder never made is not signed", async () => {
  const disk = await recorded([[memoryInput(bytesOf(opened("09:00:00", 1)))]]);
  const logSize = logOf(filesBelow(disk, OUT)).length;
  const path = "windows/2026/11/20/10/proofs/hour_root.sig";
  await check({ phase: 1, logSize, sign: [{ path, payload: DIGEST }], entries: [DIGEST] });
  await check({ phase: 0, logSize, files: [] });
});
