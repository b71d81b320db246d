/**
 * The trailer of a CEP frame.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { BEAT_RECORDS_MAX } from "../../../base/limits.ts";
import { CepReader } from "./cep-reader.ts";
import type { Deviations } from "./deviations.ts";

export const CHECKSUMS = ["crc-32", "raw-crc-32c"] as const;

export interface TocEntry {
  readonly type: number;
  readonly key: Uint8Array;
  readonly offset: number;
}

/** Where the frame comes from, as it says itself. Nothing covers it but a checksum. */
export interface CepBranch {
  readonly isGlob: boolean;
  readonly domain: bigint;
  readonly tag: bigint;
  readonly frameId: bigint;
}

export interface CepTrailer {
  readonly beat: number;
  readonly recordCount: number;
  /** 0 insert only, 1 overwrite all, 2 insert or overwrite. */
  readonly applyMode: number;
  readonly checksum: (typeof CHECKSUMS)[number];
  readonly root: Uint8Array;
  readonly toc: readonly TocEntry[];
  readonly payloadHistoryBeats: number;
  readonly manifestHistoryBeats: number;
  readonly capabilities: number;
  readonly branch: CepBranch | null;
}

const MAGIC = 0x4345_5046;
const BLAKE3_256 = 1;
const ROOT_BYTES = 32;
const BRANCH_BYTES = 25;
const BRANCH_BIT = 10;
const TOC_BIT = 9;
const BITS_KNOWN = 0x7ff;
/** Type, empty key, offset. */
const TOC_ENTRY_BYTES_MIN = 3;

/** @throws FormatError */
export function readTrailer(body: Uint8Array, deviations: Deviations): CepTrailer {
  const reader = new CepReader(body, deviations);
  if (reader.u32() !== MAGIC) throw new FormatError("wrong-type", 0, "no trailer at the end");
  if (reader.u8() !== 1) throw new FormatError("wrong-type", 4, "another version of frames");
  const beat = reader.varint();
  const recordCount = reader.varint();
  const applyMode = reader.u8();
  const hash = reader.u8();
  const compression = reader.u8();
  const checksum = CHECKSUMS[reader.u8()];
  if (hash !== BLAKE3_256 || compression > 1 || checksum === undefined) {
    throw new FormatError("wrong-type", reader.offset, "another hash, packing or checksum");
  }
  if (reader.varint() !== ROOT_BYTES) {
    throw new FormatError("wrong-type", reader.offset, "a root of another length");
  }
  const root = reader.bytes(ROOT_BYTES);
  const toc = readToc(reader);
  const payloadHistoryBeats = reader.varint();
  const manifestHistoryBeats = reader.varint();
  const capabilities = reader.u32();
  const branch = ((capabilities >>> BRANCH_BIT) & 1) === 1 ? readBranch(reader) : null;
  reader.finish();
  const unknown = (capabilities & ~BITS_KNOWN) >>> 0;
  if (unknown !== 0) {
    deviations.add("unknown-capability", 0, `unknown capability bits 0x${unknown.toString(16)}`);
  }
  if (((capabilities >>> TOC_BIT) & 1) !== (toc.length > 0 ? 1 : 0)) {
    deviations.add("toc", 0, "the capabilities say otherwise of the table than there is");
  }
  const told = { beat, recordCount, applyMode, checksum, root, toc };
  return { ...told, payloadHistoryBeats, manifestHistoryBeats, capabilities, branch };
}

function readToc(reader: CepReader): TocEntry[] {
  const count = reader.varint();
  if (count > BEAT_RECORDS_MAX || count * TOC_ENTRY_BYTES_MIN > reader.left) {
    throw new FormatError("out-of-range", reader.offset, `a table of ${count} entries`);
  }
  const toc: TocEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const type = reader.u8();
    const key = reader.bytes(reader.varint());
    toc.push({ type, key, offset: reader.varint() });
  }
  return toc;
}

function readBranch(reader: CepReader): CepBranch {
  if (reader.varint() !== BRANCH_BYTES) {
    throw new FormatError("wrong-type", reader.offset, "another block about the branch");
  }
  const isGlob = reader.u8() !== 0;
  const domain = reader.u64();
  const tag = reader.u64();
  return { isGlob, domain, tag, frameId: reader.u64() };
}
