/**
 * Symbols: what an atom is without its entities (etype, flags, ret, and which fields it has), by
 * number as met since the begin of the block.
 *
 * Format: spec/11-blocks.md, "Symbols".
 *
 * @module
 */
import { mix } from "./guesses.ts";

/** Bits of a symbol's mask. */
export const HAS_NUMBER = 1;
/** Times 2 for object2, times 4 for arg. */
export const HAS_OBJECT = 2;
export const MASK_MAX = 15;

/** So many symbols have a number; this number itself stands for each that found no room. */
export const SYMBOLS_MAX = 4095;
const SLOTS = 1 << 14;
/** Places looked at. The hash has no key: an attacker shall not make the chains longer. */
const PROBES_MAX = 32;

export class Symbols {
  readonly etype = new Uint8Array(SYMBOLS_MAX + 1);
  readonly flags = new Uint32Array(SYMBOLS_MAX + 1);
  readonly ret = new Uint32Array(SYMBOLS_MAX + 1);
  readonly mask = new Uint8Array(SYMBOLS_MAX + 1);
  /** The last number of an atom of it. */
  readonly number = new Float64Array(SYMBOLS_MAX + 1);
  /** 1 when its serial was that of the atom before, last time its run stayed. */
  readonly stays = new Uint8Array(SYMBOLS_MAX + 1);
  /** One more than the symbol, 0 when free. */
  readonly #slots = new Uint16Array(SLOTS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  reset(): void {
    this.#count = 0;
    this.#slots.fill(0);
    this.number.fill(0);
    this.stays.fill(0);
  }

  /** @returns its number, SYMBOLS_MAX when it has none. */
  find(etype: number, flags: number, ret: number, mask: number): number {
    const slot = this.#slotOf(etype, flags, ret, mask);
    const held = slot < 0 ? 0 : (this.#slots[slot] ?? 0);
    return held === 0 ? SYMBOLS_MAX : held - 1;
  }

  /** @returns its number, a new one if need be, SYMBOLS_MAX when there is no room. */
  add(etype: number, flags: number, ret: number, mask: number): number {
    const slot = this.#slotOf(etype, flags, ret, mask);
    if (slot < 0) return SYMBOLS_MAX;
    const held = this.#slots[slot] ?? 0;
    if (held !== 0) return held - 1;
    if (this.#count === SYMBOLS_MAX) return SYMBOLS_MAX;
    const symbol = this.#count;
    this.#count += 1;
    this.#slots[slot] = symbol + 1;
    this.etype[symbol] = etype;
    this.flags[symbol] = flags;
    this.ret[symbol] = ret;
    this.mask[symbol] = mask;
    return symbol;
  }

  /** @returns the slot that holds it, or the free one where it belongs, or -1. */
  #slotOf(etype: number, flags: number, ret: number, mask: number): number {
    let slot = mix(etype * 16 + mask, mix(flags, ret)) & (SLOTS - 1);
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const held = this.#slots[slot] ?? 0;
      if (held === 0) return slot;
      const at = held - 1;
      if (
        this.etype[at] === etype &&
        this.flags[at] === flags &&
        this.ret[at] === ret &&
        this.mask[at] === mask
      ) {
        return slot;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return -1;
  }
}
