/**
 * Periods of hour keys, for whoever seals: which key an hour has, and the next period in time.
 *
 * A period is published in the batch that seals the last hour of the one before, so that no hour
 * waits for the identity, and none is sealed by a key that was not named before it.
 *
 * Format: spec/27-epochs.md.
 *
 * @module
 */
import {
  coversHour,
  decodePeriod,
  decodePeriodFile,
  encodeLogEntry,
  encodePeriod,
  encodePeriodFile,
  epochKey,
  equalBytes,
  FormatError,
  parseCose1,
  type Period,
  periodPath,
  type PeriodKeys,
  periodRoot,
  signCose1,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";
import type { Keystore } from "../../stores/keys/keystore.ts";
import type { Place } from "./place.ts";

export interface MadePeriod {
  readonly period: PeriodKeys;
  /** Path in the store. */
  readonly file: FileToWrite;
  /** For the node log. */
  readonly entry: Uint8Array;
}

/** @throws TypeError when the keystore has no keys of hours */
export function makePeriod(
  { sha256 }: NodePrimitives,
  { identity, epochs: chain }: Keystore,
  { store, number, first, epochs }: Omit<Period, "root">,
): MadePeriod {
  if (chain === null) throw new TypeError("a keystore without keys of hours");
  const keys = chain.publicKeys(first, epochs);
  const period = { store, number, first, epochs, root: periodRoot(sha256, first, keys) };
  const signed = signCose1({ sha256, ...identity }, encodePeriod(period));
  return {
    period: { ...period, keys },
    file: { path: periodPath(number), bytes: encodePeriodFile({ signed, keys }) },
    entry: encodeLogEntry({ type: "key", record: sha256(signed) }),
  };
}

/** What seals the hours of an opened store. */
export class HourKeys {
  readonly #primitives: NodePrimitives;
  readonly #keystore: Keystore;
  readonly #periods: PeriodKeys[];
  #known: { readonly sequence: number; readonly signer: Signer } | null = null;

  constructor(primitives: NodePrimitives, keystore: Keystore, periods: readonly PeriodKeys[]) {
    this.#primitives = primitives;
    this.#keystore = keystore;
    this.#periods = [...periods];
  }

  /** False in a store whose hours are all sealed by one key. */
  get hasPeriods(): boolean {
    return this.#periods.length > 0;
  }

  /** @returns the key of an hour that is to be sealed. */
  signer(sequence: number): Signer {
    const { seal, epochs: chain } = this.#keystore;
    const isCovered = this.#periods.some((period) => coversHour(period, sequence));
    if (!isCovered || chain === null) return seal;
    if (this.#known?.sequence !== sequence) {
      this.#known = { sequence, signer: chain.signer(sequence) };
    }
    return this.#known.signer;
  }

  /**
   * @param sequence an hour that is about to be sealed
   * @returns the period behind its own, when it is the last one; it covers hours from now on
   */
  after(sequence: number): MadePeriod | null {
    const newest = this.#periods.at(-1);
    if (newest === undefined || sequence !== newest.first + newest.epochs - 1) return null;
    const { store, epochs } = newest;
    const place = { store, number: newest.number + 1, first: sequence + 1, epochs };
    const made = makePeriod(this.#primitives, this.#keystore, place);
    this.#periods.push(made.period);
    return made;
  }

  /** True when keys of hours before `sequence` are to be forgotten still. */
  areLeft(sequence: number): boolean {
    return this.hasPeriods && (this.#keystore.epochs?.next ?? sequence) < sequence;
  }

  /** Forgets the keys of hours that are sealed: of all before `sequence`. Durable on return. */
  async sealed(sequence: number): Promise<void> {
    this.#known = null;
    if (this.hasPeriods) await this.#keystore.epochs?.forget(sequence);
  }

  /** @throws RitmaError `store/damaged`, `store/key-missing` when the keys are not of this store */
  check(hours: number): void {
    const newest = this.#periods.at(-1);
    if (newest === undefined) return;
    const chain = this.#keystore.epochs;
    if (chain === null) throw new RitmaError("store/key-missing", "keys/epoch.key is not there");
    if (chain.next > hours) {
      const message = `keys of hours before ${chain.next} are erased, and the store has ${hours}`;
      throw new RitmaError("store/damaged", `${message}: it was replaced by an older copy`);
    }
    const own = chain.signer(hours).publicKey;
    if (coversHour(newest, hours) && equalBytes(epochKey(newest, hours), own)) return;
    throw new RitmaError("store/key-damaged", "keys/epoch.key is not that of the store's periods");
  }
}

/** Those that the store has, in order; `verify` checks the signatures. */
export async function readPeriods({ disk, out }: Place): Promise<PeriodKeys[]> {
  const periods: PeriodKeys[] = [];
  for (;;) {
    const path = `${out}/${periodPath(periods.length)}`;
    if ((await disk.size(path)) === null) return periods;
    try {
      const { signed, keys } = decodePeriodFile(await disk.read(path));
      periods.push({ ...decodePeriod(parseCose1(signed).payload), keys });
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      throw new RitmaError("store/damaged", `${path}: ${cause.message}`, { cause });
    }
  }
}
