/**
 * The tail of a SYSCALL record, from `auid=` on: who acts.
 *
 * @module
 */
import type { Subject } from "../audit-event.ts";
import { leadingDecimal, stringBytesOrNull, textBytesOrNull, Tokens } from "./value.ts";

const NUMBERS: ReadonlySet<string> = new Set([
  "auid",
  "uid",
  "gid",
  "euid",
  "suid",
  "fsuid",
  "egid",
  "sgid",
  "fsgid",
  "ses",
]);

const HEX_STRINGS: ReadonlySet<string> = new Set(["comm", "exe", "key"]);
const TEXTS: ReadonlySet<string> = new Set(["tty", "subj"]);

/** Reads `bytes[start..end)`. A key that comes twice counts the first time. */
export function parseSubject(bytes: Uint8Array, start: number, end: number): Subject {
  const numbers = new Map<string, number>();
  const strings = new Map<string, Uint8Array | null>();
  const tokens = new Tokens(bytes, start, end);
  while (tokens.next()) {
    if (tokens.kind === "word") continue;
    const key = tokens.key();
    if (NUMBERS.has(key)) {
      if (!numbers.has(key)) numbers.set(key, leadingDecimal(tokens));
    } else if (HEX_STRINGS.has(key)) {
      if (!strings.has(key)) strings.set(key, stringBytesOrNull(tokens));
    } else if (TEXTS.has(key) && !strings.has(key)) {
      strings.set(key, textBytesOrNull(tokens));
    }
  }
  const number = (key: string): number => numbers.get(key) ?? -1;
  const string = (key: string): Uint8Array | null => strings.get(key) ?? null;
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
    tty: string("tty"),
    comm: string("comm"),
    exe: string("exe"),
    subj: string("subj"),
    key: string("key"),
  };
}
