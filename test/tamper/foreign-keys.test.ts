/**
 * Goal: nothing is VALID that another key than the delegated one has signed.
 *
 * Method: rows. Seals and checkpoints by every other key there is, the whole store signed anew by a
 * stranger, and key records that the identity signed for another role, other hours or another key.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CHECKPOINT_PATH,
  encodeKeyRecord,
  encodeKeysFile,
  encodeLogEntry,
  encodeStoreFile,
  HOUR_SEAL,
  keyIdOf,
  KEYS_PATH,
  type KeyRecord,
  logOrigin,
  parseCheckpoint,
  parseCose1,
  parseNote,
  signCheckpoint,
  STORE_PATH,
  verifyStore,
} from "@ritma/evidence";
import type { Signer } from "../../packages/ritma/src/base/primitives.ts";
import { bytesAt, logEntries, signed, withLog } from "./forge.ts";
import { check, hour, verify } from "./forging.ts";
import { type Files, memoryTree } from "./memory-tree.ts";
import { primitives, REFERENCE, sealStore } from "./reference-store.ts";
import { hourFolders } from "./splices.ts";

const { sha256 } = primitives;
// As stores were before hours had keys of their own; of those see epochs.test.ts.
const { files, storeFile, keystore } = await sealStore({ ...REFERENCE, epochs: 0 });
const stranger = await sealStore({ ...REFERENCE, keySeed: 21, epochs: 0 });
const id = storeFile.store;

test("the store itself is VALID, and nothing was left unchecked", async () => {
  const report = await verify(files);
  assert.deepEqual([report.result, report.findings, report.notChecked], ["VALID", [], []]);
});

/** Everything that is signed, signed by another: what is left is who that is. */
function resigned(by: Record<"identity" | "seal" | "log", Signer>): Files {
  const made = new Map(files);
  const identity = by.identity.publicKey;
  const newStoreFile = encodeStoreFile({ ...storeFile, identity });
  made.set(STORE_PATH, newStoreFile);
  const records = (["seal", "log"] as const).map((role) =>
    signed(by.identity, encodeKeyRecord(keyRecord(role, by[role]))),
  );
  made.set(KEYS_PATH, encodeKeysFile(id, records));
  for (const [path, bytes] of files) {
    if (path.endsWith(".sig") && bytes !== null) {
      made.set(path, signed(by.seal, parseCose1(bytes).payload));
    }
  }
  const entries = logEntries(files);
  entries[0] = encodeLogEntry({ type: "genesis", store: id, storeFile: sha256(newStoreFile) });
  for (const [at, record] of records.entries()) {
    entries[at + 1] = encodeLogEntry({ type: "key", record: sha256(record) });
  }
  return withLog(made, storeFile, by.log, entries);
}

function keyRecord(role: KeyRecord["role"], { publicKey }: Signer): KeyRecord {
  return { store: id, keyId: keyIdOf(sha256, publicKey), publicKey, role, first: 0, last: null };
}

test("signed anew by its own keys it is the same store", async () => {
  const again = resigned(keystore);
  assert.deepEqual(again, new Map([...again.keys()].map((path) => [path, files.get(path)])));
});

test("signed anew under a foreign identity it is UNTRUSTED, whoever is trusted", async () => {
  const forged = resigned(stranger.keystore);
  await check(forged, "UNTRUSTED", "trust/other", STORE_PATH);
  const report = await verifyStore(memoryTree(forged), primitives, { trust: null });
  assert.equal(report.result, "UNTRUSTED");
});

test("another store in its place is UNTRUSTED", async () => {
  await check(stranger.files, "UNTRUSTED", "trust/other", STORE_PATH);
});

for (const [name, signer] of [
  ["the log key", keystore.log],
  ["the identity key", keystore.identity],
  ["a stranger's seal key", stranger.keystore.seal],
] as const) {
  test(`seals by ${name} are refused`, async () => {
    for (const path of [`${hour}/${HOUR_SEAL}`, `${hour}/micro/w000.sig`]) {
      const { payload } = parseCose1(bytesAt(files, path));
      const code = path.endsWith("root.sig") ? "hour/seal" : "micro/seal";
      await check(new Map(files).set(path, signed(signer, payload)), "TAMPERED", code, path);
    }
  });
}

for (const [name, signer] of [
  ["the seal key", keystore.seal],
  ["the identity key", keystore.identity],
  ["a stranger's log key", stranger.keystore.log],
] as const) {
  test(`a checkpoint by ${name} is refused`, async () => {
    const forged = withLog(files, storeFile, signer, logEntries(files));
    await check(forged, "TAMPERED", "log/checkpoint", CHECKPOINT_PATH);
  });
}

test("a checkpoint with a line that nobody checks is refused", async () => {
  const note = bytesAt(files, CHECKPOINT_PATH);
  const text = new TextDecoder().decode(note);
  const own = text.split("\n\n")[1] ?? "";
  const utf8 = new TextEncoder();
  for (const line of [own, "— witness.example/w AAAAAAAAAAAA\n"]) {
    const forged = new Map(files).set(CHECKPOINT_PATH, utf8.encode(`${text}${line}`));
    await check(forged, "TAMPERED", "log/checkpoint", CHECKPOINT_PATH);
  }
});

