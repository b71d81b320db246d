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
import { conesPath, entitiesPath, type GenerationPiece, type HourHeader } from "@ritma/evidence";
import { Turns } from "../../base/turns.ts";
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
  readonly #turns = new Turns();

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
    // Two who ask at once would both add what is missing.
    return await this.#turns.run(async () => await this.#of(header));
  }

  async #of(header: HourHeader): Promise<Entities> {
    const { number } = header.generation;
    let entities = this.#known.get(number);
    if (entities === undefined) {
      entities = new Entities(this.#files.primitives, header.store, number);
      for (const old of this.#known.keys()) {
        if (this.#known.size >= GENERATIONS_MAX) this.#known.delete(old);
      }
      this.#known.set(number, entities);
    }
    for (const missing of await this.#missing(header, entities)) {
      await this.#addEntities(entities, missing.generation);
      if (missing.cones !== null) await this.#addCones(entities, missing);
    }
    return entities;
  }

  /** @returns headers of the hours whose pieces `entities` lacks, oldest first. */
  async #missing(newest: HourHeader, entities: Entities): Promise<HourHeader[]> {
    const missing: HourHeader[] = [];
    let header = newest;
    while (header.generation.number === entities.generation && lacks(entities, header)) {
      missing.unshift(header);
      if (header.generation.firstId === 1 || header.sequence === 0) break;
      header = await this.#readHeader(header.sequence - 1);
    }
    return missing;
  }

  async #addEntities(entities: Entities, piece: GenerationPiece): Promise<void> {
    if (piece.entities === 0) return;
    const path = entitiesPath(piece.number);
    const { offset, length, sha256 } = piece;
    const bytes = await this.#files.readSealedPiece(path, offset, length, sha256);
    this.#files.decode(path, () => entities.add(bytes));
    if (entities.size === lastId(piece)) return;
    throw this.#files.damaged(path, `holds ${entities.size} entities, sealed were others`);
  }

  async #addCones(entities: Entities, { generation, cones }: HourHeader): Promise<void> {
    if (cones === null || cones.cones === 0) return;
    const path = conesPath(generation.number);
    const bytes = await this.#files.readSealedPiece(path, cones.offset, cones.length, cones.sha256);
    this.#files.decode(path, () => entities.addCones(bytes));
    const { size } = entities.decoding.cones;
    if (size === cones.firstId + cones.cones - 1) return;
    throw this.#files.damaged(path, `holds ${size} cones, sealed were others`);
  }
}

function lacks({ size, decoding }: Entities, { generation, cones }: HourHeader): boolean {
  if (lastId(generation) > size) return true;
  return cones !== null && cones.firstId + cones.cones - 1 > decoding.cones.size;
}

function lastId({ firstId, entities }: GenerationPiece): number {
  return firstId + entities - 1;
}
