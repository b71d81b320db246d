/**
 * Where a data root keeps what sealing touches.
 *
 * @module
 */
import type { Disk } from "../../base/disk/disk.ts";
import { EPOCH_KEY_NAME } from "../../stores/keys/epoch-chain.ts";

export interface Place {
  readonly disk: Disk;
  /** The evidence store. */
  readonly out: string;
  /** The keystore. */
  readonly keys: string;
}

/** Digests of the intent that is being carried out: what recovery believes, and nothing else. */
export function intentLockOf(place: Place): string {
  return `${place.keys}/intent.lock`;
}

/** Moves on with every hour. */
export function epochKeyOf(place: Place): string {
  return `${place.keys}/${EPOCH_KEY_NAME}`;
}

export function lockPathOf(place: Place): string {
  return `${place.keys}/node-log.lock`;
}
