/**
 * Makes an empty evidence store: what it says of itself, its keys, and a node log of four entries.
 *
 * The checkpoint is written last: a store without one was never finished.
 *
 * Format: spec/06-store.md, "Store"; spec/07-node-log.md.
 *
 * @module
 */
import {
  encodeKeyRecord,
  encodeKeysFile,
  encodeLogEntry,
  encodeSchemaFile,
  encodeStoreFile,
  keyIdOf,
  KEYS_PATH,
  type KeyRole,
  type PrivacyMode,
  schemaPath,
  SCHEMAS,
  signCose1,
  STORE_FORMAT,
  STORE_PATH,
  type Value,
} from "@ritma/evidence";
import { writeAllDurably } from "../../base/disk/disk.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";
import type { Keystore } from "../../stores/keys/keystore.ts";
import { NodeLog } from "./node-log.ts";
import { makePeriod } from "./periods.ts";
import { lockPathOf, type Place } from "./place.ts";

export interface NewStore {
  /** 16 random bytes. */
  readonly store: Uint8Array;
  readonly namespace: string;
  readonly node: Value;
  /** Microseconds, by the clock of this machine. */
  readonly created: number;
  readonly privacy: PrivacyMode;
  readonly windowSecs: number;
  /** Hours in a period of keys; 0 for a store as they were once, with one key for all hours. */
  readonly epochs: number;
}

/** Durable on return. @throws RitmaError of the disk */
export async function createStore(
  place: Place,
  primitives: NodePrimitives,
  keystore: Keystore,
  made: NewStore,
): Promise<void> {
  const { sha256 } = primitives;
  const { store, epochs, ...rest } = made;
  const schemas = SCHEMAS.map(({ name, text }) => ({ name, bytes: encodeSchemaFile(name, text) }));
  const storeFile = encodeStoreFile({
    ...rest,
    store,
    format: STORE_FORMAT,
    identity: keystore.identity.publicKey,
    schemas: schemas.map(({ name, bytes }) => [name, sha256(bytes)]),
  });
  const delegate = (role: KeyRole, { publicKey }: Signer): Uint8Array => {
    const keyId = keyIdOf(sha256, publicKey);
    const record = encodeKeyRecord({ store, keyId, publicKey, role, first: 0, last: null });
    return signCose1({ sha256, ...keystore.identity }, record);
  };
  // Where hours have keys of their own, no other may seal.
  const role = epochs === 0 ? "seal" : "build";
  const records = [delegate(role, keystore.seal), delegate("log", keystore.log)];
  const first = { store, number: 0, first: 0, epochs };
  const periods = epochs === 0 ? [] : [makePeriod(primitives, keystore, first)];
  const at = (path: string): string => `${place.out}/${path}`;
  await writeAllDurably(place.disk, [
    { path: at(STORE_PATH), bytes: storeFile },
    { path: at(KEYS_PATH), bytes: encodeKeysFile(store, records) },
    ...periods.map(({ file }) => ({ path: at(file.path), bytes: file.bytes })),
    ...schemas.map(({ name, bytes }) => ({ path: at(schemaPath(name)), bytes })),
  ]);
  const log = NodeLog.empty({
    ...place,
    primitives,
    store,
    lockPath: lockPathOf(place),
    key: keystore.log,
  });
  await log.publish([
    encodeLogEntry({ type: "genesis", store, storeFile: sha256(storeFile) }),
    ...records.map((record) => encodeLogEntry({ type: "key", record: sha256(record) })),
    ...periods.map(({ entry }) => entry),
  ]);
}
