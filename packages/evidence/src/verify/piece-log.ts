/**
 * Checks a log that grows by one piece an hour: that pieces follow one another, that each hashes to
 * what its hour sealed, and that nothing follows the last.
 *
 * A piece that is bad, or whose header could not be read, does not end the checking: the digests of
 * later pieces are compared all the same.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import type { FindingCode } from "./finding-code.ts";
import type { Reading } from "./reading.ts";

/** 64 MiB and one hour more: a generation ends at the hour in which it passes that. */
const LOG_BYTES_MAX = 1024 * 1024 * 1024;

export interface SealedPiece {
  readonly offset: number;
  readonly length: number;
  readonly sha256: Uint8Array;
}

/** A piece that is what was sealed, and the bytes before it that no readable header covers. */
export interface ReadPiece {
  readonly between: Uint8Array;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export class PieceLog {
  readonly #reading: Reading;
  readonly #code: FindingCode;
  readonly #path: string;
  #log: Uint8Array | null = null;
  #isRead = false;
  #covered = 0;
  /** True once the header of an hour could not be read, so that its piece is not known. */
  #skipped: boolean;

  /** @param skipped true when the header of an hour before could not be read */
  constructor(reading: Reading, code: FindingCode, path: string, skipped: boolean) {
    this.#reading = reading;
    this.#code = code;
    this.#path = path;
    this.#skipped = skipped;
  }

  skip(): void {
    this.#skipped = true;
  }

  where(piece: SealedPiece): string {
    return `${this.#path}@${piece.offset}`;
  }

  /** @returns null, with findings, when the piece is not what was sealed. */
  async take(piece: SealedPiece): Promise<ReadPiece | null> {
    const isEmpty = piece.offset + piece.length === 0;
    if (!isEmpty && !this.#isRead) {
      this.#log = await this.#reading.read(this.#path, LOG_BYTES_MAX);
      this.#isRead = true;
    }
    const log = isEmpty ? (this.#log ?? NOTHING) : this.#log;
    if (log === null) return null;
    return this.#reading.attempt(this.#code, this.where(piece), () => this.#read(log, piece));
  }

  /** After the last piece: nothing may follow it. */
  finish(): void {
    if (this.#skipped || this.#log === null || this.#log.length <= this.#covered) return;
    const message = `${this.#log.length - this.#covered} bytes after the last sealed piece`;
    this.#reading.ledger.add(this.#code, this.#path, message);
  }

  #read(log: Uint8Array, { offset, length, sha256 }: SealedPiece): ReadPiece {
    const covered = this.#covered;
    this.#covered = Math.max(covered, offset + length);
    if (offset !== covered && !(this.#skipped && offset > covered)) {
      throw new FormatError("out-of-range", offset, "does not follow the piece before");
    }
    if (this.#covered > log.length) throw new FormatError("truncated", log.length, "is cut");
    const bytes = log.subarray(offset, this.#covered);
    if (!equalBytes(this.#reading.primitives.sha256(bytes), sha256)) {
      throw new FormatError("not-canonical", offset, "its digest is not the sealed one");
    }
    return { between: log.subarray(covered, offset), bytes };
  }
}
