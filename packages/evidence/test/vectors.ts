/**
 * Reads the published vectors in spec/vectors.
 *
 * A vector file is plain JSON; a test says what shape it relies on with small readers, so that a
 * renamed field fails here and not as an undefined somewhere below.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** One JSON value, taken apart with a check at each step. */
export class Vector {
  readonly #value: unknown;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    this.#value = value;
    this.#where = where;
  }

  at(name: string | number): Vector {
    const value = this.#value;
    assert.ok(typeof value === "object" && value !== null, `${this.#where} has no parts`);
    const entry = Object.entries(value).find(([key]) => key === String(name));
    assert.ok(entry !== undefined, `${this.#where} has no ${name}`);
    return new Vector(entry[1], `${this.#where}.${name}`);
  }

  list(): Vector[] {
    const value = this.#value;
    assert.ok(Array.isArray(value), `${this.#where} is not a list`);
    return value.map((item: unknown, index) => new Vector(item, `${this.#where}[${index}]`));
  }

  entries(): [string, Vector][] {
    const value = this.#value;
    assert.ok(typeof value === "object" && value !== null, `${this.#where} has no parts`);
    return Object.entries(value).map(([key, item]) => [
      key,
      new Vector(item, `${this.#where}.${key}`),
    ]);
  }

  isNull(): boolean {
    return this.#value === null;
  }

  text(): string {
    assert.ok(typeof this.#value === "string", `${this.#where} is not text`);
    return this.#value;
  }

  number(): number {
    assert.ok(typeof this.#value === "number", `${this.#where} is not a number`);
    return this.#value;
  }

  hex(): Uint8Array {
    return Uint8Array.fromHex(this.text());
  }

  base64(): Uint8Array {
    return Uint8Array.fromBase64(this.text());
  }
}

/** @param name such as `cbor.json`. */
export function readVectors(name: string): Vector {
  const path = new URL(`../../../spec/vectors/${name}`, import.meta.url);
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  return new Vector(value, name);
}
