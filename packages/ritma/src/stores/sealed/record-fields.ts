/**
 * What the fields of an audit record say, where that is more than a text.
 *
 * @module
 */
import type { FieldsEntity, Value } from "@ritma/evidence";

/** An id that was never set. */
export const UNSET_ID = 4_294_967_295;

const SAYS_NOTHING: ReadonlySet<string> = new Set(["", "?", "?,", "(null)", "(none)"]);
const SAYS_NOTHING_BYTES_MAX = 8;
/** What pam_audit and its like put around the last value of an old record. */
const TRAILING = /[),]+$/u;

/** The first field of that name that says something. */
export function fieldValue({ fields }: FieldsEntity, name: string): Value | number | null {
  for (const [own, value] of fields) if (own === name && !saysNothing(value)) return value;
  return null;
}

/** The last number of that name that was ever set: a record of a change has the new one behind. */
export function fieldNumber({ fields }: FieldsEntity, name: string): number | null {
  let found: number | null = null;
  for (const [own, value] of fields) {
    if (own !== name || (typeof value !== "number" && value.hashed)) continue;
    const number = typeof value === "number" ? value : decimalOf(asciiOf(value));
    if (number !== null && number !== UNSET_ID) found = number;
  }
  return found;
}

/** Null when the record does not say how it ended. */
export function hasFailed({ fields }: FieldsEntity): boolean | null {
  for (const [name, value] of fields) {
    if (name !== "res" && name !== "result") continue;
    if (typeof value === "number") return value === 0;
    if (!value.hashed) return /^(?:f|no|0)/u.test(asciiOf(value).replace(TRAILING, ""));
  }
  return null;
}

export function saysNothing(value: Value | number): boolean {
  if (typeof value === "number") return value === UNSET_ID;
  const { hashed, bytes } = value;
  return !hashed && bytes.length <= SAYS_NOTHING_BYTES_MAX && SAYS_NOTHING.has(asciiOf(value));
}

function decimalOf(text: string): number | null {
  return /^\d{1,15}$/u.test(text) ? Number(text) : null;
}

/** Of a short value whose letters matter. */
function asciiOf({ bytes }: Value): string {
  return String.fromCharCode(...bytes.subarray(0, 32));
}
