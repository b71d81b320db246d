/**
 * What a press knows of the generation at hand, and the frames that an hour adds to its two logs:
 * entities and cones.
 *
 * Exactness before trust: a frame of entities is decoded again and compared before it may be
 * sealed; one that is not what was given is written as it is, and counted. A log of cones that does
 * not read back ends the recording: blocks need it.
 *
 * Format: spec/06-store.md, "Generation log"; spec/11-blocks.md, "Log of cones".
 *
 * @module
 */
import {
  type Cone,
  concatBytes,
  decodeConesFrame,
  decodeFrame,
  encodeConesFrame,
  encodeEntitiesFrame,
  type EntityWriter,
  equalBytes,
  FormatError,
  FRAME_BYTES_MAX,
  FRAME_ENTITIES_MAX,
  frameRoom,
  Generation,
  packCodedFrame,
  packFrame,
} from "@ritma/evidence";
import {
  FRAME_ENTITIES_PRESSED,
  ZSTD_LEVEL_CONES,
  ZSTD_LEVEL_PACKED,
  ZSTD_LEVEL_PLAIN,
} from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { type GenerationLogs, replayLogs } from "./generation-logs.ts";
import type { EntityPiece } from "./order.ts";
import type { PressedFiles } from "./press.ts";

export type GenerationPrimitives = Pick<NodePrimitives, "zstd" | "unzstd">;
export type EntityCoder = Pick<EntityWriter, "begin" | "add" | "finish">;

export class GenerationPress implements Disposable {
  readonly generation: Generation;
  readonly #primitives: GenerationPrimitives;
  readonly #coder: EntityCoder;
  #salt: Uint8Array | null = null;
  /** Entities that the coder has and no frame: those from `#firstId` on. */
  #entities: Uint8Array[] = [];
  #entityBytes = 0;
  #firstId: number;
  #frames: Uint8Array[] = [];
  #plainFrames = 0;
  #firstCone: number;

  /**
   * @param logs of this generation; null when it begins
   * @param coderOf tests give one with a bug
   */
  constructor(
    primitives: GenerationPrimitives,
    store: Uint8Array,
    number: number,
    logs: GenerationLogs | null,
    coderOf: (generation: Generation) => EntityCoder = ({ entityWriter }) => entityWriter,
  ) {
    this.#primitives = primitives;
    this.generation = Generation.of(store, number);
    if (logs !== null) this.#replay(logs);
    this.#coder = coderOf(this.generation);
    const { facts, cones } = this.generation;
    this.#beginHour();
    this.#firstId = facts.size + 1;
    this.#firstCone = cones.size + 1;
  }

  [Symbol.dispose](): void {
    this.generation[Symbol.dispose]();
  }

  entities({ salt, firstId, bytes, ends }: EntityPiece): void {
    const { facts } = this.generation;
    if (firstId !== facts.size + 1) throw new TypeError("entities out of order");
    this.#salt = salt;
    let start = 0;
    for (const end of ends) {
      const entity = bytes.subarray(start, end);
      start = end;
      facts.add(entity);
      this.#add(entity);
    }
  }

  /** Ends the pieces of an hour. */
  finish(): Pick<PressedFiles, "frames" | "cones"> & { readonly plainFrames: number } {
    this.#writeFrame();
    const frames = concatBytes(...this.#frames);
    const plainFrames = this.#plainFrames;
    this.#frames = [];
    this.#plainFrames = 0;
    const cones = this.#takeCones();
    this.#beginHour();
    return { frames, cones, plainFrames };
  }

  #replay(logs: GenerationLogs): void {
    // A model begins anew at a border, so what was before it need not be read twice.
    let segment: Uint8Array[] = [];
    replayLogs(this.generation, this.#primitives.unzstd, logs, ({ firstId }, content) => {
      if (firstId % FRAME_ENTITIES_MAX === 1) segment = [];
      segment.push(content);
    });
    for (const content of segment) this.generation.follow(content);
  }

  /** Forgets what a session that resumes here would not know. */
  #beginHour(): void {
    const { cones, facts, writer } = this.generation;
    cones.beginHour();
    writer.beginHour(facts.size);
  }

  #add(entity: Uint8Array): void {
    const count = this.#entities.length;
    const isFull = count > 0 && this.#entityBytes + entity.length > FRAME_BYTES_MAX;
    // A frame ends where the model of entities forgets, and before checking it takes long: what is
    // left for the end of the hour holds up whoever waits for the seal.
    const room = Math.min(FRAME_ENTITIES_PRESSED, frameRoom(this.#firstId));
    if (isFull || count === room) this.#writeFrame();
    if (this.#entities.length === 0) this.#coder.begin(this.#firstId);
    this.#coder.add(entity);
    this.#entities.push(entity);
    this.#entityBytes += entity.length;
  }

  #writeFrame(): void {
    const entities = this.#entities;
    const count = entities.length;
    if (count === 0) return;
    const { store, number } = this.generation;
    const firstId = this.#firstId;
    const head = { store, generation: number, firstId, salt: firstId === 1 ? this.#salt : null };
    const coded = packCodedFrame({ ...head, count, coded: this.#coder.finish() });
    const { zstd } = this.#primitives;
    if (this.#holds(coded, entities)) {
      this.#frames.push(packFrame(zstd(coded, ZSTD_LEVEL_PACKED)));
    } else {
      this.#plainFrames += 1;
      const plain = encodeEntitiesFrame({ ...head, entities });
      decodeFrame(plain, this.generation.entities);
      this.generation.follow(plain);
      this.#frames.push(packFrame(zstd(plain, ZSTD_LEVEL_PLAIN)));
    }
    this.#firstId += count;
    this.#entities = [];
    this.#entityBytes = 0;
  }

  /** @returns true when a reader will find just these entities in the frame. */
  #holds(content: Uint8Array, entities: readonly Uint8Array[]): boolean {
    try {
      const { entities: read } = decodeFrame(content, this.generation.entities);
      if (read.length !== entities.length) return false;
      return entities.every((entity, at) => equalBytes(entity, read[at] ?? new Uint8Array(0)));
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  }

  #takeCones(): PressedFiles["cones"] {
    const { store, number, cones: library } = this.generation;
    const firstId = this.#firstCone;
    const cones = library.since(firstId);
    this.#firstCone += cones.length;
    if (cones.length === 0) return { frames: new Uint8Array(0), firstId, count: 0 };
    const content = encodeConesFrame({ store, generation: number, firstId, cones });
    if (!sameCones(decodeConesFrame(content).cones, cones)) {
      throw new TypeError("a log of cones that does not read back");
    }
    const frames = packFrame(this.#primitives.zstd(content, ZSTD_LEVEL_CONES));
    return { frames, firstId, count: cones.length };
  }
}

function sameCones(a: readonly Cone[], b: readonly Cone[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ shape, atoms }, at) => {
      const other = b[at];
      return other?.atoms === atoms && shape.every((value, field) => value === other.shape[field]);
    })
  );
}
