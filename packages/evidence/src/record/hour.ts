/**
 * A sealed hour: its header, its tree, its seal and its link to the hour before.
 *
 * Format: spec/06-store.md, "Hour".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { PRIVACY_MODES, type PrivacyMode, readOneOf, STORE_BYTES } from "./store-file.ts";
import { readValue, type Value, writeValue } from "./value.ts";

/** What the hours count, in the order in which it stands on disk. */
export const HOUR_COUNTS = [
  "events",
  "records",
  "atoms",
  "instantiations",
  "lost",
  "late",
  "evicted",
  "uninterpreted",
  "refused",
  "incomplete",
] as const;
export type HourCount = (typeof HOUR_COUNTS)[number];
export type HourCounts = Readonly<Record<HourCount, number>>;

/** The piece of the generation log that an hour added, and the tree up to its end. */
export interface GenerationPiece {
  readonly number: number;
  /** Bytes of the log before this piece. */
  readonly offset: number;
  readonly length: number;
  readonly sha256: Uint8Array;
  readonly firstId: number;
  readonly entities: number;
  readonly root: Uint8Array;
  /** t1 of the generation's first hour. */
  readonly begun: number;
}

/** The piece of the generation's log of cones that an hour added. */
export interface ConesPiece {
  /** Bytes of the log before this piece. */
  readonly offset: number;
  readonly length: number;
  readonly sha256: Uint8Array;
  readonly firstId: number;
  readonly cones: number;
}

/** How much of one input the session had consumed. */
export interface InputMark {
  readonly length: number;
  readonly sha256: Uint8Array;
  /** True when the prefix ends inside a line. */
  readonly unterminated: boolean;
  /** SHA-256 of the input's first record: by it a log is told from others. */
  readonly head: Uint8Array;
  /** Of what the line at the end of the prefix delivers, so many items were delivered. */
  readonly delivered: number;
}

export interface FileEntry {
  readonly path: string;
  readonly length: number;
  readonly sha256: Uint8Array;
}

export interface HourHeader {
  readonly store: Uint8Array;
  readonly namespace: string;
  readonly node: Value;
  readonly sequence: number;
  readonly session: number;
  readonly t1: number;
  readonly t2: number;
  readonly generation: GenerationPiece;
  /** Null in headers of the first version, which knew no cones. */
  readonly cones: ConesPiece | null;
  readonly counts: HourCounts;
  readonly sensor: {
    readonly name: string;
    readonly version: number;
    readonly projection: Uint8Array;
  };
  readonly rules: Uint8Array | null;
  readonly privacy: PrivacyMode;
  readonly inputs: readonly InputMark[];
  /** Paths relative to the hour's folder, in bytewise order. */
  readonly files: readonly FileEntry[];
}

const TAG = "ritma/hour-header@2";
const TAG_1 = "ritma/hour-header@1";
const ITEMS = 16;
const ITEMS_1 = 15;
const NAMESPACE_MAX = 256;
const NAME_MAX = 64;
const PATH_MAX = 256;
const DIGEST_BYTES = 32;

export function encodeHourHeader(header: HourHeader): Uint8Array {
  const { cones } = header;
  const writer = new CborWriter(4096)
    .array(cones === null ? ITEMS_1 : ITEMS)
    .text(cones === null ? TAG_1 : TAG)
    .bytes(header.store)
    .text(header.namespace);
  writeValue(writer, header.node);
  writer.uint(header.sequence).uint(header.session).uint(header.t1).uint(header.t2);
  writeGeneration(writer, header.generation);
  if (cones !== null) {
    writer.array(5).uint(cones.offset).uint(cones.length).bytes(cones.sha256);
    writer.uint(cones.firstId).uint(cones.cones);
  }
  writer.array(HOUR_COUNTS.length);
  for (const name of HOUR_COUNTS) writer.uint(header.counts[name]);
  const { sensor } = header;
  writer.array(3).text(sensor.name).uint(sensor.version).bytes(sensor.projection);
  writer.bytesOrNull(header.rules).text(header.privacy);
  writer.array(header.inputs.length);
  for (const { length, sha256, unterminated, head, delivered } of header.inputs) {
    writer.array(5).uint(length).bytes(sha256).bool(unterminated).bytes(head).uint(delivered);
  }
  writer.array(header.files.length);
  for (const { path, length, sha256 } of header.files) {
    writer.array(3).text(path).uint(length).bytes(sha256);
  }
  return writer.finish();
}

