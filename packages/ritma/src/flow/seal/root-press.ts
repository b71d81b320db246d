/**
 * From the atoms of a window to its micro root, and from entities to the root of the dictionary.
 *
 * @module
 */
import {
  type CommitmentPrimitives,
  cutSection,
  Dictionary,
  FRAME_UNPACKED_MAX,
  Generation,
  LeafHasher,
  type Primitives,
  splitFrames,
} from "@ritma/evidence";
import type { GenerationLogs } from "./generation-press.ts";
import type { EntityPiece, WindowPiece } from "./order.ts";
import type { PressedRoot, PressedRoots } from "./press.ts";

export type RootPrimitives = CommitmentPrimitives & Pick<Primitives, "unzstd">;

export class RootPress {
  readonly #primitives: RootPrimitives;
  readonly #store: Uint8Array;
  readonly #hasher: LeafHasher;
  #logs: GenerationLogs | null;
  #dictionary: Dictionary | null = null;
  #roots: PressedRoot[] = [];

  /** @param logs of the generation that goes on; null when none does */
  constructor(primitives: RootPrimitives, store: Uint8Array, logs: GenerationLogs | null) {
    this.#primitives = primitives;
    this.#store = store;
    this.#logs = logs;
    this.#hasher = new LeafHasher(primitives.sha256, (id) => this.#taken().commitmentOf(id));
  }

  entities({ generation, salt, bytes, ends }: EntityPiece): void {
    const dictionary = this.#dictionaryOf(generation, salt);
    let start = 0;
    for (const end of ends) {
      dictionary.add(bytes.subarray(start, end));
      start = end;
    }
  }

  window({ window, table }: WindowPiece): void {
    const section = cutSection(window, table);
    const microRoot = this.#hasher.root(section);
    this.#roots.push({ microRoot, instantiations: section.starts.length - 1 });
  }

  /** Ends the hour. */
  finish(): PressedRoots {
    const roots = this.#roots;
    this.#roots = [];
    return { roots, entitiesRoot: this.#taken().root() };
  }

  #taken(): Dictionary {
    if (this.#dictionary === null) throw new TypeError("atoms came before any entity");
    return this.#dictionary;
  }

  #dictionaryOf(generation: number, salt: Uint8Array): Dictionary {
    if (this.#dictionary?.generation === generation) return this.#dictionary;
    const dictionary = new Dictionary(this.#primitives, generation, salt);
    if (this.#logs?.number === generation) this.#replay(dictionary, this.#logs);
    this.#logs = null;
    this.#dictionary = dictionary;
    return dictionary;
  }

  #replay(dictionary: Dictionary, { number, entities }: GenerationLogs): void {
    using reading = Generation.of(this.#store, number);
    for (const frame of splitFrames(entities)) {
      const content = this.#primitives.unzstd(frame, FRAME_UNPACKED_MAX);
      for (const entity of reading.addEntities(content).entities) dictionary.add(entity);
    }
  }
}
