/**
 * One after the other: work that may not overlap waits for its turn.
 *
 * @module
 */

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when all that was given so far is over, well or not. */
  async over(): Promise<void> {
    await this.#last;
  }

  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#last.then(work);
    // Whoever asked gets the error; the next in line only waits for it to be over.
    this.#last = turn.then(
      () => undefined,
      () => undefined,
    );
    return await turn;
  }
}
