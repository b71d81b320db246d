/**
 * Network addresses as text, turned into the bytes that a flow has.
 *
 * A record may name the same host as `10.0.0.1` and as four bytes; one question must find both.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";

const ADDRESS_BYTES_MAX = 45;
const DECIMAL = /^(?:0|[1-9][0-9]{0,2})$/u;
const GROUP = /^[0-9a-fA-F]{1,4}$/u;
const GROUPS = 8;

/** @returns 4 bytes for IPv4, 16 for IPv6, null for anything else. No zones, no ports. */
export function addressBytes(text: Uint8Array): Uint8Array | null {
  if (text.length > ADDRESS_BYTES_MAX) return null;
  const shown = latin1(text);
  return shown.includes(":") ? version6(shown) : version4(shown);
}

function version4(text: string): Uint8Array | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => DECIMAL.test(part))) return null;
  const numbers = parts.map(Number);
  return numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : null;
}

function version6(text: string): Uint8Array | null {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return null;
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === null || after === null) return null;
  const gap = GROUPS - before.length - after.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return null;
  const groups = [...before, ...Array.from({ length: gap }, () => 0), ...after];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** @param last whether these groups end the address, where the last two may be an IPv4 address. */
function groupsOf(text: string, last: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [at, part] of parts.entries()) {
    const inner = last && at === parts.length - 1 && part.includes(".") ? version4(part) : null;
    if (inner !== null) {
      const [a = 0, b = 0, c = 0, d = 0] = inner;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}
