/**
 * Checks the generation logs piece by piece and keeps the dictionary that blocks are read with.
 *
 * A piece that is bad, or whose header could not be read, does not end the checking: the digests of
 * later pieces are compared all the same, and where only a header is missing the entities between
 * are read too; the root that the next piece was sealed with tells whether they are the right ones.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import { Dictionary } from "../record/dictionary.ts";
import { decodeEntity } from "../record/entity-codec.ts";
import { decodeEntitiesFrame, FRAME_UNPACKED_MAX, splitFrames } from "../record/generation-log.ts";
import type { GenerationPiece } from "../record/hour.ts";
import { entitiesPath } from "../record/layout.ts";
import type { Reading } from "./reading.ts";

/** 64 MiB and one hour more: a generation ends at the hour in which it passes that. */
const LOG_BYTES_MAX = 1024 * 1024 * 1024;
const DICTIONARIES = "graph/dict/";

export class DictionaryVerifier {
  readonly #reading: Reading;
  readonly #store: Uint8Array;
  /** The generation at hand: its log, and how much of it sealed pieces cover. */
  #number = 0;
  #log: Uint8Array | null = null;
  #covered = 0;
  #dictionary: Dictionary | null = null;
  /** False once entities of the generation at hand could not be read. */
  #isWhole = true;
  /** True once the header of an hour could not be read, so that its piece is not known. */
  #skipped = false;

  constructor(reading: Reading, store: Uint8Array) {
    this.#reading = reading;
    this.#store = store;
  }

  /** @returns the dictionary up to and with this piece, or null, with findings. */
  async take(piece: GenerationPiece): Promise<Dictionary | null> {
    if (piece.number !== this.#number) await this.#next(piece);
    const log = this.#log;
    if (log === null) return null;
    const { ledger } = this.#reading;
    const before = ledger.total;
    this.#reading.attempt("dictionary/piece", this.#where(piece), () => this.#read(log, piece));
    if (ledger.total > before) this.#isWhole = false;
    return this.#isWhole ? this.#dictionary : null;
  }

  /** Instead of `take`, for an hour whose header could not be read. */
  skip(): void {
    this.#skipped = true;
  }

  /** After the last hour: nothing may follow the last sealed piece. */
  finish(): void {
    if (this.#skipped) {
      for (const path of this.#reading.under(DICTIONARIES)) this.#reading.name(path);
      this.#reading.ledger.notChecked.push(`${DICTIONARIES}: its end, for want of a header`);
      return;
    }
    if (this.#log === null || this.#log.length <= this.#covered) return;
    const message = `${this.#log.length - this.#covered} bytes after the last sealed piece`;
    this.#reading.ledger.add("dictionary/piece", entitiesPath(this.#number), message);
  }

  async #next(piece: GenerationPiece): Promise<void> {
    if (!this.#skipped) {
      this.finish();
      if (piece.number !== this.#number + 1) {
        const message = `follows generation ${this.#number}`;
        this.#reading.ledger.add("dictionary/piece", entitiesPath(piece.number), message);
      }
    }
    this.#number = piece.number;
    this.#covered = 0;
    this.#dictionary = null;
    this.#isWhole = true;
    this.#log = await this.#reading.read(entitiesPath(piece.number), LOG_BYTES_MAX);
  }

  #where(piece: GenerationPiece): string {
    return `${entitiesPath(piece.number)}@${piece.offset}`;
  }

  #read(log: Uint8Array, piece: GenerationPiece): void {
    const { offset, number } = piece;
    const covered = this.#covered;
    this.#covered = Math.max(covered, offset + piece.length);
    if (offset !== covered && !(this.#skipped && offset > covered)) {
      throw new FormatError("out-of-range", offset, "does not follow the piece before");
    }
    if (this.#covered > log.length) throw new FormatError("truncated", log.length, "is cut");
    const bytes = log.subarray(offset, this.#covered);
    const { primitives, ledger } = this.#reading;
    if (!equalBytes(primitives.sha256(bytes), piece.sha256)) {
      throw new FormatError("not-canonical", offset, "its digest is not the sealed one");
    }
    if (!this.#isWhole) return;
    this.#frames(log.subarray(covered, offset), number);
    const before = this.#dictionary?.size ?? 0;
    this.#frames(bytes, number);
    const size = this.#dictionary?.size ?? 0;
    if (before !== piece.firstId - 1 || size !== before + piece.entities) {
      throw new FormatError("out-of-range", 0, `entities ${before + 1} to ${size}, sealed others`);
    }
    ledger.counts.entities += piece.entities;
    const root = this.#dictionary?.root() ?? null;
    if (root === null || !equalBytes(root, piece.root)) {
      ledger.add("dictionary/root", this.#where(piece), "the entities hash to another root");
    }
  }

  #frames(bytes: Uint8Array, generation: number): void {
    const { unzstd } = this.#reading.primitives;
    for (const frame of splitFrames(bytes)) {
      this.#frame(unzstd(frame, FRAME_UNPACKED_MAX), generation);
    }
  }

  #frame(content: Uint8Array, generation: number): void {
    const frame = decodeEntitiesFrame(content);
    if (!equalBytes(frame.store, this.#store) || frame.generation !== generation) {
      throw new FormatError("wrong-type", 0, "a frame of another store or generation");
    }
    if ((frame.firstId === 1) !== (frame.salt !== null)) {
      throw new FormatError("wrong-type", 0, "a salt anywhere but in the first frame");
    }
    if (frame.salt !== null) {
      this.#dictionary ??= new Dictionary(this.#reading.primitives, generation, frame.salt.slice());
    }
    const dictionary = this.#dictionary;
    if (dictionary === null || dictionary.size !== frame.firstId - 1) {
      throw new FormatError("out-of-range", 0, `a frame that begins at id ${frame.firstId}`);
    }
    for (const entity of frame.entities) {
      decodeEntity(entity);
      dictionary.add(entity);
    }
  }
}
