/**
 * Bytes as text, one character a byte: nothing is lost and nothing is invalid.
 *
 * @module
 */

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let position = start; position < end; position += 1) {
    text += String.fromCharCode(bytes[position] ?? 0);
  }
  return text;
}
