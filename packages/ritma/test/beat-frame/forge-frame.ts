/**
 * Makes frames by another way than the codec: digests of @noble/hashes, the tree by its recursive
 * definition (RFC 6962 §2.1), the checksum bit by bit.
 *
 * Everything can be given another value, and what covers it is then computed over the lie: so a
 * test meets the one check that it is after, and not a checksum before it.
 *
 * @module
 */
import { blake3 } from "@noble/hashes/blake3.js";

export interface ForgedRecord {
  readonly type?: number;
  readonly version?: number;
  readonly flags?: number;
  readonly key: Uint8Array;
  readonly body: Uint8Array;
  /** Lengths spelled in other bytes than the shortest. */
  readonly lengths?: Uint8Array;
}

export interface ForgedFrame {
  readonly store?: Uint8Array;
  readonly branch?: string;
  readonly beat?: number;
  readonly previous?: Uint8Array;
  readonly forgetBefore?: number;
  readonly capabilities?: number;
  readonly records: readonly ForgedRecord[];
  /** What is told of them. */
  readonly count?: number;
  readonly payloadBytes?: number;
  readonly offsets?: readonly number[];
  readonly root?: Uint8Array;
  readonly trailerMagic?: string;
  readonly trailerVersion?: number;
  readonly trailerFlags?: number;
  readonly trailerKey?: Uint8Array;
  /** Behind the table, before the root. */
  readonly behindTable?: Uint8Array;
  readonly magic?: string;
  readonly length?: number;
}

export const STORE = Uint8Array.fromHex("00112233445566778899aabbccddeeff");
export const ZEROS = new Uint8Array(32);

const HEADER_BYTES = 16;
/** Table, and branch named: what every frame with a record has. */
const PLAIN = (1 << 9) | (1 << 10);

export function forgeFrame(told: ForgedFrame): Uint8Array {
  const records = told.records.map((record) => forgeRecord(record));
  const offsets: number[] = [];
  let end = HEADER_BYTES;
  for (const record of records) {
    offsets.push(end);
    end += record.length;
  }
  const payloadBytes = told.records.reduce((sum, { body }) => sum + body.length, 0);
  const branch = told.branch ?? "data";
  const untold = join(
    ascii(told.trailerMagic ?? "RBFT"),
    Uint8Array.of(told.trailerVersion ?? 1),
    u32(told.capabilities ?? PLAIN),
    told.store ?? STORE,
    Uint8Array.of(branch.length),
    ascii(branch),
    varint(told.beat ?? 1),
    varint(told.count ?? records.length),
    varint(told.payloadBytes ?? payloadBytes),
    varint(told.forgetBefore ?? 0),
    told.previous ?? ZEROS,
    ...(told.offsets ?? offsets).map((offset) => u32(offset)),
    told.behindTable ?? new Uint8Array(0),
  );
  const root = told.root ?? treeRoot([...records, untold].map((leaf) => hash(0, leaf)));
  const trailer = forgeRecord({
    type: 0xff,
    flags: told.trailerFlags ?? 0,
    key: told.trailerKey ?? new Uint8Array(0),
    body: join(untold, root),
  });
  const length = told.length ?? end + trailer.length;
  const header = join(ascii(told.magic ?? "RITMABF1"), u32(length));
  return join(header, u32(crc(header)), ...records, trailer);
}

function forgeRecord(record: ForgedRecord): Uint8Array {
  const { type = record.key[0] ?? 0, version = 1, flags = 0, key, body } = record;
  const lengths = record.lengths ?? join(varint(key.length), varint(body.length));
  const head = Uint8Array.of(type, version, flags & 0xff, flags >>> 8);
  const bytes = join(head, lengths, key, body);
  return join(bytes, u32(crc(bytes)));
}

/** CRC-32C, one bit at a time. */
export function crc(bytes: Uint8Array): number {
  let rest = 0xffff_ffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0x82f6_3b78 : rest >>> 1;
    }
  }
  return ~rest >>> 0;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash(1, treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}

function hash(domain: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return blake3(join(Uint8Array.of(domain), ...parts));
}
