/**
 * Lower-case hexadecimal, the spelling of digests in names and messages.
 *
 * @module
 */
import { FormatError } from "../error.ts";

const HEX = /^[0-9a-f]*$/u;

export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** @throws FormatError `not-canonical` unless `text` is pairs of lower-case hex digits. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !HEX.test(text)) {
    throw new FormatError("not-canonical", 0, "not lower-case hex");
  }
  return Uint8Array.fromHex(text);
}
