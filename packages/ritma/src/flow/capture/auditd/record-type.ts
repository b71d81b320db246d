/**
 * Which kind of record a line is: the few that are decoded by hand, and all others.
 *
 * A log written by an auditd older than the kernel has `UNKNOWN[1323]` for a type it cannot name;
 * the number is the kernel's (linux/audit.h) and tells us what the name would.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";
import type { Header } from "./header.ts";
import { type Line, wordOf } from "./line.ts";

export const OTHER = 0;
export const SYSCALL = 1;
export const PATH = 2;
export const CWD = 3;
export const PROCTITLE = 4;
export const EXECVE = 5;
export const SOCKADDR = 6;
export const MMAP = 7;
export const FD_PAIR = 8;
export const EOE = 9;

/** AUDIT_* numbers of the kinds above. */
const KIND_OF_NUMBER: ReadonlyMap<string, number> = new Map([
  ["1300", SYSCALL],
  ["1302", PATH],
  ["1306", SOCKADDR],
  ["1307", CWD],
  ["1309", EXECVE],
  ["1317", FD_PAIR],
  ["1320", EOE],
  ["1323", MMAP],
  ["1327", PROCTITLE],
]);

const SYSC = wordOf("SYSC");
const CALL = wordOf("CALL");
const PATH_WORD = wordOf("PATH");
const MMAP_WORD = wordOf("MMAP");
const PROC = wordOf("PROC");
const TITL = wordOf("TITL");
const EXEC = wordOf("EXEC");
const ECVE = wordOf("ECVE");
const SOCK = wordOf("SOCK");
const ADDR = wordOf("ADDR");
const FD_P = wordOf("FD_P");
const PAIR = wordOf("PAIR");
const CWD_WORD = wordOf("CWD ");
const EOE_WORD = wordOf("EOE ");
const UNKN = wordOf("UNKN");
const NINE = 0x39;

/** The kind of the record whose header was just read from `line`. */
export function kindOf(line: Line, { typeStart, typeEnd }: Header): number {
  const word = line.word(typeStart);
  switch (typeEnd - typeStart) {
    case 3:
      if (word === CWD_WORD) return CWD;
      return word === EOE_WORD ? EOE : OTHER;
    case 4:
      if (word === PATH_WORD) return PATH;
      if (word === MMAP_WORD) return MMAP;
      break;
    case 6:
      return word === EXEC && line.word(typeStart + 2) === ECVE ? EXECVE : OTHER;
    case 7:
      if (word === SYSC && line.word(typeStart + 3) === CALL) return SYSCALL;
      return word === FD_P && line.word(typeStart + 3) === PAIR ? FD_PAIR : OTHER;
    case 8:
      return word === SOCK && line.word(typeStart + 4) === ADDR ? SOCKADDR : OTHER;
    case 9:
      if (word !== PROC || line.word(typeStart + 4) !== TITL) return OTHER;
      return line.byte(typeStart + 8) === 0x45 ? PROCTITLE : OTHER;
    default:
      break;
  }
  const numeric = word === UNKN || line.byte(typeStart) <= NINE;
  return numeric ? numericKind(line, typeStart, typeEnd) : OTHER;
}

function numericKind({ bytes }: Line, typeStart: number, typeEnd: number): number {
  const text = latin1(bytes, typeStart, typeEnd);
  const number = text.startsWith("UNKNOWN[") && text.endsWith("]") ? text.slice(8, -1) : text;
  return KIND_OF_NUMBER.get(number) ?? OTHER;
}
