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
import { BlockReader, type CodedBlock } from "./block-frame.ts";
import { decodeConesFrame } from "./cone-frame.ts";
import { ConeLibrary } from "./cones.ts";
import { decodeFrame } from "./entity-frame.ts";
import { EntityModel } from "./entity-model.ts";
import { EntityReader } from "./entity-stream.ts";
import { Facts } from "./facts.ts";

export class Generation {
  readonly store: Uint8Array;
  readonly number: number;
  readonly facts = new Facts();
  readonly cones = new ConeLibrary();
  /** What a writer of the log goes on with. */
  readonly entities = new EntityModel();
  readonly #reader = new EntityReader(this.entities);
  /** Made at the first block: not everybody reads any. */
  #blocks: BlockReader | null = null;

  constructor(store: Uint8Array, number: number) {
    this.store = store;
    this.number = number;
  }

  /** Takes the next frame of the log of entities. @throws FormatError when it is another one */
  addEntities(content: Uint8Array): EntitiesFrame {
    const frame = decodeFrame(content, this.#reader);
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
    this.#blocks ??= new BlockReader(this.facts, this.cones);
    return this.#blocks.decode(content);
  }

  #checkPlace({ store, generation }: { store: Uint8Array; generation: number }): void {
    if (equalBytes(store, this.store) && generation === this.number) return;
    throw new FormatError("wrong-type", 0, "a frame of another store or generation");
  }
}
