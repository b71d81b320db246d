/**
 * A data root: made by `init`, opened and locked by whoever writes to it.
 *
 * Composition: the real disk, the keystore and the evidence store are joined here.
 *
 * @module
 */
import { encodeUtf8, fingerprintOf, type PrivacyMode } from "@ritma/evidence";
import type { Clock } from "../../base/clock.ts";
import { type Config, formatConfig } from "../../base/config.ts";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { EPOCHS_A_PERIOD } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Rng } from "../../base/rng.ts";
import { hashOnlyPrivacy, type Privacy, rawPrivacy } from "../../flow/capture/privacy.ts";
import { createStore } from "../../flow/seal/create-store.ts";
import { EvidenceStore } from "../../flow/seal/evidence-store.ts";
import type { Place } from "../../flow/seal/place.ts";
import {
  createEpochs,
  createKeystore,
  type Keystore,
  openKeystore,
} from "../../stores/keys/keystore.ts";
import {
  clearUnfinished,
  configPathOf,
  refuseExisting,
  unfinishedPathOf,
} from "./interrupted-init.ts";

/** What the services are made of; tests give simulated ones. */
export interface World {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly primitives: NodePrimitives;
}

export interface InitReport {
  readonly dataRoot: string;
  readonly out: string;
  readonly namespace: string;
  readonly node: string;
  readonly privacy: PrivacyMode;
  readonly windowSecs: number;
  /** The KEY of `verify --trust`. */
  readonly fingerprint: string;
}

const KEYS_NAME = "keys";
const STORE_ID_BYTES = 16;

export function placeOf(config: Config, disk: Disk): Place {
  return { disk, out: config.outDir.value, keys: `${config.dataRoot.value}/${KEYS_NAME}` };
}

/**
 * Makes a data root and its evidence store. `config.yaml` gets its name last: without it there is
 * no data root yet, and the same init goes on where one was cut short. Durable on return.
 *
 * @param epochs hours in a period of keys; fewer in tests
 * @throws RitmaError `store/exists` when anything is there already that is not what an unfinished
 * init leaves; `store/busy` while another one is at work; of the disk
 */
export async function initDataRoot(
  world: World,
  config: Config,
  epochs: number = EPOCHS_A_PERIOD,
): Promise<InitReport> {
  const { disk, primitives } = world;
  const place = placeOf(config, disk);
  const root = config.dataRoot.value;
  // Before the lock, which would leave a file in what is not ours.
  await refuseExisting(root, place, primitives);
  await disk.makeDir(root);
  using _ = await disk.lock(root);
  await refuseExisting(root, place, primitives);
  return await makeDataRoot(world, config, place, epochs);
}

async function makeDataRoot(
  world: World,
  config: Config,
  place: Place,
  epochs: number,
): Promise<InitReport> {
  const { disk, clock, rng, primitives } = world;
  const root = config.dataRoot.value;
  const namespace = config.namespace.value;
  const node = config.nodeId.value;
  const privacy = config.privacy.value;
  const windowSecs = config.windowSecs.value;
  const out = config.outDir.where === "default" ? null : config.outDir.value;
  const written = formatConfig({ namespace, nodeId: node, privacy, windowSecs, out });
  await writeDurably(disk, unfinishedPathOf(root), encodeUtf8(written));
  await clearUnfinished(place);
  await createKeystore(disk, place.keys, rng);
  const opened = await openKeystore(disk, place.keys, primitives);
  const store = rng.bytes(STORE_ID_BYTES);
  const chain = await createEpochs(disk, place.keys, primitives, rng, 0);
  const keystore = { ...opened, epochs: chain };
  await createStore(place, primitives, keystore, {
    store,
    namespace,
    node: privacyOf(primitives, keystore, privacy).value("name", encodeUtf8(node)),
    created: clock.nowUs(),
    privacy,
    windowSecs,
    epochs,
  });
  await using folder = await disk.openDir(root);
  await disk.rename(unfinishedPathOf(root), configPathOf(root));
  await folder.sync();
  const fingerprint = fingerprintOf(primitives.sha256, keystore.identity.publicKey);
  return { dataRoot: root, out: place.out, namespace, node, privacy, windowSecs, fingerprint };
}

function privacyOf(
  primitives: NodePrimitives,
  keystore: Pick<Keystore, "privacyKey">,
  mode: PrivacyMode,
): Privacy {
  if (mode === "raw") return rawPrivacy();
  return hashOnlyPrivacy(primitives.keyedHash16, keystore.privacyKey);
}

/** What recording works on. */
export interface OpenedStore {
  /** Where the evidence store lies. */
  readonly out: string;
  readonly store: EvidenceStore;
  readonly keystore: Keystore;
  readonly privacy: Privacy;
}

/** An opened data root. The lock is freed by disposing it. */
export interface DataRoot extends OpenedStore, Disposable {}

/** @throws RitmaError `store/missing`, `store/busy`, and whatever `EvidenceStore.open` throws */
export async function openDataRoot(world: World, config: Config): Promise<DataRoot> {
  using stack = new DisposableStack();
  stack.use(await lockRoot(world, config));
  const opened = await openUnlocked(world, config);
  const kept = stack.move();
  return { ...opened, [Symbol.dispose]: () => kept.dispose() };
}

/** For who writes what is derived alone: nothing that was sealed is replayed or recovered. */
export interface KeptRoot extends Pick<OpenedStore, "out" | "keystore">, Disposable {}

/** @throws RitmaError `store/missing`, `store/busy`, and as `openKeystore` */
export async function openKeptRoot(world: World, config: Config): Promise<KeptRoot> {
  using stack = new DisposableStack();
  stack.use(await lockRoot(world, config));
  const { out, keys } = placeOf(config, world.disk);
  const keystore = await openKeystore(world.disk, keys, world.primitives);
  const kept = stack.move();
  return { out, keystore, [Symbol.dispose]: () => kept.dispose() };
}

async function lockRoot({ disk }: World, config: Config): Promise<Disposable> {
  const root = config.dataRoot.value;
  await requireDataRoot(disk, root);
  using stack = new DisposableStack();
  stack.use(await disk.lock(root));
  // An init that was killed may have left config.yaml visible and no more; no hour may outlive it.
  await using folder = await disk.openDir(root);
  await folder.sync();
  const kept = stack.move();
  return { [Symbol.dispose]: () => kept.dispose() };
}

/** The same for one who holds the lock, or has a disk of his own: the lock is the host's. */
export async function openUnlocked(world: World, config: Config): Promise<OpenedStore> {
  const { disk, primitives } = world;
  await requireDataRoot(disk, config.dataRoot.value);
  const place = placeOf(config, disk);
  const keystore = await openKeystore(disk, place.keys, primitives);
  const store = await EvidenceStore.open(place, primitives, keystore);
  const privacy = privacyOf(primitives, keystore, store.storeFile.privacy);
  return { out: place.out, store, keystore, privacy };
}

/** @throws RitmaError `store/missing` */
export async function requireDataRoot(disk: Disk, root: string): Promise<void> {
  if ((await disk.size(configPathOf(root))) !== null) return;
  throw new RitmaError("store/missing", `${root} is not a data root`);
}
