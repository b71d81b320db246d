/**
 * A record's fields, for a person: those that say something, what it is about in front.
 *
 * @module
 */
import type { FieldsEntity } from "@ritma/evidence";
import { fieldValue, saysNothing } from "../../stores/sealed/record-fields.ts";
import { idText } from "./identity.ts";
import type { Namer } from "./names.ts";
import { shellQuoted } from "./quote.ts";

/** Ids that every record has, and how it ended: columns of their own show them. */
const SEEN_ELSEWHERE: ReadonlySet<string> = new Set(["pid", "uid", "subj", "ver", "res"]);
/** What a record is about, where it has that. */
const FIRST: ReadonlySet<string> = new Set(["cmd", "unit", "acct", "data", "id"]);

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
export function fieldText(namer: Namer, record: FieldsEntity, name: string): string | null {
  const value = fieldValue(record, name);
  if (value === null) return null;
  return typeof value === "number" ? String(value) : namer.value(value);
}
