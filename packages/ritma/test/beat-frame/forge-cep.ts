/**
 * Makes frames of the public CEP format from its description, byte by byte, true and false ones.
 *
 * Shares no code with the reader: digests are of @noble/hashes, CRC-32 of node:zlib, the raw
 * CRC-32C is computed bit by bit.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { blake3 } from "@noble/hashes/blake3.js";
import { ascii, join, u32, varint } from "./forge-frame.ts";

export interface CepRecordSpec {
  readonly type?: number;
  readonly version?: number;
  readonly flags?: number;
  readonly key: Uint8Array;
  readonly body: Uint8Array;
}

export interface CepFrameSpec {
  readonly records: readonly CepRecordSpec[];
  readonly beat?: number;
  readonly count?: number;
  readonly checksum?: 0 | 1;
  /** What is computed, where it is not what the trailer says. */
  readonly computed?: 0 | 1;
  readonly root?: Uint8Array;
  readonly toc?: "all" | "none" | "wrong";
  readonly capabilities?: number;
  readonly branch?: boolean;
  readonly behindTrailer?: Uint8Array;
  readonly inTrailer?: Uint8Array;
}

export interface CepPayloadSpec {
  readonly inline?: Uint8Array;
  /** Kind, codec, AEAD mode, plain bytes; absent without a payload. */
  readonly reference?: readonly [number, number, number, Uint8Array];
  readonly kind?: number;
  readonly latest?: number;
  readonly created?: number;
  readonly mask?: number;
  readonly payloadKind?: number;
}

/** Cells, references, table. */
const CAPABILITIES = 0x300;

export function forgeCep(told: CepFrameSpec): Uint8Array {
  const computed = told.computed ?? told.checksum ?? 0;
  const bare = told.records.map((record) => bareRecord(record));
  const offsets: number[] = [];
  let end = 0;
  for (const record of bare) {
    offsets.push(end);
    end += record.length + 4;
  }
  const toc = told.toc === "none" ? [] : told.records;
  const entries = toc.map(({ type, key }, at) => {
    const offset = (offsets[at] ?? 0) + (told.toc === "wrong" ? 1 : 0);
    return join(Uint8Array.of(type ?? key[0] ?? 0), varint(key.length), key, varint(offset));
  });
  const ordered = told.records
    .map(({ key }, at) => ({ key, leaf: blake3(bare[at] ?? key) }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key));
  const body = join(
    u32(0x4345_5046),
    Uint8Array.of(1),
    varint(told.beat ?? 1),
    varint(told.count ?? told.records.length),
    Uint8Array.of(0, 1, 0, told.checksum ?? 0, 32),
    told.root ?? treeRoot(ordered.map(({ leaf }) => leaf)),
    varint(toc.length),
    ...entries,
    Uint8Array.of(0, 0),
    u32((told.capabilities ?? CAPABILITIES) | (told.branch === true ? 1 << 10 : 0)),
    told.branch === true ? Uint8Array.of(25, 0, ...new Uint8Array(24)) : new Uint8Array(0),
    told.inTrailer ?? new Uint8Array(0),
  );
  const trailer = bareRecord({ type: 0xff, key: new Uint8Array(0), body });
  const whole = [...bare, trailer].flatMap((bytes) => [bytes, u32(sumOf(bytes, computed))]);
  return join(...whole, told.behindTrailer ?? new Uint8Array(0));
}

export function cepContainer(frame: Uint8Array, claimedBytes = frame.length): Uint8Array {
  const packed = new Uint8Array(deflateSync(frame, { level: 1 }));
  const head = join(ascii("TLFC"), Uint8Array.of(1, 1, 0, 0));
  return join(head, u64(BigInt(claimedBytes)), u64(BigInt(packed.length)), packed);
}

export function cepCell(told: CepPayloadSpec): Uint8Array {
  const { inline = new Uint8Array(0), reference } = told;
  const bytes = reference?.[3] ?? inline;
  const ref =
    reference === undefined
      ? new Uint8Array(0)
      : join(
          Uint8Array.of(reference[0], 1, reference[1], reference[2]),
          varint(bytes.length),
          Uint8Array.of(32),
          blake3(bytes),
        );
  return join(
    Uint8Array.of(told.kind ?? 0, 0, 0),
    varint(told.created ?? 0),
    varint(told.latest ?? 0),
    blake3(bytes).subarray(0, 16),
    Uint8Array.of(told.payloadKind ?? 0, 0),
    varint(inline.length),
    inline,
    varint(ref.length),
    ref,
    Uint8Array.of(0, told.mask ?? 0, 0),
  );
}

export function cepChunk(total: number, offset: number, bytes: Uint8Array, aead = 0): Uint8Array {
  const nonceBytes = [0, 12, 12, 24][aead] ?? 0;
  return join(
    Uint8Array.of(1),
    varint(total),
    varint(offset),
    varint(bytes.length),
    Uint8Array.of(0, aead, nonceBytes),
    new Uint8Array(nonceBytes),
    new Uint8Array(32),
    bytes,
    new Uint8Array(aead === 0 ? 0 : 16),
  );
}

/** Chunks of 4,096 bytes, as CEP's writer cuts them. */
export function cepChunks(path: Uint8Array, bytes: Uint8Array): CepRecordSpec[] {
  const count = Math.ceil(bytes.length / 4096);
  return Array.from({ length: count }, (_, ordinal) => {
    const offset = ordinal * 4096;
    const body = cepChunk(bytes.length, offset, bytes.subarray(offset, offset + 4096));
    return { key: join(Uint8Array.of(2), path, varint(ordinal)), body };
  });
}

/** 17 bytes: domain and tag as words of CEP, at most 11 letters. */
export function segment(domain: string, tag: string): Uint8Array {
  return join(u64(acronym(domain)), u64(word(tag)), Uint8Array.of(0));
}

export function word(text: string): bigint {
  const letters = " abcdefghijklmnopqrstuvwxyz:_-.*";
  return text
    .padEnd(11)
    .split("")
    .reduce((sum, one) => (sum << 5n) | BigInt(letters.indexOf(one)), 0n);
}

export function acronym(text: string): bigint {
  const value = text
    .padEnd(9)
    .split("")
    .reduce((sum, one) => (sum << 6n) | BigInt(one.charCodeAt(0) - 0x20), 0n);
  return value | (1n << 56n);
}

export function u64(value: bigint): Uint8Array {
  return join(u32(Number(value & 0xffff_ffffn)), u32(Number(value >> 32n)));
}

function bareRecord({ type, version = 1, flags = 0, key, body }: CepRecordSpec): Uint8Array {
  const head = Uint8Array.of(type ?? key[0] ?? 0, version, flags & 0xff, flags >>> 8);
  return join(head, varint(key.length), varint(body.length), key, body);
}

function sumOf(bytes: Uint8Array, algorithm: 0 | 1): number {
  if (algorithm === 0) return crc32(bytes);
  let rest = 0;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0x82f6_3b78 : rest >>> 1;
    }
  }
  return rest >>> 0;
}

function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  if (level.length === 0) return new Uint8Array(32);
  while (level.length > 1) {
    const even = level.length % 2 === 0 ? level : [...level, level.at(-1) ?? new Uint8Array(0)];
    level = even.flatMap((left, at) =>
      at % 2 === 0 ? [blake3(join(left, even[at + 1] ?? left))] : [],
    );
  }
  return level[0] ?? new Uint8Array(32);
}
