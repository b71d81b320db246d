/**
 * The entities of one generation, as far as it was read: looked up by id, decoded when asked for.
 *
 * They are kept as the bytes they are stored in, so that a generation of a million takes little
 * more than its own size. What was decoded is remembered up to a bound.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import {
  decodeEntity,
  type Entity,
  FormatError,
  FRAME_UNPACKED_MAX,
  Generation,
  type ProcessEntity,
  type ProcessKey,
  splitFrames,
  type Value,
} from "@ritma/evidence";
import type { NodePrimitives } from "../../base/primitives.ts";
import { ProcessIndex } from "./process-index.ts";

/** Decoded entities that are kept. A line of a timeline needs about five. */
const DECODED_MAX = 16_384;

interface Frame {
  readonly firstId: number;
  /** Entities, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each ends. */
  readonly ends: Uint32Array;
}

interface ConesInFrame {
  readonly firstId: number;
  readonly cones: number;
}

export class Entities {
  readonly generation: number;
  /** What blocks are decoded with. */
  readonly decoding: Generation;
  readonly #primitives: NodePrimitives;
  readonly #frames: Frame[] = [];
  readonly #coneFrames: ConesInFrame[] = [];
  readonly #decoded = new Map<number, Entity>();
  readonly #processes = new ProcessIndex();
  #size = 0;
  #salt = new Uint8Array(0);
  /** Newest id that the index of processes knows. */
  #indexed = 0;

  constructor(primitives: NodePrimitives, store: Uint8Array, generation: number) {
    this.#primitives = primitives;
    this.generation = generation;
    this.decoding = Generation.of(store, generation);
  }

  /** Entities so far; also the newest id. */
  get size(): number {
    return this.#size;
  }

  /** Of the generation: what commitments of its entities are made with. */
  get salt(): Uint8Array {
    return this.#salt;
  }

  /** Frames of the log of cones so far. */
  get coneFrames(): readonly ConesInFrame[] {
    return this.#coneFrames;
  }

  /** Adds a piece of the generation log whose digest was checked. @throws FormatError */
  add(piece: Uint8Array): void {
    for (const packed of splitFrames(piece)) {
      const content = this.#primitives.unzstd(packed, FRAME_UNPACKED_MAX);
      const { firstId, entities, salt } = this.decoding.addEntities(content);
      if (salt !== null) this.#salt = salt.slice();
      this.#frames.push({ firstId, ...joined(entities) });
      this.#size += entities.length;
    }
  }

  /** The same for the log of cones. @throws FormatError */
  addCones(piece: Uint8Array): void {
    const library = this.decoding.cones;
    for (const packed of splitFrames(piece)) {
      const firstId = library.size + 1;
      this.decoding.addCones(this.#primitives.unzstd(packed, FRAME_UNPACKED_MAX));
      this.#coneFrames.push({ firstId, cones: library.size + 1 - firstId });
    }
  }

  /** @throws FormatError `out-of-range` when there is no such id yet */
  entity(id: number): Entity {
    const known = this.#decoded.get(id);
    if (known !== undefined) return known;
    if (this.#decoded.size >= DECODED_MAX) this.#decoded.clear();
    const entity = decodeEntity(this.bytes(id));
    this.#decoded.set(id, entity);
    return entity;
  }

  /** @throws FormatError when the id is of something else */
  process(id: number): ProcessEntity {
    const entity = this.entity(id);
    if (entity.kind === "process") return entity;
    throw new FormatError("wrong-type", 0, `entity ${id} is a ${entity.kind}, not a process`);
  }

  /** @returns the process of that node with that key, null when this generation has none. */
  findProcess(node: Value, key: ProcessKey): ProcessEntity | null {
    const id = this.findProcessId(node, key);
    return id === 0 ? null : this.process(id);
  }

  /** The same by its id, 0 when this generation has none. */
  findProcessId(node: Value, key: ProcessKey): number {
    for (const { firstId, bytes, ends } of this.#indexed === this.#size ? [] : this.#frames) {
      if (firstId + ends.length - 1 <= this.#indexed) continue;
      for (let at = this.#indexed + 1 - firstId; at < ends.length; at += 1) {
        this.#processes.add(bytes.subarray(ends[at - 1] ?? 0, ends[at]), firstId + at);
      }
      this.#indexed = firstId + ends.length - 1;
    }
    return this.#processes.find(node, key, (id) => this.process(id));
  }

  /** Canonical bytes. @throws FormatError `out-of-range` when there is no such id yet */
  bytes(id: number): Uint8Array {
    let [low, high] = [0, this.#frames.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#frames[middle]?.firstId ?? 0) <= id) low = middle;
      else high = middle - 1;
    }
    const frame = this.#frames[low];
    const at = id - (frame?.firstId ?? 0);
    const end = frame?.ends[at];
    if (frame === undefined || end === undefined || at < 0) {
      throw new FormatError("out-of-range", 0, `no entity ${id} in generation ${this.generation}`);
    }
    return frame.bytes.subarray(frame.ends[at - 1] ?? 0, end);
  }
}

/** Copies, so that a frame costs two objects and not one for each entity. */
function joined(entities: readonly Uint8Array[]): Pick<Frame, "bytes" | "ends"> {
  const ends = new Uint32Array(entities.length);
  let length = 0;
  for (const [at, entity] of entities.entries()) {
    length += entity.length;
    ends[at] = length;
  }
  const bytes = new Uint8Array(length);
  for (const [at, entity] of entities.entries()) bytes.set(entity, ends[at - 1] ?? 0);
  return { bytes, ends };
}
