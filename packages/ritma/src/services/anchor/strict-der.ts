/**
 * Whether bytes are one value in the distinguished encoding, lengths and nesting at least.
 *
 * The library that reads certificates forgives lengths that do not add up, so that two readers can
 * take different things from the same bytes. What goes through here leaves no room for that.
 *
 * Not here: what is in the values, order in sets.
 *
 * Format: X.690 §10.1: definite lengths, in as few bytes as they need.
 *
 * @module
 */

const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
const LONG_LENGTH = 0x80;
const BYTE = 0x100;
/** Of a length: more than any reply. */
const LENGTH_BYTES_MAX = 3;

/** True when `bytes` are exactly one value, and every part ends where what is around it says. */
export function isStrictDer(bytes: Uint8Array): boolean {
  /** Where the open values end, outermost first. */
  const ends = [bytes.length];
  let at = 0;
  let values = 0;
  while (at < bytes.length) {
    while (ends.at(-1) === at) ends.pop();
    if (ends.length === 1) values += 1;
    const head = headAt(bytes, at);
    const end = ends.at(-1);
    if (head === null || end === undefined || head.end > end) return false;
    if (head.isConstructed) ends.push(head.end);
    at = head.isConstructed ? head.begin : head.end;
  }
  return values === 1 && ends.every((end) => end === at);
}

interface Head {
  readonly isConstructed: boolean;
  /** Of the content. */
  readonly begin: number;
  readonly end: number;
}

/** @returns null for a tag or length that is not written as it must be. */
function headAt(bytes: Uint8Array, at: number): Head | null {
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1];
  if (first === undefined || tag % CONSTRUCTED === LONG_TAG) return null;
  const isConstructed = Math.floor(tag / CONSTRUCTED) % 2 === 1;
  if (first < LONG_LENGTH) return { isConstructed, begin: at + 2, end: at + 2 + first };
  const count = first - LONG_LENGTH;
  const begin = at + 2 + count;
  if (count === 0 || count > LENGTH_BYTES_MAX || begin > bytes.length) return null;
  const length = bytes.subarray(at + 2, begin).reduce((sum, byte) => sum * BYTE + byte, 0);
  if (length < LONG_LENGTH || length < BYTE ** (count - 1)) return null;
  return { isConstructed, begin, end: begin + length };
}
