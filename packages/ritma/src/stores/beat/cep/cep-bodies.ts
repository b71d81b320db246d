/**
 * What the records of a CEP frame say, but for chunks (`cep-chunks.ts`).
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { PAGE_OPERATIONS_MAX } from "../deltas.ts";
import { SEGMENT_BYTES } from "./cep-chunks.ts";
import type { CepReader } from "./cep-reader.ts";

/** Of a payload: what it hashes to, and how it is stored. */
export interface CepReference {
  /** In the content store, not in this frame. */
  readonly isStored: boolean;
  /** What is stored is a zlib stream; size and hash are of what is in it. */
  readonly isDeflated: boolean;
  /** 0 when it is not encrypted. */
  readonly aead: number;
  /** Of the plain payload. */
  readonly size: number;
  /** BLAKE3-256 of the plain payload. */
  readonly hash: Uint8Array;
}

export interface CepCell {
  readonly kind: number;
  readonly arrangement: number;
  readonly created: number;
  readonly latest: number;
  readonly revision: Uint8Array;
  readonly payloadKind: number;
  readonly inline: Uint8Array;
  readonly reference: CepReference | null;
  /** Bit 0 tombstone, bit 1 veiled. */
  readonly mask: number;
}

export interface CepChange {
  readonly isAdd: boolean;
  readonly segment: Uint8Array;
  readonly mask: number;
  readonly revision: Uint8Array;
  readonly position: number;
}

export interface CepPage {
  readonly epoch: number;
  readonly changes: readonly CepChange[];
}

const REVISION_BYTES = 16;
const HASH_BYTES = 32;
const FINGERPRINT_BYTES = 8;
const BLAKE3_256 = 1;
const NOTHING = new Uint8Array(REVISION_BYTES);

/** @throws FormatError */
export function readCell(reader: CepReader): CepCell {
  const kind = reader.u8();
  const arrangement = reader.u16();
  const created = reader.varint();
  const latest = reader.varint();
  const revision = reader.bytes(REVISION_BYTES);
  const payloadKind = reader.u8();
  const fingerprint = reader.bytes(reader.varint());
  if (fingerprint.length !== 0 && fingerprint.length !== FINGERPRINT_BYTES) {
    throw new FormatError("out-of-range", reader.offset, "a fingerprint of another length");
  }
  const inline = reader.bytes(reader.varint());
  const referenceEnd = reader.varint() + reader.offset;
  const reference = referenceEnd === reader.offset ? null : readReference(reader);
  if (reader.offset !== referenceEnd) {
    throw new FormatError("wrong-type", reader.offset, "a payload reference of another length");
  }
  if (reader.varint() !== 0) {
    throw new FormatError("wrong-type", reader.offset, "a name map, which there is none of");
  }
  const mask = reader.u16();
  reader.finish();
  const told = { kind, arrangement, created, latest, revision, payloadKind };
  return { ...told, inline, reference, mask };
}

/** @throws FormatError */
export function readManifest(reader: CepReader): CepPage {
  const epoch = reader.varint();
  reader.u8();
  for (const _ of ["first", "next"]) readRange(reader);
  return readPage(reader, epoch, () => {
    const isAdd = readOperation(reader);
    const segment = reader.bytes(SEGMENT_BYTES);
    const mask = reader.u16();
    return { isAdd, segment, mask, revision: reader.bytes(REVISION_BYTES), position: 0 };
  });
}

/** @throws FormatError */
export function readOrder(reader: CepReader): CepPage & { readonly projection: number } {
  const projection = reader.u8();
  const epoch = reader.varint();
  reader.varint();
  const page = readPage(reader, epoch, () => {
    const isAdd = readOperation(reader);
    const segment = reader.bytes(SEGMENT_BYTES);
    const position = reader.varint();
    reader.bytes(reader.varint());
    return { isAdd, segment, mask: 0, revision: NOTHING, position };
  });
  return { ...page, projection };
}

function readReference(reader: CepReader): CepReference {
  const start = reader.offset;
  const kind = reader.u8();
  const hashKind = reader.u8();
  const codec = reader.u8();
  const aead = reader.u8();
  const size = reader.varint();
  const hash = reader.bytes(reader.varint());
  if (kind > 1 || hashKind !== BLAKE3_256 || codec > 1 || hash.length !== HASH_BYTES) {
    throw new FormatError("out-of-range", start, "another kind of payload reference");
  }
  return { isStored: kind === 1, isDeflated: codec === 1, aead, size, hash };
}

function readRange(reader: CepReader): void {
  const start = reader.offset;
  const length = reader.varint();
  if (length !== 0 && length !== SEGMENT_BYTES) {
    throw new FormatError("out-of-range", start, "a range that does not end at a segment");
  }
  reader.bytes(length);
}

function readPage(reader: CepReader, epoch: number, next: () => CepChange): CepPage {
  const start = reader.offset;
  const count = reader.varint();
  if (count > PAGE_OPERATIONS_MAX) {
    throw new FormatError("out-of-range", start, `a page of ${count} operations`);
  }
  const changes = Array.from({ length: count }, next);
  reader.finish();
  return { epoch, changes };
}

function readOperation(reader: CepReader): boolean {
  const start = reader.offset;
  const operation = reader.u8();
  if (operation === 1 || operation === 2) return operation === 1;
  throw new FormatError("out-of-range", start, `operation ${operation}`);
}
