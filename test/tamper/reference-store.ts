/**
 * Sealed stores for the tamper tests, made by the recorder itself on a simulated disk.
 *
 * @module
 */
import type { StoreFile } from "@ritma/evidence";
import { decodeStoreFile, fingerprintOf, STORE_PATH } from "@ritma/evidence";
import type { Clock } from "../../packages/ritma/src/base/clock.ts";
import type { Disk } from "../../packages/ritma/src/base/disk/disk.ts";
import type { InputFile } from "../../packages/ritma/src/base/disk/input-file.ts";
import { SimDisk } from "../../packages/ritma/src/base/disk/sim-disk.ts";
import { loadPrimitives, type NodePrimitives } from "../../packages/ritma/src/base/primitives.ts";
import type { Rng } from "../../packages/ritma/src/base/rng.ts";
import { rawPrivacy } from "../../packages/ritma/src/flow/capture/privacy.ts";
import { createStore } from "../../packages/ritma/src/flow/seal/create-store.ts";
import { epochKeyOf } from "../../packages/ritma/src/flow/seal/place.ts";
import { EvidenceStore } from "../../packages/ritma/src/flow/seal/evidence-store.ts";
import type { DataRoot } from "../../packages/ritma/src/services/recorder/data-root.ts";
import { ingest } from "../../packages/ritma/src/services/recorder/ingest.ts";
import { decodeEpochKey, EpochChain } from "../../packages/ritma/src/stores/keys/epoch-chain.ts";
import {
  createEpochs,
  createKeystore,
  type Keystore,
  openKeystore,
} from "../../packages/ritma/src/stores/keys/keystore.ts";
import { type LogRecipe, makeAuditLog, seeded } from "./audit-log.ts";
import type { Files } from "./memory-tree.ts";

export interface SealedStore {
  readonly files: Files;
  readonly storeFile: StoreFile;
  readonly keystore: Keystore;
  /** All hour keys, for those who stole the keystore on the first day. */
  readonly hourKeys: Pick<EpochChain, "signer">;
  /** The KEY of `verify --trust`. */
  readonly trust: ReturnType<typeof fingerprintOf>;
  /** The same store as it was when each session before the last had closed. */
  readonly earlier: readonly Files[];
}

export interface StoreRecipe extends LogRecipe {
  /** Of all keys. */
  readonly keySeed: number;
  /** Of the store id. */
  readonly idSeed: number;
  /** Hours in a period of keys; 0 for one key that lasts. */
  readonly epochs?: number;
}

/** A little more than 64 KiB. */
export const REFERENCE: StoreRecipe = {
  keySeed: 1,
  idSeed: 2,
  logSeed: 3,
  windowsPerHour: 15,
  eventsPerWindow: 4,
  moreHours: 0,
};

/** The same kinds of files in a third of the size. */
export const SMALL: StoreRecipe = { ...REFERENCE, windowsPerHour: 3, eventsPerWindow: 2 };

const OUT = "/data/RITMA_OUT";
const CREATED_US = 1_772_000_000_000_000;

export const primitives: NodePrimitives = await loadPrimitives();

/** Few, so that periods follow each other. */
const EPOCHS = 2;

/** Records each part of a made log in a session of its own. */
export async function sealStore(recipe: StoreRecipe): Promise<SealedStore> {
  const disk = new SimDisk();
  const clock: Clock = { nowUs: () => CREATED_US };
  const rng = seededRng(recipe.keySeed);
  const world = { disk, clock, rng, primitives };
  const place = { disk, out: OUT, keys: "/data/keys" };
  await createKeystore(disk, place.keys, rng);
  const opened = await openKeystore(disk, place.keys, primitives);
  const chain = await createEpochs(disk, place.keys, primitives, rng, 0);
  const keystore = { ...opened, epochs: chain };
  const { key } = decodeEpochKey(await disk.read(epochKeyOf(place)));
  const hourKeys = new EpochChain({ disk, folder: "/elsewhere" }, primitives, 0, key);
  await createStore(place, primitives, keystore, {
    store: seededRng(recipe.idSeed).bytes(16),
    namespace: "ns://test/tamper",
    node: { hashed: false, bytes: new TextEncoder().encode("web-1") },
    created: CREATED_US,
    privacy: "raw",
    windowSecs: 60,
    epochs: recipe.epochs ?? EPOCHS,
  });
  const states: Files[] = [];
  for (const log of makeAuditLog(recipe)) {
    const store = await EvidenceStore.open(place, primitives, keystore);
    const opened = { out: OUT, store, keystore, privacy: rawPrivacy() };
    const root: DataRoot = { ...opened, [Symbol.dispose]: () => {} };
    await ingest(world, root, [inMemory(log)], { node: "web-1" });
    states.push(await filesOf(disk, OUT));
  }
  const files = states.pop();
  const storeBytes = files?.get(STORE_PATH) ?? null;
  if (files === undefined || storeBytes === null) throw new TypeError("nothing was recorded");
  const trust = fingerprintOf(primitives.sha256, keystore.identity.publicKey);
  const storeFile = decodeStoreFile(storeBytes);
  return { files, storeFile, keystore, hourKeys, trust, earlier: states };
}

function seededRng(seed: number): Rng {
  const next = seeded(seed);
  return { bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff) };
}

function inMemory(bytes: Uint8Array): InputFile {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  const storedBytes = bytes.length;
  return {
    path: "audit.log",
    kind: "plain",
    storedBytes,
    chunks,
    bytesRead: () => storedBytes,
    [Symbol.asyncDispose]: async () => {},
  };
}

async function filesOf(disk: Disk, root: string): Promise<Files> {
  const files = new Map<string, Uint8Array>();
  const walk = async (folder: string): Promise<void> => {
    for (const { name, kind } of await disk.list(folder)) {
      const path = `${folder}/${name}`;
      if (kind === "dir") await walk(path);
      else files.set(path.slice(root.length + 1), await disk.read(path));
    }
  };
  await walk(root);
  return files;
}
