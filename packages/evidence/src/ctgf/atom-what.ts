/**
 * Step 3 of the walk: what the atom is. A cone says it; else it is told as a symbol, which follows
 * from the two symbols before it and the last entity.
 *
 * Format: spec/11-blocks.md, "What".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Runs } from "./atom-runs.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import { type Cone, SHAPE_FIELDS } from "./cone-shape.ts";
import { CONES_MAX } from "./cones.ts";
import { type Contexts, Guesses, mix } from "./guesses.ts";
import { MASK_MAX, Symbols, SYMBOLS_MAX } from "./symbols.ts";

const SYMBOL_BITS = 12;
const PLACES = 1 << 17;
const HIT_CONTEXTS = 32;
/** Where the second guess has its contexts among those of a symbol. */
const SECOND = 16;
const TRUSTS = 4;
const UNKNOWN_IMAGE = 0x5555;
const ETYPE_MAX = 0xff;
const U32_MAX = 0xffff_ffff;
const SYMBOLS_FIRST = 4096;

export class What {
  readonly symbols = new Symbols();
  /** Of the last atom. */
  symbol = 0;
  etype = 0;
  flags = 0;
  ret = 0;
  mask = 0;
  readonly #runs: Runs;
  readonly #guesses = new Guesses(PLACES);
  /** By cone: where its symbols are, plus 1; 0 for one that was not met in this block. */
  readonly #firstSymbol = new Uint32Array(CONES_MAX + 1);
  #coneSymbols = new Uint16Array(SYMBOLS_FIRST);
  #coneSymbolsTaken = 0;
  /** By cone that was met: where its slots begin. */
  readonly #firstSlot = new Uint32Array(CONES_MAX + 1);
  /** Slots of all cones that were met. */
  slots = 0;
  readonly #hit: number;
  readonly #tree: number;
  readonly #fields: number;

  constructor(contexts: Contexts, runs: Runs) {
    this.#runs = runs;
    this.#hit = contexts.take(HIT_CONTEXTS * (SYMBOLS_MAX + 1));
    this.#tree = contexts.take(1 << SYMBOL_BITS);
    this.#fields = contexts.take(4 * UINT_CONTEXTS);
  }

  reset(): void {
    this.symbols.reset();
    this.#guesses.reset();
    this.#firstSymbol.fill(0);
    this.#coneSymbolsTaken = 0;
    this.slots = 0;
  }

  /** Gives a cone symbols and slots where it is first launched. */
  meet(id: number, { shape, atoms, entities }: Cone): void {
    if (this.#firstSymbol[id] !== 0) return;
    const first = this.#coneSymbolsTaken;
    this.#coneSymbolsTaken += atoms;
    if (this.#coneSymbolsTaken > this.#coneSymbols.length) {
      const wider = new Uint16Array(Math.max(this.#coneSymbolsTaken, first * 2));
      wider.set(this.#coneSymbols);
      this.#coneSymbols = wider;
    }
    for (let atom = 0, at = 0; atom < atoms; atom += 1, at += SHAPE_FIELDS) {
      this.#coneSymbols[first + atom] = this.symbols.add(
        shape[at] ?? 0,
        shape[at + 1] ?? 0,
        shape[at + 2] ?? 0,
        maskOf(shape, at),
      );
    }
    this.#firstSymbol[id] = first + 1;
    this.#firstSlot[id] = this.slots;
    this.slots += entities;
  }

  firstSlot(cone: number): number {
    return this.#firstSlot[cone] ?? 0;
  }

  /** The atom at `position` of a cone. */
  fromCone(cone: number, shape: Uint32Array, position: number): void {
    const at = position * SHAPE_FIELDS;
    this.symbol = this.#coneSymbols[(this.#firstSymbol[cone] ?? 0) - 1 + position] ?? 0;
    this.etype = shape[at] ?? 0;
    this.flags = shape[at + 1] ?? 0;
    this.ret = shape[at + 2] ?? 0;
    this.mask = maskOf(shape, at);
  }

  /** An atom that is written out; when writing, its fields stand here already. */
  told(coder: Coder, run: number): void {
    const { symbols } = this;
    const { etype, flags, ret, mask } = this;
    const given = coder.isReading ? 0 : symbols.find(etype, flags, ret, mask);
    const symbol = this.#told(coder, given, run);
    this.symbol = symbol;
    if (symbol === SYMBOLS_MAX) {
      this.etype = this.#field(coder, 0, etype, ETYPE_MAX);
      this.flags = this.#field(coder, 1, flags, U32_MAX);
      this.ret = this.#field(coder, 2, ret, U32_MAX);
      this.mask = this.#field(coder, 3, mask, MASK_MAX);
      this.symbol = symbols.add(this.etype, this.flags, this.ret, this.mask);
      return;
    }
    this.etype = symbols.etype[symbol] ?? 0;
    this.flags = symbols.flags[symbol] ?? 0;
    this.ret = symbols.ret[symbol] ?? 0;
    this.mask = symbols.mask[symbol] ?? 0;
  }

  #told(coder: Coder, given: number, run: number): number {
    const guesses = this.#guesses;
    const { symbol1, symbol2, entity1, image } = this.#runs;
    const last = symbol1[run] ?? 0;
    const last2 = symbol2[run] ?? 0;
    const a = mix(last, mix(last2, entity1[run] ?? 0)) & (PLACES - 1);
    const b = mix(last, mix(last2, (image[run] ?? 0) + UNKNOWN_IMAGE)) & (PLACES - 1);
    const guessA = guesses.value[a] ?? 0;
    const guessB = guesses.value[b] ?? 0;
    const trustA = guesses.trust[a] ?? 0;
    const trustB = guesses.trust[b] ?? 0;
    const hit = this.#hit + last * HIT_CONTEXTS;
    let symbol: number;
    if (
      trustA > 0 &&
      coder.bit(hit + trustA * TRUSTS + trustB, given === guessA - 1 ? 1 : 0) === 1
    ) {
      symbol = guessA - 1;
    } else if (
      guessB > 0 &&
      !(trustA > 0 && guessA === guessB) &&
      coder.bit(hit + SECOND + trustB, given === guessB - 1 ? 1 : 0) === 1
    ) {
      symbol = guessB - 1;
    } else {
      symbol = coder.tree(this.#tree, SYMBOL_BITS, given);
      if (symbol >= this.symbols.count && symbol !== SYMBOLS_MAX) {
        throw new FormatError("out-of-range", 0, `symbol ${symbol} of ${this.symbols.count}`);
      }
    }
    guesses.learn(a, symbol + 1);
    guesses.learn(b, symbol + 1);
    return symbol;
  }

  #field(coder: Coder, field: number, given: number, max: number): number {
    const value = coder.uint(this.#fields + field * UINT_CONTEXTS, given);
    if (value > max) throw new FormatError("out-of-range", 0, `field ${field} of a symbol`);
    return value;
  }
}

function maskOf(shape: Uint32Array, at: number): number {
  return (
    (shape[at + 3] ?? 0) |
    (shape[at + 4] === 0 ? 0 : 2) |
    (shape[at + 5] === 0 ? 0 : 4) |
    (shape[at + 6] === 0 ? 0 : 8)
  );
}
