/**
 * Goal: once an hour is sealed nobody can seal it again, with whatever keys the keystore has by
 * then; and no period is believed that the identity did not sign, or that came too late.
 *
 * Method: seals by every key that is left, by keys of other hours, and by the key that lasts, with
 * and without the periods; period files changed, swapped, moved, and forged with stolen keys.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeLogEntry,
  decodePeriod,
  decodePeriodFile,
  encodeKeyRecord,
  encodeKeysFile,
  encodeLogEntry,
  encodePeriod,
  encodePeriodFile,
  equalBytes,
  HOUR_SEAL,
  keyIdOf,
  KEYS_PATH,
  parseCose1,
  type Period,
  periodPath,
  periodRoot,
  PERIODS_FOLDER,
  sealedSequence,
} from "@ritma/evidence";
import type { Signer } from "../../packages/ritma/src/base/primitives.ts";
import { bytesAt, logEntries, signed, withLog } from "./forge.ts";
import { check, store, stranger, verify } from "./forging.ts";
import type { Files } from "./memory-tree.ts";
import { primitives } from "./reference-store.ts";
import { hourFolders } from "./splices.ts";

const { sha256 } = primitives;
const { files, storeFile, keystore, hourKeys } = store;
const folders = hourFolders(files).toSorted();
const HOURS = folders.length;
const periods = [...files.keys()].filter((path) => path.startsWith(`${PERIODS_FOLDER}/`));

function sealOf(hour: number): string {
  return `${folders[hour] ?? ""}/${HOUR_SEAL}`;
}

function sealedBy(signer: Signer, path: string): Files {
  return new Map(files).set(path, signed(signer, parseCose1(bytesAt(files, path)).payload));
}

test("the store has periods that follow each other, and one for the hour to come", () => {
  assert.ok(HOURS >= 5, `${HOURS} hours`);
  assert.equal(periods.length, Math.floor(HOURS / 2) + 1);
});

test("what is left of the keystore seals no hour that is sealed", () => {
  assert.ok(keystore.epochs !== null);
  assert.equal(keystore.epochs.next, HOURS);
  for (let hour = 0; hour < HOURS; hour += 1) {
    assert.throws(() => keystore.epochs?.signer(hour), /is erased/u);
  }
});

test("seals by other keys are refused: those that last, and those of other hours", async () => {
  const others: [string, Signer][] = [
    ["seal", keystore.seal],
    ["log", keystore.log],
    ["identity", keystore.identity],
    ["stranger", stranger.hourKeys.signer(1)],
    ["before", hourKeys.signer(0)],
    ["behind", hourKeys.signer(2)],
    ["next", hourKeys.signer(HOURS)],
  ];
  for (const [, signer] of others) {
    await check(sealedBy(signer, sealOf(1)), "TAMPERED", "hour/seal", sealOf(1));
    const micro = `${folders[1] ?? ""}/micro/w000.sig`;
    await check(sealedBy(signer, micro), "TAMPERED", "micro/seal", micro);
  }
  const own = parseCose1(bytesAt(files, sealOf(1))).payload;
  assert.equal(sealedSequence(own), 1);
  assert.deepEqual(sealedBy(hourKeys.signer(1), sealOf(1)), files);
});

test("without its periods, the keys that last seal nothing", async () => {
  const made = new Map(files);
  const digests = new Set(periods.map((path) => digestOf(path).toHex()));
  for (const path of periods) made.delete(path);
  for (const [path, bytes] of files) {
    if (!path.endsWith(".sig") || bytes === null) continue;
    made.set(path, signed(keystore.seal, parseCose1(bytes).payload));
  }
  const entries = logEntries(files).filter((bytes) => {
    const entry = decodeLogEntry(bytes);
    return entry.type !== "key" || !digests.has(entry.record.toHex());
  });
  await check(withLog(made, storeFile, keystore.log, entries), "TAMPERED", "hour/seal");
  // A record for it can be signed by the identity alone, and is not in the store.
  const { publicKey } = keystore.seal;
  const keyId = keyIdOf(sha256, publicKey);
  const place = { store: storeFile.store, keyId, publicKey, first: 0, last: null };
  const record = encodeKeyRecord({ ...place, role: "seal" });
  const keys = encodeKeysFile(storeFile.store, [signed(keystore.log, record)]);
  await check(new Map(made).set(KEYS_PATH, keys), "TAMPERED", "key/record");
});

function digestOf(path: string): Uint8Array {
  return sha256(decodePeriodFile(bytesAt(files, path)).signed);
}

/** The second period as somebody else would have it, with the node log made to fit. */
function withPeriod(
  change: (period: Period, keys: Uint8Array) => { period: Period; keys: Uint8Array },
  signer: Signer = keystore.identity,
): Files {
  const path = periodPath(1);
  const { signed: old, keys } = decodePeriodFile(bytesAt(files, path));
  const changed = change(decodePeriod(parseCose1(old).payload), keys);
  const again = signed(signer, encodePeriod(changed.period));
  const made = new Map(files).set(path, encodePeriodFile({ signed: again, keys: changed.keys }));
  const before = encodeLogEntry({ type: "key", record: sha256(old) });
  const after = encodeLogEntry({ type: "key", record: sha256(again) });
  const entries = logEntries(files).map((entry) => (equalBytes(entry, before) ? after : entry));
  return withLog(made, storeFile, keystore.log, entries);
}

