/**
 * A payload as it was given, for as long as it is looked at.
 *
 *     using view = openPayload(...);
 *
 * Its bytes are zeros from the moment that it is disposed of, and so is whatever was still looking
 * at them. What the runtime copied by itself (a string made of them, pages that were swapped out)
 * is beyond our reach.
 *
 * @module
 */

export class PlainView implements Disposable {
  readonly #bytes: Uint8Array;
  #isWiped = false;

  /** Takes the bytes over: nobody else may keep them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws TypeError after `dispose` */
  get bytes(): Uint8Array {
    if (this.#isWiped) throw new TypeError("the view was disposed of");
    return this.#bytes;
  }

  get isWiped(): boolean {
    return this.#isWiped;
  }

  [Symbol.dispose](): void {
    this.#bytes.fill(0);
    this.#isWiped = true;
  }
}
