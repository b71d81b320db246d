/**
 * Chunks of payloads in a CEP frame: what one says, to which payload it belongs, and that those of
 * a payload are there in order and all of them.
 *
 * CEP finds the ordinal by going back from the end of the key, which misreads ordinals from 128 on,
 * and so refuses its own frames with long payloads. Here it is read forwards, behind the segments
 * of 17 bytes; only for a key that is not made of those is CEP's own way taken.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { CepReader } from "./cep-reader.ts";
import { CEP_TYPES, type CepRecord } from "./cep-record.ts";
import { Deviations } from "./deviations.ts";

export interface CepChunk {
  readonly payloadKind: number;
  readonly total: number;
  readonly offset: number;
  /** Of the plain bytes. */
  readonly size: number;
  /** 0 when it is not encrypted. */
  readonly aead: number;
  /** With a tag of 16 bytes at its end when it is encrypted. */
  readonly data: Uint8Array;
}

export const SEGMENT_BYTES = 17;

const ORDINAL_BYTES_MAX = 10;
const TAG_BYTES = 16;
const AAD_HASH_BYTES = 32;
const FINGERPRINT_BYTES = 8;
/** By AEAD mode: none, AES-GCM, ChaCha20-Poly1305, XChaCha20-Poly1305. */
const NONCE_BYTES = [0, 12, 12, 24] as const;

/** @throws FormatError unless the chunks of each payload are in order and complete */
export function checkChunks(records: readonly CepRecord[], deviations: Deviations): void {
  const open = new Map<string, { ordinal: number; offset: number; total: number }>();
  for (const { type, key, body, offset: at } of records) {
    if (type !== CEP_TYPES.chunk) continue;
    const { base, ordinal } = splitChunkKey(key, at, deviations);
    const chunk = readChunk(new CepReader(body, deviations));
    const name = base.toHex();
    const state = open.get(name) ?? { ordinal: 0, offset: 0, total: chunk.total };
    const isNext =
      ordinal === state.ordinal && chunk.offset === state.offset && chunk.total === state.total;
    const offset = state.offset + chunk.size;
    if (!isNext || offset > chunk.total) {
      const message = `chunk ${ordinal} at ${chunk.offset} where ${state.offset} was to come`;
      throw new FormatError("wrong-type", at, message);
    }
    open.set(name, { ordinal: ordinal + 1, offset, total: chunk.total });
  }
  for (const { offset, total } of open.values()) {
    if (offset !== total) throw new FormatError("truncated", 0, `${offset} bytes of ${total}`);
  }
}

/** @returns the key of the payload, with the type's byte, and which of its chunks it is. */
export function splitChunkKey(
  key: Uint8Array,
  at: number,
  deviations: Deviations = new Deviations(),
): { readonly base: Uint8Array; readonly ordinal: number } {
  const ordinalBytes = (key.length - 1) % SEGMENT_BYTES;
  const isMadeOfSegments = key.length > 1 && ordinalBytes >= 1 && ordinalBytes <= ORDINAL_BYTES_MAX;
  const end = isMadeOfSegments ? key.length - ordinalBytes : lastByteRun(key);
  const reader = new CepReader(key, deviations, end);
  const ordinal = reader.varint();
  if (reader.left > 0) throw new FormatError("trailing-bytes", at, "a chunk's ordinal ends early");
  if (!isMadeOfSegments || end < SEGMENT_BYTES) {
    deviations.add("ordinal", at, "the key of a chunk is not made of segments");
  }
  return { base: key.subarray(0, end), ordinal };
}

/** @throws FormatError */
export function readChunk(reader: CepReader): CepChunk {
  const payloadKind = reader.u8();
  const total = reader.varint();
  const offset = reader.varint();
  const size = reader.varint();
  const start = reader.offset;
  const fingerprintBytes = reader.varint();
  if (size === 0 || (fingerprintBytes !== 0 && fingerprintBytes !== FINGERPRINT_BYTES)) {
    throw new FormatError("out-of-range", start, "a chunk of nothing, or with another fingerprint");
  }
  reader.bytes(fingerprintBytes);
  const aead = reader.u8();
  const nonceBytes = NONCE_BYTES[aead];
  if (nonceBytes === undefined || reader.varint() !== nonceBytes) {
    throw new FormatError("out-of-range", start, `a nonce of another length, or mode ${aead}`);
  }
  reader.bytes(nonceBytes);
  reader.bytes(AAD_HASH_BYTES);
  const data = reader.bytes(aead === 0 ? size : size + TAG_BYTES);
  reader.finish();
  return { payloadKind, total, offset, size, aead, data };
}

/** CEP's own way: back from the end over bytes with the high bit, beginning with the last. */
function lastByteRun(key: Uint8Array): number {
  let at = key.length - 1;
  while (at > 1 && ((key[at - 1] ?? 0) & 0x80) !== 0) at -= 1;
  return Math.max(at, 0);
}
