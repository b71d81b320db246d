/**
 * Names of fields and record types as strings, without making the same string twice.
 *
 * A string is for dispatch and for the receiver; the bytes of a log are compared with the one known
 * for their hash, so that a field costs no allocation. Bounded: an attacker can invent names.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";

const NAMES_MAX = 4_096;
const NAME_BYTES_MAX = 64;

const known = new Map<number, string>();

/** `bytes[start..end)`, one character a byte. */
export function nameOf(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > NAME_BYTES_MAX) return latin1(bytes, start, end);
  let hash = length;
  for (let position = start; position < end; position += 1) {
    hash = Math.imul(hash ^ (bytes[position] ?? 0), 0x0100_0193);
  }
  const name = known.get(hash);
  if (name !== undefined && name.length === length && spells(name, bytes, start)) return name;
  const made = latin1(bytes, start, end);
  if (known.size >= NAMES_MAX) known.clear();
  known.set(hash, made);
  return made;
}

function spells(name: string, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (name.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
