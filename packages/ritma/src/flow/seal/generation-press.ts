/**
 * Writes the logs of one generation: frames of entities and of cones.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import {
  concatBytes,
  encodeConesFrame,
  encodeCodedFrame,
  EntityWriter,
  FRAME_BYTES_MAX,
  frameRoom,
  Generation,
  packFrame,
} from "@ritma/evidence";
import { ZSTD_LEVEL_CONES, ZSTD_LEVEL_PACKED } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { type GenerationLogs, replayLogs } from "./generation-logs.ts";
import type { EntityPiece } from "./order.ts";
import type { PressedFiles } from "./press.ts";

export type GenerationPrimitives = Pick<NodePrimitives, "zstd" | "unzstd">;

export class GenerationPress implements Disposable {
  readonly generation: Generation;
  readonly #primitives: GenerationPrimitives;
  readonly #writer: EntityWriter;
  #salt: Uint8Array | null = null;
  /** Entities that are not in a frame yet, and the id of the first of them. */
  #entities: Uint8Array[] = [];
  #entityBytes = 0;
  #firstId: number;
  #frames: Uint8Array[] = [];
  #firstCone: number;

  /** @param logs what is sealed of it; null for a generation that begins */
  constructor(
    primitives: GenerationPrimitives,
    store: Uint8Array,
    number: number,
    logs: GenerationLogs | null,
  ) {
    this.#primitives = primitives;
    this.generation = Generation.of(store, number);
    if (logs !== null) replayLogs(this.generation, primitives.unzstd, logs);
    this.#writer = new EntityWriter(this.generation.entities);
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
  finish(): Pick<PressedFiles, "frames" | "cones"> {
    this.#writeFrame();
    const frames = concatBytes(...this.#frames);
    this.#frames = [];
    const cones = this.#takeCones();
    this.#beginHour();
    return { frames, cones };
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
    // A frame ends where the model of entities forgets.
    const isBorder = count === frameRoom(this.#firstId);
    if (isFull || isBorder) this.#writeFrame();
    this.#entities.push(entity);
    this.#entityBytes += entity.length;
  }

  #writeFrame(): void {
    if (this.#entities.length === 0) return;
    const { store, number } = this.generation;
    const content = encodeCodedFrame(
      {
        store,
        generation: number,
        firstId: this.#firstId,
        salt: this.#firstId === 1 ? this.#salt : null,
        entities: this.#entities,
      },
      this.#writer,
    );
    this.#frames.push(packFrame(this.#primitives.zstd(content, ZSTD_LEVEL_PACKED)));
    this.#firstId += this.#entities.length;
    this.#entities = [];
    this.#entityBytes = 0;
  }

  #takeCones(): PressedFiles["cones"] {
    const { store, number, cones: library } = this.generation;
    const firstId = this.#firstCone;
    const cones = library.since(firstId);
    this.#firstCone += cones.length;
    if (cones.length === 0) return { frames: new Uint8Array(0), firstId, count: 0 };
    const content = encodeConesFrame({ store, generation: number, firstId, cones });
    const frames = packFrame(this.#primitives.zstd(content, ZSTD_LEVEL_CONES));
    return { frames, firstId, count: cones.length };
  }
}
