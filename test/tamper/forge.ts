/**
 * What can be forged with keys in hand: a node log with other entries, a seal by another key, a
 * last hour that says something else and is sealed properly.
 *
 * @module
 */
import {
  buildHourTree,
  CHECKPOINT_PATH,
  decodeHourHeader,
  decodeHourSeal,
  decodeHourTree,
  decodeLogEntry,
  decodeMicroHeader,
  encodeHourHeader,
  encodeHourSeal,
  encodeHourTree,
  encodeLogEntry,
  encodeMicroHeader,
  encodeMicroSeal,
  expectedTiles,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  type HourEntry,
  isDerived,
  type HourHeader,
  type HourSeal,
  leafHash,
  LOG_FOLDER,
  type LogEntry,
  logOrigin,
  type MicroHeader,
  microPath,
  parseCose1,
  signCheckpoint,
  signCose1,
  splitEntryBundle,
  type StoreFile,
  TreeHasher,
} from "@ritma/evidence";
import type { Signer } from "../../packages/ritma/src/base/primitives.ts";
import type { Files } from "./memory-tree.ts";
import { primitives, type SealedStore } from "./reference-store.ts";
import { hourFolders } from "./splices.ts";

const { sha256 } = primitives;

/** @throws TypeError when it is not a file of the store */
export function bytesAt(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes === undefined || bytes === null) throw new TypeError(`no file ${path}`);
  return bytes;
}

export function signed(signer: Signer, payload: Uint8Array): Uint8Array {
  return signCose1({ sha256, ...signer }, payload);
}

/** @returns the entries of a log of at most 256. */
export function logEntries(files: Files): Uint8Array[] {
  const path = [...files.keys()].find((each) => each.startsWith(`${LOG_FOLDER}/tile/entries/`));
  return splitEntryBundle(bytesAt(files, path ?? ""));
}

/** The same store with other entries in its log, signed by `key`, and nothing derived. */
export function withLog(
  files: Files,
  storeFile: Pick<StoreFile, "store">,
  key: Signer,
  entries: readonly Uint8Array[],
): Map<string, Uint8Array | null> {
  const kept = [...files].filter(
    ([path]) => !path.startsWith(`${LOG_FOLDER}/`) && !isDerived(path),
  );
  const made = new Map(kept);
  const tiles = expectedTiles(sha256, entries);
  for (const [path, bytes] of tiles) made.set(`${LOG_FOLDER}/${path}`, bytes);
  const origin = logOrigin(storeFile.store);
  const checkpoint = { origin, size: entries.length, root: rootOf(entries) };
  const note = signCheckpoint(primitives, key.sign, origin, key.publicKey, checkpoint);
  return made.set(CHECKPOINT_PATH, note);
}

/** What the recorder could have said of its last hour. Everything that follows is made to fit. */
export interface HourEdit {
  readonly micro?: (header: MicroHeader) => MicroHeader;
  /** Files of the hour, by path in its folder; null removes one. */
  readonly files?: ReadonlyMap<string, Uint8Array | null>;
  readonly entries?: (entries: readonly HourEntry[]) => readonly HourEntry[];
  readonly header?: (header: HourHeader) => HourHeader;
  readonly seal?: (seal: HourSeal) => HourSeal;
  /** The entries of the node log that belong to the hour. */
  readonly log?: (entries: readonly LogEntry[]) => readonly LogEntry[];
}

