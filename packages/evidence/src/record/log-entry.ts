/**
 * Entries of the node log.
 *
 * Format: spec/07-node-log.md. The table of types is append-only.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { toHex } from "../bytes/hex.ts";
import { FormatError } from "../error.ts";

export type LogEntry =
  | { readonly type: "genesis"; readonly store: Uint8Array; readonly storeFile: Uint8Array }
  | { readonly type: "key"; readonly record: Uint8Array }
  | {
      readonly type: "micro";
      readonly sequence: number;
      readonly window: number | null;
      readonly header: Uint8Array;
      readonly microRoot: Uint8Array;
    }
  | {
      readonly type: "hour";
      readonly sequence: number;
      readonly t1: number;
      readonly t2: number;
      readonly hourRoot: Uint8Array;
      readonly seal: Uint8Array;
    }
  | { readonly type: "gap"; readonly t1: number; readonly t2: number }
  | {
      readonly type: "close";
      readonly session: number;
      readonly sequence: number | null;
      readonly t: number;
      readonly reason: string;
    }
  | { readonly type: "open"; readonly session: number; readonly t: number };

const GENESIS = 0;
const KEY = 1;
const MICRO = 2;
const HOUR = 3;
const GAP = 4;
const CLOSE = 5;
const OPEN = 6;

const STORE_BYTES = 16;
const DIGEST_BYTES = 32;
const REASON_MAX = 32;
/** Of any entry, so that a log stays small whatever is in it. */
export const LOG_ENTRY_BYTES_MAX = 200;

/** The name of a store's node log, and of the key that signs its checkpoints. */
export function logOrigin(store: Uint8Array): string {
  return `ritma.invalid/node/${toHex(store)}`;
}

export function encodeLogEntry(entry: LogEntry): Uint8Array {
  const writer = new CborWriter().array(2);
  switch (entry.type) {
    case "genesis":
      writer.uint(GENESIS).array(2).bytes(entry.store).bytes(entry.storeFile);
      break;
    case "key":
      writer.uint(KEY).array(1).bytes(entry.record);
      break;
    case "micro":
      writer.uint(MICRO).array(4).uint(entry.sequence).uintOrNull(entry.window);
      writer.bytes(entry.header).bytes(entry.microRoot);
      break;
    case "hour":
      writer.uint(HOUR).array(5).uint(entry.sequence).uint(entry.t1).uint(entry.t2);
      writer.bytes(entry.hourRoot).bytes(entry.seal);
      break;
    case "gap":
      writer.uint(GAP).array(2).uint(entry.t1).uint(entry.t2);
      break;
    case "close":
      writer.uint(CLOSE).array(4).uint(entry.session).uintOrNull(entry.sequence);
      writer.uint(entry.t).text(entry.reason);
      break;
    case "open":
      writer.uint(OPEN).array(2).uint(entry.session).uint(entry.t);
  }
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one entry of a known type. */
export function decodeLogEntry(bytes: Uint8Array): LogEntry {
  if (bytes.length > LOG_ENTRY_BYTES_MAX) {
    throw new FormatError("out-of-range", 0, `entry of ${bytes.length} bytes`);
  }
  const reader = new CborReader(bytes);
  reader.array(2);
  const start = reader.offset;
  const type = reader.uint();
  const read = READERS[type];
  if (read === undefined) throw new FormatError("out-of-range", start, `entry of type ${type}`);
  const entry = read(reader);
  reader.finish();
  return entry;
}

const READERS: readonly ((reader: CborReader) => LogEntry)[] = [
  (reader) => {
    reader.array(2);
    return {
      type: "genesis",
      store: reader.bytes(STORE_BYTES),
      storeFile: reader.bytes(DIGEST_BYTES),
    };
  },
  (reader) => {
    reader.array(1);
    return { type: "key", record: reader.bytes(DIGEST_BYTES) };
  },
  (reader) => {
    reader.array(4);
    return {
      type: "micro",
      sequence: reader.uint(),
      window: reader.uintOrNull(),
      header: reader.bytes(DIGEST_BYTES),
      microRoot: reader.bytes(DIGEST_BYTES),
    };
  },
  (reader) => {
    reader.array(5);
    return {
      type: "hour",
      sequence: reader.uint(),
      t1: reader.uint(),
      t2: reader.uint(),
      hourRoot: reader.bytes(DIGEST_BYTES),
      seal: reader.bytes(DIGEST_BYTES),
    };
  },
  (reader) => {
    reader.array(2);
    return { type: "gap", t1: reader.uint(), t2: reader.uint() };
  },
  (reader) => {
    reader.array(4);
    return {
      type: "close",
      session: reader.uint(),
      sequence: reader.uintOrNull(),
      t: reader.uint(),
      reason: reader.text(REASON_MAX),
    };
  },
  (reader) => {
    reader.array(2);
    return { type: "open", session: reader.uint(), t: reader.uint() };
  },
];
