/**
 * What a record adds to its event.
 *
 * A record that cannot be read as its type (a SOCKADDR that is not hex), or a second one where an
 * event has room for one, is kept as an `OtherRecord`: nothing that has a header is dropped.
 *
 * Interned here: subjects, paths, strings and socket addresses. The tables are the parser's whole
 * memory besides events in flight, and both are bounded.
 *
 * @module
 */
import { latin1 } from "./latin1.ts";
import type { SockAddr, Subject } from "../audit-event.ts";
import { isLittleEndian } from "./arch/machine.ts";
import { readFields } from "./fields.ts";
import type { Header } from "./header.ts";
import { InternTable } from "./intern.ts";
import { type Line, wordOf } from "./line.ts";
import { nameOf } from "./names.ts";
import type { OpenEvent } from "./open-event.ts";
import { type KnownPath, parsePath, pathRecord } from "./path.ts";
import * as types from "./record-type.ts";
import { type ByteOrder, parseSockAddr } from "./sockaddr.ts";
import { readSyscall } from "./syscall.ts";
import { bodyEnd, stringBytesOrNull, Tokens, unhex, wholeNumber } from "./value.ts";

const ITEM = wordOf("item");
const SPACE = 0x20;
const EQUALS = 0x3d;
const LETTER_F = 0x66;
const LETTER_D = 0x64;

/** A string that may be nothing, in a form a table can hold. */
interface Known<Value> {
  readonly value: Value;
}

interface DecodeLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

export class Decoder {
  readonly #subjects: InternTable<Subject>;
  readonly #paths: InternTable<KnownPath>;
  readonly #strings: InternTable<Uint8Array>;
  readonly #cwds: InternTable<Known<Uint8Array | null>>;
  readonly #titles: InternTable<Known<Uint8Array | null>>;
  readonly #addresses: Readonly<Record<ByteOrder, InternTable<SockAddr>>>;

  constructor(limits: DecodeLimits) {
    this.#subjects = new InternTable(limits);
    this.#paths = new InternTable(limits);
    this.#strings = new InternTable(limits);
    this.#cwds = new InternTable(limits);
    this.#titles = new InternTable(limits);
    this.#addresses = {
      little: new InternTable(limits),
      big: new InternTable(limits),
      unknown: new InternTable(limits),
    };
  }

  /** Adds the record of `line`, whose body starts at `line.at`, to `event`. */
  add(kind: number, line: Line, header: Header, event: OpenEvent): void {
    const body = line.at;
    if (this.#typed(kind, line, event)) return;
    line.at = body;
    event.others.push({
      type: nameOf(line.bytes, header.typeStart, header.typeEnd),
      fields: readFields(line),
    });
  }

  #typed(kind: number, line: Line, event: OpenEvent): boolean {
    switch (kind) {
      case types.SYSCALL:
        return this.#syscall(line, event);
      case types.PATH:
        return this.#path(line, event);
      case types.CWD:
        return event.cwd === null && this.#cwd(line, event);
      case types.PROCTITLE:
        return event.proctitle === null && this.#proctitle(line, event);
      case types.EXECVE:
        return event.argv.add(line, this.#strings);
      case types.SOCKADDR:
        return event.sockaddr === null && this.#sockaddr(line, event);
      case types.MMAP:
        return event.mmapFd < 0 && mmap(line, event);
      case types.FD_PAIR:
        return event.fdPair === null && fdPair(line, event);
      default:
        return kind === types.EOE;
    }
  }

  #syscall(line: Line, event: OpenEvent): boolean {
    if (event.syscall !== null) return false;
    if (!readSyscall(line, event.ownSyscall, this.#subjects)) return false;
    event.syscall = event.ownSyscall;
    return true;
  }

  /** `item=0 name=…`: the item is read, the rest is recognised. */
  #path(line: Line, event: OpenEvent): boolean {
    skipSpaces(line);
    let item = event.paths.length;
    if (line.word(line.at) === ITEM && line.byte(line.at + 4) === EQUALS) {
      line.at += 5;
      const written = line.decimal();
      if (written >= 0) item = written;
      skipSpaces(line);
    }
    const start = line.at;
    let known = this.#paths.get(line, start, line.end);
    if (known === undefined) {
      known = parsePath(line.bytes, start, bodyEnd(line, start));
      this.#paths.set(line, start, line.end, known);
    }
    const record = pathRecord(known, item);
    // Most events have one path: an array made for one is the cheapest.
    if (event.paths.length === 0) event.paths = [record];
    else event.paths.push(record);
    return true;
  }

  #cwd(line: Line, event: OpenEvent): boolean {
    const known = textOf(line, "cwd", event, this.#cwds);
    if (known === null) return false;
    event.cwd = known.value;
    return true;
  }

  #proctitle(line: Line, event: OpenEvent): boolean {
    const known = textOf(line, "proctitle", event, this.#titles);
    if (known === null) return false;
    event.proctitle = known.value;
    return true;
  }

  #sockaddr(line: Line, event: OpenEvent): boolean {
    const order = event.syscall === null ? "unknown" : orderOf(event.syscall.arch);
    const table = this.#addresses[order];
    skipSpaces(line);
    let address = table.get(line, line.at, line.end);
    if (address === undefined) {
      const tokens = find(line, "saddr");
      const bytes = tokens === null ? undefined : hexPrefix(tokens);
      if (bytes === undefined) return false;
      address = parseSockAddr(bytes, order);
      table.set(line, line.at, line.end, address);
    }
    event.sockaddr = address;
    return true;
  }
}

