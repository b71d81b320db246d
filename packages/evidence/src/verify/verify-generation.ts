/**
 * Checks the logs of the generations, and keeps what blocks are read with.
 *
 * Where only a header is missing the entities between are read too: the root that the next piece
 * was sealed with tells whether they are the right ones.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { Generation } from "../ctgf/generation.ts";
import { FormatError } from "../error.ts";
import { Dictionary } from "../record/dictionary.ts";
import { decodeEntity } from "../record/entity-codec.ts";
import { FRAME_UNPACKED_MAX, splitFrames } from "../record/generation-log.ts";
import type { ConesPiece, GenerationPiece, HourHeader } from "../record/hour.ts";
import { conesPath, entitiesPath } from "../record/layout.ts";
import { PieceLog } from "./piece-log.ts";
import type { Reading } from "./reading.ts";

const FOLDERS = ["graph/dict/", "ctgf/cones/"] as const;

/** What the blocks of an hour are read with. */
export interface ReadGeneration {
  readonly generation: Generation;
  readonly dictionary: Dictionary;
}

export class GenerationVerifier implements Disposable {
  readonly #reading: Reading;
  readonly #store: Uint8Array;
  #number = 0;
  #entities: PieceLog | null = null;
  #cones: PieceLog | null = null;
  #generation: Generation | null = null;
  #dictionary: Dictionary | null = null;
  /** False once something of the generation at hand could not be read. */
  #isWhole = true;
  /** True once the header of an hour could not be read, so that its pieces are not known. */
  #skipped = false;

  constructor(reading: Reading, store: Uint8Array) {
    this.#reading = reading;
    this.#store = store;
  }

  /** @returns the generation up to and with this hour, or null, with findings. */
  async take({ generation: piece, cones }: HourHeader): Promise<ReadGeneration | null> {
    const { ledger } = this.#reading;
    const before = ledger.total;
    if (piece.number !== this.#number) this.#next(piece.number);
    await this.#takeEntities(piece);
    if (cones !== null) await this.#takeCones(cones);
    if (ledger.total > before) this.#isWhole = false;
    const [generation, dictionary] = [this.#generation, this.#dictionary];
    if (!this.#isWhole || generation === null || dictionary === null) return null;
    return { generation, dictionary };
  }

  /** Instead of `take`, for an hour whose header could not be read. */
  skip(): void {
    this.#skipped = true;
    this.#entities?.skip();
    this.#cones?.skip();
  }

  /** After the last hour: nothing may follow the last sealed pieces. */
  finish(): void {
    if (!this.#skipped) {
      this.#entities?.finish();
      this.#cones?.finish();
      return;
    }
    for (const folder of FOLDERS) {
      for (const path of this.#reading.under(folder)) this.#reading.name(path);
      this.#reading.ledger.notChecked.push(`${folder}: its end, for want of a header`);
    }
  }

  [Symbol.dispose](): void {
    this.#generation?.[Symbol.dispose]();
    this.#generation = null;
  }

  #next(number: number): void {
    if (!this.#skipped) {
      this.finish();
      if (number !== this.#number + 1) {
        const message = `follows generation ${this.#number}`;
        this.#reading.ledger.add("dictionary/piece", entitiesPath(number), message);
      }
    }
    const log = (code: "dictionary/piece" | "cones/piece", path: string): PieceLog =>
      new PieceLog(this.#reading, code, path, this.#skipped);
    this.#number = number;
    this.#entities = log("dictionary/piece", entitiesPath(number));
    this.#cones = log("cones/piece", conesPath(number));
    this.#generation?.[Symbol.dispose]();
    this.#generation = Generation.of(this.#store, number);
    this.#dictionary = null;
    this.#isWhole = true;
  }

  async #takeEntities(piece: GenerationPiece): Promise<void> {
    const { ledger } = this.#reading;
    const read = (await this.#entities?.take(piece)) ?? null;
    if (read === null || !this.#isWhole) {
      this.#isWhole = false;
      return;
    }
    const where = this.#entities?.where(piece) ?? "";
    this.#reading.attempt("dictionary/piece", where, () => {
      this.#addEntities(read.between);
      const before = this.#dictionary?.size ?? 0;
      this.#addEntities(read.bytes);
      const size = this.#dictionary?.size ?? 0;
      if (before !== piece.firstId - 1 || size !== before + piece.entities) {
        const message = `entities ${before + 1} to ${size}, sealed others`;
        throw new FormatError("out-of-range", 0, message);
      }
      ledger.counts.entities += piece.entities;
      const root = this.#dictionary?.root() ?? null;
      if (root === null || !equalBytes(root, piece.root)) {
        ledger.add("dictionary/root", where, "the entities hash to another root");
      }
    });
  }

  async #takeCones(piece: ConesPiece): Promise<void> {
    const read = (await this.#cones?.take(piece)) ?? null;
    const generation = this.#generation;
    if (read === null || generation === null || !this.#isWhole) {
      this.#isWhole = false;
      return;
    }
    this.#reading.attempt("cones/piece", this.#cones?.where(piece) ?? "", () => {
      for (const content of this.#contents(read.between)) generation.addCones(content);
      const before = generation.cones.size;
      for (const content of this.#contents(read.bytes)) generation.addCones(content);
      const { size } = generation.cones;
      if (before !== piece.firstId - 1 || size !== before + piece.cones) {
        throw new FormatError("out-of-range", 0, `cones ${before + 1} to ${size}, sealed others`);
      }
    });
  }

  #contents(bytes: Uint8Array): Uint8Array[] {
    const { unzstd } = this.#reading.primitives;
    return splitFrames(bytes).map((frame) => unzstd(frame, FRAME_UNPACKED_MAX));
  }

  #addEntities(bytes: Uint8Array): void {
    for (const content of this.#contents(bytes)) {
      const frame = this.#generation?.addEntities(content);
      if (frame === undefined) return;
      const { salt, firstId, generation } = frame;
      if (salt !== null) {
        this.#dictionary ??= new Dictionary(this.#reading.primitives, generation, salt.slice());
      }
      const dictionary = this.#dictionary;
      if (dictionary === null || dictionary.size !== firstId - 1) {
        throw new FormatError("out-of-range", 0, `a frame that begins at id ${firstId}`);
      }
      for (const entity of frame.entities) {
        decodeEntity(entity);
        dictionary.add(entity);
      }
    }
  }
}
