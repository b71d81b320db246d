/**
 * The head of an audit line: who, what, when, which.
 *
 *     [("node=" / "host=") NAME SP] ["type=" TYPE SP]
 *         "msg=audit(" SECONDS "." MILLIS ":" SERIAL ")" [":"]
 *
 *     NAME     1 to 255 bytes above 0x20
 *     TYPE     1 to 64 bytes above 0x20
 *     SECONDS  1 to 10 digits
 *     MILLIS   exactly 3 digits
 *     SERIAL   1 to 10 digits, at most 2^32 - 1
 *
 * Anything else is not a standard header, and the line is kept without being interpreted: the
 * kernel's own console form (`audit: type=1400 audit(…)`, no `msg=`), dates written by `ausearch
 * -i`, a missing fraction of the second, `audit()`, `type=` without a type, `msg=?`, comments and
 * any line with other text before the header. `type=` may be missing and the colon may be missing
 * (auditd 2.x wrote `DAEMON_CONFIG … audit(1.000:3) config changed`).
 *
 * The header counts only at the start of a line. A second `type=… msg=audit(…)` further right, by a
 * lost newline or by an attacker, is a part of the first record.
 *
 * @module
 */
import { type Line, wordOf } from "./line.ts";

const NODE = wordOf("node");
const HOST = wordOf("host");
const TYPE = wordOf("type");
const MSG = wordOf("msg=");
const AUDIT_HEAD = wordOf("audi");
const AUDIT_TAIL = wordOf("dit(");

const SPACE = 0x20;
const EQUALS = 0x3d;
const COLON = 0x3a;
const FULL_STOP = 0x2e;
const CLOSE = 0x29;

const NODE_BYTES_MAX = 255;
const TYPE_BYTES_MAX = 64;
const SECONDS_DIGITS_MAX = 10;
const SERIAL_MAX = 0xffff_ffff;
/** `1795168650.764` */
const STAMP_BYTES = 14;

export class Header {
  /** "" when the line names none. */
  node = "";
  timeUs = 0;
  serial = 0;
  /** Spreads `timeUs` over 32 bits, for tables keyed by (node, time, serial). */
  timeHash = 0;
  /** The type is `bytes[typeStart..typeEnd)` of the line; empty when it has none. */
  typeStart = 0;
  typeEnd = 0;

  // The stamp and the node of the line before. Neighbours usually share both.
  #stamp0 = 0;
  #stamp1 = 0;
  #stamp2 = 0;
  #stamp3 = 0;
  #stampUs = 0;
  #stampHash = 0;
  #nodeName = "";
  readonly #nodeBytes = new Uint8Array(NODE_BYTES_MAX);
  #nodeLength = 0;

  /** True when `line` has a standard header; then `line.at` is the first byte after it. */
  read(line: Line): boolean {
    let position = line.start;
    let node = "";
    let word = line.word(position);
    if ((word === NODE || word === HOST) && line.byte(position + 4) === EQUALS) {
      position = this.#readNode(line, position + 5);
      if (position < 0) return false;
      node = this.#nodeName;
      word = line.word(position);
    }
    this.typeStart = position;
    this.typeEnd = position;
    if (word === TYPE && line.byte(position + 4) === EQUALS) {
      position = this.#readType(line, position + 5);
      if (position < 0) return false;
    }
    const opens =
      line.word(position) === MSG &&
      line.word(position + 4) === AUDIT_HEAD &&
      line.word(position + 6) === AUDIT_TAIL;
    if (!opens) return false;
    position = this.#readTime(line, position + 10);
    if (position < 0 || line.byte(position) !== COLON) return false;
    line.at = position + 1;
    const serial = line.decimal();
    if (serial < 0 || serial > SERIAL_MAX || line.at - position > 11) return false;
    if (line.byte(line.at) !== CLOSE) return false;
    line.at += line.byte(line.at + 1) === COLON ? 2 : 1;
    this.serial = serial;
    this.node = node;
    return true;
  }

  /** The position after the space that ends the name, or -1. */
  #readNode(line: Line, start: number): number {
    const known = this.#nodeBytes;
    const length = this.#nodeLength;
    if (length > 0 && line.byte(start + length) === SPACE) {
      let same = 0;
      while (same < length && line.bytes[start + same] === known[same]) same += 1;
      if (same === length) return start + length + 1;
    }
    let end = start;
    while (line.byte(end) > SPACE) end += 1;
    if (line.byte(end) !== SPACE || end === start || end - start > NODE_BYTES_MAX) return -1;
    known.set(line.bytes.subarray(start, end));
    this.#nodeLength = end - start;
    this.#nodeName = textOf(known.subarray(0, end - start));
    return end + 1;
  }

  #readType(line: Line, start: number): number {
    const { bytes, end } = line;
    let position = start;
    while (position < end && (bytes[position] ?? 0) > SPACE) position += 1;
    this.typeStart = start;
    this.typeEnd = position;
    const length = position - start;
    if (length === 0 || length > TYPE_BYTES_MAX || line.byte(position) !== SPACE) return -1;
    return position + 1;
  }

  #readTime(line: Line, start: number): number {
    if (start + STAMP_BYTES > line.end) return this.#parseTime(line, start);
    const { view } = line;
    const word0 = view.getInt32(start, true);
    const word1 = view.getInt32(start + 4, true);
    const word2 = view.getInt32(start + 8, true);
    const word3 = view.getInt32(start + 10, true);
    const same =
      word3 === this.#stamp3 &&
      word2 === this.#stamp2 &&
      word1 === this.#stamp1 &&
      word0 === this.#stamp0;
    if (same) {
      this.timeUs = this.#stampUs;
      this.timeHash = this.#stampHash;
      return start + STAMP_BYTES;
    }
    const after = this.#parseTime(line, start);
    if (after !== start + STAMP_BYTES) return after;
    this.#stamp0 = word0;
    this.#stamp1 = word1;
    this.#stamp2 = word2;
    this.#stamp3 = word3;
    this.#stampUs = this.timeUs;
    this.#stampHash = this.timeHash;
    return after;
  }

  #parseTime(line: Line, start: number): number {
    line.at = start;
    const seconds = line.decimal();
    const digits = line.at - start;
    if (digits === 0 || digits > SECONDS_DIGITS_MAX || line.byte(line.at) !== FULL_STOP) return -1;
    const fraction = line.at + 1;
    line.at = fraction;
    const millis = line.decimal();
    if (line.at - fraction !== 3) return -1;
    this.timeUs = seconds * 1_000_000 + millis * 1_000;
    if (!Number.isSafeInteger(this.timeUs)) return -1;
    this.timeHash = Math.imul(Math.imul(seconds | 0, 1_000) + millis, 0x9e37_79b1) >>> 12;
    return line.at;
  }
}

/** UTF-8 where it is, else one character a byte: either way no two names become one. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return String.fromCharCode(...bytes);
  }
}