function writeGeneration(writer: CborWriter, piece: GenerationPiece): void {
  writer
    .array(8)
    .uint(piece.number)
    .uint(piece.offset)
    .uint(piece.length)
    .bytes(piece.sha256)
    .uint(piece.firstId)
    .uint(piece.entities)
    .bytes(piece.root)
    .uint(piece.begun);
}

/** @throws FormatError when `bytes` is not exactly one hour header. */
export function decodeHourHeader(bytes: Uint8Array): HourHeader {
  const reader = new CborReader(bytes);
  const items = reader.array();
  const isFirst = items === ITEMS_1;
  if (!isFirst && items !== ITEMS) {
    throw new FormatError("wrong-type", 0, `hour header of ${items} items`);
  }
  reader.textTag(isFirst ? TAG_1 : TAG);
  const header: HourHeader = {
    store: reader.bytes(STORE_BYTES),
    namespace: reader.text(NAMESPACE_MAX),
    node: readValue(reader),
    sequence: reader.uint(),
    session: reader.uint(),
    t1: reader.uint(),
    t2: reader.uint(),
    generation: readGeneration(reader),
    cones: isFirst ? null : readCones(reader),
    counts: readCounts(reader),
    sensor: readSensor(reader),
    rules: reader.bytesOrNull(DIGEST_BYTES),
    privacy: readOneOf(reader, PRIVACY_MODES),
    inputs: readInputs(reader),
    files: readFileEntries(reader),
  };
  reader.finish();
  for (let at = 1; at < header.files.length; at += 1) {
    if ((header.files[at - 1]?.path ?? "") >= (header.files[at]?.path ?? "")) {
      throw new FormatError("not-canonical", 0, "files of an hour header are not in order");
    }
  }
  return header;
}

function readGeneration(reader: CborReader): GenerationPiece {
  reader.array(8);
  return {
    number: reader.uint(),
    offset: reader.uint(),
    length: reader.uint(),
    sha256: reader.bytes(DIGEST_BYTES),
    firstId: reader.uint(),
    entities: reader.uint(),
    root: reader.bytes(DIGEST_BYTES),
    begun: reader.uint(),
  };
}

function readCones(reader: CborReader): ConesPiece {
  reader.array(5);
  return {
    offset: reader.uint(),
    length: reader.uint(),
    sha256: reader.bytes(DIGEST_BYTES),
    firstId: reader.uint(),
    cones: reader.uint(),
  };
}

function readCounts(reader: CborReader): HourCounts {
  reader.array(HOUR_COUNTS.length);
  return {
    events: reader.uint(),
    records: reader.uint(),
    atoms: reader.uint(),
    instantiations: reader.uint(),
    lost: reader.uint(),
    late: reader.uint(),
    evicted: reader.uint(),
    uninterpreted: reader.uint(),
    refused: reader.uint(),
    incomplete: reader.uint(),
  };
}

function readSensor(reader: CborReader): HourHeader["sensor"] {
  reader.array(3);
  return {
    name: reader.text(NAME_MAX),
    version: reader.uint(),
    projection: reader.bytes(DIGEST_BYTES),
  };
}

function readInputs(reader: CborReader): InputMark[] {
  const inputs: InputMark[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(5);
    inputs.push({
      length: reader.uint(),
      sha256: reader.bytes(DIGEST_BYTES),
      unterminated: reader.bool(),
      head: reader.bytes(DIGEST_BYTES),
      delivered: reader.uint(),
    });
  }
  return inputs;
}

/** Reads `[* [path, length, sha256]]`. */
export function readFileEntries(reader: CborReader): FileEntry[] {
  const files: FileEntry[] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(3);
    files.push({
      path: reader.text(PATH_MAX),
      length: reader.uint(),
      sha256: reader.bytes(DIGEST_BYTES),
    });
  }
  return files;
}
