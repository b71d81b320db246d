/**
 * The proof of an event as bytes: one spelling, everything in order and once.
 *
 * Not here: whether any of it is true (`verify-event-proof.ts`), and how one is made from a store.
 *
 * Format: spec/25-event-proof.md. Vectors: spec/vectors/event-proof.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { compareBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";

/** A record as it was signed or hashed, and its number in the node log or in its tree. */
interface Indexed {
  readonly index: number;
}

export interface ProofKey extends Indexed {
  /** COSE_Sign1 by the identity over a key record, or over a period. */
  readonly record: Uint8Array;
}

export interface ProofLeaf extends Indexed {
  readonly instantiation: Uint8Array;
  /** In order of their numbers. */
  readonly atoms: readonly Uint8Array[];
  readonly atomPath: readonly Uint8Array[];
}

export interface ProofWindow extends Indexed {
  readonly header: Uint8Array;
  readonly seal: Uint8Array;
  /** Bit k is set when sibling k of `hourPath` stands to the left. */
  readonly sides: number;
  readonly hourPath: readonly Uint8Array[];
  readonly leaves: readonly ProofLeaf[];
  readonly leafPath: readonly Uint8Array[];
}

/** The key of an hour, and where it stands in the tree of its period. */
export interface ProofEpoch {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly path: readonly Uint8Array[];
}

export interface ProofHour extends Indexed {
  readonly seal: Uint8Array;
  /** Null where a key record lets one key seal many hours. */
  readonly epoch: ProofEpoch | null;
  readonly windows: readonly ProofWindow[];
}

/** Opens one commitment. */
export interface ProofOpening {
  /** 32 bytes. */
  readonly salt: Uint8Array;
  readonly entity: Uint8Array;
}

export interface EventProof {
  /** `_meta/store.cbor`. */
  readonly store: Uint8Array;
  readonly keys: readonly ProofKey[];
  /** The signed note. */
  readonly checkpoint: Uint8Array;
  readonly logPath: readonly Uint8Array[];
  readonly hours: readonly ProofHour[];
  readonly openings: readonly ProofOpening[];
}

/** What a reader takes at most; a proof of one event has about 6,000. */
export const EVENT_PROOF_BYTES_MAX = 8 * 1024 * 1024;
export const EVENT_PROOF_TAG = "ritma/event-proof@1";
/** The tree of an hour has at most 7,202 leaves. */
const HOUR_PATH_MAX = 13;
/** A period has at most 65,536 epochs. */
const EPOCH_PATH_MAX = 16;
const KEY_BYTES = 32;
const DIGEST_BYTES = 32;
const TAG_MAX = 64;

export function encodeEventProof(proof: EventProof): Uint8Array {
  const writer = new CborWriter(8192).array(7).text(EVENT_PROOF_TAG).bytes(proof.store);
  writer.array(proof.keys.length);
  for (const { index, record } of proof.keys) writer.array(2).uint(index).bytes(record);
  writer.bytes(proof.checkpoint);
  writeList(writer, proof.logPath);
  writer.array(proof.hours.length);
  for (const { index, seal, epoch, windows } of proof.hours) {
    writer.array(4).uint(index).bytes(seal);
    writeEpoch(writer, epoch);
    writer.array(windows.length);
    for (const window of windows) writeWindow(writer, window);
  }
  writer.array(proof.openings.length);
  for (const { salt, entity } of proof.openings) writer.array(2).bytes(salt).bytes(entity);
  return writer.finish();
}

function writeEpoch(writer: CborWriter, epoch: ProofEpoch | null): void {
  if (epoch === null) {
    writer.null();
    return;
  }
  writer.array(2).bytes(epoch.publicKey);
  writeList(writer, epoch.path);
}

function writeWindow(writer: CborWriter, window: ProofWindow): void {
  writer.array(7).uint(window.index).bytes(window.header).bytes(window.seal).uint(window.sides);
  writeList(writer, window.hourPath);
  writer.array(window.leaves.length);
  for (const { index, instantiation, atoms, atomPath } of window.leaves) {
    writer.array(4).uint(index).bytes(instantiation);
    writeList(writer, atoms);
    writeList(writer, atomPath);
  }
  writeList(writer, window.leafPath);
}

function writeList(writer: CborWriter, items: readonly Uint8Array[]): void {
  writer.array(items.length);
  for (const item of items) writer.bytes(item);
}

/**
 * The first item of bytes that look like an event proof, of whatever version.
 *
 * @returns null for anything else
 */
