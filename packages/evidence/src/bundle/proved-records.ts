/**
 * Atoms and instantiations as they were hashed, read back.
 *
 * A store keeps them in columns and only ever makes these bytes; a proof holds the bytes.
 *
 * Format: spec/05-record.md, "Atoms", "Instantiations".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";

/** Entities stand as commitments of 32 bytes, null where there is none. */
export interface AtomRecord {
  /** Of the atom in its instantiation, from 0. */
  readonly i: number;
  /** Microseconds. */
  readonly time: number;
  readonly serial: number;
  /** Number of spec/08-projection.md; one that this build does not know is read too. */
  readonly etype: number;
  readonly flags: number;
  readonly ret: number;
  readonly process: Uint8Array;
  readonly object: Uint8Array | null;
  readonly object2: Uint8Array | null;
  readonly num: number | null;
  readonly arg: Uint8Array | null;
  readonly payload: Uint8Array | null;
}

export interface InstantiationRecord {
  readonly shape: Uint8Array;
  readonly process: Uint8Array;
  /** Microseconds; of atom 0, like `firstSerial`. */
  readonly timeStart: number;
  readonly firstSerial: number;
  readonly atoms: number;
  readonly atomsRoot: Uint8Array;
}

const DIGEST_BYTES = 32;
const ATOM_ITEMS = 13;
const INSTANTIATION_ITEMS = 7;

/** @throws FormatError when `bytes` is not exactly one atom */
export function decodeAtomRecord(bytes: Uint8Array): AtomRecord {
  const reader = new CborReader(bytes);
  reader.array(ATOM_ITEMS);
  reader.textTag("ritma/atom@1");
  const record = {
    i: reader.uint(),
    time: reader.uint(),
    serial: reader.uint(),
    etype: reader.uint(),
    flags: reader.uint(),
    ret: reader.uint(),
    process: reader.bytes(DIGEST_BYTES),
    object: reader.bytesOrNull(DIGEST_BYTES),
    object2: reader.bytesOrNull(DIGEST_BYTES),
    num: readIntOrNull(reader),
    arg: reader.bytesOrNull(DIGEST_BYTES),
    payload: reader.bytesOrNull(DIGEST_BYTES),
  };
  reader.finish();
  return record;
}

/** @throws FormatError when `bytes` is not exactly one instantiation */
export function decodeInstantiation(bytes: Uint8Array): InstantiationRecord {
  const reader = new CborReader(bytes);
  reader.array(INSTANTIATION_ITEMS);
  reader.textTag("ritma/instantiation@1");
  const record = {
    shape: reader.bytes(DIGEST_BYTES),
    process: reader.bytes(DIGEST_BYTES),
    timeStart: reader.uint(),
    firstSerial: reader.uint(),
    atoms: reader.uint(),
    atomsRoot: reader.bytes(DIGEST_BYTES),
  };
  reader.finish();
  return record;
}

function readIntOrNull(reader: CborReader): number | null {
  if (!reader.isNull()) return reader.int();
  reader.null();
  return null;
}
