/**
 * What a store says about itself: `store.cbor`, the schemas, and the key records.
 *
 * Format: spec/06-store.md, "Store".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { readValue, type Value, writeValue } from "./value.ts";

/** Of the whole store. What was sealed under a format verifies for ever. */
export const STORE_FORMAT = 1;

export const PRIVACY_MODES = ["raw", "hash-only"] as const;
export type PrivacyMode = (typeof PRIVACY_MODES)[number];

export interface StoreFile {
  readonly store: Uint8Array;
  readonly format: number;
  readonly namespace: string;
  readonly node: Value;
  /** Microseconds since the Unix epoch, by the clock of the machine that made the store. */
  readonly created: number;
  readonly privacy: PrivacyMode;
  readonly windowSecs: number;
  /** Raw Ed25519 public key of the identity. */
  readonly identity: Uint8Array;
  readonly schemas: readonly (readonly [name: string, sha256: Uint8Array])[];
}

const KEY_ROLES = ["seal", "log", "build"] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** What the identity key signs: this key may do this, for these hours. */
export interface KeyRecord {
  readonly store: Uint8Array;
  readonly keyId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly role: KeyRole;
  /** Hour sequences, inclusive; `last` null is open. */
  readonly first: number;
  readonly last: number | null;
}

export const STORE_BYTES = 16;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
const DIGEST_BYTES = 32;
const NAMESPACE_MAX = 256;
const NAME_MAX = 64;
const SCHEMA_TEXT_MAX = 1 << 20;

export function encodeStoreFile(file: StoreFile): Uint8Array {
  const writer = new CborWriter()
    .array(10)
    .text("ritma/store@1")
    .bytes(file.store)
    .uint(file.format)
    .text(file.namespace);
  writeValue(writer, file.node);
  writer.uint(file.created).text(file.privacy).uint(file.windowSecs).bytes(file.identity);
  writer.array(file.schemas.length);
  for (const [name, sha256] of file.schemas) writer.array(2).text(name).bytes(sha256);
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one store file. Any format number is read. */
export function decodeStoreFile(bytes: Uint8Array): StoreFile {
  const reader = new CborReader(bytes);
  reader.array(10);
  reader.textTag("ritma/store@1");
  const store = reader.bytes(STORE_BYTES);
  const format = reader.uint();
  const namespace = reader.text(NAMESPACE_MAX);
  const node = readValue(reader);
  const created = reader.uint();
  const privacy = readOneOf(reader, PRIVACY_MODES);
  const windowSecs = reader.uint();
  if (windowSecs < 1 || windowSecs > 3600 || 3600 % windowSecs !== 0) {
    throw new FormatError("out-of-range", reader.offset, `windows of ${windowSecs} s`);
  }
  const identity = reader.bytes(KEY_BYTES);
  const schemas: [string, Uint8Array][] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(2);
    schemas.push([reader.text(NAME_MAX), reader.bytes(DIGEST_BYTES)]);
  }
  reader.finish();
  return { store, format, namespace, node, created, privacy, windowSecs, identity, schemas };
}

/** Reads a text that must be one of `allowed`. @throws FormatError `out-of-range` otherwise. */
export function readOneOf<Name extends string>(reader: CborReader, allowed: readonly Name[]): Name {
  const start = reader.offset;
  const text = reader.text(NAME_MAX);
  const found = allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw new FormatError("out-of-range", start, `expected one of ${allowed.join(", ")}`);
}

export function encodeSchemaFile(name: string, text: string): Uint8Array {
  return new CborWriter().array(3).text("ritma/schema@1").text(name).text(text).finish();
}

/** @throws FormatError when `bytes` is not exactly one schema file. */
export function decodeSchemaFile(bytes: Uint8Array): { name: string; text: string } {
  const reader = new CborReader(bytes);
  reader.array(3);
  reader.textTag("ritma/schema@1");
  const schema = { name: reader.text(NAME_MAX), text: reader.text(SCHEMA_TEXT_MAX) };
  reader.finish();
  return schema;
}

export function encodeKeyRecord(record: KeyRecord): Uint8Array {
  return new CborWriter()
    .array(7)
    .text("ritma/key@1")
    .bytes(record.store)
    .bytes(record.keyId)
    .bytes(record.publicKey)
    .text(record.role)
    .uint(record.first)
    .uintOrNull(record.last)
    .finish();
}

/** @throws FormatError when `bytes` is not exactly one key record. */
export function decodeKeyRecord(bytes: Uint8Array): KeyRecord {
  const reader = new CborReader(bytes);
  reader.array(7);
  reader.textTag("ritma/key@1");
  const record = {
    store: reader.bytes(STORE_BYTES),
    keyId: reader.bytes(KEY_ID_BYTES),
    publicKey: reader.bytes(KEY_BYTES),
    role: readOneOf(reader, KEY_ROLES),
    first: reader.uint(),
    last: reader.uintOrNull(),
  };
  reader.finish();
  return record;
}

/** @param records each a COSE_Sign1 by the identity key over a key record. */
export function encodeKeysFile(store: Uint8Array, records: readonly Uint8Array[]): Uint8Array {
  const writer = new CborWriter().array(3).text("ritma/keys@1").bytes(store).array(records.length);
  for (const record of records) writer.bytes(record);
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one keys file. */
export function decodeKeysFile(bytes: Uint8Array): { store: Uint8Array; records: Uint8Array[] } {
  const reader = new CborReader(bytes);
  reader.array(3);
  reader.textTag("ritma/keys@1");
  const store = reader.bytes(STORE_BYTES);
  const records: Uint8Array[] = [];
  for (let left = reader.array(); left > 0; left -= 1) records.push(reader.bytes());
  reader.finish();
  return { store, records };
}
