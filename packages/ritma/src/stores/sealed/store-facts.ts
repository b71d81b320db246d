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
  coversHour,
  decodeKeyRecord,
  decodeKeysFile,
  decodePeriod,
  decodePeriodFile,
  decodeStoreFile,
  epochKey,
  equalBytes,
  keyIdOf,
  KEYS_PATH,
  type KeyRecord,
  type KeyRole,
  parseCose1,
  type PeriodKeys,
  periodPath,
  periodRoot,
  STORE_FORMAT,
  STORE_PATH,
  type StoreFile,
  verifyCose1,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { StoreFiles } from "./store-files.ts";

const FILE_BYTES_MAX = 1 << 20;
/** 65,536 keys, and what stands around them. */
const PERIOD_BYTES_MAX = 3 << 20;

export interface StoreFacts {
  readonly file: StoreFile;
  readonly fileDigest: Uint8Array;
  /** Signed by the identity, in the order of the file. */
  readonly keys: readonly KeyRecord[];
  /** SHA-256 of each signed record. */
  readonly keyDigests: readonly Uint8Array[];
  /** Keys of single hours, signed by the identity, in order. */
  readonly periods: readonly SignedPeriod[];
}

export interface SignedPeriod extends PeriodKeys {
  /** COSE_Sign1 by the identity, and its SHA-256. */
  readonly signed: Uint8Array;
  readonly digest: Uint8Array;
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
    periods: await readPeriods(files, file),
  };
}

async function readPeriods(files: StoreFiles, file: StoreFile): Promise<SignedPeriod[]> {
  const periods: SignedPeriod[] = [];
  for (;;) {
    const path = periodPath(periods.length);
    if (!(await files.has(path))) return periods;
    const bytes = await files.read(path, PERIOD_BYTES_MAX);
    const { cose, period } = files.decode(path, () => {
      const { signed, keys } = decodePeriodFile(bytes);
      const cose = parseCose1(signed);
      const digest = files.primitives.sha256(signed);
      return { cose, period: { ...decodePeriod(cose.payload), keys, signed, digest } };
    });
    const { sha256 } = files.primitives;
    const before = periods.at(-1);
    const fits =
      verifyCose1(files.primitives, cose, file.identity) &&
      equalBytes(period.store, file.store) &&
      period.number === periods.length &&
      (before === undefined || period.first === before.first + before.epochs) &&
      period.keys.length === period.epochs * period.root.length &&
      equalBytes(periodRoot(sha256, period.first, period.keys), period.root);
    if (!fits) throw files.damaged(path, "is not a period that the identity key signed");
    periods.push(period);
  }
}

/**
 * @returns the public key that may seal an hour, if it has that id: from the first period on the
 * hour's own.
 */
export function sealKeyFor(
  { primitives }: Pick<StoreFiles, "primitives">,
  { keys, periods }: Pick<StoreFacts, "keys" | "periods">,
  sequence: number,
  keyId: Uint8Array,
): Uint8Array | null {
  const [first] = periods;
  if (first === undefined || sequence < first.first) {
    return keyFor(keys, "seal", sequence, keyId)?.publicKey ?? null;
  }
  const period = periods.find((each) => coversHour(each, sequence));
  const publicKey = period === undefined ? null : epochKey(period, sequence);
  if (publicKey === null) return null;
  return equalBytes(keyIdOf(primitives.sha256, publicKey), keyId) ? publicKey : null;
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
