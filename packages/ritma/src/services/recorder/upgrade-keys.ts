/**
 * Gives a store whose hours were all sealed by one key a key for every hour from the next one on.
 *
 * Nothing that is sealed changes. The keys are durable before the store names them, so a crash
 * between the two leaves keys that nobody uses, and the next upgrade goes on with them.
 *
 * Format: spec/27-epochs.md.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { EPOCHS_A_PERIOD } from "../../base/limits.ts";
import type { Config } from "../../base/config.ts";
import { makePeriod } from "../../flow/seal/periods.ts";
import { createEpochs } from "../../stores/keys/keystore.ts";
import { type OpenedStore, placeOf, type World } from "./data-root.ts";

export interface UpgradedKeys {
  /** Sequence of the first hour that has a key of its own. */
  readonly first: number;
  readonly epochs: number;
}

/**
 * Durable on return.
 *
 * @param epochs hours in a period
 * @returns null when the store has such keys already
 * @throws RitmaError `store/busy` while windows of an open hour wait for it; of the disk
 */
export async function upgradeKeys(
  world: World,
  config: Config,
  { store, keystore }: OpenedStore,
  epochs: number = EPOCHS_A_PERIOD,
): Promise<UpgradedKeys | null> {
  if (store.hasPeriods) return null;
  if (store.signed.length > 0) {
    const message = "windows of an hour that is not sealed yet are signed";
    throw new RitmaError("store/busy", `${message}: let the recorder seal it first`);
  }
  const { disk, primitives, rng } = world;
  const first = store.state.sequence;
  const { keys } = placeOf(config, disk);
  const chain = await createEpochs(disk, keys, primitives, rng, first);
  const place = { store: store.storeFile.store, number: 0, first, epochs };
  const { file, entry } = makePeriod(primitives, { ...keystore, epochs: chain }, place);
  const nothing = { growing: [], sign: [], plain: [] };
  const { logSize } = store.link;
  await store.write({ ...nothing, files: [file], logSize, entries: [entry] });
  return { first, epochs };
}
