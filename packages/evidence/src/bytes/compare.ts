/**
 * Comparing and joining byte strings.
 *
 * Nothing here is constant-time: everything this package compares is public (digests, roots,
 * encoded records). Secrets are compared by the caller's own primitives.
 *
 * @module
 */

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] !== b[at]) return false;
  }
  return true;
}

/**
 * Bytewise lexicographic order, the order of map keys in spec/01-cbor.md. A prefix comes first.
 *
 * @returns negative, zero or positive, as `Array.sort` wants it.
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** @returns a new array; the parts stay the caller's. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let sizeBytes = 0;
  for (const part of parts) sizeBytes += part.length;
  const joined = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Room for a writer: `buffer` itself when it holds `needed` bytes, else a larger copy.
 *
 * Doubling keeps the cost of a long run of small writes linear.
 */
export function withRoom(buffer: Uint8Array, needed: number): Uint8Array {
  if (needed <= buffer.length) return buffer;
  const larger = new Uint8Array(Math.max(needed, buffer.length * 2));
  larger.set(buffer);
  return larger;
}
