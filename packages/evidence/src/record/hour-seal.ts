/**
 * The proofs of an hour: entries and tree, seal, chain link.
 *
 * Format: spec/06-store.md, "Hour".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { leafHash, treeLevels } from "../proof/merkle.ts";
import type { Sha256 } from "../primitives.ts";
import { STORE_BYTES } from "./store-file.ts";

/** Append only: the position is the number on disk. */
const HOUR_ENTRY_KINDS = ["window", "empty", "late"] as const;
export type HourEntryKind = (typeof HOUR_ENTRY_KINDS)[number];

export interface HourEntry {
  readonly kind: HourEntryKind;
  /** Number of the window; null for empty runs and late atoms. */
  readonly window: number | null;
  readonly t1: number;
  readonly t2: number;
  /** Null for empty runs. */
  readonly microRoot: Uint8Array | null;
}

export interface HourTree {
  readonly store: Uint8Array;
  readonly sequence: number;
  readonly entries: readonly HourEntry[];
  /** All node hashes, level after level from the leaves; see spec/02-merkle.md, "Flat array". */
  readonly nodes: Uint8Array;
  readonly hourRoot: Uint8Array;
}

export interface HourSeal {
  readonly store: Uint8Array;
  readonly sequence: number;
  readonly t1: number;
  readonly t2: number;
  readonly hourRoot: Uint8Array;
  /** SHA-256 of the stored hour header. */
  readonly header: Uint8Array;
  /** SHA-256 of the hour-seal of the sequence before; null for sequence 0. */
  readonly previous: Uint8Array | null;
  /** Index of the hour's entry in the node log. */
  readonly logSize: number;
}

export type ChainLink = Pick<HourSeal, "store" | "sequence" | "previous" | "logSize">;

const DIGEST_BYTES = 32;
/** An hour of windows of one second, an empty run beside each, and the late entry. */
const ENTRIES_MAX = 2 * 3600 + 2;

/** @returns the tree over `entries`, at least one. */
export function buildHourTree(
  sha256: Sha256,
  store: Uint8Array,
  sequence: number,
  entries: readonly HourEntry[],
): HourTree {
  const leaves = entries.map((entry) => leafHash(sha256, encodeHourEntry(entry)));
  const nodes = treeLevels(sha256, leaves);
  return { store, sequence, entries, nodes, hourRoot: nodes.slice(-DIGEST_BYTES) };
}

/** @returns the bytes of one leaf of the hour's tree. */
export function encodeHourEntry(entry: HourEntry): Uint8Array {
  const writer = new CborWriter();
  writeEntry(writer, entry);
  return writer.finish();
}

function writeEntry(writer: CborWriter, entry: HourEntry): void {
  writer
    .array(6)
    .text("ritma/hour-entry@1")
    .uint(HOUR_ENTRY_KINDS.indexOf(entry.kind))
    .uintOrNull(entry.window)
    .uint(entry.t1)
    .uint(entry.t2)
    .bytesOrNull(entry.microRoot);
}

function readEntry(reader: CborReader): HourEntry {
  reader.array(6);
  reader.textTag("ritma/hour-entry@1");
  const start = reader.offset;
  const kind = HOUR_ENTRY_KINDS[reader.uint()];
  if (kind === undefined) throw new FormatError("out-of-range", start, "unknown kind of entry");
  const window = reader.uintOrNull();
  const t1 = reader.uint();
  const t2 = reader.uint();
  const microRoot = reader.bytesOrNull(DIGEST_BYTES);
  if ((kind === "window") !== (window !== null) || (kind === "empty") !== (microRoot === null)) {
    throw new FormatError("wrong-type", start, `${kind} entry with fields of another kind`);
  }
  return { kind, window, t1, t2, microRoot };
}

export function encodeHourTree(tree: HourTree): Uint8Array {
  const writer = new CborWriter(4096)
    .array(6)
    .text("ritma/hour-root@1")
    .bytes(tree.store)
    .uint(tree.sequence)
    .array(tree.entries.length);
  for (const entry of tree.entries) writeEntry(writer, entry);
  return writer.bytes(tree.nodes).bytes(tree.hourRoot).finish();
}

/** @throws FormatError when `bytes` is not exactly one hour tree. The hashes are not checked. */
export function decodeHourTree(bytes: Uint8Array): HourTree {
  const reader = new CborReader(bytes);
  reader.array(6);
  reader.textTag("ritma/hour-root@1");
  const store = reader.bytes(STORE_BYTES);
  const sequence = reader.uint();
  const count = reader.array();
  if (count < 1 || count > ENTRIES_MAX) {
    throw new FormatError("out-of-range", reader.offset, `hour of ${count} entries`);
  }
  const entries: HourEntry[] = [];
  while (entries.length < count) entries.push(readEntry(reader));
  const nodes = reader.bytes();
  const hourRoot = reader.bytes(DIGEST_BYTES);
  reader.finish();
  return { store, sequence, entries, nodes, hourRoot };
}

export function encodeHourSeal(seal: HourSeal): Uint8Array {
  return new CborWriter()
    .array(8)
    .text("ritma/hour-seal@1")
    .bytes(seal.store)
    .uint(seal.sequence)
    .array(2)
    .uint(seal.t1)
    .uint(seal.t2)
    .bytes(seal.hourRoot)
    .bytes(seal.header)
    .bytesOrNull(seal.previous)
    .uint(seal.logSize)
    .finish();
}

/** @throws FormatError when `bytes` is not exactly one hour seal. */
export function decodeHourSeal(bytes: Uint8Array): HourSeal {
  const reader = new CborReader(bytes);
  reader.array(8);
  reader.textTag("ritma/hour-seal@1");
  const store = reader.bytes(STORE_BYTES);
  const sequence = reader.uint();
  reader.array(2);
  const t1 = reader.uint();
  const t2 = reader.uint();
  const hourRoot = reader.bytes(DIGEST_BYTES);
  const header = reader.bytes(DIGEST_BYTES);
  const previous = reader.bytesOrNull(DIGEST_BYTES);
  const logSize = reader.uint();
  reader.finish();
  return { store, sequence, t1, t2, hourRoot, header, previous, logSize };
}

export function encodeChain(link: ChainLink): Uint8Array {
  return new CborWriter()
    .array(5)
    .text("ritma/chain@1")
    .bytes(link.store)
    .uint(link.sequence)
    .bytesOrNull(link.previous)
    .uint(link.logSize)
    .finish();
}
