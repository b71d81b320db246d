/**
 * Columns of what was the same at every use of a cone: how many fields vary and how many do not, by
 * turns, over all cones, and what the latter hold.
 *
 * Fields that vary cost nothing but their run, so a false count makes nobody allocate for them.
 *
 * Format: spec/14-cone-index.md, "Constants".
 *
 * @module
 */
import { type VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";

export interface BoundConstant {
  /**
   * The entities of the cone count from 0, entity 1 of its shape first; behind them the rows that
   * have a number, in order.
   */
  readonly field: number;
  /** A dictionary id, or the number. */
  readonly value: number;
}

const ID_MAX = 0xffff_ffff;

export class ConstantWriter {
  readonly #runs = new VarintWriter();
  readonly #ids = new VarintWriter();
  readonly #numbers = new VarintWriter();
  #run = 0;
  #isConstant = false;
  #id = 0;

  /** @param fields how many the cone has; `entities` of them are entities */
  add(constants: readonly BoundConstant[], entities: number, fields: number): void {
    let at = 0;
    for (const { field, value } of constants) {
      this.#count(false, field - at);
      this.#count(true, 1);
      at = field + 1;
      if (field < entities) {
        this.#ids.int(value - this.#id);
        this.#id = value;
      } else {
        this.#numbers.int(value);
      }
    }
    this.#count(false, fields - at);
  }

  /** @returns the columns of runs, ids and numbers. */
  finish(): readonly [runs: Uint8Array, ids: Uint8Array, numbers: Uint8Array] {
    if (this.#run > 0) this.#runs.uint(this.#run);
    return [this.#runs.finish(), this.#ids.finish(), this.#numbers.finish()];
  }

  #count(isConstant: boolean, fields: number): void {
    if (fields === 0) return;
    if (isConstant !== this.#isConstant) {
      this.#runs.uint(this.#run);
      this.#isConstant = isConstant;
      this.#run = 0;
    }
    this.#run += fields;
  }
}

export class ConstantReader {
  readonly #runs: VarintReader;
  readonly #ids: VarintReader;
  readonly #numbers: VarintReader;
  /** Fields left of the run. */
  #left = 0;
  /** Of the first run it is false. */
  #isConstant = true;
  #isFirst = true;
  #id = 0;

  constructor(runs: VarintReader, ids: VarintReader, numbers: VarintReader) {
    this.#runs = runs;
    this.#ids = ids;
    this.#numbers = numbers;
  }

  /** @returns the constants of the next cone. @throws FormatError */
  take(entities: number, fields: number): BoundConstant[] {
    const constants: BoundConstant[] = [];
    for (let field = 0; field < fields;) {
      while (this.#left === 0) this.#nextRun();
      const end = Math.min(fields, field + this.#left);
      this.#left -= end - field;
      if (!this.#isConstant) field = end;
      for (; field < end; field += 1) {
        constants.push({ field, value: field < entities ? this.#nextId() : this.#numbers.int() });
      }
    }
    return constants;
  }

  /** @throws FormatError `out-of-range` when the last run goes on behind the last field. */
  finish(): void {
    if (this.#left === 0) return;
    throw new FormatError("out-of-range", this.#runs.offset, `${this.#left} fields of no cone`);
  }

  /** Only the first may be of no field: there would be other spellings otherwise. */
  #nextRun(): void {
    const { offset } = this.#runs;
    this.#left = this.#runs.uint();
    this.#isConstant = !this.#isConstant;
    if (this.#left === 0 && !this.#isFirst) {
      throw new FormatError("not-canonical", offset, "a run of no field");
    }
    this.#isFirst = false;
  }

  #nextId(): number {
    const { offset } = this.#ids;
    this.#id += this.#ids.int();
    if (this.#id >= 1 && this.#id <= ID_MAX) return this.#id;
    throw new FormatError("out-of-range", offset, `dictionary id ${this.#id}`);
  }
}
