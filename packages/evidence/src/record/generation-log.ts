/**
 * The generation log of entities: `u32le length || zstd frame`, repeated.
 *
 * This file knows the framing and what one frame holds; compression is the caller's.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { STORE_BYTES } from "./store-file.ts";

export interface EntitiesFrame {
  readonly store: Uint8Array;
  readonly generation: number;
  readonly firstId: number;
  /** The generation salt, in the first frame of a generation only. */
  readonly salt: Uint8Array | null;
  readonly entities: readonly Uint8Array[];
}

/** A writer starts a new frame before either is passed. */
export const FRAME_ENTITIES_MAX = 65_536;
export const FRAME_BYTES_MAX = 16 * 1024 * 1024;
/** What a reader lets a frame unpack to: one entity may be as large as a line. */
export const FRAME_UNPACKED_MAX = 2 * FRAME_BYTES_MAX;

const SALT_BYTES = 32;
const LENGTH_BYTES = 4;

/** @throws TypeError for a number of entities that no decoder takes */
export function encodeEntitiesFrame(frame: EntitiesFrame): Uint8Array {
  const count = frame.entities.length;
  if (!isFrameCount(count)) throw new TypeError(`frame of ${count} entities`);
  const writer = new CborWriter(1 << 16)
    .array(6)
    .text("ritma/entities@1")
    .bytes(frame.store)
    .uint(frame.generation)
    .uint(frame.firstId)
    .bytesOrNull(frame.salt)
    .array(frame.entities.length);
  for (const entity of frame.entities) writer.bytes(entity);
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one frame's content. */
export function decodeEntitiesFrame(bytes: Uint8Array): EntitiesFrame {
  const reader = new CborReader(bytes);
  reader.array(6);
  reader.textTag("ritma/entities@1");
  const store = reader.bytes(STORE_BYTES);
  const generation = reader.uint();
  const firstId = reader.uint();
  const salt = reader.bytesOrNull(SALT_BYTES);
  const count = reader.array();
  if (!isFrameCount(count)) {
    throw new FormatError("out-of-range", reader.offset, `frame of ${count} entities`);
  }
  const entities: Uint8Array[] = [];
  while (entities.length < count) entities.push(reader.bytes());
  reader.finish();
  return { store, generation, firstId, salt, entities };
}

function isFrameCount(count: number): boolean {
  return count >= 1 && count <= FRAME_ENTITIES_MAX;
}

/** @returns `u32le length || frame`. */
export function packFrame(compressed: Uint8Array): Uint8Array {
  const packed = new Uint8Array(LENGTH_BYTES + compressed.length);
  new DataView(packed.buffer).setUint32(0, compressed.length, true);
  packed.set(compressed, LENGTH_BYTES);
  return packed;
}

/** @returns the compressed frames of a piece of the log. @throws FormatError when it is cut. */
export function splitFrames(piece: Uint8Array): Uint8Array[] {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < piece.length) {
    const start = at + LENGTH_BYTES;
    if (start > piece.length) throw new FormatError("truncated", at, "cut in a frame's length");
    const end = start + view.getUint32(at, true);
    if (end > piece.length) throw new FormatError("truncated", at, "cut in a frame");
    frames.push(piece.subarray(start, end));
    at = end;
  }
  return frames;
}
