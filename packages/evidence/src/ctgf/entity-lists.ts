/**
 * Tells what holds a list: arguments of a program, fields of a record.
 *
 * Format: spec/12-entities.md, "Arguments" and "Fields".
 *
 * @module
 */
import { FIELD_NAME_MAX, RECORD_TYPE_MAX } from "../record/entity-codec.ts";
import type { ArgumentsEntity, FieldsEntity } from "../record/entity.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import type { Value } from "../record/value.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import {
  ARGUMENTS_COUNT,
  ARGUMENTS_WHOLE,
  DOMAINS,
  FIELD_FAR,
  FIELD_IS_NUMBER,
  FIELD_STEP,
  FIELDS_COUNT,
} from "./entity-contexts.ts";
import { chosen, within } from "./entity-fault.ts";
import type { EntityTrail } from "./entity-trail.ts";
import { Guesses, mix } from "./guesses.ts";
import { MODEL_BYTES_MAX } from "./name-coder.ts";

const ARGUMENT_PLACES = 1 << 16;
const FIELD_PLACES = 1 << 14;
/** A number beyond this stands for itself, not as a step. */
const FAR = 2 ** 50;

export class ArgumentsCoder {
  readonly #trail: EntityTrail;
  readonly #guess2 = new Guesses(ARGUMENT_PLACES);
  readonly #guess1 = new Guesses(ARGUMENT_PLACES);
  #whole = 1;

  constructor(trail: EntityTrail) {
    this.#trail = trail;
  }

  reset(): void {
    this.#guess2.reset();
    this.#guess1.reset();
    this.#whole = 1;
  }

  /** @param given null when reading. */
  code(coder: Coder, given: ArgumentsEntity | null): ArgumentsEntity {
    const { names } = this.#trail;
    const [guess2, guess1] = [this.#guess2, this.#guess1];
    this.#whole = coder.bit(ARGUMENTS_WHOLE + this.#whole, given?.whole === true ? 1 : 0);
    const count = coder.uint(ARGUMENTS_COUNT, given?.values.length ?? 0);
    within(count, MODEL_BYTES_MAX, "number of arguments");
    const values: Value[] = [];
    let last = count;
    let before = 0;
    for (let at = 0; at < count; at += 1) {
      const place2 = mix(mix(last, before), at) & (ARGUMENT_PLACES - 1);
      const place1 = mix(last + 1, 99) & (ARGUMENT_PLACES - 1);
      const id = names.code(
        coder,
        DOMAINS.argument,
        given?.values[at] ?? null,
        guess2.valueAt(place2),
        guess2.trustAt(place2),
        guess1.valueAt(place1),
        guess1.trustAt(place1),
      );
      guess2.learn(place2, id + 1);
      guess1.learn(place1, id + 1);
      values.push(names.valueOf(id));
      before = last;
      last = id + 1;
    }
    return { kind: "arguments", whole: this.#whole === 1, values };
  }
}

export class FieldsCoder {
  readonly #trail: EntityTrail;
  readonly #names = new Guesses(FIELD_PLACES);
  readonly #values = new Guesses(FIELD_PLACES);
  /** Numbers told last, but for far ones. */
  readonly #numbers = new Float64Array(FIELD_PLACES);
  /** Number of the value, plus one. */
  #type = 0;

  constructor(trail: EntityTrail) {
    this.#trail = trail;
  }

  reset(): void {
    this.#names.reset();
    this.#values.reset();
    this.#numbers.fill(0);
    this.#type = 0;
  }

  /** @param given null when reading. */
  code(coder: Coder, given: FieldsEntity | null): FieldsEntity {
    const { names } = this.#trail;
    const wanted = given === null ? null : valueOf(given.type);
    const type = names.code(coder, DOMAINS.field, wanted, this.#type, 4, 0, 0);
    this.#type = type + 1;
    const count = coder.uint(FIELDS_COUNT, given?.fields.length ?? 0);
    within(count, MODEL_BYTES_MAX, "number of fields");
    const fields: [string, Value | number][] = [];
    let last = type;
    for (let at = 0; at < count; at += 1) {
      const [wantedName, wantedValue] = given?.fields[at] ?? [null, null];
      const place = mix(type, last + 1) & (FIELD_PLACES - 1);
      const name = names.code(
        coder,
        DOMAINS.field,
        wantedName === null ? null : valueOf(wantedName),
        this.#names.valueAt(place),
        this.#names.trustAt(place),
        0,
        0,
      );
      this.#names.learn(place, name + 1);
      last = name;
      const value = this.#codeValue(coder, mix(type + 9, name) & (FIELD_PLACES - 1), wantedValue);
      fields.push([names.textOf(name, FIELD_NAME_MAX), value]);
    }
    return { kind: "fields", type: names.textOf(type, RECORD_TYPE_MAX), fields };
  }

  /** @param place by type and name. @param given null when reading. */
  #codeValue(coder: Coder, place: number, given: Value | number | null): Value | number {
    const isNumber = typeof given === "number" ? 1 : 0;
    if (coder.bit(FIELD_IS_NUMBER + (place & 255), isNumber) === 1) {
      return this.#codeNumber(coder, place, typeof given === "number" ? given : 0);
    }
    const { names } = this.#trail;
    const value = typeof given === "number" ? null : given;
    const [guess, trust] = [this.#values.valueAt(place), this.#values.trustAt(place)];
    const id = names.code(coder, DOMAINS.text, value, guess, trust, 0, 0);
    this.#values.learn(place, id + 1);
    return names.valueOf(id);
  }

  #codeNumber(coder: Coder, place: number, given: number): number {
    const isFar = coder.bit(FIELD_FAR, Math.abs(given) > FAR ? 1 : 0) === 1;
    const from = isFar ? 0 : (this.#numbers[place] ?? 0);
    const context = FIELD_STEP + (isFar ? 0 : UINT_CONTEXTS);
    const number = from + coder.int(context, given - from);
    if (coder.isReading) chosen(Math.abs(number) > FAR === isFar, "a number");
    if (!isFar) this.#numbers[place] = number;
    return number;
  }
}

function valueOf(text: string): Value {
  return { hashed: false, bytes: encodeUtf8(text) };
}