export function eventProofTag(bytes: Uint8Array): string | null {
  try {
    const reader = new CborReader(bytes);
    reader.array();
    const tag = reader.text(TAG_MAX);
    return /^ritma\/event-proof@\d+$/u.test(tag) ? tag : null;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/** @returns subarrays of `bytes`. @throws FormatError unless it is exactly one event proof */
export function decodeEventProof(bytes: Uint8Array): EventProof {
  if (bytes.length > EVENT_PROOF_BYTES_MAX) {
    throw new FormatError("out-of-range", 0, `proof of ${bytes.length} bytes`);
  }
  const reader = new CborReader(bytes);
  reader.array(7);
  reader.textTag(EVENT_PROOF_TAG);
  const proof = {
    store: reader.bytes(),
    keys: readOrdered(reader, readKey),
    checkpoint: reader.bytes(),
    logPath: readDigests(reader),
    hours: readOrdered(reader, readHour),
    openings: readOpenings(reader),
  };
  reader.finish();
  return proof;
}

function readKey(reader: CborReader): ProofKey {
  reader.array(2);
  return { index: reader.uint(), record: reader.bytes() };
}

function readHour(reader: CborReader): ProofHour {
  reader.array(4);
  const [index, seal, epoch] = [reader.uint(), reader.bytes(), readEpoch(reader)];
  return { index, seal, epoch, windows: readOrdered(reader, readWindow) };
}

function readEpoch(reader: CborReader): ProofEpoch | null {
  if (reader.isNull()) {
    reader.null();
    return null;
  }
  reader.array(2);
  const publicKey = reader.bytes(KEY_BYTES);
  const start = reader.offset;
  const path = readDigests(reader);
  if (path.length <= EPOCH_PATH_MAX) return { publicKey, path };
  throw new FormatError("out-of-range", start, `path of ${path.length} hashes`);
}

function readWindow(reader: CborReader): ProofWindow {
  reader.array(7);
  const [index, header, seal] = [reader.uint(), reader.bytes(), reader.bytes()];
  const start = reader.offset;
  const sides = reader.uint();
  const hourPath = readDigests(reader);
  if (hourPath.length > HOUR_PATH_MAX || sides >= 2 ** hourPath.length) {
    const message = `path of ${hourPath.length} hashes with the sides ${sides}`;
    throw new FormatError("out-of-range", start, message);
  }
  const leaves = readOrdered(reader, readLeaf);
  return { index, header, seal, sides, hourPath, leaves, leafPath: readDigests(reader) };
}

function readLeaf(reader: CborReader): ProofLeaf {
  reader.array(4);
  const [index, instantiation] = [reader.uint(), reader.bytes()];
  const atoms: Uint8Array[] = [];
  for (let left = readCount(reader); left > 0; left -= 1) atoms.push(reader.bytes());
  return { index, instantiation, atoms, atomPath: readDigests(reader) };
}

function readOpenings(reader: CborReader): ProofOpening[] {
  const openings: ProofOpening[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    const start = reader.offset;
    reader.array(2);
    const opening = { salt: reader.bytes(DIGEST_BYTES), entity: reader.bytes() };
    const last = openings.at(-1);
    if (last !== undefined && compareOpenings(last, opening) >= 0) {
      throw new FormatError("not-canonical", start, "openings out of order, or one twice");
    }
    openings.push(opening);
  }
  return openings;
}

/** The order in which they stand. An entity of two generations has two salts. */
export function compareOpenings(a: ProofOpening, b: ProofOpening): number {
  return compareBytes(a.entity, b.entity) || compareBytes(a.salt, b.salt);
}

/** At least one, in strictly ascending order of index. */
function readOrdered<Item extends Indexed>(
  reader: CborReader,
  read: (reader: CborReader) => Item,
): Item[] {
  const items: Item[] = [];
  for (let left = readCount(reader); left > 0; left -= 1) {
    const start = reader.offset;
    const item = read(reader);
    if (item.index <= (items.at(-1)?.index ?? -1)) {
      throw new FormatError("not-canonical", start, "numbers out of order, or one twice");
    }
    items.push(item);
  }
  return items;
}

function readCount(reader: CborReader): number {
  const start = reader.offset;
  const count = reader.array();
  if (count === 0) throw new FormatError("out-of-range", start, "an empty list");
  return count;
}

function readDigests(reader: CborReader): Uint8Array[] {
  const digests: Uint8Array[] = [];
  for (let left = reader.array(); left > 0; left -= 1) digests.push(reader.bytes(DIGEST_BYTES));
  return digests;
}
