/**
 * A record without a type of its own, as fields in the order of the line.
 *
 *     avc:  denied  { read } for  pid=7 comm="cat"     text, pid, comm
 *     pid=7 uid=0 msg='op=login acct="x" res=success'  pid, uid, op, acct, res
 *
 * Words that are no `key=value` become a field `text`, one for each run of them. The fields inside
 * `msg='…'` follow the outer ones; a name may then come twice, and the outer one is the kernel's
 * word and the inner one that of a program. `(null)`, `(none)` and `?` stay as they are written,
 * except that a number is never made of them.
 *
 * `text=` inside a message is free text from a user, unquoted. What follows it looks like fields
 * and may be a forgery, so it runs to the last ` exe=`, which libaudit writes behind it.
 *
 * An enriched log that lost its separator goes on with `UID="root"`: outside of a message, a key in
 * capitals that repeats an earlier one ends the record. The kernel has no keys in capitals.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";
import type { Field, FieldValue } from "../audit-event.ts";
import { shapeOf } from "./field-table.ts";
import type { Line } from "./line.ts";
import { bodyEnd, stringBytes, Tokens, wholeNumber } from "./value.ts";

const CAPITALS = /^[A-Z][A-Z0-9_]*$/u;
/** `res=1AUID=…`, `ouid=0FSUID=…`: digits, then the first key of the enriched part. */
const LOST_SEPARATOR = /^(?<value>[0-9]+)(?<key>[A-Z][A-Z0-9_]*)=/u;
const LOST_SEPARATOR_BYTES_MAX = 64;
const EXE_KEY = " exe=";

/** All fields of the body at `line.at`. */
export function readFields(line: Line): Field[] {
  const fields: Field[] = [];
  collect(new Tokens(line.bytes, line.at, bodyEnd(line, line.at)), fields, false);
  return fields;
}

function collect(tokens: Tokens, fields: Field[], inMessage: boolean): void {
  const words = new Words(tokens.bytes, fields);
  while (tokens.next()) {
    if (tokens.kind === "word") {
      words.add(tokens);
      continue;
    }
    words.finish();
    const name = tokens.key();
    if (tokens.kind === "nested") {
      if (inMessage) fields.push(field(name, tokens));
      else collect(new Tokens(tokens.bytes, tokens.valueStart, tokens.valueEnd), fields, true);
      continue;
    }
    if (inMessage && name === "text" && tokens.kind === "plain") {
      freeText(tokens, fields);
      continue;
    }
    if (!inMessage && CAPITALS.test(name) && knows(fields, name)) return;
    const cut = inMessage ? -1 : enrichedAt(tokens, name, fields);
    if (cut >= 0) {
      tokens.valueEnd = cut;
      fields.push(field(name, tokens));
      return;
    }
    fields.push(field(name, tokens));
  }
  words.finish();
}

/** A run of words, as one field. */
class Words {
  readonly #bytes: Uint8Array;
  readonly #fields: Field[];
  #start = -1;
  #end = -1;

  constructor(bytes: Uint8Array, fields: Field[]) {
    this.#bytes = bytes;
    this.#fields = fields;
  }

  add(tokens: Tokens): void {
    if (this.#start < 0) this.#start = tokens.keyStart;
    this.#end = tokens.keyEnd;
  }

  finish(): void {
    if (this.#start < 0) return;
    this.#fields.push(textField(this.#bytes.slice(this.#start, this.#end)));
    this.#start = -1;
  }
}

/** Takes all up to the last ` exe=` as text, then goes on behind it. */
function freeText(tokens: Tokens, fields: Field[]): void {
  const { bytes, valueStart, end } = tokens;
  const exe = latin1(bytes, valueStart, end).lastIndexOf(EXE_KEY);
  if (exe < 0) {
    fields.push(textField(bytes.slice(valueStart, tokens.valueEnd)));
    return;
  }
  fields.push(textField(bytes.slice(valueStart, valueStart + exe)));
  tokens.skipTo(valueStart + exe);
}

function textField(value: Uint8Array): Field {
  return { name: "text", value: { kind: "bytes", value } };
}

function field(name: string, tokens: Tokens): Field {
  return { name, value: valueOf(name, tokens) };
}

function valueOf(name: string, tokens: Tokens): FieldValue {
  const shape = shapeOf(name);
  if (shape === "string") return { kind: "bytes", value: stringBytes(tokens) };
  if (shape !== undefined) {
    const value = wholeNumber(tokens, shape === "decimal" ? 10 : shape === "octal" ? 8 : 16);
    if (value !== undefined) return { kind: "number", value };
  }
  return { kind: "bytes", value: tokens.bytes.slice(tokens.valueStart, tokens.valueEnd) };
}

function knows(fields: readonly Field[], capitals: string): boolean {
  const name = capitals.toLowerCase();
  return fields.some((each) => each.name === name);
}

/** Where the value really ends when the enriched part follows without a separator, or -1. */
function enrichedAt(tokens: Tokens, name: string, fields: readonly Field[]): number {
  const { bytes, valueStart, valueEnd, kind } = tokens;
  if (kind !== "plain") return -1;
  const to = Math.min(valueEnd, valueStart + LOST_SEPARATOR_BYTES_MAX);
  const match = LOST_SEPARATOR.exec(latin1(bytes, valueStart, to));
  const { value, key } = match?.groups ?? {};
  if (value === undefined || key === undefined) return -1;
  const known = knows(fields, key) || key.toLowerCase() === name;
  return known ? valueStart + value.length : -1;
}
