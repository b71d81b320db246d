/**
 * Records that are no system calls: typed lists of fields, and who they speak of.
 *
 * Format: spec/08-projection.md, "Other records" and "hash-only".
 *
 * @module
 */
import { encodeEntity, type EntityRef, entityRef, type Value } from "@ritma/evidence";
import { addressBytes } from "../address.ts";
import type { Field, OtherRecord, Subject } from "../audit-event.ts";
import { latin1 } from "../latin1.ts";
import { plainValue, type Privacy } from "../privacy.ts";
import { publicComponents } from "../public-path.ts";
import { fieldRule } from "./field-rules.ts";
import { resolvePath, splitPath } from "./raw-path.ts";

/** The codec's limits; no kernel comes near. */
const TYPE_BYTES_MAX = 64;
const NAME_BYTES_MAX = 256;

const SLASH = 0x2f;
const DIGITS = /^[0-9]{1,15}$/u;

/** What stands for "no value" in a record, and tells nothing. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(["", "?", "(null)", "(none)"]);

/** @returns the record as an entity. */
export function fieldsEntity(privacy: Privacy, { type, fields }: OtherRecord): EntityRef {
  return entityRef(
    encodeEntity({
      kind: "fields",
      type: cut(type, TYPE_BYTES_MAX),
      fields: fields.map((field): [string, Value | number] => [
        cut(field.name, NAME_BYTES_MAX),
        valueOf(privacy, type, field),
      ]),
    }),
  );
}

/** The first number of that name, the kernel's own: what a program adds comes behind. */
export function numberField(fields: readonly Field[], name: string): number {
  const value = fields.find((field) => field.name === name)?.value;
  if (value === undefined) return -1;
  if (value.kind === "number") return Number.isSafeInteger(value.value) ? value.value : -1;
  const text = latin1(value.value);
  return DIGITS.test(text) ? Number(text) : -1;
}

/** What a record without a system call tells of its process. */
export function subjectOf(fields: readonly Field[]): Subject {
  const number = (name: string): number => numberField(fields, name);
  const exe = bytesField(fields, "exe");
  return {
    auid: number("auid"),
    uid: number("uid"),
    gid: number("gid"),
    euid: number("euid"),
    suid: number("suid"),
    fsuid: number("fsuid"),
    egid: number("egid"),
    sgid: number("sgid"),
    fsgid: number("fsgid"),
    ses: number("ses"),
    tty: bytesField(fields, "tty"),
    comm: bytesField(fields, "comm"),
    exe: exe !== null && exe[0] === SLASH ? exe : null,
    subj: bytesField(fields, "subj"),
    key: null,
  };
}

export function bytesField(fields: readonly Field[], name: string): Uint8Array | null {
  const value = fields.find((field) => field.name === name)?.value;
  if (value === undefined || value.kind === "number") return null;
  return SAYS_NOTHING.has(shortText(value.value)) ? null : value.value;
}

function valueOf(privacy: Privacy, type: string, { name, value }: Field): Value | number {
  if (privacy.mode === "raw") return plain(value);
  if (value.kind === "bytes" && SAYS_NOTHING.has(shortText(value.value))) return plain(value);
  const rule = fieldRule(type, name);
  if (rule === "plain") return plain(value);
  const bytes = value.kind === "bytes" ? value.value : asciiBytes(String(value.value));
  if (rule === "path" || (rule === "component" && bytes[0] === SLASH)) {
    return isPublicPath(bytes) ? plainValue(bytes) : privacy.value("text", bytes);
  }
  if (rule === "label") return privacy.label(bytes);
  if (rule === "address") return privacy.value("address", addressBytes(bytes) ?? bytes);
  return privacy.value(rule, bytes);
}

function plain(value: Field["value"]): Value | number {
  if (value.kind === "bytes") return plainValue(value.value);
  const { value: number } = value;
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  return plainValue(asciiBytes(String(number)));
}

/** Only in normal form: `/home/a/../../etc` leads to a public place and names a private one. */
function isPublicPath(bytes: Uint8Array): boolean {
  if (bytes[0] !== SLASH) return false;
  const path = resolvePath(null, bytes);
  if (path.bytes !== bytes) return false;
  const components = splitPath(path);
  return publicComponents(components.map(latin1)) === components.length;
}

/** Long values are not looked at: nothing that says nothing is long. */
function shortText(bytes: Uint8Array): string {
  return bytes.length > 8 ? "long" : latin1(bytes);
}

function asciiBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Text that has a UTF-8 of at most that many bytes. */
function cut(text: string, bytesMax: number): string {
  let kept = text.toWellFormed();
  while (kept.length > bytesMax || asciiBytes(kept).length > bytesMax) {
    kept = kept.slice(0, Math.min(kept.length - 1, bytesMax)).toWellFormed();
  }
  return kept;
}