test("a checkpoint of another log, or of another size, is refused", async () => {
  const note = parseNote(bytesAt(files, CHECKPOINT_PATH));
  const { size, root } = parseCheckpoint(note.text);
  const sign = (origin: string, entries: number): Uint8Array => {
    const { publicKey } = keystore.log;
    const checkpoint = { origin, size: entries, root };
    return signCheckpoint(primitives, keystore.log.sign, origin, publicKey, checkpoint);
  };
  const other = sign(logOrigin(new Uint8Array(16)), size);
  await check(new Map(files).set(CHECKPOINT_PATH, other), "TAMPERED", "log/checkpoint");
  for (const wrong of [size - 1, size + 1, 0, Number.MAX_SAFE_INTEGER]) {
    const forged = new Map(files).set(CHECKPOINT_PATH, sign(logOrigin(id), wrong));
    await check(forged, "TAMPERED", "log/root", CHECKPOINT_PATH);
  }
});

const sealRecord = keyRecord("seal", keystore.seal);
const logRecord = keyRecord("log", keystore.log);

/** The store under these key records, each signed by the identity or by `signer`. */
function withKeys(records: readonly KeyRecord[], signer: Signer = keystore.identity): Files {
  const signedRecords = records.map((record) => signed(signer, encodeKeyRecord(record)));
  const keyEntries = signedRecords.map((record) =>
    encodeLogEntry({ type: "key", record: sha256(record) }),
  );
  const entries = logEntries(files);
  entries.splice(1, 2, ...keyEntries);
  const made = new Map(files).set(KEYS_PATH, encodeKeysFile(id, signedRecords));
  return withLog(made, storeFile, keystore.log, entries);
}

test("key records: the wrong role, the wrong hours, the wrong key", async () => {
  assert.equal((await verify(withKeys([sealRecord, logRecord]))).result, "VALID");
  const swapped = [
    { ...sealRecord, role: "log" },
    { ...logRecord, role: "seal" },
  ] as const;
  await check(withKeys(swapped), "TAMPERED", "hour/seal", hour);
  await check(withKeys(swapped), "TAMPERED", "log/checkpoint");
  const early = withKeys([{ ...sealRecord, last: 3 }, logRecord]);
  await check(early, "TAMPERED", "hour/seal", `${hour}/${HOUR_SEAL}`);
  assert.equal((await verify(early)).hoursGood, 4);
  await check(withKeys([{ ...sealRecord, first: 1 }, logRecord]), "TAMPERED", "hour/seal");
  await check(withKeys([sealRecord, { ...logRecord, last: 3 }]), "TAMPERED", "log/checkpoint");
  await check(withKeys([sealRecord, { ...logRecord, first: 5 }]), "TAMPERED", "log/checkpoint");
  const wrongId = { ...sealRecord, keyId: logRecord.keyId };
  await check(withKeys([wrongId, logRecord]), "TAMPERED", "key/record", `${KEYS_PATH}#0`);
  const elsewhere = { ...sealRecord, store: stranger.storeFile.store.with(0, 1) };
  await check(withKeys([elsewhere, logRecord]), "TAMPERED", "key/record", `${KEYS_PATH}#0`);
  const byOther = withKeys([sealRecord, logRecord], stranger.keystore.identity);
  await check(byOther, "TAMPERED", "key/record", KEYS_PATH);
});

test("a key record that the log does not know is refused", async () => {
  const records = [sealRecord, logRecord, sealRecord];
  const bytes = records.map((record) => signed(keystore.identity, encodeKeyRecord(record)));
  const forged = new Map(files).set(KEYS_PATH, encodeKeysFile(id, bytes));
  await check(forged, "TAMPERED", "key/record", `${KEYS_PATH}#2`);
});

test("keys that follow one another act for the hours of their records", async () => {
  const laterKeys = { ...stranger.keystore, identity: keystore.identity };
  const records = [
    { ...sealRecord, last: 2 },
    { ...logRecord, last: 2 },
    { ...keyRecord("seal", laterKeys.seal), first: 3 },
    { ...keyRecord("log", laterKeys.log), first: 3 },
  ];
  const made = new Map(withKeys(records.slice(0, 2)));
  for (const folder of hourFolders(files).toSorted().slice(3)) {
    for (const [path, bytes] of files) {
      if (!path.startsWith(`${folder}/`) || !path.endsWith(".sig") || bytes === null) continue;
      made.set(path, signed(laterKeys.seal, parseCose1(bytes).payload));
    }
  }
  const signedRecords = records.map((record) => signed(keystore.identity, encodeKeyRecord(record)));
  made.set(KEYS_PATH, encodeKeysFile(id, signedRecords));
  const newEntries = signedRecords
    .slice(2)
    .map((record) => encodeLogEntry({ type: "key", record: sha256(record) }));
  const entries = [...logEntries(made), ...newEntries];
  const report = await verify(withLog(made, storeFile, laterKeys.log, entries));
  assert.deepEqual([report.result, report.findings], ["VALID", []]);
  const byFirst = withLog(made, storeFile, keystore.log, entries);
  await check(byFirst, "TAMPERED", "log/checkpoint", CHECKPOINT_PATH);
});
