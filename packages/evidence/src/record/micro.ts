/**
 * A sealed micro-window: its header and what its signature covers.
 *
 * Format: spec/06-store.md, "Micro-window".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { PRIVACY_MODES, type PrivacyMode, readOneOf, STORE_BYTES } from "./store-file.ts";
import { readValue, type Value, writeValue } from "./value.ts";

export interface MicroHeader {
  readonly store: Uint8Array;
  readonly namespace: string;
  readonly node: Value;
  readonly sequence: number;
  /** Null for the late atoms of the hour. */
  readonly window: number | null;
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
  readonly events: number;
  readonly atoms: number;
  readonly instantiations: number;
  readonly privacy: PrivacyMode;
  readonly microRoot: Uint8Array;
}

export interface MicroSeal {
  readonly store: Uint8Array;
  readonly sequence: number;
  readonly window: number | null;
  /** SHA-256 of the stored header. */
  readonly header: Uint8Array;
  readonly microRoot: Uint8Array;
}

const SCHEMA_VERSION = 1;
const DIGEST = ["sha256"] as const;
const SIGNATURE = ["ed25519"] as const;
const NAMESPACE_MAX = 256;
const ROOT_BYTES = 32;

export function encodeMicroHeader(header: MicroHeader): Uint8Array {
  const writer = new CborWriter()
    .array(14)
    .text("ritma/micro@1")
    .bytes(header.store)
    .text(header.namespace);
  writeValue(writer, header.node);
  return writer
    .uint(header.sequence)
    .uintOrNull(header.window)
    .uint(header.t1)
    .uint(header.t2)
    .array(3)
    .uint(header.events)
    .uint(header.atoms)
    .uint(header.instantiations)
    .uint(SCHEMA_VERSION)
    .text(DIGEST[0])
    .text(SIGNATURE[0])
    .text(header.privacy)
    .bytes(header.microRoot)
    .finish();
}

/** @throws FormatError when `bytes` is not exactly one micro header. */
export function decodeMicroHeader(bytes: Uint8Array): MicroHeader {
  const reader = new CborReader(bytes);
  reader.array(14);
  reader.textTag("ritma/micro@1");
  const store = reader.bytes(STORE_BYTES);
  const namespace = reader.text(NAMESPACE_MAX);
  const node = readValue(reader);
  const sequence = reader.uint();
  const window = reader.uintOrNull();
  const t1 = reader.uint();
  const t2 = reader.uint();
  reader.array(3);
  const events = reader.uint();
  const atoms = reader.uint();
  const instantiations = reader.uint();
  const schema = reader.uint();
  if (schema !== SCHEMA_VERSION) {
    throw new FormatError("out-of-range", reader.offset, `schema version ${schema}`);
  }
  readOneOf(reader, DIGEST);
  readOneOf(reader, SIGNATURE);
  const privacy = readOneOf(reader, PRIVACY_MODES);
  const microRoot = reader.bytes(ROOT_BYTES);
  reader.finish();
  const counts = { events, atoms, instantiations };
  return { store, namespace, node, sequence, window, t1, t2, ...counts, privacy, microRoot };
}

export function encodeMicroSeal(seal: MicroSeal): Uint8Array {
  return new CborWriter()
    .array(6)
    .text("ritma/micro-seal@1")
    .bytes(seal.store)
    .uint(seal.sequence)
    .uintOrNull(seal.window)
    .bytes(seal.header)
    .bytes(seal.microRoot)
    .finish();
}
