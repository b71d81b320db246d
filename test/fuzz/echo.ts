/**
 * A reader of coded bytes that writes every decision again, and counts them.
 *
 * @module
 */
import {
  type Coder,
  Probabilities,
  RangeReader,
  RangeWriter,
} from "../../packages/evidence/src/ctgf/coder.ts";

export class Echo implements Coder {
  readonly isReading = true;
  readonly #reader: RangeReader;
  readonly #writer: RangeWriter;
  /** Bits decided so far. */
  bits = 0;

  /** @param probabilities of the model that reads. @param again as many, for the writer */
  constructor(probabilities: Probabilities, again: Probabilities, coded: Uint8Array) {
    again.reset();
    this.#reader = new RangeReader(probabilities, coded);
    this.#writer = new RangeWriter(again);
  }

  bit(context: number): number {
    this.bits += 1;
    return this.#writer.bit(context, this.#reader.bit(context, 0));
  }

  tree(context: number, bits: number): number {
    this.bits += bits;
    return this.#writer.tree(context, bits, this.#reader.tree(context, bits, 0));
  }

  raw(bits: number): number {
    this.bits += bits;
    return this.#writer.raw(bits, this.#reader.raw(bits, 0));
  }

  uint(context: number): number {
    const value = this.#reader.uint(context, 0);
    this.bits += 6 + Math.floor(Math.log2(value + 1));
    return this.#writer.uint(context, value);
  }

  int(context: number): number {
    const value = this.#reader.int(context, 0);
    this.bits += 7 + Math.floor(Math.log2(Math.abs(value) + 1));
    return this.#writer.int(context, value);
  }

  /** @returns all decisions as a writer codes them. @throws FormatError as `RangeReader` does */
  finish(): Uint8Array {
    this.#reader.finish();
    return this.#writer.finish();
  }
}