/** The value of the record's only string; null when it has no such field. */
function textOf(
  line: Line,
  key: string,
  { syscall }: OpenEvent,
  table: InternTable<Known<Uint8Array | null>>,
): Known<Uint8Array | null> | null {
  skipSpaces(line);
  const { at, end } = line;
  const known = table.getNear(syscall === null ? 0 : syscall.pid, line, at, end);
  if (known !== undefined) return known;
  const tokens = find(line, key);
  if (tokens === null) return null;
  const made = { value: stringBytesOrNull(tokens) };
  table.set(line, at, end, made);
  return made;
}

function skipSpaces(line: Line): void {
  while (line.byte(line.at) === SPACE) line.at += 1;
}

/** The walk, stopped at the first field of that name; null when there is none. */
function find(line: Line, key: string): Tokens | null {
  const tokens = new Tokens(line.bytes, line.at, bodyEnd(line, line.at));
  while (tokens.next()) if (tokens.kind !== "word" && tokens.key() === key) return tokens;
  return null;
}

/** Bytes of `saddr=`; a lost separator (`…00SADDR={`) ends the hex. */
function hexPrefix({ bytes, valueStart, valueEnd }: Tokens): Uint8Array | undefined {
  const whole = unhex(bytes, valueStart, valueEnd);
  if (whole !== undefined) return whole;
  const lost = latin1(bytes, valueStart, valueEnd).indexOf("SADDR");
  return lost < 0 ? undefined : unhex(bytes, valueStart, valueStart + lost);
}

function orderOf(arch: number): ByteOrder {
  if (arch === 0) return "unknown";
  return isLittleEndian(arch) ? "little" : "big";
}

/** `fd=3 flags=0x2` */
function mmap(line: Line, event: OpenEvent): boolean {
  skipSpaces(line);
  const usual = line.byte(line.at) === LETTER_F && line.byte(line.at + 1) === LETTER_D;
  if (usual && line.byte(line.at + 2) === EQUALS) {
    const body = line.at;
    line.at += 3;
    const fd = line.decimal();
    if (fd >= 0 && line.byte(line.at) <= SPACE) {
      event.mmapFd = fd;
      return true;
    }
    line.at = body;
  }
  const tokens = find(line, "fd");
  const fd = tokens === null ? undefined : wholeNumber(tokens, 10);
  if (fd === undefined) return false;
  event.mmapFd = fd;
  return true;
}

function fdPair(line: Line, event: OpenEvent): boolean {
  const first = find(line, "fd0");
  const second = find(line, "fd1");
  const fd0 = first === null ? undefined : wholeNumber(first, 10);
  const fd1 = second === null ? undefined : wholeNumber(second, 10);
  if (fd0 === undefined || fd1 === undefined) return false;
  event.fdPair = [fd0, fd1];
  return true;
}
