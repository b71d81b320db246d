/**
 * What the node log of a store says, read whole and checked against its signed checkpoint.
 *
 * A store may be written to while it is read: the checkpoint decides how far the log goes, and a
 * partial bundle that a newer checkpoint has replaced means that the checkpoint is read again.
 *
 * Invariant: an hour that is returned stands in a log whose root a log key of the store signed.
 *
 * Not here: whether the entries tell a story that a recorder tells (`ritma verify`).
 *
 * Format: spec/03-tiles.md, spec/07-node-log.md.
 *
 * @module
 */
import {
  type Checkpoint,
  CHECKPOINT_PATH,
  decodeLogEntry,
  entriesPath,
  equalBytes,
  hourFolder,
  type KeyRecord,
  leafHash,
  LOG_FOLDER,
  type LogEntry,
  logOrigin,
  openCheckpoint,
  splitEntryBundle,
  TreeHasher,
} from "@ritma/evidence";
import type { StoreFiles } from "./store-files.ts";
import { keyFor, type StoreFacts } from "./store-facts.ts";

/** A window as the node log names it. */
export interface LoggedWindow {
  /** Of its entry in the node log. */
  readonly entry: number;
  /** Its number in the clock hour; null for the late events of the hour. */
  readonly number: number | null;
  /** SHA-256 of its header as stored. */
  readonly header: Uint8Array;
  readonly root: Uint8Array;
}

/** An hour as the node log names it. */
export interface SealedHour {
  readonly sequence: number;
  /** Of its entry in the node log. */
  readonly entry: number;
  readonly session: number;
  /** Microseconds, half open. Late atoms of the hour lie before `t2`, or outside 2000 to 2100. */
  readonly t1: number;
  readonly t2: number;
  /** Relative to the store. */
  readonly folder: string;
  /** Micro-windows with events that came in time. */
  readonly windows: number;
  readonly hasLate: boolean;
  /** All of them, the late one last. */
  readonly logged: readonly LoggedWindow[];
  /** The gap that was signed directly before it: an interval without events. Microseconds. */
  readonly gap: { readonly t1: number; readonly t2: number } | null;
  readonly hourRoot: Uint8Array;
  /** SHA-256 of the hour-seal. */
  readonly seal: Uint8Array;
}

const BUNDLE = 256;
const CHECKPOINT_BYTES_MAX = 4096;
/** A writer publishes at most once a batch; three in a row mean that something else is wrong. */
const TRIES_MAX = 3;

export interface SealedLog extends Pick<Checkpoint, "size" | "root"> {
  /** Oldest first. */
  readonly hours: readonly SealedHour[];
}

/** The entries of a log as they are stored, and the checkpoint that they hash to. */
export interface SignedLog extends Checkpoint {
  readonly entries: readonly Uint8Array[];
  /** The checkpoint as it was signed. */
  readonly signed: Uint8Array;
  readonly key: KeyRecord;
}

/** @throws RitmaError `store/damaged` */
export async function readSealedLog(files: StoreFiles, facts: StoreFacts): Promise<SealedLog> {
  const { size, root, entries } = await readSignedLog(files, facts);
  return { size, root, hours: hoursOf(files, facts, entries) };
}

/** The same without what the entries say. @throws RitmaError `store/damaged` */
export async function readSignedLog(files: StoreFiles, facts: StoreFacts): Promise<SignedLog> {
  for (let left = TRIES_MAX; ; left -= 1) {
    const checkpoint = await readCheckpoint(files, facts);
    const entries = await readEntries(files, checkpoint.size, left > 1);
    if (entries === null) continue;
    const { sha256 } = files.primitives;
    const tree = new TreeHasher(sha256);
    for (const entry of entries) tree.push(leafHash(sha256, entry));
    if (!equalBytes(tree.root(), checkpoint.root)) {
      throw files.damaged(CHECKPOINT_PATH, "the entries of the node log hash to another root");
    }
    return { ...checkpoint, entries };
  }
}

