/**
 * Entities of a generation as coded frames, written and read in order of id.
 *
 * A reader and a writer may share a model: after all frames were read, the writer goes on with the
 * very bytes that the one before would have written. Frames end where ids are multiples of 65,536,
 * and may end anywhere else.
 *
 * Invariant: equal entities cut into equal frames give equal bytes, and a reader refuses all
 * others.
 *
 * Format: spec/12-entities.md, "Frames".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { FRAME_ENTITIES_MAX, FRAME_UNPACKED_MAX } from "../record/generation-log.ts";
import { RangeReader, RangeWriter } from "./coder.ts";
import { ENTITY_BYTES_MAX, EntityModel, SEGMENT_ENTITIES } from "./entity-model.ts";

/** @returns how many entities a frame from `firstId` on may hold. */
export function frameRoom(firstId: number): number {
  return SEGMENT_ENTITIES - ((firstId - 1) % SEGMENT_ENTITIES);
}

export class EntityWriter {
  readonly #model: EntityModel;
  /** Of the frame at hand; null between two. */
  #coder: RangeWriter | null = null;
  #firstId = 0;
  #count = 0;
  #bytes = 0;

  /** @param model that read what comes before. */
  constructor(model: EntityModel = new EntityModel()) {
    this.#model = model;
  }

  /**
   * Begins a frame; one that was not finished is forgotten.
   *
   * @throws RangeError when it does not follow what was written.
   */
  begin(firstId: number): void {
    const { nextId } = this.#model;
    const isId = Number.isSafeInteger(firstId) && firstId >= 1;
    if (!isId || !this.#model.begin(firstId)) {
      throw new RangeError(`${firstId} where ${nextId} was due`);
    }
    this.#coder = new RangeWriter(this.#model.probabilities);
    this.#firstId = firstId;
    this.#count = 0;
    this.#bytes = 0;
  }

  /**
   * Adds an entity to the frame: 1 to `frameRoom`, together `FRAME_UNPACKED_MAX`.
   *
   * @param entity canonical bytes
   * @throws RangeError when they are too many; FormatError when it is not a canonical entity.
   * Either way nothing can be written behind it but from the next segment on.
   */
  add(entity: Uint8Array): void {
    const coder = this.#coder;
    const isRoom = this.#count < frameRoom(this.#firstId);
    this.#bytes += entity.length;
    if (coder === null || !isRoom || this.#bytes > FRAME_UNPACKED_MAX) {
      throw new RangeError(`entity ${this.#firstId + this.#count} does not fit its frame`);
    }
    this.#model.write(coder, entity);
    this.#count += 1;
  }

  /** @returns the coded frame. @throws RangeError when nothing is in it */
  finish(): Uint8Array {
    const coder = this.#coder;
    if (coder === null || this.#count === 0) throw new RangeError("a frame without an entity");
    this.#coder = null;
    this.#model.end(this.#firstId + this.#count);
    return coder.finish();
  }

  /**
   * Codes a whole frame.
   *
   * @throws RangeError, FormatError as `begin`, `add` and `finish` do, nothing being written when
   * they are none or too many.
   */
  write(entities: readonly Uint8Array[], firstId: number): Uint8Array {
    let left = FRAME_UNPACKED_MAX;
    for (const entity of entities) left -= entity.length;
    if (entities.length === 0 || entities.length > frameRoom(firstId) || left < 0) {
      throw new RangeError(`frame of ${entities.length} entities at ${firstId}`);
    }
    this.begin(firstId);
    for (const entity of entities) this.add(entity);
    return this.finish();
  }
}

export class EntityReader {
  readonly #model: EntityModel;

  constructor(model: EntityModel = new EntityModel()) {
    this.#model = model;
  }

  /**
   * Reads a frame, which follows the last one or begins a segment (1 modulo 65,536).
   *
   * @returns the canonical bytes of `count` entities.
   * @throws FormatError unless a writer makes exactly `coded` of them. Nothing can be read behind a
   * frame that was refused, but from the next segment on.
   */
  read(coded: Uint8Array, count: number, firstId: number): Uint8Array[] {
    checkPlace(firstId, count);
    const model = this.#model;
    if (!model.begin(firstId)) {
      throw new FormatError("out-of-range", 0, `frame from ${firstId} on, not behind the last one`);
    }
    const coder = new RangeReader(model.probabilities, coded);
    const entities: Uint8Array[] = [];
    let left = FRAME_UNPACKED_MAX;
    while (entities.length < count) {
      const entity = model.read(coder, Math.min(left, ENTITY_BYTES_MAX));
      left -= entity.length;
      entities.push(entity);
    }
    coder.finish();
    model.end(firstId + count);
    return entities;
  }

  /** Passes over a frame that is not coded, and ends before `nextId`: the model begins anew. */
  skip(nextId: number): void {
    this.#model.skip(nextId);
  }
}

/** @throws FormatError `out-of-range` unless a frame may stand there. */
export function checkPlace(firstId: number, count: number): void {
  const isPlace = Number.isSafeInteger(firstId) && firstId >= 1;
  if (!isPlace || !(count >= 1) || count > FRAME_ENTITIES_MAX || count > frameRoom(firstId)) {
    throw new FormatError("out-of-range", 0, `frame of ${count} entities at ${firstId}`);
  }
}
