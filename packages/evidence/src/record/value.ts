/**
 * A value that privacy may hide: its bytes, or a keyed 16-byte hash of them.
 *
 *     plain: bstr          hashed: [bstr .size 16]
 *
 * Format: spec/05-record.md, "Values".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import type { CborReader } from "../bytes/cbor-reader.ts";
import type { CborWriter } from "../bytes/cbor-writer.ts";

export interface Value {
  readonly hashed: boolean;
  /** The bytes themselves, or 16 bytes of keyed BLAKE3. */
  readonly bytes: Uint8Array;
}

/** What is hashed together with a value, so that equal bytes in two roles stay apart. */
export const VALUE_DOMAINS = {
  component: 1,
  argument: 2,
  address: 3,
  name: 4,
  text: 5,
  socket: 6,
} as const;

export type ValueDomain = keyof typeof VALUE_DOMAINS;

export const HASHED_BYTES = 16;

export function writeValue(writer: CborWriter, value: Value): void {
  if (value.hashed) writer.array(1);
  writer.bytes(value.bytes);
}

export function writeValueOrNull(writer: CborWriter, value: Value | null): void {
  if (value === null) writer.null();
  else writeValue(writer, value);
}

/** @throws FormatError when the next item is not a value. */
export function readValue(reader: CborReader): Value {
  if (!reader.isArray()) return { hashed: false, bytes: reader.bytes() };
  reader.array(1);
  return { hashed: true, bytes: reader.bytes(HASHED_BYTES) };
}

export function readValueOrNull(reader: CborReader): Value | null {
  if (!reader.isNull()) return readValue(reader);
  reader.null();
  return null;
}

export function sameValue(a: Value, b: Value): boolean {
  return a.hashed === b.hashed && equalBytes(a.bytes, b.bytes);
}
