/**
 * The journal of a data root: its beat store, opened, and the key that only its keystore gives.
 *
 * @module
 */
import { hkdfSync } from "node:crypto";
import { encodeUtf8 } from "@ritma/evidence";
import { JOURNAL_BYTES_MAX } from "../../base/limits.ts";
import { BeatJournal } from "../../flow/journal/beat-journal.ts";
import type { Journal } from "../../flow/journal/journal.ts";
import { openFlatEngine } from "../../stores/beat/flat/open-flat.ts";
import type { NoticeSink } from "../../stores/beat/notice.ts";
import type { PayloadKey } from "../../stores/beat/secure/seal.ts";
import type { OpenedStore, World } from "./data-root.ts";

/** Below the data root. */
export const BEAT_FOLDER = "branches";

const KEY_BYTES = 32;
const KEY_ID_BYTES = 16;

export interface OpenedJournal extends AsyncDisposable {
  readonly journal: Journal;
}

/** The caller holds the data root's lock. @throws RitmaError `beat/damaged`; of the disk */
export async function openJournal(
  { disk, primitives, rng }: World,
  { store, keystore }: OpenedStore,
  dataRoot: string,
  notice: NoticeSink,
): Promise<OpenedJournal> {
  const id = store.storeFile.store;
  const dir = `${dataRoot}/${BEAT_FOLDER}`;
  await using stack = new AsyncDisposableStack();
  // What the journal holds is forgotten when it is sealed: it is not worth sorting before.
  const checkpointBytes = JOURNAL_BYTES_MAX;
  const options = { disk, dir, primitives, store: id, notice, checkpointBytes };
  const engine = stack.use(await openFlatEngine(options));
  const key = journalKey(keystore.storeSecret, id);
  const journal = await BeatJournal.open({ engine, primitives, rng, notice, store: id, key });
  const kept = stack.move();
  return {
    journal,
    [Symbol.asyncDispose]: async () => {
      await kept.disposeAsync();
    },
  };
}

/** @returns true when the data root has a beat store, in which a session may wait. */
export async function hasJournal({ disk }: World, dataRoot: string): Promise<boolean> {
  const entries = await disk.list(dataRoot);
  return entries.some(({ name, kind }) => name === BEAT_FOLDER && kind === "dir");
}

/** spec/18-journal.md, "Key". */
function journalKey(secret: Uint8Array, store: Uint8Array): PayloadKey {
  const derive = (info: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", secret, store, encodeUtf8(info), length));
  return {
    id: derive("ritma/journal-key-id@1", KEY_ID_BYTES),
    bytes: derive("ritma/journal-key@1", KEY_BYTES),
  };
}
