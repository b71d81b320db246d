/**
 * From the atoms of a window to its micro root, and from entities to the root of the dictionary.
 *
 * @module
 */
import {
  type CommitmentPrimitives,
  Dictionary,
  Generation,
  LeafHasher,
  type Primitives,
} from "@ritma/evidence";
import { type GenerationLogs, replayLogs } from "./generation-logs.ts";
import type { EntityPiece, SectionPiece } from "./order.ts";
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
    this.#hasher = new LeafHasher(primitives.sha256, (writer, id) =>
      this.#taken().writeCommitment(writer, id),
    );
  }

  entities({ generation, salt, bytes, ends }: EntityPiece): void {
    const dictionary = this.#dictionaryOf(generation, salt);
    let start = 0;
    for (const end of ends) {
      dictionary.add(bytes.subarray(start, end));
      start = end;
    }
  }

  window({ section }: SectionPiece): PressedRoot {
    const microRoot = this.#hasher.root(section);
    const root = { microRoot, instantiations: section.starts.length - 1 };
    this.#roots.push(root);
    return root;
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
    if (this.#logs?.number === generation) {
      using reading = Generation.of(this.#store, generation);
      replayLogs(reading, this.#primitives.unzstd, this.#logs, ({ entities }) => {
        for (const entity of entities) dictionary.add(entity);
      });
    }
    this.#logs = null;
    this.#dictionary = dictionary;
    return dictionary;
  }
}
