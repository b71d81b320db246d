/**
 * Numbers of things told before, under contexts: what comes often takes few bits.
 *
 * Format: spec/10-coder.md, "Ids".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import type { Coder } from "./coder.ts";
import { mix } from "./guesses.ts";

/** A tree of 17 bits has its own contexts; deeper nodes share them. */
export const ID_CONTEXTS = 1 << 17;

/**
 * Codes one of 0..`count` - 1, highest bit first, in `ID_CONTEXTS` contexts from `context` on.
 *
 * @throws FormatError `out-of-range` when another is read.
 */
export function codeId(coder: Coder, context: number, count: number, id: number): number {
  const bits = count > 1 ? 32 - Math.clz32(count - 1) : 0;
  let node = 1;
  for (let at = bits - 1; at >= 0; at -= 1) {
    const place = node < ID_CONTEXTS ? node : mix(node, 7) & (ID_CONTEXTS - 1);
    node = node * 2 + coder.bit(context + place, (id >>> at) & 1);
  }
  const coded = node - 2 ** bits;
  if (coded >= count) throw new FormatError("out-of-range", 0, `number ${coded} of ${count}`);
  return coded;
}
