/**
 * Goal: every hour has a key of its own, which is gone once the hour is sealed; keys never run out;
 * a store that had none goes on with them, and what was sealed before stays as it is.
 *
 * Method: the published chain; stores with short periods on a simulated disk, whose every file is
 * searched for what must be gone; a store as they were before, upgraded between two sessions.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeLogEntry, encodeUtf8, periodPath, splitEntryBundle } from "@ritma/evidence";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { createStore } from "../../src/flow/seal/create-store.ts";
import { upgradeKeys } from "../../src/services/recorder/upgrade-keys.ts";
import { decodeEpochKey, encodeEpochKey, EpochChain } from "../../src/stores/keys/epoch-chain.ts";
import { createEpochs, createKeystore, openKeystore } from "../../src/stores/keys/keystore.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import {
  assertValid,
  configOf,
  DATA,
  filesBelow,
  init,
  open,
  OUT,
  primitives,
  record,
  worldOn,
} from "../recorder/recording.ts";

const KEYS = `${DATA}/keys`;
const EPOCH_KEY = `${KEYS}/epoch.key`;
const HOURS = 7;
const MORE_HOURS = 5;

const vectors: {
  readonly chain: readonly Readonly<Record<"chainKey" | "publicKey", string>>[];
} = JSON.parse(
  readFileSync(new URL("../../../../spec/vectors/epochs.json", import.meta.url), "utf8"),
);

function logOf(hours: number): Uint8Array {
  const lines = Array.from({ length: hours }, (_, at) =>
    opened(`${String(9 + at).padStart(2, "0")}:10:00`, at + 1, { path: `/srv/${at}` }),
  );
  return bytesOf(...lines);
}

async function chainOn(disk: SimDisk): Promise<{ sequence: number; key: Uint8Array }> {
  return decodeEpochKey(await disk.read(EPOCH_KEY));
}

test("the chain is the published one, and forgets for good", async () => {
  const disk = new SimDisk();
  await disk.makeDir(KEYS);
  const place = { disk, folder: KEYS };
  const chain = new EpochChain(place, primitives, 0, new Uint8Array(32));
  for (const [epoch, { publicKey }] of vectors.chain.entries()) {
    assert.equal(chain.signer(epoch).publicKey.toHex(), publicKey);
  }
  const keys = chain.publicKeys(1, 3).toHex();
  assert.equal(
    keys,
    vectors.chain
      .slice(1)
      .map(({ publicKey }) => publicKey)
      .join(""),
  );
  await chain.forget(2);
  assert.equal(chain.next, 2);
  assert.throws(() => chain.signer(1), /hour 1 is erased/u);
  assert.equal(chain.signer(2).publicKey.toHex(), vectors.chain[2]?.publicKey);
  const { sequence, key } = await chainOn(disk);
  assert.deepEqual([sequence, key.toHex()], [2, vectors.chain[2]?.chainKey]);
  await chain.forget(1);
  assert.equal(chain.next, 2);
});

test("after every hour its key is nowhere, and periods follow one another", async () => {
  const disk = new SimDisk();
  await init(disk, { epochs: 2 });
  let old = (await chainOn(disk)).key;
  await record(disk, [memoryInput(logOf(HOURS), 300)]);
  const report = await assertValid(disk);
  assert.equal(report.counts.hours, HOURS);
  const files = [...filesBelow(disk, DATA)];
  const everything = Buffer.concat(files.map(([, bytes]) => bytes));
  for (let hour = 0; hour < HOURS; hour += 1) {
    assert.equal(everything.indexOf(old), -1, `the chain key of hour ${hour}`);
    old = primitives.sha256(Buffer.concat([encodeUtf8("ritma/ratchet/v1"), old]));
  }
  assert.deepEqual(await chainOn(disk), { sequence: HOURS, key: old });
  assert.notEqual(everything.indexOf(old), -1, "the search finds what is there");
  const periods = files.filter(([path]) => path.startsWith("RITMA_OUT/_meta/keys/periods/"));
  assert.equal(periods.length, Math.floor(HOURS / 2) + 1);
});

test("keys of another chain, or behind the store's hours, are refused", async () => {
  const disk = new SimDisk();
  await init(disk);
  await record(disk, [memoryInput(logOf(2))]);
  const { sequence, key } = await chainOn(disk);
  const refused = async (bytes: Uint8Array, code: string): Promise<void> => {
    const changed = disk.snapshot();
    await writeDurably(changed, EPOCH_KEY, bytes);
    await assert.rejects(
      async () => await open(changed),
      (error) => error instanceof RitmaError && error.code === code,
    );
  };
  await refused(encodeEpochKey(sequence, key.with(0, (key[0] ?? 0) ^ 1)), "store/key-damaged");
  await refused(encodeEpochKey(sequence + 1, key), "store/damaged");
  await refused(key, "store/key-damaged");
  const without = disk.snapshot();
  await without.remove(EPOCH_KEY);
  await assert.rejects(
    async () => await open(without),
    (error) => error instanceof RitmaError && error.code === "store/key-missing",
  );
});

/** A data root as they were made before hours had keys. */
async function oldRoot(): Promise<SimDisk> {
  const disk = new SimDisk();
  const { rng } = worldOn(disk);
  await createKeystore(disk, KEYS, rng);
  const keystore = await openKeystore(disk, KEYS, primitives);
  await createStore({ disk, out: OUT, keys: KEYS }, primitives, keystore, {
    store: rng.bytes(16),
    namespace: "ns://test/here",
    node: { hashed: false, bytes: encodeUtf8("host1") },
    created: 1_795_161_600_000_000,
    privacy: "raw",
    windowSecs: 900,
    epochs: 0,
  });
  await writeDurably(disk, `${DATA}/config.yaml`, encodeUtf8("namespace: ns://test/here\n"));
  return disk;
}

