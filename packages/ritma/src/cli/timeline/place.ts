/**
 * Which store a question is put to, where the key to its hashes may be, and in whose terms it asks.
 *
 * The key of one store finds nothing in another, and says nothing of it either. So keys/ is looked
 * for only in a data root whose settings name the very store that is read.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { RitmaError } from "../../base/error.ts";
import type { Privacy } from "../../flow/capture/privacy.ts";
import { privacyForQuestions } from "../../services/investigator/needles.ts";
import { locateStore } from "../../services/verifier/locate.ts";
import { readPrivacyKey } from "../../stores/keys/keystore.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { type OpenHours, openWithOpenHours, type Wanted } from "../investigate/open-hours.ts";
import { locateNamed } from "../located.ts";

export interface StorePlace {
  /** The evidence store. */
  readonly out: string;
  /** Null when no data root is known to belong to it. */
  readonly keys: string | null;
}

const KEYS_NAME = "keys";

/**
 * @param path an evidence store or a data root; null for that of the settings
 * @throws RitmaError `store/missing`, `disk/missing`, `usage/bad-argument`, `config/bad`
 */
export async function storePlace(
  context: Context,
  path: string | null = context.operands[0] ?? null,
): Promise<StorePlace> {
  const { disk } = await context.world();
  const { workingDir } = context.io.around;
  if (path === null) {
    const { dataRoot, outDir } = await context.config();
    return { out: outDir.value, keys: `${dataRoot.value}/${KEYS_NAME}` };
  }
  const located = await locateNamed(disk, path, workingDir);
  if (located.by !== null) {
    return { out: located.path, keys: `${dirname(located.by)}/${KEYS_NAME}` };
  }
  const above = dirname(resolve(workingDir, located.path));
  const owner = await locateAbove(context, above);
  const isOwn = owner !== null && owner === resolve(workingDir, located.path);
  return { out: located.path, keys: isOwn ? `${above}/${KEYS_NAME}` : null };
}

export interface AskedStore {
  readonly store: StoreReader;
  readonly open: OpenHours;
  /** Asks for hashes where the key is at hand. */
  readonly privacy: Privacy;
}

/** @throws RitmaError as `storePlace`, `store/damaged`, `store/key-damaged` */
export async function openAsked(
  context: Context,
  path?: string | null,
  wanted: Wanted = "sealed",
): Promise<AskedStore> {
  const { primitives } = await context.world();
  const place = await storePlace(context, path);
  const { store, open } = await openWithOpenHours(context, place, wanted);
  const { privacy } = store.file;
  const key = privacy === "raw" ? null : await keyAtHand(context, place);
  return { store, open, privacy: privacyForQuestions(privacy, primitives.keyedHash16, key) };
}

/** @returns the store that the data root at `above` names, null when it is none. */
async function locateAbove(context: Context, above: string): Promise<string | null> {
  const { disk } = await context.world();
  try {
    const { path, by } = await locateStore(disk, above, context.io.around.workingDir);
    return by === null ? null : path;
  } catch (error) {
    if (error instanceof RitmaError) return null;
    throw error;
  }
}

/** @returns null when there is no key. @throws RitmaError `store/key-damaged`, of the disk */
export async function keyAtHand(context: Context, place: StorePlace): Promise<Uint8Array | null> {
  if (place.keys === null) return null;
  const { disk } = await context.world();
  try {
    return await readPrivacyKey(disk, place.keys);
  } catch (error) {
    const isAway =
      error instanceof RitmaError &&
      (error.code === "store/key-missing" || error.code === "disk/denied");
    if (isAway) return null;
    throw error;
  }
}
