/**
 * A record's fields, for a person: those that say something, what it is about in front.
 *
 * @module
 */
import type { FieldsEntity, Value } from "@ritma/evidence";
import { idText, isUnset } from "./identity.ts";
import type { Namer } from "./names.ts";
import { shellQuoted } from "./quote.ts";

/** Ids that every record has, and how it ended: columns of their own show them. */
const SEEN_ELSEWHERE: ReadonlySet<string> = new Set(["pid", "uid", "subj", "ver", "res"]);
/** What a record is about, where it has that. */
const FIRST: ReadonlySet<string> = new Set(["cmd", "unit", "acct", "data", "id"]);
const SAYS_NOTHING: ReadonlySet<string> = new Set(["", "?", "?,", "(null)", "(none)"]);
/** What pam_audit and its like put around the last value of an old record. */
const TRAILING = /[),]+$/u;

/** `USER_CMD cmd='cat /etc/shadow' cwd=/srv` */
export function recordText(namer: Namer, { type, fields }: FieldsEntity): string {
  const first: string[] = [];
  const others: string[] = [];
  for (const [name, value] of fields) {
    if (SEEN_ELSEWHERE.has(name) || saysNothing(value)) continue;
    const text = typeof value === "number" ? idText(value) : shellQuoted(namer, value);
    (FIRST.has(name) ? first : others).push(`${name}=${text}`);
  }
  return [type, ...first, ...others].join(" ");
}

/** A field as text, null when there is none or it says nothing. */
export function fieldText(namer: Namer, { fields }: FieldsEntity, name: string): string | null {
  for (const [own, value] of fields) {
    if (own !== name || saysNothing(value)) continue;
    return typeof value === "number" ? String(value) : namer.value(value);
  }
  return null;
}

/** The last number of that name that was ever set: a record of a change has the new one behind. */
export function fieldNumber({ fields }: FieldsEntity, name: string): number | null {
  let found: number | null = null;
  for (const [own, value] of fields) {
    if (own !== name || (typeof value !== "number" && value.hashed)) continue;
    const number = typeof value === "number" ? value : decimalOf(asciiOf(value));
    if (number !== null && !isUnset(number)) found = number;
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

function saysNothing(value: Value | number): boolean {
  if (typeof value === "number") return isUnset(value);
  return !value.hashed && value.bytes.length <= 8 && SAYS_NOTHING.has(asciiOf(value));
}

function decimalOf(text: string): number | null {
  return /^\d{1,15}$/u.test(text) ? Number(text) : null;
}

/** Of a short value whose letters matter. */
function asciiOf({ bytes }: Value): string {
  return String.fromCharCode(...bytes.subarray(0, 32));
}
