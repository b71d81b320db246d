/**
 * The intent: what a batch is about to make durable, so that a crash only ever rolls forward.
 *
 * Unsigned, and gone when the batch is done. Nothing is ever believed because an intent says it.
 *
 * Format: spec/06-store.md, "Sealing".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { utf8Length } from "../bytes/utf8.ts";
import { FormatError } from "../error.ts";
import { type FileEntry, readFileEntries } from "./hour.ts";
import { STORE_BYTES } from "./store-file.ts";

/** 0: files may be missing, nothing is signed. 1: files are durable, signatures may exist. */
export type IntentPhase = 0 | 1;

export interface Growth {
  readonly path: string;
  readonly before: number;
  readonly after: number;
  /** Of the bytes added. */
  readonly sha256: Uint8Array;
}

export interface Intent {
  readonly store: Uint8Array;
  readonly phase: IntentPhase;
  readonly files: readonly FileEntry[];
  /** Generation logs that grow, each at most once. */
  readonly growing: readonly Growth[];
  /** COSE_Sign1 to make with the seal key: where it goes and what it signs. */
  readonly sign: readonly { readonly path: string; readonly payload: Uint8Array }[];
  /** Files that are written with the signatures. */
  readonly plain: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Size of the node log before, and what is appended. */
  readonly logSize: number;
  readonly entries: readonly Uint8Array[];
}

const TAG = "ritma/intent@2";
const TAG_1 = "ritma/intent@1";
const PATH_MAX = 256;
const DIGEST_BYTES = 32;

/** @throws TypeError for a path that no decoder takes */
export function encodeIntent(intent: Intent): Uint8Array {
  for (const { path } of [...intent.files, ...intent.sign, ...intent.plain]) checkPath(path);
  for (const { path } of intent.growing) checkPath(path);
  const writer = new CborWriter(4096)
    .array(9)
    .text(TAG)
    .bytes(intent.store)
    .uint(intent.phase)
    .array(intent.files.length);
  for (const { path, length, sha256 } of intent.files) {
    writer.array(3).text(path).uint(length).bytes(sha256);
  }
  writer.array(intent.growing.length);
  for (const { path, before, after, sha256 } of intent.growing) {
    writer.array(4).text(path).uint(before).uint(after).bytes(sha256);
  }
  writer.array(intent.sign.length);
  for (const { path, payload } of intent.sign) writer.array(2).text(path).bytes(payload);
  writer.array(intent.plain.length);
  for (const { path, bytes } of intent.plain) writer.array(2).text(path).bytes(bytes);
  writer.uint(intent.logSize).array(intent.entries.length);
  for (const entry of intent.entries) writer.bytes(entry);
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one intent. */
export function decodeIntent(bytes: Uint8Array): Intent {
  const reader = new CborReader(bytes);
  reader.array(9);
  const start = reader.offset;
  const tag = reader.text(TAG.length);
  if (tag !== TAG && tag !== TAG_1) throw new FormatError("wrong-type", start, "not an intent");
  const store = reader.bytes(STORE_BYTES);
  const phase = readPhase(reader);
  const files = readFileEntries(reader);
  const growing = tag === TAG_1 ? readOneGrowth(reader) : readGrowths(reader);
  const sign = readPairs(reader).map(([path, payload]) => ({ path, payload }));
  const plain = readPairs(reader).map(([path, bytes]) => ({ path, bytes }));
  const logSize = reader.uint();
  const entries: Uint8Array[] = [];
  for (let left = reader.array(); left > 0; left -= 1) entries.push(reader.bytes());
  reader.finish();
  return { store, phase, files, growing, sign, plain, logSize, entries };
}

function checkPath(path: string): void {
  if (utf8Length(path) > PATH_MAX) throw new TypeError(`path of more than ${PATH_MAX} bytes`);
}

function readPhase(reader: CborReader): IntentPhase {
  const start = reader.offset;
  const phase = reader.uint();
  if (phase === 0 || phase === 1) return phase;
  throw new FormatError("out-of-range", start, `phase ${phase}`);
}

/** Version 1 knew of one log, or none. */
function readOneGrowth(reader: CborReader): Growth[] {
  if (!reader.isNull()) return [readGrowth(reader)];
  reader.null();
  return [];
}

function readGrowths(reader: CborReader): Growth[] {
  const growths: Growth[] = [];
  for (let left = reader.array(); left > 0; left -= 1) growths.push(readGrowth(reader));
  return growths;
}

function readGrowth(reader: CborReader): Growth {
  reader.array(4);
  return {
    path: reader.text(PATH_MAX),
    before: reader.uint(),
    after: reader.uint(),
    sha256: reader.bytes(DIGEST_BYTES),
  };
}

function readPairs(reader: CborReader): [string, Uint8Array][] {
  const pairs: [string, Uint8Array][] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(2);
    pairs.push([reader.text(PATH_MAX), reader.bytes()]);
  }
  return pairs;
}
