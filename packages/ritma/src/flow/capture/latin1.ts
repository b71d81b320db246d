/**
 * Bytes as a key for a `Map`: one character a byte, so that different bytes are different keys.
 *
 * @module
 */

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
