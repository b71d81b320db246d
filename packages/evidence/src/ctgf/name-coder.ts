/**
 * Tells a value: as one of two guesses, as one told before, or byte by byte.
 *
 * Format: spec/12-entities.md, "Values".
 *
 * @module
 */
import { decodeUtf8 } from "../bytes/utf8.ts";
import { FormatError } from "../error.ts";
import { HASHED_BYTES, type Value } from "../record/value.ts";
import { codeId, ID_CONTEXTS } from "./coder-ids.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import {
  type Domain,
  VALUE_HASHED,
  VALUE_HIT,
  VALUE_ID,
  VALUE_KNOWN,
  VALUE_LENGTH,
} from "./entity-contexts.ts";
import { chosen, within } from "./entity-fault.ts";
import { ValueTable } from "./name-table.ts";

/** Canonical bytes of the largest entity that the model takes; larger ones are told as they are. */
export const MODEL_BYTES_MAX = 1 << 21;

export class NameCoder {
  readonly table = new ValueTable();
  readonly #texts = new Map<number, string>();
  #weight = 0;

  reset(): void {
    this.table.reset();
    this.#texts.clear();
  }

  /** Each entity may take `MODEL_BYTES_MAX`. */
  beginEntity(): void {
    this.#weight = 0;
  }

  /** @throws FormatError `out-of-range` when the entity becomes larger than a model's may be. */
  valueOf(id: number): Value {
    this.#weigh(id);
    return this.table.valueOf(id);
  }

  /** @throws FormatError unless the value is plain UTF-8 of at most `bytesMax`. */
  textOf(id: number, bytesMax: number): string {
    if (this.table.isHashed(id)) throw new FormatError("wrong-type", 0, "a hash as a text");
    within(this.table.lengthOf(id), bytesMax, "length of a text");
    this.#weigh(id);
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const text = decodeUtf8(this.table.valueOf(id).bytes);
    this.#texts.set(id, text);
    return text;
  }

  /** Tells a value of which nothing is guessed. @returns its number. */
  codePlain(coder: Coder, domain: Domain, given: Value | null): number {
    return this.code(coder, domain, given, 0, 0, 0, 0);
  }

  /**
   * Tells a value. Guesses are numbers plus one, 0 for none; trust is 0..7.
   *
   * @param given null when reading.
   * @returns its number.
   */
  code(
    coder: Coder,
    domain: Domain,
    given: Value | null,
    guess1: number,
    trust1: number,
    guess2: number,
    trust2: number,
  ): number {
    const { table } = this;
    const known = given === null ? -1 : table.find(given);
    const hit = VALUE_HIT + domain * 32;
    if (guess1 > 0 && coder.bit(hit + trust1, known === guess1 - 1 ? 1 : 0) === 1) {
      return guess1 - 1;
    }
    if (guess2 > 0 && guess2 !== guess1) {
      const context = hit + 8 + trust2 + (guess1 > 0 ? 8 : 0);
      if (coder.bit(context, known === guess2 - 1 ? 1 : 0) === 1) return guess2 - 1;
    }
    if (coder.bit(VALUE_KNOWN + domain, known >= 0 ? 1 : 0) === 1) {
      const id = codeId(coder, VALUE_ID + domain * ID_CONTEXTS, table.count, known);
      if (coder.isReading) chosen(id !== guess1 - 1 && id !== guess2 - 1, "a guessed value");
      return id;
    }
    return this.#codeNew(coder, domain, given, guess1 > 0 ? guess1 - 1 : guess2 - 1);
  }

  /** What an entity's values take in canonical form, give or take the rest of their heads. */
  #weigh(id: number): void {
    this.#weight += 1 + this.table.lengthOf(id);
    if (this.#weight > MODEL_BYTES_MAX) {
      throw new FormatError("out-of-range", 0, "a modelled entity is too large");
    }
  }

  /** @param like the number of a value that may begin alike, or -1. */
  #codeNew(coder: Coder, domain: Domain, given: Value | null, like: number): number {
    const { table } = this;
    const isHashed = coder.bit(VALUE_HASHED + domain, given?.hashed === true ? 1 : 0) === 1;
    const bytes = given === null ? null : given.bytes;
    let length = HASHED_BYTES;
    if (isHashed) {
      table.history.codeHash(coder, length, bytes);
    } else {
      length = coder.uint(VALUE_LENGTH + domain * UINT_CONTEXTS, bytes?.length ?? 0);
      within(length, MODEL_BYTES_MAX, "length of a value");
      const start = like < 0 ? 0 : table.startOf(like);
      const likeLength = like < 0 ? 0 : table.lengthOf(like);
      table.history.codeText(coder, domain, length, bytes, start, likeLength);
    }
    if (coder.isReading) chosen(table.findLast(isHashed, length) < 0, "a known value");
    return table.addLast(isHashed, length);
  }
}
