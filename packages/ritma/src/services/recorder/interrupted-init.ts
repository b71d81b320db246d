/**
 * What an `init` leaves that a crash or a full disk cut short, and how the next one clears it away.
 *
 * An init writes `config.yaml.init` first and gives it the name `config.yaml` last. Between the two
 * what lies in `keys/` and in the evidence store is its own, as far as it has names that init gives
 * and is bound to these keys. Without the first there is nothing of an unfinished init, and with
 * the second nothing is unfinished: then whatever is there is somebody's.
 *
 * Invariant: no key is removed, no file that could be evidence, and nothing of a store that has an
 * hour or other keys. In doubt it refuses, and says what is in the way.
 *
 * Order of removal: node log and lock before what they rest on, so that a crash here leaves what a
 * crash of init leaves.
 *
 * @module
 */
import {
  CborReader,
  CHECKPOINT_PATH,
  decodeStoreFile,
  entriesPath,
  equalBytes,
  FormatError,
  KEYS_PATH,
  LOG_FOLDER,
  periodPath,
  schemaPath,
  SCHEMAS,
  STORE_PATH,
  tilePath,
} from "@ritma/evidence";
import {
  type DirEntry,
  type Disk,
  DRAFT_SUFFIX,
  parentOf,
  removeAllDurably,
} from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { escapeText } from "../../base/text.ts";
import { lockPathOf, type Place } from "../../flow/seal/place.ts";
import { KEY_NAMES, openKeystore } from "../../stores/keys/keystore.ts";

const CONFIG_NAME = "config.yaml";
const UNFINISHED_NAME = "config.yaml.init";

/** Entries of a node log without an hour: the genesis, two keys and a period of keys. */
const ENTRIES = 4;
const FILE_BYTES_MAX = 1 << 20;
const STORE_BYTES = 16;

const META_FILES = [
  STORE_PATH,
  KEYS_PATH,
  periodPath(0),
  ...SCHEMAS.map(({ name }) => schemaPath(name)),
];
const LOG_FILES = [
  CHECKPOINT_PATH,
  `${LOG_FOLDER}/${entriesPath(0, ENTRIES)}`,
  `${LOG_FOLDER}/${tilePath(0, 0, ENTRIES)}`,
];
const STORE_FOLDERS = foldersOf([...META_FILES, ...LOG_FILES]);

export function configPathOf(root: string): string {
  return `${root}/${CONFIG_NAME}`;
}

/** Where the settings stand while the data root is being made. */
export function unfinishedPathOf(root: string): string {
  return `${root}/${UNFINISHED_NAME}`;
}

/** Changes nothing. @throws RitmaError `store/exists` when there is more than an init can clear */
export async function refuseExisting(
  root: string,
  place: Place,
  primitives: NodePrimitives,
): Promise<void> {
  const { disk, keys, out } = place;
  if ((await disk.size(configPathOf(root))) !== null) {
    throw new RitmaError("store/exists", `${root} is a data root already`);
  }
  if ((await disk.size(unfinishedPathOf(root))) !== null) {
    await refuseStrange(place, primitives);
    return;
  }
  for (const path of [keys, out]) {
    if ((await entriesOf(disk, path)).length === 0) continue;
    const message =
      `${path} is not empty, and ${root} has no ${CONFIG_NAME}. Restore that from a backup if ` +
      `anything was recorded here. If nothing was, remove ${keys} and ${out}, and run init again`;
    throw new RitmaError("store/exists", message);
  }
}

/** Removes what an unfinished init left, but its keys. Only after `refuseExisting`, and locked. */
export async function clearUnfinished(place: Place): Promise<void> {
  const { disk, out } = place;
  const lock = lockPathOf(place);
  const logFiles = LOG_FILES.map((path) => `${out}/${path}`);
  await removeAllDurably(disk, withDrafts([...logFiles, lock]));
  await removeAllDurably(disk, withDrafts(META_FILES.map((path) => `${out}/${path}`)));
}

async function refuseStrange(place: Place, primitives: NodePrimitives): Promise<void> {
  const { disk, keys, out } = place;
  const lock = lockPathOf(place);
  const inKeys = [...KEY_NAMES.map((name) => `${keys}/${name}`), lock];
  const found = await filesIn(disk, keys, new Set([keys]), new Set(withDrafts(inKeys)));
  const folders = new Set([...STORE_FOLDERS].map((folder) => `${out}/${folder}`)).add(out);
  const inStore = withDrafts([...META_FILES, ...LOG_FILES]).map((path) => `${out}/${path}`);
  const stored = await filesIn(disk, out, folders, new Set(inStore));
  if (stored.length === 0 && !found.includes(lock)) return;
  // The store is begun when all keys are durable.
  const identity = (await openKeystore(disk, keys, primitives)).identity.publicKey;
  const store = await storeOf(disk, `${out}/${STORE_PATH}`, identity);
  const rests = stored.find((path) => path.startsWith(`${out}/${LOG_FOLDER}/`));
  if (rests !== undefined && store === null) throw inTheWay(rests);
  if (found.includes(lock) && !(await isEmptyLog(disk, lock, store))) throw inTheWay(lock);
}

/** @returns files below `folder`. @throws RitmaError `store/exists` for one that is not known */
async function filesIn(
  disk: Disk,
  folder: string,
  folders: ReadonlySet<string>,
  files: ReadonlySet<string>,
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, kind } of await entriesOf(disk, folder)) {
    const path = `${folder}/${name}`;
    if (kind === "dir" && folders.has(path)) {
      found.push(...(await filesIn(disk, path, folders, files)));
    } else if (kind === "file" && files.has(path)) found.push(path);
    else throw inTheWay(path);
  }
  return found;
}

/** @returns id of the store, null when it does not say. @throws RitmaError for one of other keys */
async function storeOf(disk: Disk, path: string, identity: Uint8Array): Promise<Uint8Array | null> {
  if ((await disk.size(path)) === null) return null;
  const file = await decoded(path, async () =>
    decodeStoreFile(await disk.read(path, FILE_BYTES_MAX)),
  );
  if (!equalBytes(file.identity, identity)) throw inTheWay(path);
  return file.store;
}

/** True for the lock of the very log that init made. */
async function isEmptyLog(disk: Disk, path: string, store: Uint8Array | null): Promise<boolean> {
  return await decoded(path, async () => {
    const reader = new CborReader(await disk.read(path, FILE_BYTES_MAX));
    reader.array(4);
    reader.textTag("ritma/log-lock@1");
    const isSame = store !== null && equalBytes(reader.bytes(STORE_BYTES), store);
    return isSame && reader.uint() === ENTRIES;
  });
}

async function decoded<Value>(path: string, decode: () => Promise<Value>): Promise<Value> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof FormatError) throw inTheWay(path);
    throw error;
  }
}

function inTheWay(path: string): RitmaError {
  const message =
    `${escapeText(path)} was not left by the init that was interrupted here: ` +
    "find out whose it is, move it away, and run init again";
  return new RitmaError("store/exists", message);
}

async function entriesOf(disk: Disk, path: string): Promise<readonly DirEntry[]> {
  try {
    return await disk.list(path);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return [];
    throw error;
  }
}

function withDrafts(paths: readonly string[]): string[] {
  return paths.flatMap((path) => [path, path + DRAFT_SUFFIX]);
}

/** All folders on the way to the files. */
function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = parentOf(path); at !== "."; at = parentOf(at)) folders.add(at);
  }
  return folders;
}
