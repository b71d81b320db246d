/**
 * A document of `--json`, looked into without believing anything of its shape.
 *
 * @module
 */
import assert from "node:assert/strict";

/** What one run printed. */
export class Json {
  readonly status: number;
  readonly err: string;
  readonly #whole: unknown;

  constructor(text: string, status = 0, err = "") {
    this.status = status;
    this.#whole = JSON.parse(text);
    this.err = err;
  }

  /** @param path names with dots between: "error.code" */
  get(path: string): unknown {
    let at: unknown = this.#whole;
    for (const name of path.split(".")) {
      assert.ok(typeof at === "object" && at !== null, `nothing at ${path}`);
      at = new Map<string, unknown>(Object.entries(at)).get(name);
    }
    return at;
  }

  /** Names of the outermost fields, in order. */
  names(): string[] {
    assert.ok(typeof this.#whole === "object" && this.#whole !== null);
    return Object.keys(this.#whole);
  }

  text(path: string): string {
    const value = this.get(path);
    assert.ok(typeof value === "string", `${path} is ${String(value)}`);
    return value;
  }

  number(path: string): number {
    const value = this.get(path);
    assert.ok(typeof value === "number", `${path} is ${String(value)}`);
    return value;
  }

  list(path: string): readonly unknown[] {
    const value = this.get(path);
    assert.ok(Array.isArray(value), path);
    return value;
  }
}
