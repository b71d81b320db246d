/**
 * Frames of the generation log that hold entities coded (`ritma/entities@2`), and the way to read
 * those that hold them as they are (`ritma/entities@1`) beside them.
 *
 * Format: spec/06-store.md, "Generation log", and spec/12-entities.md, "Frames".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { decodeEntitiesFrame, type EntitiesFrame } from "../record/generation-log.ts";
import { STORE_BYTES } from "../record/store-file.ts";
import { checkPlace, type EntityReader, type EntityWriter } from "./entity-stream.ts";

const TAG = "ritma/entities@2";
const ITEMS = 7;
const SALT_BYTES = 32;
const HEAD_BYTES = 128;

/** What stands around the entities of a coded frame. */
export interface CodedFrame extends Omit<EntitiesFrame, "entities"> {
  readonly count: number;
  /** As `EntityWriter` made it. */
  readonly coded: Uint8Array;
}

export function packCodedFrame({ coded, count, ...frame }: CodedFrame): Uint8Array {
  return new CborWriter(coded.length + HEAD_BYTES)
    .array(ITEMS)
    .text(TAG)
    .bytes(frame.store)
    .uint(frame.generation)
    .uint(frame.firstId)
    .bytesOrNull(frame.salt)
    .uint(count)
    .bytes(coded)
    .finish();
}

/**
 * Codes the entities of a frame behind those that `writer` wrote before.
 *
 * @throws RangeError, FormatError as `EntityWriter` does.
 */
export function encodeCodedFrame(frame: EntitiesFrame, writer: EntityWriter): Uint8Array {
  const { entities, ...head } = frame;
  const coded = writer.write(entities, frame.firstId);
  return packCodedFrame({ ...head, count: entities.length, coded });
}

/**
 * Reads a frame of either kind.
 *
 * @param entities has read the coded frames before it, from the last border on.
 * @throws FormatError when `bytes` is not exactly one frame's content.
 */
export function decodeFrame(bytes: Uint8Array, entities: EntityReader): EntitiesFrame {
  const reader = new CborReader(bytes);
  if (reader.array() !== ITEMS) {
    const frame = decodeEntitiesFrame(bytes);
    entities.skip(frame.firstId + frame.entities.length);
    return frame;
  }
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const generation = reader.uint();
  const firstId = reader.uint();
  const salt = reader.bytesOrNull(SALT_BYTES);
  const count = reader.uint();
  const coded = reader.bytes();
  reader.finish();
  checkPlace(firstId, count);
  return { store, generation, firstId, salt, entities: entities.read(coded, count, firstId) };
}
