/**
 * A payload that a cell had before: the record of type 06 with the cell's path and the revision of
 * then (16 bytes) as its suffix.
 *
 *     flags  payload_kind  beat    payload  secmeta?
 *      u8        u8        varint
 *
 * `flags` are a cell's without tombstone and veil. Up to 65,536 bytes stand in the record, more are
 * a reference; there are no chunks of the past.
 *
 * Format: spec/16-beat-frame.md, "Histories".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { BodyReader, BodyWriter } from "./body-codec.ts";
import { CHUNK_BYTES } from "./chunk.ts";
import {
  PAYLOAD_KINDS,
  payloadFlags,
  type PayloadKind,
  readPayload,
  type Stored,
  writePayload,
} from "./payload.ts";

export interface PayloadHistory extends Stored {
  readonly payloadKind: PayloadKind;
  /** That gave the cell this payload. */
  readonly beat: number;
}

/** Place, security metadata, deflated and encrypted. */
const FLAGS_MAX = 0x1f;

/** @throws RangeError for what no history may be: a caller's bug */
export function encodePayloadHistory(history: PayloadHistory): Uint8Array {
  if (history.payload === null || history.payload.place === "chunks") {
    throw new RangeError("a past payload is inline or a reference");
  }
  const writer = new BodyWriter()
    .u8(payloadFlags(history))
    .u8(PAYLOAD_KINDS.indexOf(history.payloadKind))
    .uint(history.beat);
  writePayload(writer, history, CHUNK_BYTES);
  return writer.finish();
}

/** @throws FormatError */
export function decodePayloadHistory(body: Uint8Array): PayloadHistory {
  const reader = new BodyReader(body);
  const flags = reader.u8();
  if (flags > FLAGS_MAX) throw new FormatError("out-of-range", 0, "flags of a past payload");
  const payloadKind = reader.choice(PAYLOAD_KINDS, "kind of payload");
  const beat = reader.uint();
  const { payload, secmeta } = readPayload(reader, flags, CHUNK_BYTES);
  reader.finish();
  if (payload === null || payload.place === "chunks") {
    throw new FormatError("out-of-range", 0, "a past payload is inline or a reference");
  }
  return { payloadKind, beat, payload, secmeta };
}
