/**
 * A map of so many entries at most: the one that was not asked for the longest is the first to go.
 *
 * @module
 */
export class Recent<Key, Value> {
  readonly #most: number;
  /** In the order in which they were last asked for. */
  readonly #values = new Map<Key, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** @returns the key that had to go for it, if any */
  set(key: Key, value: Value): Key | undefined {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size <= this.#most || oldest === undefined) return undefined;
    this.#values.delete(oldest);
    return oldest;
  }
}