async function readCheckpoint(
  files: StoreFiles,
  facts: StoreFacts,
): Promise<Omit<SignedLog, "entries">> {
  const signed = await files.read(CHECKPOINT_PATH, CHECKPOINT_BYTES_MAX);
  const key = keyFor(facts.keys, "log", 0);
  if (key === null) throw files.damaged(CHECKPOINT_PATH, "no key record allows signing it");
  const origin = logOrigin(facts.file.store);
  const checkpoint = files.decode(CHECKPOINT_PATH, () =>
    openCheckpoint(files.primitives, signed, origin, key.publicKey),
  );
  return { ...checkpoint, signed, key };
}

/** @returns null when a partial bundle is gone and `again` allows another try. */
async function readEntries(
  files: StoreFiles,
  size: number,
  again: boolean,
): Promise<Uint8Array[] | null> {
  const raw: Uint8Array[] = [];
  for (let first = 0; first < size; first += BUNDLE) {
    const width = Math.min(BUNDLE, size - first);
    const path = `${LOG_FOLDER}/${entriesPath(first / BUNDLE, width)}`;
    const bytes = width < BUNDLE && again ? await files.readIfThere(path) : await files.read(path);
    if (bytes === null) return null;
    const bundle = files.decode(path, () => splitEntryBundle(bytes));
    if (bundle.length !== width) throw files.damaged(path, `holds ${bundle.length} entries`);
    raw.push(...bundle);
  }
  return raw;
}

function hoursOf(files: StoreFiles, facts: StoreFacts, raw: readonly Uint8Array[]): SealedHour[] {
  const hours: SealedHour[] = [];
  const keys: Uint8Array[] = [];
  let session = 0;
  let gap: SealedHour["gap"] = null;
  let logged: LoggedWindow[] = [];
  for (const [index, bytes] of raw.entries()) {
    const entry = files.decode(`${LOG_FOLDER}#${index}`, () => decodeLogEntry(bytes));
    if (index === 0) checkGenesis(files, facts, entry);
    if (entry.type === "key") keys.push(entry.record);
    else if (entry.type === "open") session = entry.session;
    else if (entry.type === "gap") gap = { t1: entry.t1, t2: entry.t2 };
    else if (entry.type === "micro") {
      const { window: number, header, microRoot: root } = entry;
      // Windows of an hour that was never sealed are no windows of the next one.
      if (entry.sequence === hours.length) logged.push({ entry: index, number, header, root });
    } else if (entry.type === "hour") {
      const { sequence, t1, t2, hourRoot, seal } = entry;
      if (sequence !== hours.length) {
        throw files.damaged(`${LOG_FOLDER}#${index}`, `hour ${sequence} is out of order`);
      }
      const folder = hourFolder(t1, sequence, hours.at(-1)?.t1 ?? null);
      hours.push({
        sequence,
        entry: index,
        session,
        t1,
        t2,
        folder,
        windows: logged.filter(({ number }) => number !== null).length,
        hasLate: logged.some(({ number }) => number === null),
        logged,
        gap,
        hourRoot,
        seal,
      });
      logged = [];
      gap = null;
    }
  }
  checkKeys(files, facts.keys, facts.keyDigests, keys);
  return hours;
}

function checkGenesis(files: StoreFiles, facts: StoreFacts, entry: LogEntry): void {
  const same =
    entry.type === "genesis" &&
    equalBytes(entry.store, facts.file.store) &&
    equalBytes(entry.storeFile, facts.fileDigest);
  if (!same) throw files.damaged(`${LOG_FOLDER}#0`, "is not the genesis of this store.cbor");
}

/** A key that the log does not name may have been added by whoever stole the identity key. */
function checkKeys(
  files: StoreFiles,
  keys: readonly KeyRecord[],
  digests: readonly Uint8Array[],
  logged: readonly Uint8Array[],
): void {
  for (const at of keys.keys()) {
    const digest = digests[at];
    if (digest !== undefined && logged.some((each) => equalBytes(each, digest))) continue;
    throw files.damaged("_meta/keys/pubkeys.cbor", `record ${at} is not in the node log`);
  }
}
