/**
 * Where the bytes of a payload are: in the record itself, in chunks beside it, or under their
 * digest in the content store.
 *
 *     inline     length  bytes
 *     chunks     length  digest      records of type 02 under the same path (`chunk.ts`)
 *     reference  length  digest      the blob with this digest
 *
 * `length` and `digest` (BLAKE3-256) are of the bytes as they are stored, deflated and encrypted
 * if they are: whoever keeps or carries them can check them without a key.
 *
 * One byte at the begin of the record says which, and whether security metadata follows. From it
 * alone the capabilities of a frame are told (`capabilities.ts`).
 *
 * Format: spec/16-beat-frame.md, "Payloads".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { type BodyReader, type BodyWriter, mustHaveLength } from "./body-codec.ts";
import { PAYLOAD_FLAGS } from "./capabilities.ts";
import { readSecmeta, type Secmeta, writeSecmeta } from "./secmeta.ts";

export interface InlinePayload {
  readonly place: "inline";
  readonly bytes: Uint8Array;
}

export interface DigestPayload {
  readonly place: "chunks" | "reference";
  /** Of the stored bytes. */
  readonly length: number;
  /** BLAKE3-256 of the stored bytes. */
  readonly digest: Uint8Array;
}

export type Payload = InlinePayload | DigestPayload;

/** A payload, and how it becomes what was given; both null when there is none. */
export interface Stored {
  readonly payload: Payload | null;
  readonly secmeta: Secmeta | null;
}

/** Longest that stands in a cell. */
export const INLINE_BYTES_MAX = 64;

/** Append-only: positions are on disk. */
export const PAYLOAD_KINDS = ["value", "data", "handle", "stream"] as const;
export type PayloadKind = (typeof PAYLOAD_KINDS)[number];

const PLACES = ["none", "inline", "chunks", "reference"] as const;
const DIGEST_BYTES = 32;

/** Of the bytes as they are stored. */
export function storedLengthOf(payload: Payload): number {
  return payload.place === "inline" ? payload.bytes.length : payload.length;
}

/** @returns the bits of the record's first byte that speak of the payload. */
export function payloadFlags({ payload, secmeta }: Stored): number {
  if (payload === null) {
    if (secmeta !== null) throw new RangeError("security metadata of no payload");
    return 0;
  }
  let flags = PLACES.indexOf(payload.place);
  if (secmeta === null) return flags;
  flags |= PAYLOAD_FLAGS.secmeta;
  if (secmeta.codec === "deflate") flags |= PAYLOAD_FLAGS.deflated;
  if (secmeta.mode !== "none") flags |= PAYLOAD_FLAGS.encrypted;
  return flags;
}

/** @throws RangeError for what cannot stand there: a caller's bug */
export function writePayload(writer: BodyWriter, stored: Stored, inlineBytesMax: number): void {
  const { payload, secmeta } = stored;
  if (payload === null) return;
  const length = storedLengthOf(payload);
  writer.uint(length);
  if (payload.place === "inline") {
    if (length > inlineBytesMax) throw new RangeError(`${length} bytes inline`);
    writer.bytes(payload.bytes);
  } else {
    if (payload.place === "chunks" && length === 0) throw new RangeError("chunks of nothing");
    writer.bytes(mustHaveLength(payload.digest, DIGEST_BYTES, "digest"));
  }
  if (secmeta === null) return;
  if (secmeta.storedLength !== length) throw new RangeError("lengths of another payload");
  writeSecmeta(writer, secmeta);
}

/** @param flags the first byte of the record. @throws FormatError */
export function readPayload(reader: BodyReader, flags: number, inlineBytesMax: number): Stored {
  const place = PLACES[flags & PAYLOAD_FLAGS.placeMask];
  const payload =
    place === undefined || place === "none" ? null : readPlace(reader, place, inlineBytesMax);
  const secmeta =
    payload === null || (flags & PAYLOAD_FLAGS.secmeta) === 0
      ? null
      : readSecmeta(reader, storedLengthOf(payload));
  const stored = { payload, secmeta };
  const { placeMask, secmeta: bit, deflated, encrypted } = PAYLOAD_FLAGS;
  if ((flags & (placeMask | bit | deflated | encrypted)) !== payloadFlags(stored)) {
    throw new FormatError("not-canonical", 0, "flags of another payload");
  }
  return stored;
}

function readPlace(reader: BodyReader, place: Payload["place"], inlineBytesMax: number): Payload {
  const start = reader.offset;
  if (place === "inline") {
    const length = reader.uintUpTo(inlineBytesMax, "inline bytes");
    return { place, bytes: reader.bytes(length) };
  }
  const length = reader.uint();
  if (place === "chunks" && length === 0) {
    throw new FormatError("out-of-range", start, "chunks of nothing");
  }
  return { place, length, digest: reader.bytes(DIGEST_BYTES) };
}
