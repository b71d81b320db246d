/**
 * Where things stand in an evidence store. All paths are relative to it, with "/".
 *
 * Format: spec/06-store.md, table of paths.
 *
 * @module
 */

export const STORE_PATH = "_meta/store.cbor";
export const KEYS_PATH = "_meta/keys/pubkeys.cbor";
export const INTENT_PATH = "_meta/intent.cbor";
export const LOG_FOLDER = "_tlog";
export const CHECKPOINT_PATH = "_tlog/checkpoint";

/** In an hour's folder. */
export const HOUR_HEADER = "hour_header.cbor";
export const HOUR_TREE = "proofs/hour_root.cbor";
export const HOUR_SEAL = "proofs/hour_root.sig";
export const HOUR_CHAIN = "proofs/chain.cbor";

/** A leftover of an interrupted write: never evidence. */
export const DRAFT_SUFFIX = ".draft";

export const HOUR_US = 3_600_000_000;
const US_PER_MS = 1000;

/** @returns the begin of the clock hour that holds `time`, in µs. */
export function clockHour(time: number): number {
  return Math.floor(time / HOUR_US) * HOUR_US;
}

export function schemaPath(name: string): string {
  return `_meta/schema/${name}_schema_v1.cbor`;
}

export function entitiesPath(generation: number): string {
  return `graph/dict/v${String(generation).padStart(4, "0")}/entities.cbor.zst`;
}

export function conesPath(generation: number): string {
  return `ctgf/cones/v${String(generation).padStart(4, "0")}/cones.cbor.zst`;
}

export function coneIndexPath(generation: number): string {
  return `ctgf/cones/v${String(generation).padStart(4, "0")}/cone_index.cbor`;
}

/**
 * The folder of an hour.
 *
 * @param previousT1 t1 of the hour with the sequence before, or null for the first
 */
export function hourFolder(t1: number, sequence: number, previousT1: number | null): string {
  const stamp = new Date(t1 / US_PER_MS).toISOString();
  const folder = `windows/${stamp.slice(0, 13).replaceAll(/[-T]/gu, "/")}`;
  const shared = previousT1 !== null && clockHour(previousT1) === clockHour(t1);
  return shared ? `${folder}-${sequence}` : folder;
}

/** @param window its number, or null for the late atoms. @returns a path in the hour's folder. */
export function microPath(window: number | null, ending: "cbor" | "sig"): string {
  const name = window === null ? "late" : `w${String(window).padStart(3, "0")}`;
  return `micro/${name}.${ending}`;
}

/** @returns a path in the hour's folder. */
export function blockPath(kind: "inst" | "late", number: number): string {
  return `blocks/${kind}_${String(number).padStart(4, "0")}.cbor.zst`;
}
