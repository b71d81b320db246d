/**
 * Standard base64 with padding (RFC 4648 §4), as signed notes use it.
 *
 * Invariant: one byte string has one spelling. White space, missing padding, the URL alphabet and
 * bits set behind the last byte are refused; otherwise a note could be changed without breaking it.
 *
 * @module
 */
import { FormatError } from "../error.ts";

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u;

export function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** @throws FormatError `not-canonical` on every other spelling. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64.test(text)) {
    throw new FormatError("not-canonical", 0, "not padded standard base64");
  }
  const bytes = Uint8Array.fromBase64(text);
  if (bytes.toBase64() !== text) {
    throw new FormatError("not-canonical", 0, "base64 with bits behind the last byte");
  }
  return bytes;
}
