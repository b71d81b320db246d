/**
 * Step 6 of the walk: the number of an atom: a descriptor, a pid, a status.
 *
 * Format: spec/11-blocks.md, "Number".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Runs } from "./atom-runs.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import { type Contexts, Guesses, mix } from "./guesses.ts";
import { type Symbols, SYMBOLS_MAX } from "./symbols.ts";

const PLACES = 1 << 17;
const HIT_SYMBOLS = 2048;
const HIT_CONTEXTS = 8;
const TRUSTS = 4;
const KINDS = 16;
/** A pid within so much of the last number is worth asking for. */
const PID_NEAR = 64;
/** Zigzag values from here on are not guessed. */
const GUESSED_MAX = 0xffff_fffe;
/** Beyond this a difference might not be exact. */
const FAR = 2 ** 50;
const HASHED_MAX = 2 ** 31;
/** Where the places of atoms that are written out begin. */
const TOLD_A = 0x1_0000;
const TOLD_B = 0x2_0000;

export class Num {
  readonly #runs: Runs;
  readonly #symbols: Symbols;
  readonly #guesses = new Guesses(PLACES);
  readonly #due: number;
  readonly #hit: number;
  readonly #far: number;
  readonly #step: number;

  constructor(contexts: Contexts, runs: Runs, symbols: Symbols) {
    this.#runs = runs;
    this.#symbols = symbols;
    this.#due = contexts.take(SYMBOLS_MAX + 1);
    this.#hit = contexts.take(HIT_SYMBOLS * HIT_CONTEXTS);
    this.#far = contexts.take(1);
    this.#step = contexts.take(KINDS * UINT_CONTEXTS);
  }

  reset(): void {
    this.#guesses.reset();
  }

  /**
   * Behind the atom's other steps: its run has moved on.
   *
   * @param pid of the process that is due: a fork most often returns it. 0 for none
   */
  code(
    coder: Coder,
    given: number,
    run: number,
    symbol: number,
    etype: number,
    pid: number,
  ): number {
    const { cone, process, position, number1, number2 } = this.#runs;
    const id = cone[run] ?? 0;
    const last = number1[run] ?? 0;
    const placeA =
      id === 0 ? mix(symbol + TOLD_A, mix(last, process[run] ?? 0)) : mix(id, position[run] ?? 0);
    const placeB = id === 0 ? mix(mix(symbol + TOLD_B, last), number2[run] ?? 0) : -1;
    const num = this.#guessed(coder, given, symbol, etype, placeA, placeB, pid);
    number2[run] = last;
    number1[run] = numberHash(num);
    return num;
  }

  /** @param placeA where to look first. @param placeB where then, -1 for nowhere */
  #guessed(
    coder: Coder,
    given: number,
    symbol: number,
    etype: number,
    placeA: number,
    placeB: number,
    pid: number,
  ): number {
    const guesses = this.#guesses;
    const a = placeA & (PLACES - 1);
    const b = placeB & (PLACES - 1);
    const guessA = guesses.value[a] ?? 0;
    const guessB = placeB < 0 ? 0 : (guesses.value[b] ?? 0);
    const last = this.#symbols.number[symbol] ?? 0;
    const zigzag = zigzagOf(given);
    const hit = this.#hit + (symbol & (HIT_SYMBOLS - 1)) * HIT_CONTEXTS;
    let num: number;
    if (
      pid > 0 &&
      Math.abs(pid - last) < PID_NEAR &&
      coder.bit(this.#due + symbol, given === pid ? 1 : 0) === 1
    ) {
      num = pid;
    } else if (
      guessA > 0 &&
      coder.bit(hit + guesses.trustAt(a), zigzag === guessA - 1 ? 1 : 0) === 1
    ) {
      num = unzigzag(guessA - 1);
    } else if (
      guessB > 0 &&
      guessB !== guessA &&
      coder.bit(hit + TRUSTS + guesses.trustAt(b), zigzag === guessB - 1 ? 1 : 0) === 1
    ) {
      num = unzigzag(guessB - 1);
    } else num = this.#told(coder, given, last, etype);
    if (Math.abs(num) <= FAR) this.#symbols.number[symbol] = num;
    const found = zigzagOf(num);
    const learned = found < GUESSED_MAX ? found + 1 : 0;
    guesses.learn(a, learned);
    if (placeB >= 0) guesses.learn(b, learned);
    return num;
  }

  #told(coder: Coder, given: number, last: number, etype: number): number {
    const isFar = coder.bit(this.#far, Math.abs(given) > FAR ? 1 : 0) === 1;
    const from = isFar ? 0 : last;
    const context = this.#step + (etype & (KINDS - 1)) * UINT_CONTEXTS;
    const num = from + coder.int(context, given - from);
    if (!Number.isSafeInteger(num)) throw new FormatError("out-of-range", 0, `number ${num}`);
    return num;
  }
}

/** What of a number places are made of. */
function numberHash(num: number): number {
  return Math.abs(num) < HASHED_MAX ? zigzagOf(num) & 0xffff : 0xffff;
}

/** Not exact beyond 2^52, where it is only compared with what is small. */
function zigzagOf(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function unzigzag(zigzag: number): number {
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}