test("a period that says something else is refused, also signed by the identity", async () => {
  const path = periodPath(1);
  const same = withPeriod((period, keys) => ({ period, keys }));
  assert.equal((await verify(same)).result, "VALID");
  const changes: Parameters<typeof withPeriod>[0][] = [
    (period, keys) => ({ period: { ...period, number: 2 }, keys }),
    (period, keys) => ({ period: { ...period, store: new Uint8Array(16) }, keys }),
    (period, keys) => ({ period: { ...period, root: new Uint8Array(32) }, keys }),
    (period, keys) => ({ period: { ...period, epochs: 1 }, keys }),
    (period, keys) => ({ period, keys: keys.with(0, (keys[0] ?? 0) ^ 1) }),
    (period, keys) => ({ period, keys: keys.subarray(32) }),
    (period, keys) => {
      const first = period.first + 1;
      return { period: { ...period, first, root: periodRoot(sha256, first, keys) }, keys };
    },
  ];
  for (const change of changes) await check(withPeriod(change), "TAMPERED", "key/period", path);
  for (const signer of [keystore.log, keystore.seal, stranger.keystore.identity]) {
    const forged = withPeriod((period, keys) => ({ period, keys }), signer);
    await check(forged, "TAMPERED", "key/period", path);
  }
});

const BYTES_STEP = 17;

test("every byte of a period file counts, and so does the file", async () => {
  for (const path of periods) {
    const bytes = bytesAt(files, path);
    // All of them are the tamper campaign's.
    for (let at = 0; at < bytes.length; at += BYTES_STEP) {
      const changed = new Map(files).set(path, bytes.with(at, (bytes[at] ?? 0) ^ 0x40));
      assert.equal((await verify(changed)).result, "TAMPERED", `${path} ${at}`);
    }
    const without = new Map(files);
    without.delete(path);
    assert.equal((await verify(without)).result, "TAMPERED", path);
  }
});

test("a period that nothing in the log names is an unknown file", async () => {
  const number = periods.length;
  const { first, epochs, keys } = newest();
  const next = { store: storeFile.store, number, first: first + epochs, epochs };
  const root = periodRoot(sha256, next.first, keys);
  const record = signed(keystore.identity, encodePeriod({ ...next, root }));
  const path = periodPath(number);
  const made = new Map(files).set(path, encodePeriodFile({ signed: record, keys }));
  await check(made, "TAMPERED", "file/unknown", path);
});

test("a period that the log names too late, or too early, is refused", async () => {
  const record = digestOf(periodPath(1));
  const own = encodeLogEntry({ type: "key", record });
  const entries = logEntries(files).filter((entry) => !equalBytes(entry, own));
  const hoursAt = entries.flatMap((entry, at) =>
    decodeLogEntry(entry).type === "hour" ? [at + 1] : [],
  );
  for (const [hours, at] of [[0, 3], ...hoursAt.map((at, hour) => [hour + 1, at])]) {
    if (hours === 2) continue;
    const moved = entries.toSpliced(at ?? 0, 0, own);
    const forged = withLog(files, storeFile, keystore.log, moved);
    await check(forged, "TAMPERED", "log/order");
  }
});

function newest(): Period & { readonly keys: Uint8Array } {
  const { signed: record, keys } = decodePeriodFile(bytesAt(files, periodPath(periods.length - 1)));
  return { ...decodePeriod(parseCose1(record).payload), keys };
}
