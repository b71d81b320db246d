/**
 * Keeps files for whoever is still reading them: what is retired is removed when all readers that
 * had begun before have ended.
 *
 * A reader that never ends keeps its files until the engine is opened again, which removes what
 * nothing names.
 *
 * @module
 */

/** Removes files, for good. */
type Removal = () => Promise<void>;

interface Retired {
  readonly readers: Set<object>;
  readonly remove: Removal;
}

export class Pins {
  readonly #readers: Set<object> = new Set();
  #retired: Retired[] = [];
  #removing: Promise<void> = Promise.resolve();
  readonly #failed: (error: unknown) => void;

  /** @param failed told of a removal that failed after its caller had gone on */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  pin(): Disposable {
    const reader = {};
    this.#readers.add(reader);
    return { [Symbol.dispose]: () => this.#release(reader) };
  }

  /** Waits for the removal only where nobody reads. */
  async retire(remove: Removal): Promise<void> {
    if (this.#readers.size === 0) return await remove();
    this.#retired.push({ readers: new Set(this.#readers), remove });
  }

  /** Waits for removals that were begun. */
  async settle(): Promise<void> {
    await this.#removing;
  }

  #release(reader: object): void {
    this.#readers.delete(reader);
    for (const { readers } of this.#retired) readers.delete(reader);
    const due = this.#retired.filter(({ readers }) => readers.size === 0);
    if (due.length === 0) return;
    this.#retired = this.#retired.filter(({ readers }) => readers.size > 0);
    this.#removing = this.#removing.then(async () => await this.#removeAll(due));
  }

  async #removeAll(due: readonly Retired[]): Promise<void> {
    try {
      for (const { remove } of due) await remove();
    } catch (error) {
      this.#failed(error);
    }
  }
}
