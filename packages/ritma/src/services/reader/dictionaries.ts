/**
 * The dictionary that an hour's atoms are read with.
 *
 * A generation log grows piece by piece, one for each hour, and only the headers of those hours say
 * what each piece hashes to. So the pieces before are found by walking back, hour by hour, and
 * every piece is compared with its own sealed header.
 *
 * Invariant: an entity is used only after the digest of the piece that holds it was compared.
 *
 * @module
 */
import { entitiesPath, type GenerationPiece, type HourHeader } from "@ritma/evidence";
import { Entities } from "./entities.ts";
import type { StoreFiles } from "./store-files.ts";

/** Late atoms of an hour may be read while an older generation is still in use. */
const GENERATIONS_MAX = 2;

/** @returns the header of an hour of the store, checked. */
type ReadHeader = (sequence: number) => Promise<HourHeader>;

export class Dictionaries {
  readonly #files: StoreFiles;
  readonly #readHeader: ReadHeader;
  readonly #known = new Map<number, Entities>();

  constructor(files: StoreFiles, readHeader: ReadHeader) {
    this.#files = files;
    this.#readHeader = readHeader;
  }

  /**
   * @returns the entities of the header's generation, at least up to that hour; the same object for
   * later hours of the generation.
   * @throws RitmaError `store/damaged`
   */
  async of(header: HourHeader): Promise<Entities> {
    const { number } = header.generation;
    let entities = this.#known.get(number);
    if (entities === undefined) {
      entities = new Entities(this.#files.primitives, header.store, number);
      for (const old of this.#known.keys()) {
        if (this.#known.size >= GENERATIONS_MAX) this.#known.delete(old);
      }
      this.#known.set(number, entities);
    }
    for (const piece of await this.#missing(header, entities.size)) {
      await this.#add(entities, piece);
    }
    return entities;
  }

  /** @returns pieces that follow the first `size` entities, oldest first. */
  async #missing(header: HourHeader, size: number): Promise<GenerationPiece[]> {
    const { number } = header.generation;
    const missing: GenerationPiece[] = [];
    let { generation, sequence } = header;
    while (generation.number === number && lastId(generation) > size) {
      if (generation.entities > 0) missing.unshift(generation);
      if (generation.firstId === 1 || sequence === 0) break;
      sequence -= 1;
      ({ generation } = await this.#readHeader(sequence));
    }
    return missing;
  }

  async #add(entities: Entities, piece: GenerationPiece): Promise<void> {
    const path = entitiesPath(piece.number);
    const { offset, length, sha256 } = piece;
    const bytes = await this.#files.readSealedPiece(path, offset, length, sha256);
    this.#files.decode(path, () => entities.add(bytes));
    if (entities.size === lastId(piece)) return;
    throw this.#files.damaged(path, `holds ${entities.size} entities, sealed were others`);
  }
}

function lastId({ firstId, entities }: GenerationPiece): number {
  return firstId + entities - 1;
}
