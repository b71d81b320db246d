/**
 * The next serial of a log without holes.
 *
 * A call that waited has an old stamp and a new serial or the other way round, so in order of time
 * serials run ahead of one another; those that did are remembered, and skipped when their turn
 * comes.
 *
 * Format: spec/11-blocks.md, "Serials".
 *
 * @module
 */

const AHEAD = 1 << 16;
const STEP_MAX = 3;

export class Serials {
  /** By serial modulo AHEAD: the epoch in which it ran ahead. */
  readonly #used = new Uint32Array(AHEAD);
  /** Counts what `begin` would have to clear: it is called as often as an attacker likes. */
  #epoch = 0;
  #regular = 0;

  begin(serial: number): void {
    this.#epoch += 1;
    this.#regular = serial;
  }

  /** @returns the lowest serial behind the regular ones that was not used. */
  expected(): number {
    const used = this.#used;
    let next = this.#regular + 1;
    while (used[next % AHEAD] === this.#epoch) {
      used[next % AHEAD] = 0;
      next += 1;
    }
    this.#regular = next - 1;
    return next;
  }

  met(serial: number): void {
    const ahead = serial - this.#regular;
    if (ahead <= 0) return;
    if (ahead <= STEP_MAX) this.#regular = serial;
    else if (ahead <= AHEAD / 2) this.#used[serial % AHEAD] = this.#epoch;
    else this.begin(serial);
  }
}
