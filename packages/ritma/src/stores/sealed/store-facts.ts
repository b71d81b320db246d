/**
 * What a store says of itself, checked as far as its identity key reaches.
 *
 * Whose identity that is, nobody here knows: `ritma verify --trust` compares it with one that was
 * learnt elsewhere.
 *
 * Format: spec/06-store.md, "Store".
 *
 * @module
 */
import {
  decodeKeyRecord,
  decodeKeysFile,
  decodeStoreFile,
  equalBytes,
  keyIdOf,
  KEYS_PATH,
  type KeyRecord,
  type KeyRole,
  parseCose1,
  STORE_FORMAT,
  STORE_PATH,
  type StoreFile,
  verifyCose1,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { StoreFiles } from "./store-files.ts";

const FILE_BYTES_MAX = 1 << 20;

export interface StoreFacts {
  readonly file: StoreFile;
  readonly fileDigest: Uint8Array;
  /** Signed by the identity, in the order of the file. */
  readonly keys: readonly KeyRecord[];
  /** SHA-256 of each signed record. */
  readonly keyDigests: readonly Uint8Array[];
}

/** @throws RitmaError `store/missing`, `store/version`, `store/damaged` */
export async function readStoreFacts(files: StoreFiles): Promise<StoreFacts> {
  const bytes = await files.readIfThere(STORE_PATH, FILE_BYTES_MAX);
  if (bytes === null) throw await files.absent();
  const file = files.decode(STORE_PATH, () => decodeStoreFile(bytes));
  if (file.format !== STORE_FORMAT) {
    throw new RitmaError("store/version", `${files.out} is of format ${file.format}`);
  }
  const keysBytes = await files.read(KEYS_PATH, FILE_BYTES_MAX);
  const { store, records } = files.decode(KEYS_PATH, () => decodeKeysFile(keysBytes));
  if (!equalBytes(store, file.store)) throw files.damaged(KEYS_PATH, "belongs to another store");
  const { sha256 } = files.primitives;
  return {
    file,
    fileDigest: sha256(bytes),
    keys: records.map((signed) => readKey(files, file, signed)),
    keyDigests: records.map((signed) => sha256(signed)),
  };
}

function readKey(files: StoreFiles, file: StoreFile, signed: Uint8Array): KeyRecord {
  const { primitives } = files;
  const { cose, record } = files.decode(KEYS_PATH, () => {
    const cose = parseCose1(signed);
    return { cose, record: decodeKeyRecord(cose.payload) };
  });
  const fits =
    verifyCose1(primitives, cose, file.identity) &&
    equalBytes(record.store, file.store) &&
    equalBytes(record.keyId, keyIdOf(primitives.sha256, record.publicKey));
  if (fits) return record;
  throw files.damaged(KEYS_PATH, "holds a record that the identity key did not sign");
}

/** @returns the key that may do `role` for an hour, the one with `keyId` if it is given. */
export function keyFor(
  keys: readonly KeyRecord[],
  role: KeyRole,
  sequence: number,
  keyId?: Uint8Array,
): KeyRecord | null {
  const found = keys.find(
    (key) =>
      key.role === role &&
      key.first <= sequence &&
      (key.last === null || key.last >= sequence) &&
      (keyId === undefined || equalBytes(key.keyId, keyId)),
  );
  return found ?? null;
}
