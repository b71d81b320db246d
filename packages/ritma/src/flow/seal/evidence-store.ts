/**
 * An evidence store opened for writing.
 *
 * Opening finishes what a crash cut short, re-reads what the chain rests on and checks it against
 * the signed checkpoint: node log, newest hour, dictionary. Whatever does not fit refuses to open;
 * nothing is repaired.
 *
 * Trusted for: deciding where the chain goes on. An attacker who can write the evidence store can
 * make it refuse to open, not make it sign a second root for an hour.
 *
 * Not here: checking the whole store (`ritma verify`).
 *
 * @module
 */
import {
  decodeKeyRecord,
  decodeKeysFile,
  decodeLogEntry,
  decodeStoreFile,
  equalBytes,
  FormatError,
  INTENT_PATH,
  KEYS_PATH,
  type KeyRole,
  type LogEntry,
  parseCose1,
  STORE_FORMAT,
  STORE_PATH,
  type StoreFile,
} from "@ritma/evidence";
import { removeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";
import type { Keystore } from "../../stores/keys/keystore.ts";
import { absentStore } from "../../stores/sealed/absent-store.ts";
import type { Batch } from "./batch.ts";
import {
  chainLink,
  chainState,
  generationSalt,
  readChain,
  type SessionEnd,
  signedOfOpenHour,
} from "./chain.ts";
import type { ChainLink, ChainState } from "./chain-state.ts";
import type { GenerationLogs } from "./generation-logs.ts";
import type { Interner } from "./interner.ts";
import { NodeLog } from "./node-log.ts";
import { HourKeys, type MadePeriod, readPeriods } from "./periods.ts";
import { lockPathOf, type Place } from "./place.ts";
import { recover, writeBatch, type Writing } from "./recover.ts";

const FILE_BYTES_MAX = 1 << 20;

export class EvidenceStore {
  readonly storeFile: StoreFile;
  /** Where the chain stood when the store was opened. */
  readonly state: ChainState;
  readonly link: ChainLink;
  /** Entries behind the newest hour, without those of sessions: windows of an hour that goes on. */
  readonly signed: readonly LogEntry[];
  readonly interner: Interner;
  /** The logs of its generation, as they are sealed; null before the first hour. */
  readonly logs: GenerationLogs | null;
  /** How far each session got that sealed an hour, in order. */
  readonly sessions: readonly SessionEnd[];
  /** What opening had to do. */
  readonly recovered: "clean" | "undone" | "finished";
  readonly #writing: Writing;
  readonly #keystore: Keystore;
  #refused = false;

  private constructor(
    writing: Writing,
    keystore: Keystore,
    parts: Pick<
      EvidenceStore,
      "storeFile" | "state" | "link" | "signed" | "interner" | "logs" | "sessions" | "recovered"
    >,
  ) {
    this.#writing = writing;
    this.#keystore = keystore;
    this.storeFile = parts.storeFile;
    this.state = parts.state;
    this.link = parts.link;
    this.signed = parts.signed;
    this.interner = parts.interner;
    this.logs = parts.logs;
    this.sessions = parts.sessions;
    this.recovered = parts.recovered;
  }

  /** @throws RitmaError `store/missing`, `store/version`, `store/damaged`, `store/key-damaged` */
  static async open(
    place: Place,
    primitives: NodePrimitives,
    keystore: Keystore,
  ): Promise<EvidenceStore> {
    const storeFile = await readStoreFile(place, keystore);
    const { store } = storeFile;
    await checkDelegated(place, keystore);
    const logPlace = {
      ...place,
      primitives,
      store,
      lockPath: lockPathOf(place),
      key: keystore.log,
    };
    const begin = async (): Promise<{ writing: Writing; entries: Uint8Array[] }> => {
      const { log, entries } = await NodeLog.open(logPlace);
      const hours = new HourKeys(primitives, keystore, await readPeriods(place));
      return { writing: { place, primitives, hours, store, log }, entries };
    };
    const recovered = await recover((await begin()).writing);
    const { writing, entries } = await begin();
    await writing.log.checkNotRolledBack();
    const log = entries.map(decodeEntry);
    const sealed = log.filter(({ type }) => type === "hour").length;
    writing.hours.check(sealed);
    if (writing.hours.areLeft(sealed)) {
      // An intent that comes back must find the keys that it was to be signed with.
      await removeDurably(place.disk, `${place.out}/${INTENT_PATH}`);
      await writing.hours.sealed(sealed);
    }
    const chain = await readChain(place, primitives, keystore, storeFile, log);
    const newest = chain.sessions.at(-1)?.header ?? null;
    const stands = {
      state: chainState(log, newest),
      link: chainLink(log, newest),
      signed: signedOfOpenHour(log),
    };
    return new EvidenceStore(writing, keystore, { ...chain, ...stands, storeFile, recovered });
  }

  /** True when every hour that is sealed from now on has a key of its own. */
  get hasPeriods(): boolean {
    return this.#writing.hours.hasPeriods;
  }

  /** The period that must be published with an hour, when it is the last of its own. */
  periodAfter(sequence: number): MadePeriod | null {
    return this.#writing.hours.after(sequence);
  }

  generationSalt(generation: number): Uint8Array {
    return generationSalt(this.#keystore, this.storeFile.store, generation);
  }

  /**
   * Durable on return. After one failed batch every later one is refused: what is on the disk is
   * known again only after the store was opened anew.
   *
   * @throws RitmaError of the disk; `store/refused`
   */
  async write(batch: Batch): Promise<void> {
    if (this.#refused) throw new RitmaError("store/refused", "an earlier batch failed");
    this.#refused = true;
    await writeBatch(this.#writing, batch);
    this.#refused = false;
  }
}

async function readStoreFile(place: Place, keystore: Keystore): Promise<StoreFile> {
  const path = `${place.out}/${STORE_PATH}`;
  try {
    const storeFile = decodeStoreFile(await place.disk.read(path, FILE_BYTES_MAX));
    if (storeFile.format !== STORE_FORMAT) {
      throw new RitmaError("store/version", `${path} is of format ${storeFile.format}`);
    }
    if (equalBytes(storeFile.identity, keystore.identity.publicKey)) return storeFile;
    throw new RitmaError("store/key-damaged", `${place.keys} is not the keystore of ${place.out}`);
  } catch (cause) {
    if (cause instanceof FormatError) {
      throw new RitmaError("store/damaged", `${path}: ${cause.message}`, { cause });
    }
    if (cause instanceof RitmaError && cause.code === "disk/missing") {
      throw await absentStore(place.disk, place.out, cause);
    }
    throw cause;
  }
}

/** The keys of this keystore must be the delegated ones; `verify` checks the signatures. */
async function checkDelegated(place: Place, keystore: Keystore): Promise<void> {
  const path = `${place.out}/${KEYS_PATH}`;
  try {
    const { records } = decodeKeysFile(await place.disk.read(path, FILE_BYTES_MAX));
    const keys = records.map((signed) => decodeKeyRecord(parseCose1(signed).payload));
    const has = (role: KeyRole, { publicKey }: Signer): boolean =>
      keys.some((key) => key.role === role && equalBytes(key.publicKey, publicKey));
    const builds = has("build", keystore.seal) || has("seal", keystore.seal);
    if (builds && has("log", keystore.log)) return;
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/damaged", `${path}: ${cause.message}`, { cause });
  }
  throw new RitmaError("store/key-damaged", `${path} delegates to other keys than ${place.keys}`);
}

function decodeEntry(bytes: Uint8Array, index: number): LogEntry {
  try {
    return decodeLogEntry(bytes);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/damaged", `node log, entry ${index}: ${cause.message}`, { cause });
  }
}
