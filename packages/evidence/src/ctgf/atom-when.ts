/**
 * Step 4 of the walk: serial and time of the atom.
 *
 * Format: spec/11-blocks.md, "When".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { BEGINS, STAYS } from "./atom-who.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import type { Facts } from "./facts.ts";
import type { Contexts } from "./guesses.ts";
import { Serials } from "./serials.ts";
import type { Symbols } from "./symbols.ts";

const STEP_PLACES = 1 << 12;
const SAME_PLACES = 1 << 14;
const HOWS = 3;

export class When {
  /** Of the last atom. */
  serial = 0;
  /** Of the last atom, in ticks. */
  time = 0;
  readonly serials = new Serials();
  readonly #facts: Facts;
  readonly #symbols: Symbols;
  #tick = 1;
  #timeMax = 0;
  readonly #hit: number;
  readonly #step: number;
  readonly #atStart: number;
  readonly #same: number;
  readonly #delay: number;

  constructor(contexts: Contexts, facts: Facts, symbols: Symbols) {
    this.#facts = facts;
    this.#symbols = symbols;
    this.#hit = contexts.take(STEP_PLACES);
    this.#step = contexts.take(UINT_CONTEXTS);
    this.#atStart = contexts.take(1);
    this.#same = contexts.take(SAME_PLACES);
    this.#delay = contexts.take(2 * UINT_CONTEXTS);
  }

  /** @param tick microseconds. @param time of the first atom, in ticks */
  begin(tick: number, time: number, serial: number): void {
    this.#tick = tick;
    this.#timeMax = Math.floor(Number.MAX_SAFE_INTEGER / tick);
    this.time = time;
    this.serial = serial;
    this.serials.begin(serial);
  }

  /** @param given the serial, when writing */
  nextSerial(coder: Coder, how: number, symbol: number, given: number): void {
    const { serials, serial } = this;
    const { stays } = this.#symbols;
    const guess = how === STAYS && stays[symbol] === 1 ? serial : serials.expected();
    const place = (symbol * HOWS + how) & (STEP_PLACES - 1);
    let next = guess;
    if (coder.bit(this.#hit + place, given === guess ? 1 : 0) === 0) {
      next = serial + coder.int(this.#step, given - serial);
    }
    if (next < 0 || next > Number.MAX_SAFE_INTEGER) {
      throw new FormatError("out-of-range", 0, `serial ${next}`);
    }
    if (how === STAYS) stays[symbol] = next === serial ? 1 : 0;
    this.serial = next;
    serials.met(next);
  }

  /**
   * Behind `nextSerial`.
   *
   * @param place a hash of what the atom and the one before in its run are
   * @param given the time in ticks, when writing
   */
  nextTime(coder: Coder, how: number, place: number, process: number, given: number): void {
    const tick = this.#tick;
    if (how === BEGINS && this.#facts.serial[process] === this.serial) {
      const start = this.#facts.start[process] ?? 0;
      const isAhead = start % tick === 0 && start / tick >= this.time;
      if (isAhead && coder.bit(this.#atStart, given * tick === start ? 1 : 0) === 1) {
        this.time = start / tick;
        return;
      }
    }
    const context = this.#same + (place & (SAME_PLACES - 1));
    if (coder.bit(context, given === this.time ? 1 : 0) === 1) return;
    const delay = this.#delay + (how === STAYS ? 0 : UINT_CONTEXTS);
    const next = this.time + 1 + coder.uint(delay, given - this.time - 1);
    if (next > this.#timeMax) throw new FormatError("out-of-range", 0, `time of ${next} ticks`);
    this.time = next;
  }
}
