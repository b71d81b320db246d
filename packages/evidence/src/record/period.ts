/**
 * Periods: public keys that the identity names in advance, one for each hour.
 *
 * Format: spec/27-epochs.md.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { leafHash, TreeHasher } from "../proof/merkle.ts";
import type { Sha256 } from "../primitives.ts";
import { STORE_BYTES } from "./store-file.ts";

export interface Period {
  readonly store: Uint8Array;
  readonly number: number;
  /** Sequence of its first hour. */
  readonly first: number;
  /** Hours that it covers. */
  readonly epochs: number;
  readonly root: Uint8Array;
}

export interface PeriodFile {
  /** COSE_Sign1 by the identity key over a period. */
  readonly signed: Uint8Array;
  /** Raw public keys, one after the other. */
  readonly keys: Uint8Array;
}

/** A period, with keys that hash to its root. */
export interface PeriodKeys extends Period, Pick<PeriodFile, "keys"> {}

export const EPOCHS_MAX = 65_536;
export const PERIODS_FOLDER = "_meta/keys/periods";

const KEY_BYTES = 32;
const DIGEST_BYTES = 32;
const SEQUENCE_BYTES = 8;
const SIGNED_BYTES_MAX = 512;
const SEAL_TAGS: ReadonlySet<string> = new Set(["ritma/hour-seal@1", "ritma/micro-seal@1"]);
const TAG_BYTES_MAX = 32;

export function periodPath(number: number): string {
  return `${PERIODS_FOLDER}/${String(number).padStart(4, "0")}.cbor`;
}

export function encodePeriod({ store, number, first, epochs, root }: Period): Uint8Array {
  return new CborWriter()
    .array(6)
    .text("ritma/period@1")
    .bytes(store)
    .uint(number)
    .uint(first)
    .uint(epochs)
    .bytes(root)
    .finish();
}

/** @throws FormatError when `bytes` is not exactly one period. */
export function decodePeriod(bytes: Uint8Array): Period {
  const reader = new CborReader(bytes);
  reader.array(6);
  reader.textTag("ritma/period@1");
  const store = reader.bytes(STORE_BYTES);
  const number = reader.uint();
  const first = reader.uint();
  const epochs = reader.uint();
  if (epochs < 1 || epochs > EPOCHS_MAX || !Number.isSafeInteger(first + epochs)) {
    throw new FormatError("out-of-range", reader.offset, `a period of ${epochs} epochs`);
  }
  const root = reader.bytes(DIGEST_BYTES);
  reader.finish();
  return { store, number, first, epochs, root };
}

export function encodePeriodFile({ signed, keys }: PeriodFile): Uint8Array {
  const writer = new CborWriter().array(3).text("ritma/period-file@1");
  return writer.bytes(signed).bytes(keys).finish();
}

/** @throws FormatError when `bytes` is not exactly one period file. */
export function decodePeriodFile(bytes: Uint8Array): PeriodFile {
  const reader = new CborReader(bytes);
  reader.array(3);
  reader.textTag("ritma/period-file@1");
  const signed = reader.bytes();
  const keys = reader.bytes();
  const epochs = keys.length / KEY_BYTES;
  if (signed.length > SIGNED_BYTES_MAX || !Number.isInteger(epochs) || epochs > EPOCHS_MAX) {
    throw new FormatError("out-of-range", reader.offset, `keys of ${keys.length} bytes`);
  }
  reader.finish();
  return { signed, keys };
}

/** What the tree of a period has for one of its keys. */
export function epochLeaf(sequence: number, publicKey: Uint8Array): Uint8Array {
  const leaf = new Uint8Array(SEQUENCE_BYTES + KEY_BYTES);
  new DataView(leaf.buffer).setBigUint64(0, BigInt(sequence));
  leaf.set(publicKey, SEQUENCE_BYTES);
  return leaf;
}

/** @param keys at least one */
export function periodRoot(sha256: Sha256, first: number, keys: Uint8Array): Uint8Array {
  const tree = new TreeHasher(sha256);
  for (let at = 0; at < keys.length; at += KEY_BYTES) {
    const sequence = first + at / KEY_BYTES;
    tree.push(leafHash(sha256, epochLeaf(sequence, keys.subarray(at, at + KEY_BYTES))));
  }
  return tree.root();
}

export function coversHour({ first, epochs }: Period, sequence: number): boolean {
  return first <= sequence && sequence < first + epochs;
}

/** @returns the public key of an hour that the period covers. */
export function epochKey({ first, keys }: PeriodKeys, sequence: number): Uint8Array {
  const at = (sequence - first) * KEY_BYTES;
  return keys.subarray(at, at + KEY_BYTES);
}

/** @returns the hour that the payload of a micro-seal or an hour-seal is of. @throws FormatError */
export function sealedSequence(payload: Uint8Array): number {
  const reader = new CborReader(payload);
  reader.array();
  const tag = reader.text(TAG_BYTES_MAX);
  if (!SEAL_TAGS.has(tag)) throw new FormatError("wrong-type", 0, "not the payload of a seal");
  reader.bytes(STORE_BYTES);
  return reader.uint();
}
