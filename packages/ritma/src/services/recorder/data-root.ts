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
import { lockDataRoot } from "../../base/lock.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Rng } from "../../base/rng.ts";
import { hashOnlyPrivacy, type Privacy, rawPrivacy } from "../../flow/capture/privacy.ts";
import { createStore } from "../../flow/seal/create-store.ts";
import { EvidenceStore } from "../../flow/seal/evidence-store.ts";
import type { Place } from "../../flow/seal/place.ts";
import { createKeystore, type Keystore, openKeystore } from "../../stores/keys/keystore.ts";

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

const CONFIG_NAME = "config.yaml";
const KEYS_NAME = "keys";
const STORE_ID_BYTES = 16;

function placeOf(config: Config, disk: Disk): Place {
  return { disk, out: config.outDir.value, keys: `${config.dataRoot.value}/${KEYS_NAME}` };
}

/**
 * Makes a data root and its evidence store. `config.yaml` is written last: without it there is no
 * data root yet. Durable on return.
 *
 * @throws RitmaError `store/exists` when anything of one is there already, and of the disk
 */
export async function initDataRoot(world: World, config: Config): Promise<InitReport> {
  const { disk, clock, rng, primitives } = world;
  const place = placeOf(config, disk);
  const root = config.dataRoot.value;
  await refuseExisting(disk, root, place);
  await createKeystore(disk, place.keys, rng);
  const keystore = await openKeystore(disk, place.keys, primitives);
  const namespace = config.namespace.value;
  const node = config.nodeId.value;
  const privacy = config.privacy.value;
  const windowSecs = config.windowSecs.value;
  await createStore(place, primitives, keystore, {
    store: rng.bytes(STORE_ID_BYTES),
    namespace,
    node: privacyOf(primitives, keystore, privacy).value("name", encodeUtf8(node)),
    created: clock.nowUs(),
    privacy,
    windowSecs,
  });
  const out = config.outDir.where === "default" ? null : config.outDir.value;
  const written = formatConfig({ namespace, nodeId: node, privacy, windowSecs, out });
  await writeDurably(disk, `${root}/${CONFIG_NAME}`, encodeUtf8(written));
  const fingerprint = fingerprintOf(primitives.sha256, keystore.identity.publicKey);
  return { dataRoot: root, out: place.out, namespace, node, privacy, windowSecs, fingerprint };
}

async function refuseExisting(disk: Disk, root: string, place: Place): Promise<void> {
  if ((await disk.size(`${root}/${CONFIG_NAME}`)) !== null) {
    throw new RitmaError("store/exists", `${root} is a data root already`);
  }
  for (const path of [place.keys, place.out]) {
    const entries = await listOrNone(disk, path);
    if (entries === 0) continue;
    const message = `${path} is not empty: another store, or an \`init\` that was interrupted`;
    throw new RitmaError("store/exists", message);
  }
}

async function listOrNone(disk: Disk, path: string): Promise<number> {
  try {
    return (await disk.list(path)).length;
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return 0;
    throw error;
  }
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
  readonly store: EvidenceStore;
  readonly keystore: Keystore;
  readonly privacy: Privacy;
}

/** An opened data root. The lock is freed by disposing it. */
export interface DataRoot extends OpenedStore, Disposable {}

/** @throws RitmaError `store/missing`, `store/busy`, and whatever `EvidenceStore.open` throws */
export async function openDataRoot(world: World, config: Config): Promise<DataRoot> {
  const root = config.dataRoot.value;
  await requireDataRoot(world.disk, root);
  using stack = new DisposableStack();
  stack.use(await lockDataRoot(world.disk, root));
  const opened = await openUnlocked(world, config);
  const kept = stack.move();
  return { ...opened, [Symbol.dispose]: () => kept.dispose() };
}

/** The same for one who holds the lock, or has a disk of his own: the lock is the host's. */
export async function openUnlocked(world: World, config: Config): Promise<OpenedStore> {
  const { disk, primitives } = world;
  await requireDataRoot(disk, config.dataRoot.value);
  const place = placeOf(config, disk);
  const keystore = await openKeystore(disk, place.keys, primitives);
  const store = await EvidenceStore.open(place, primitives, keystore);
  return { store, keystore, privacy: privacyOf(primitives, keystore, store.storeFile.privacy) };
}

/** @throws RitmaError `store/missing` */
export async function requireDataRoot(disk: Disk, root: string): Promise<void> {
  if ((await disk.size(`${root}/${CONFIG_NAME}`)) !== null) return;
  throw new RitmaError("store/missing", `${root} is not a data root`);
}
