/**
 * Numbers from a record whose fields come in a known order.
 *
 * The kernel writes most records with one format string. Where the next `=` must be is then known,
 * and one load of the four bytes before it tells whether the field is the expected one; no key is
 * searched for. A record that differs in any way is refused here and read key by key elsewhere.
 *
 * @module
 */
import { type Line, wordOf } from "./line.ts";

const SPACE = 0x20;

interface FixedFields {
  readonly count: number;
  /** From the byte after one value to the byte after the next `=`. */
  readonly steps: Int32Array;
  /** The four bytes that end with the `=`. */
  readonly words: Int32Array;
  /** 4 for hexadecimal, 0 for decimal. */
  readonly shifts: Int32Array;
}

/** `[key, base]` in order; the key holds the space before it, where there is one. */
export function fixedFields(fields: readonly (readonly [string, 10 | 16])[]): FixedFields {
  const spelled = fields.map(([key]) => `${key}=`);
  return {
    count: fields.length,
    steps: Int32Array.from(spelled, (text) => text.length),
    words: Int32Array.from(spelled, (text) => wordOf(text.slice(-4))),
    shifts: Int32Array.from(fields, ([, base]) => (base === 16 ? 4 : 0)),
  };
}

/**
 * Reads all fields from `line.at` on into `values` and moves behind the last value. False, with
 * `line.at` anywhere, when one is missing, empty, or not a number that ends at a space. Hexadecimal
 * is the low 64 bits as a double; a decimal may be negative.
 */
export function readFixed(line: Line, fields: FixedFields, values: Float64Array): boolean {
  const { view, end } = line;
  const { count, steps, words, shifts } = fields;
  let position = line.at;
  for (let field = 0; field < count; field += 1) {
    position += steps[field] ?? 0;
    if (position >= end || view.getInt32(position - 4, true) !== words[field]) return false;
    line.at = position;
    values[field] = shifts[field] === 4 ? line.hex() : line.wholeSigned();
    if (line.at === position) return false;
    position = line.at;
    if (position < end && line.bytes[position] !== SPACE) return false;
  }
  return true;
}