/** The last hour changed, sealed again by the store's own keys. */
export function resealLast(store: SealedStore, edit: HourEdit): Files {
  const { keystore, hourKeys, storeFile } = store;
  const folder = lastHour(store.files);
  const files = new Map(store.files);
  for (const [path, bytes] of edit.files ?? []) {
    if (bytes === null) files.delete(`${folder}/${path}`);
    else files.set(`${folder}/${path}`, bytes);
  }
  const old = logEntries(store.files).map(decodeLogEntry);
  const oldHour = old.findLast((entry) => entry.type === "hour");
  if (oldHour === undefined) throw new TypeError("no hour");
  const { sequence } = oldHour;
  const tree = decodeHourTree(bytesAt(files, `${folder}/${HOUR_TREE}`));
  const micros = new Map<number | null, { header: Uint8Array; microRoot: Uint8Array }>();
  const resealed: HourEntry[] = [];
  for (const entry of tree.entries) {
    if (entry.kind === "empty") resealed.push(entry);
    else {
      const made = resealMicro(store, files, `${folder}/`, sequence, entry.window, edit);
      micros.set(entry.window, made);
      resealed.push({ ...entry, microRoot: made.microRoot });
    }
  }
  const entries = edit.entries?.(resealed) ?? resealed;
  const built = buildHourTree(sha256, storeFile.store, sequence, entries);
  files.set(`${folder}/${HOUR_TREE}`, encodeHourTree(built));
  const header = resealHeader(files, folder, edit);
  const seal = decodeHourSeal(parseCose1(bytesAt(files, `${folder}/${HOUR_SEAL}`)).payload);
  const newSeal = { ...seal, header: sha256(header), hourRoot: built.hourRoot };
  const payload = encodeHourSeal(edit.seal?.(newSeal) ?? newSeal);
  files.set(`${folder}/${HOUR_SEAL}`, signed(hourKeys.signer(sequence), payload));
  const added: LogEntry[] = [];
  for (const entry of old) {
    if (entry.type !== "micro" || entry.sequence !== sequence) continue;
    added.push({ ...entry, ...micros.get(entry.window) });
  }
  added.push({ ...oldHour, hourRoot: built.hourRoot, seal: sha256(payload) });
  const first = old.length - added.length - 1;
  const close = old.slice(-1);
  const story = [...old.slice(0, first), ...(edit.log?.(added) ?? added), ...close];
  return withLog(files, storeFile, keystore.log, story.map(encodeLogEntry));
}

export function lastHour(files: Files): string {
  return hourFolders(files).toSorted().at(-1) ?? "";
}

function resealMicro(
  { hourKeys, storeFile }: SealedStore,
  files: Map<string, Uint8Array | null>,
  folder: string,
  sequence: number,
  window: number | null,
  edit: HourEdit,
): { header: Uint8Array; microRoot: Uint8Array } {
  const path = `${folder}${microPath(window, "cbor")}`;
  const before = decodeMicroHeader(bytesAt(files, path));
  const after = edit.micro?.(before) ?? before;
  const bytes = encodeMicroHeader(after);
  files.set(path, bytes);
  const { microRoot } = after;
  const seal = { store: storeFile.store, sequence, window, header: sha256(bytes), microRoot };
  files.set(
    `${folder}${microPath(window, "sig")}`,
    signed(hourKeys.signer(sequence), encodeMicroSeal(seal)),
  );
  return { header: seal.header, microRoot };
}

function resealHeader(
  files: Map<string, Uint8Array | null>,
  folder: string,
  edit: HourEdit,
): Uint8Array {
  const before = decodeHourHeader(bytesAt(files, `${folder}/${HOUR_HEADER}`));
  const inFolder = [...files]
    .map(([path, bytes]) => ({ path: path.slice(folder.length + 1), full: path, bytes }))
    .filter(({ full, path }) => full.startsWith(`${folder}/`) && /^(?:blocks|micro)\//u.test(path))
    .filter(({ path }) => !path.endsWith(".sig"))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const listed = inFolder.map(({ path, bytes }) => {
    const content = bytes ?? new Uint8Array(0);
    return { path, length: content.length, sha256: sha256(content) };
  });
  const fitting = { ...before, files: listed };
  const bytes = encodeHourHeader(edit.header?.(fitting) ?? fitting);
  files.set(`${folder}/${HOUR_HEADER}`, bytes);
  return bytes;
}

function rootOf(entries: readonly Uint8Array[]): Uint8Array {
  const tree = new TreeHasher(sha256);
  for (const entry of entries) tree.push(leafHash(sha256, entry));
  return tree.root();
}
