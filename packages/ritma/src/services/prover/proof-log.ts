/**
 * The node log as a proof needs it: the signed head, every hash below it, and the key records.
 *
 * Format: spec/07-node-log.md, spec/25-event-proof.md.
 *
 * @module
 */
import {
  coversHour,
  decodeKeyRecord,
  decodeKeysFile,
  encodeLogEntry,
  equalBytes,
  inclusionPathIn,
  jointPath,
  type KeyRecord,
  KEYS_PATH,
  leafHash,
  parseCose1,
  type PeriodKeys,
  type ProofKey,
  treeLevels,
} from "@ritma/evidence";
import { readSignedLog, type SignedLog } from "../../stores/sealed/sealed-log.ts";
import { keyFor, readStoreFacts } from "../../stores/sealed/store-facts.ts";
import type { StoreFiles } from "../../stores/sealed/store-files.ts";

/** A key record as it was signed, and where the log names it. */
export interface LoggedKey extends ProofKey {
  readonly key: KeyRecord;
}

/** A period as it was signed, where the log names it, and its keys. */
export interface LoggedPeriod extends ProofKey {
  readonly period: PeriodKeys;
}

export class ProofLog {
  readonly head: Omit<SignedLog, "entries">;
  readonly keys: readonly LoggedKey[];
  readonly periods: readonly LoggedPeriod[];
  readonly #entries: readonly Uint8Array[];
  readonly #levels: Uint8Array;

  private constructor(
    { entries, ...head }: SignedLog,
    levels: Uint8Array,
    keys: readonly LoggedKey[],
    periods: readonly LoggedPeriod[],
  ) {
    this.periods = periods;
    this.head = head;
    this.keys = keys;
    this.#entries = entries;
    this.#levels = levels;
  }

  /** @throws RitmaError `store/damaged` */
  static async read(files: StoreFiles): Promise<ProofLog> {
    const facts = await readStoreFacts(files);
    const log = await readSignedLog(files, facts);
    const { sha256 } = files.primitives;
    const hashes = log.entries.map((entry) => leafHash(sha256, entry));
    const bytes = await files.read(KEYS_PATH);
    const { records } = files.decode(KEYS_PATH, () => decodeKeysFile(bytes));
    const indexOf = (record: Uint8Array): number => {
      const entry = encodeLogEntry({ type: "key", record: sha256(record) });
      return log.entries.findIndex((each) => equalBytes(each, entry));
    };
    const keys = records.map((record): LoggedKey => {
      const index = indexOf(record);
      if (index === -1) throw files.damaged(KEYS_PATH, "holds a record that is not in the log");
      const key = files.decode(KEYS_PATH, () => decodeKeyRecord(parseCose1(record).payload));
      return { index, record, key };
    });
    const periods = facts.periods.flatMap((period): LoggedPeriod[] => {
      const index = indexOf(period.signed);
      return index === -1 ? [] : [{ index, record: period.signed, period }];
    });
    return new ProofLog(log, treeLevels(sha256, hashes), keys, periods);
  }

  /** The period that covers hour `sequence`. */
  periodOf(sequence: number): LoggedPeriod | undefined {
    return this.periods.find(({ period }) => coversHour(period, sequence));
  }

  /** The key that may seal hour `sequence` under this id. */
  sealKey(sequence: number, keyId: Uint8Array): LoggedKey | undefined {
    const key = keyFor(
      this.keys.map((each) => each.key),
      "seal",
      sequence,
      keyId,
    );
    return this.keys.find((each) => each.key === key);
  }

  /** The key that signed the head. */
  headKey(): LoggedKey | undefined {
    const { key } = this.head;
    return this.keys.find(
      (each) => each.key.role === key.role && equalBytes(each.key.keyId, key.keyId),
    );
  }

  entry(index: number): Uint8Array {
    const entry = this.#entries[index];
    if (entry === undefined) throw new RangeError(`no entry ${index} in the log`);
    return entry;
  }

  /** Of several entries, strictly ascending. */
  path(indices: readonly number[]): Uint8Array[] {
    return jointPath(this.#levels, this.head.size, indices);
  }

  /** Of one entry: its audit path. */
  auditPath(index: number): Uint8Array[] {
    return inclusionPathIn(this.#levels, this.head.size, index);
  }
}