test("a store of before goes on as it was, and with keys of hours from an upgrade on", async () => {
  const disk = await oldRoot();
  await record(disk, [memoryInput(logOf(2))]);
  await assertValid(disk);
  const sealed = filesBelow(disk, `${OUT}/windows`);
  const world = worldOn(disk);
  const upgraded = await upgradeKeys(world, configOf({}), await open(disk), 2);
  assert.deepEqual(upgraded, { first: 2, epochs: 2 });
  assert.equal(await upgradeKeys(world, configOf({}), await open(disk), 2), null);
  await assertValid(disk);
  await record(disk, [memoryInput(logOf(2 + MORE_HOURS), 300)]);
  assert.equal((await assertValid(disk)).counts.hours, 2 + MORE_HOURS);
  const now = filesBelow(disk, `${OUT}/windows`);
  for (const [path, bytes] of sealed) assert.deepEqual(now.get(path), bytes, path);
  assert.equal((await chainOn(disk)).sequence, 2 + MORE_HOURS);
  assert.ok((await disk.size(`${OUT}/${periodPath(2)}`)) !== null);
});

test("an upgrade that was cut short is done by the next, whatever was sealed between", async () => {
  const disk = await oldRoot();
  await record(disk, [memoryInput(logOf(1))]);
  // Keys that no store names yet.
  await createEpochs(disk, KEYS, primitives, worldOn(disk).rng, 1);
  await record(disk, [memoryInput(logOf(3))]);
  await assertValid(disk);
  const upgraded = await upgradeKeys(worldOn(disk), configOf({}), await open(disk));
  assert.equal(upgraded?.first, 3);
  await record(disk, [memoryInput(logOf(5))]);
  assert.equal((await assertValid(disk)).counts.hours, 5);
});

test("the entry of a period stands behind the last hour of the one before", async () => {
  const disk = new SimDisk();
  await init(disk, { epochs: 2 });
  await record(disk, [memoryInput(logOf(4), 300)]);
  const files = filesBelow(disk, OUT);
  const bundle = [...files].find(([path]) => path.startsWith("_tlog/tile/entries/"))?.[1];
  const types = splitEntryBundle(bundle ?? new Uint8Array(0)).map(
    (entry) => decodeLogEntry(entry).type,
  );
  const told = types.filter((type) => type === "hour" || type === "key").join(" ");
  assert.equal(told, "key key key hour hour key hour hour key");
});
