/**
 * Checks what a store says of itself: `store.cbor`, schemas, key records.
 *
 * Format: spec/06-store.md, "Store".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { keyIdOf, parseCose1, verifyCose1 } from "../proof/cose.ts";
import type { Sha256 } from "../primitives.ts";
import { KEYS_PATH, schemaPath, STORE_PATH } from "../record/layout.ts";
import { coversHour, epochKey } from "../record/period.ts";
import {
  decodeKeyRecord,
  decodeKeysFile,
  decodeSchemaFile,
  decodeStoreFile,
  type KeyRecord,
  STORE_FORMAT,
  type StoreFile,
} from "../record/store-file.ts";
import type { Reading } from "./reading.ts";
import { type FoundPeriod, verifyPeriods } from "./verify-periods.ts";
import { readGenesis } from "./verify-log.ts";

export interface StoreFacts {
  readonly file: StoreFile;
  readonly fileDigest: Uint8Array;
  readonly keys: readonly KeyRecord[];
  /** SHA-256 of each signed key record, in the order of the file. */
  readonly keyDigests: readonly Uint8Array[];
  /** Keys of single hours, in order. */
  readonly periods: readonly FoundPeriod[];
}

/** @returns null when there is nothing to go on from. */
export async function verifyStoreFile(reading: Reading): Promise<StoreFacts | null> {
  const bytes = await reading.read(STORE_PATH);
  if (bytes === null) return null;
  const file = reading.attempt("store/file", STORE_PATH, () => decodeStoreFile(bytes));
  if (file === null) return null;
  if (file.format !== STORE_FORMAT) {
    reading.ledger.add("store/version", STORE_PATH, `format ${file.format}`);
    await compareGenesis(reading, reading.primitives.sha256(bytes));
    return null;
  }
  for (const [name, sha256] of file.schemas) await verifySchema(reading, name, sha256);
  const { keys, keyDigests } = await verifyKeys(reading, file);
  const periods = await verifyPeriods(reading, file);
  return { file, fileDigest: reading.primitives.sha256(bytes), keys, keyDigests, periods };
}

/** A changed number must not look like another format: the genesis, if we can read it, knows. */
async function compareGenesis(reading: Reading, digest: Uint8Array): Promise<void> {
  const genesis = await readGenesis(reading);
  if (genesis?.type !== "genesis" || equalBytes(genesis.storeFile, digest)) return;
  reading.ledger.add("store/file", STORE_PATH, "is not the one that the genesis names");
}

async function verifySchema(reading: Reading, name: string, sha256: Uint8Array): Promise<void> {
  const path = schemaPath(name);
  const bytes = await reading.read(path);
  if (bytes === null) return;
  if (!equalBytes(reading.primitives.sha256(bytes), sha256)) {
    reading.ledger.add("store/schema", path, "not the schema that store.cbor names");
    return;
  }
  const schema = reading.attempt("store/schema", path, () => decodeSchemaFile(bytes));
  if (schema !== null && schema.name !== name) {
    reading.ledger.add("store/schema", path, `holds the schema "${schema.name}"`);
  }
}

async function verifyKeys(
  reading: Reading,
  { store, identity }: StoreFile,
): Promise<Pick<StoreFacts, "keys" | "keyDigests">> {
  const keys: KeyRecord[] = [];
  const keyDigests: Uint8Array[] = [];
  const { primitives, ledger } = reading;
  const bytes = await reading.read(KEYS_PATH);
  const file =
    bytes === null ? null : reading.attempt("key/record", KEYS_PATH, () => decodeKeysFile(bytes));
  for (const [at, signed] of file?.records.entries() ?? []) {
    const where = `${KEYS_PATH}#${at}`;
    keyDigests.push(primitives.sha256(signed));
    reading.attempt("key/record", where, () => {
      const cose = parseCose1(signed);
      ledger.counts.signatures += 1;
      const record = decodeKeyRecord(cose.payload);
      const { sha256 } = primitives;
      if (!verifyCose1(primitives, cose, identity)) {
        ledger.add("key/record", where, "not signed by the identity key");
      } else if (!equalBytes(record.store, store)) {
        ledger.add("key/record", where, "belongs to another store");
      } else if (!equalBytes(record.keyId, keyIdOf(sha256, record.publicKey))) {
        ledger.add("key/record", where, "its key id is not that of its key");
      } else keys.push(record);
    });
  }
  if (file !== null && !equalBytes(file.store, store)) {
    ledger.add("key/record", KEYS_PATH, "belongs to another store");
  }
  return { keys, keyDigests };
}

/** True when the record lets its key act for hour `sequence`. */
export function covers({ first, last }: KeyRecord, sequence: number): boolean {
  return first <= sequence && (last === null || sequence <= last);
}

/**
 * @returns the public key that may seal hour `sequence` under this key id, or null. From the first
 * period on it is the key of the hour, and no other.
 */
export function sealKeyFor(
  sha256: Sha256,
  { keys, periods }: Pick<StoreFacts, "keys" | "periods">,
  sequence: number,
  keyId: Uint8Array,
): Uint8Array | null {
  const begun = periods[0]?.period ?? null;
  if (periods.length > 0 && (begun === null || begun.first <= sequence)) {
    const read = periods.flatMap(({ period }) => period ?? []);
    const found = read.find((period) => coversHour(period, sequence));
    if (found === undefined) return null;
    const publicKey = epochKey(found, sequence);
    return equalBytes(keyIdOf(sha256, publicKey), keyId) ? publicKey : null;
  }
  const found = keys.find(
    (key) => key.role === "seal" && covers(key, sequence) && equalBytes(key.keyId, keyId),
  );
  return found?.publicKey ?? null;
}
