/**
 * A SYSCALL record: what was called, with which arguments, by which process; who acts is interned.
 *
 *     arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd5e a2=80000 a3=0 items=1
 *     ppid=1 pid=2 auid=… (the subject, to the end of the line)
 *
 * The kernel writes the fields in this order on every architecture, so the usual record is read
 * byte by byte without looking for keys. `exit_group` has neither `success` nor `exit`. Anything
 * else, a personality (`per=`), a call by name, quoted numbers, a record without `ppid`, is read
 * key by key.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";
import type { Subject, SyscallRecord } from "../audit-event.ts";
import { machineOf } from "./arch/machine.ts";
import { fixedFields, readFixed } from "./fixed.ts";
import type { InternTable } from "./intern.ts";
import { type Line, wordOf } from "./line.ts";
import { parseSubject } from "./subject.ts";
import { bodyEnd, Tokens, wholeNumber } from "./value.ts";

const SUCC = wordOf("succ");
const YES = wordOf("yes ");
const NO = wordOf("no e");
const AUID = wordOf("auid");

const CALL = fixedFields([
  ["arch", 16],
  [" syscall", 10],
]);
const EXIT = fixedFields([[" exit", 10]]);
const REST = fixedFields([
  [" a0", 16],
  [" a1", 16],
  [" a2", 16],
  [" a3", 16],
  [" items", 10],
  [" ppid", 10],
  [" pid", 10],
]);

const SPACE = 0x20;
const EQUALS = 0x3d;
const SUCCESS_BYTES = " success=".length;

/** Scratch: the fields of the record being read. */
const values = new Float64Array(8);

/** Fills `record` from the body at `line.at`. False when it has no system call in it. */
export function readSyscall(
  line: Line,
  record: SyscallRecord,
  subjects: InternTable<Subject>,
): boolean {
  const start = line.at;
  let tail = fixedOrder(line, record);
  if (tail < 0) {
    line.at = start;
    tail = anyOrder(line, record);
    if (tail < 0) return false;
  }
  record.subject = internSubject(line, tail, record.pid, subjects);
  return true;
}

/** Position of `auid=`, or -1 when the record is not in the kernel's usual order. */
function fixedOrder(line: Line, record: SyscallRecord): number {
  while (line.byte(line.at) === SPACE) line.at += 1;
  if (!readFixed(line, CALL, values)) return -1;
  record.arch = values[0] ?? 0;
  record.number = values[1] ?? -1;
  record.success = null;
  record.exit = 0;
  if (line.word(line.at + 1) === SUCC && !outcome(line, record)) return -1;
  if (!readFixed(line, REST, values)) return -1;
  const tail = line.at + 1;
  if (line.word(tail) !== AUID || line.byte(tail + 4) !== EQUALS) return -1;
  record.a0 = values[0] ?? 0;
  record.a1 = values[1] ?? 0;
  record.a2 = values[2] ?? 0;
  record.a3 = values[3] ?? 0;
  record.items = values[4] ?? 0;
  record.ppid = values[5] ?? -1;
  record.pid = values[6] ?? -1;
  record.name = nameOf(record.arch, record.number);
  return tail;
}

/** ` success=yes exit=3` */
function outcome(line: Line, record: SyscallRecord): boolean {
  line.at += SUCCESS_BYTES;
  const word = line.word(line.at);
  if (word !== YES && word !== NO) return false;
  record.success = word === YES;
  line.at += record.success ? 3 : 2;
  if (!readFixed(line, EXIT, values)) return false;
  record.exit = values[0] ?? 0;
  return true;
}

/** Position where the subject starts, or -1 when there is neither `syscall` nor `arch`. */
function anyOrder(line: Line, record: SyscallRecord): number {
  const tokens = new Tokens(line.bytes, line.at, bodyEnd(line, line.at));
  const seen = new Map<string, string>();
  let tail = -1;
  while (tokens.next()) {
    if (tokens.kind === "word") continue;
    const key = tokens.key();
    if (key === "auid" && tail < 0) tail = tokens.keyStart;
    if (!seen.has(key)) seen.set(key, latin1(line.bytes, tokens.valueStart, tokens.valueEnd));
  }
  const call = seen.get("syscall");
  if (call === undefined && !seen.has("arch")) return -1;
  const success = seen.get("success");
  record.arch = numberIn(seen.get("arch"), 16, 0);
  record.number = numberIn(call, 10, -1);
  record.name = nameOf(record.arch, record.number);
  if (record.number < 0 && call !== undefined && call !== "") nameGiven(record, call);
  record.exit = numberIn(seen.get("exit"), 10, 0);
  record.success = success === undefined ? null : success === "yes";
  if (success === undefined && seen.has("exit")) record.success = record.exit >= 0;
  record.a0 = numberIn(seen.get("a0"), 16, 0);
  record.a1 = numberIn(seen.get("a1"), 16, 0);
  record.a2 = numberIn(seen.get("a2"), 16, 0);
  record.a3 = numberIn(seen.get("a3"), 16, 0);
  record.items = numberIn(seen.get("items"), 10, 0);
  record.ppid = numberIn(seen.get("ppid"), 10, -1);
  record.pid = numberIn(seen.get("pid"), 10, -1);
  return tail < 0 ? line.at : tail;
}

function nameOf(arch: number, number: number): string | null {
  return machineOf(arch)?.nameOf(number) ?? null;
}

/** The log has a name where the number belongs. */
function nameGiven(record: SyscallRecord, name: string): void {
  record.name = name;
  record.number = machineOf(record.arch)?.numberOf(name) ?? -1;
}

function numberIn(text: string | undefined, base: 10 | 16, otherwise: number): number {
  if (text === undefined) return otherwise;
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const tokens = new Tokens(bytes, 0, 0);
  tokens.valueEnd = bytes.length;
  return wholeNumber(tokens, base) ?? otherwise;
}

/** The same bytes before an enriched part give the same object, whatever that part says. */
function internSubject(
  line: Line,
  tail: number,
  pid: number,
  subjects: InternTable<Subject>,
): Subject {
  // A process nearly always is who it was at its last call: no need to hash the bytes.
  const known = subjects.getNear(pid, line, tail, line.end);
  if (known !== undefined) return known;
  const end = bodyEnd(line, tail);
  let subject = end < line.end ? subjects.get(line, tail, end) : undefined;
  if (subject === undefined) {
    subject = parseSubject(line.bytes, tail, end);
    if (end < line.end) subjects.set(line, tail, end, subject);
  }
  subjects.set(line, tail, line.end, subject);
  return subject;
}
