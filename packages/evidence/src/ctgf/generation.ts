/**
 * What the blocks of a generation are decoded with: its entities as far as a block needs them, and
 * its cones.
 *
 * Frames and blocks come in the order in which they were written. Whoever writes goes on where a
 * reader of the same frames stands.
 *
 * Format: spec/06-store.md, "Generation log"; spec/11-blocks.md; spec/12-entities.md.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import type { EntitiesFrame } from "../record/generation-log.ts";
import { AtomModel } from "./atom-model.ts";
import { BlockReader, BlockWriter, type CodedBlock } from "./block-frame.ts";
import { decodeConesFrame } from "./cone-frame.ts";
import { ConeLibrary } from "./cones.ts";
import { decodeFrame } from "./entity-frame.ts";
import { EntityModel } from "./entity-model.ts";
import { EntityReader, EntityWriter } from "./entity-stream.ts";
import { Facts } from "./facts.ts";

/** Of what somebody is done with, so many are kept for the next. */
const SPARES_MAX = 4;

/** Disposing it lets its memory, 40 MB, be used again; then it must not be used any more. */
export class Generation implements Disposable {
  static readonly #spares: Generation[] = [];
  #store: Uint8Array;
  #number: number;
  readonly facts = new Facts();
  readonly cones = new ConeLibrary();
  /** Reads the frames that `addEntities` is not given. */
  readonly entities = new EntityReader();
  /** The rest is made when it is asked for: not everybody reads blocks, few write. */
  #atoms: AtomModel | null = null;
  #blocks: BlockReader | null = null;
  #writer: BlockWriter | null = null;
  #coders: { readonly writer: EntityWriter; readonly reader: EntityReader } | null = null;

  private constructor(store: Uint8Array, number: number) {
    this.#store = store;
    this.#number = number;
  }

  /** @returns one of which nothing is known yet. */
  static of(store: Uint8Array, number: number): Generation {
    const spare = Generation.#spares.pop();
    if (spare === undefined) return new Generation(store, number);
    spare.#begin(store, number);
    return spare;
  }

  get store(): Uint8Array {
    return this.#store;
  }

  get number(): number {
    return this.#number;
  }

  /** Writes blocks that this generation reads, but not while one is being written. */
  get writer(): BlockWriter {
    this.#writer ??= new BlockWriter(this.facts, this.cones, this.facts.size, this.#atomModel());
    return this.#writer;
  }

  /** Writes frames that this generation reads, with a model of its own. */
  get entityWriter(): EntityWriter {
    return this.#entityCoders().writer;
  }

  /** Brings `entityWriter` behind a frame of the log, from the last border on. */
  follow(content: Uint8Array): void {
    decodeFrame(content, this.#entityCoders().reader);
  }

  [Symbol.dispose](): void {
    const isSpare = Generation.#spares.includes(this);
    if (!isSpare && Generation.#spares.length < SPARES_MAX) Generation.#spares.push(this);
  }

  /** Takes the next frame of the log of entities. @throws FormatError when it is another one */
  addEntities(content: Uint8Array): EntitiesFrame {
    const frame = decodeFrame(content, this.entities);
    this.#checkPlace(frame);
    if (frame.firstId !== this.facts.size + 1) {
      throw new FormatError("out-of-range", 0, `a frame that begins at id ${frame.firstId}`);
    }
    if ((frame.firstId === 1) !== (frame.salt !== null)) {
      throw new FormatError("wrong-type", 0, "a salt anywhere but in the first frame");
    }
    for (const entity of frame.entities) this.facts.add(entity);
    return frame;
  }

  /** Takes the next frame of the log of cones. @throws FormatError when it is another one */
  addCones(content: Uint8Array): void {
    const frame = decodeConesFrame(content);
    this.#checkPlace(frame);
    this.cones.append(frame.firstId, frame.cones);
  }

  /** @throws FormatError when `content` is not exactly one block, of any version */
  block(content: Uint8Array): CodedBlock {
    this.#blocks ??= new BlockReader(this.facts, this.cones, this.#atomModel());
    return this.#blocks.decode(content);
  }

  #atomModel(): AtomModel {
    this.#atoms ??= new AtomModel(this.facts, this.cones);
    return this.#atoms;
  }

  #entityCoders(): { readonly writer: EntityWriter; readonly reader: EntityReader } {
    if (this.#coders !== null) return this.#coders;
    const model = new EntityModel();
    this.#coders = { writer: new EntityWriter(model), reader: new EntityReader(model) };
    return this.#coders;
  }

  #begin(store: Uint8Array, number: number): void {
    this.#store = store;
    this.#number = number;
    this.facts.clear();
    this.cones.clear();
    this.entities.skip(1);
    this.#coders?.reader.skip(1);
    if (this.#writer !== null && this.#writer.atoms > 0) this.#writer = null;
    this.#writer?.beginHour(0);
  }

  #checkPlace({ store, generation }: { store: Uint8Array; generation: number }): void {
    if (equalBytes(store, this.#store) && generation === this.#number) return;
    throw new FormatError("wrong-type", 0, "a frame of another store or generation");
  }
}
