/**
 * Writes a generation's new entities as frames, a bounded number in memory at a time.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import {
  concatBytes,
  type Dictionary,
  encodeEntitiesFrame,
  entitiesPath,
  FRAME_BYTES_MAX,
  FRAME_ENTITIES_MAX,
  type GenerationPiece,
  packFrame,
} from "@ritma/evidence";
import { ZSTD_LEVEL_DICTIONARY } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Batch } from "./batch.ts";
import type { ChainState } from "./chain-state.ts";

export class GenerationWriter {
  readonly #primitives: NodePrimitives;
  readonly #store: Uint8Array;
  #frames: Uint8Array[] = [];
  #entities = 0;

  constructor(primitives: NodePrimitives, store: Uint8Array) {
    this.#primitives = primitives;
    this.#store = store;
  }

  /** Turns fresh entities into frames once they fill one. Cheap when they do not. */
  collect(dictionary: Dictionary): void {
    const { freshBytes, freshCount } = dictionary;
    if (freshBytes < FRAME_BYTES_MAX / 2 && freshCount < FRAME_ENTITIES_MAX / 2) return;
    this.#frame(dictionary);
  }

  /** Ends the piece of an hour. @param t1 of the hour */
  take(
    dictionary: Dictionary,
    state: ChainState,
    t1: number,
  ): { piece: GenerationPiece; growing: Batch["growing"] } {
    this.#frame(dictionary);
    const bytes = concatBytes(...this.#frames);
    const piece = {
      number: dictionary.generation,
      offset: state.generationBytes,
      length: bytes.length,
      sha256: this.#primitives.sha256(bytes),
      firstId: dictionary.size - this.#entities + 1,
      entities: this.#entities,
      root: dictionary.root(),
      begun: state.generationBegun ?? t1,
    };
    this.#frames = [];
    this.#entities = 0;
    const path = entitiesPath(dictionary.generation);
    const growing = bytes.length === 0 ? null : { path, before: piece.offset, bytes };
    return { piece, growing };
  }

  #frame(dictionary: Dictionary): void {
    const fresh = dictionary.takeFresh();
    let firstId = dictionary.size - fresh.length + 1;
    for (const entities of inFrames(fresh)) {
      this.#write(dictionary, firstId, entities);
      firstId += entities.length;
    }
  }

  #write(dictionary: Dictionary, firstId: number, entities: readonly Uint8Array[]): void {
    const frame = encodeEntitiesFrame({
      store: this.#store,
      generation: dictionary.generation,
      firstId,
      salt: firstId === 1 ? dictionary.salt : null,
      entities,
    });
    this.#entities += entities.length;
    this.#frames.push(packFrame(this.#primitives.zstd(frame, ZSTD_LEVEL_DICTIONARY)));
  }
}

/** Cuts entities into pieces that fit a frame: one event may bring more than one holds. */
function inFrames(entities: readonly Uint8Array[]): Uint8Array[][] {
  const frames: Uint8Array[][] = [];
  let bytes = 0;
  for (const entity of entities) {
    const last = frames.at(-1);
    const fits = last !== undefined && last.length < FRAME_ENTITIES_MAX;
    if (fits && bytes + entity.length <= FRAME_BYTES_MAX) {
      last.push(entity);
      bytes += entity.length;
    } else {
      frames.push([entity]);
      bytes = entity.length;
    }
  }
  return frames;
}
