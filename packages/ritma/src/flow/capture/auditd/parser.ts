/**
 * audit.log, in bytes, becomes events.
 *
 *     chunks --newlines--> lines --header--> (node, time, serial) --assembly--> events
 *                            |                                        ^
 *                            `--no standard header--> uninterpreted   `-- decode: types, fields
 *
 * The parser takes what auditd wrote, RAW or ENRICHED, from any version, and trusts none of it: the
 * bytes of a record come partly from the process that was watched. It never throws on content,
 * never guesses at a line it does not understand, and loses none: every non-blank line is in
 * exactly one event, or handed on as it stands, or refused for its length and counted.
 *
 *     records + uninterpreted + refused = lines
 *
 * Events complete on EOE; on PROCTITLE, which the kernel writes last, once the SYSCALL is there; at
 * once for `DAEMON_*`, which auditd makes itself; by timeout; and at the end. No other type ends an
 * event: Linux 5 and later put even USER_* and SERVICE_* records into the event of the system call
 * that sent them, when a rule matches that call.
 *
 * The result depends on the bytes only, not on how they were cut into chunks.
 *
 * Not here: files, rotation and positions (`tail`), decompression, anything that happens to an
 * event afterwards.
 *
 * @module
 */
import {
  EVENT_BYTES_MAX,
  EVENT_RECORDS_MAX,
  EVENT_TIMEOUT_US,
  IN_FLIGHT_EVENTS_MAX,
  INTERN_BYTES_MAX,
  INTERN_ENTRIES_MAX,
  LINE_BYTES_MAX,
  RECENT_EVENTS_MAX,
} from "../../../base/limits.ts";
import type { AuditEvent } from "../audit-event.ts";
import { Assembly } from "./assembly.ts";
import { Decoder } from "./decode.ts";
import { Header } from "./header.ts";
import { Line, wordOf } from "./line.ts";
import { EOE, kindOf, OTHER, PROCTITLE } from "./record-type.ts";

export interface AuditSink {
  /**
   * True when events are kept beyond the call; each must then be given back with `recycle`.
   * Otherwise the event object is reused: read it during the call.
   */
  readonly retainsEvents?: boolean;
  /** In completion order. */
  event(event: AuditEvent): void;
  /**
   * A non-blank line without a standard header, or the rest of a line whose beginning was taken as
   * a line by `end()`. Kept, not interpreted. `line` is without its newline and valid during the
   * call; `timeUs` is the stamp of the last record before it, null when there was none.
   */
  uninterpreted(
    line: Uint8Array,
    reason: "no-header" | "unterminated-rest",
    timeUs: number | null,
  ): void;
  /** A line beyond the limit: not kept. `head` is its first 256 bytes, `bytes` its length. */
  refused(head: Uint8Array, bytes: number): void;
}

interface AuditParserOptions {
  readonly lineBytesMax?: number;
  readonly inFlightEventsMax?: number;
  readonly eventRecordsMax?: number;
  readonly eventTimeoutUs?: number;
  readonly internEntriesMax?: number;
  /** Delivered events whose late records are still recognised. */
  readonly recentEventsMax?: number;
}

/** What went through so far. `lines` counts non-blank ones. */
interface AuditCounts {
  bytes: number;
  lines: number;
  blank: number;
  /** Lines with a standard header. */
  records: number;
  uninterpreted: number;
  refused: number;
  /** Events delivered, each identity once while it is remembered. */
  events: number;
  /** Deliveries of records that came after the rest of their event. */
  continuations: number;
  /** EOE lines after the delivery of their event: records, but in no delivery. */
  trailing: number;
  timedOut: number;
  evicted: number;
}

const CARRY_BYTES_MIN = 16_384;
const REFUSED_HEAD_BYTES = 256;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DAEM = wordOf("DAEM");

export class AuditParser {
  readonly #sink: AuditSink;
  readonly #lineBytesMax: number;
  readonly #eventRecordsMax: number;
  readonly #assembly: Assembly;
  readonly #decoder: Decoder;
  readonly #header = new Header();
  readonly #line = new Line();
  readonly #counts: AuditCounts = {
    bytes: 0,
    lines: 0,
    blank: 0,
    records: 0,
    uninterpreted: 0,
    refused: 0,
    events: 0,
    continuations: 0,
    trailing: 0,
    timedOut: 0,
    evicted: 0,
  };
  /** The beginning of a line whose end is in a chunk to come. */
  #carry = new Uint8Array(CARRY_BYTES_MIN);
  #carryUsed = 0;
  /** Length of the line in `#carry` so far, when it is too long and only its head is kept. */
  #refusedBytes = 0;
  /** `end()` took the beginning of the line as a line. */
  #restFollows = false;
  /** NaN before the first record. */
  #lastUs = Number.NaN;
  #lastNode = "";

  #position = 0;
  /** Bytes before the chunk at hand. */
  #base = 0;

  constructor(sink: AuditSink, options: AuditParserOptions = {}) {
    this.#sink = sink;
    this.#lineBytesMax = options.lineBytesMax ?? LINE_BYTES_MAX;
    this.#eventRecordsMax = options.eventRecordsMax ?? EVENT_RECORDS_MAX;
    this.#assembly = new Assembly(
      {
        inFlightMax: options.inFlightEventsMax ?? IN_FLIGHT_EVENTS_MAX,
        recentMax: options.recentEventsMax ?? RECENT_EVENTS_MAX,
        timeoutUs: options.eventTimeoutUs ?? EVENT_TIMEOUT_US,
        retained: sink.retainsEvents ?? false,
      },
      (event) => this.#deliver(event),
    );
    this.#decoder = new Decoder({
      entriesMax: options.internEntriesMax ?? INTERN_ENTRIES_MAX,
      bytesMax: INTERN_BYTES_MAX,
    });
  }

  get counts(): Readonly<AuditCounts> {
    return this.#counts;
  }

  /** Bytes up to and with the line at hand: an event is delivered at the end of a line. */
  get position(): number {
    return this.#position;
  }

  /** Takes back an event that the sink retained. */
  recycle(event: AuditEvent): void {
    this.#assembly.recycle(event);
  }

  /** Events that wait for more records. */
  get inFlight(): number {
    return this.#assembly.inFlight;
  }

  /** Takes the next bytes, any number of them. Nothing of `chunk` is kept after the call. */
  feed(chunk: Uint8Array): void {
    this.#base = this.#counts.bytes;
    this.#counts.bytes += chunk.length;
    // A plain view, whatever kind of array the caller has: the hot code sees one kind only.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    if (this.#carryUsed > 0 || this.#restFollows) {
      const newline = bytes.indexOf(NEWLINE);
      const end = newline < 0 ? bytes.length : newline;
      this.#keep(bytes, 0, end);
      if (newline < 0) return;
      this.#position = this.#base + newline + 1;
      this.#finishCarry();
      start = newline + 1;
    }
    start = this.#wholeLines(bytes, start);
    if (start < bytes.length) this.#keep(bytes, start, bytes.length);
  }

  /**
   * Ends the input: a last line without newline counts as a line, and all events in flight are
   * delivered. More may be fed later (a file that has grown); the rest of a line that was cut so is
   * handed on as `unterminated-rest`.
   */
  end(): void {
    const cut = this.#carryUsed > 0;
    const rest = this.#restFollows;
    this.#position = this.#counts.bytes;
    if (cut || rest) this.#finishCarry();
    this.#restFollows = cut || rest;
    this.#assembly.completeAll("end");
  }

  /**
   * Ends the line, not the events: the next bytes are the start of the next file of the same log.
   */
  endOfFile(): void {
    this.#position = this.#counts.bytes;
    if (this.#carryUsed > 0 || this.#restFollows) this.#finishCarry();
  }

  /**
   * For a live log gone quiet: delivers as `timeout` what is in flight and older than `nowUs` less
   * the timeout. `nowUs` is a reading of the clock the log is stamped with.
   */
  expire(nowUs: number): void {
    this.#assembly.expire(nowUs);
  }

  /** Position after the last newline of `bytes`. */
  #wholeLines(bytes: Uint8Array, from: number): number {
    const line = this.#line;
    line.attach(bytes);
    // Buffer's search is the native one, twice as fast as that of a Uint8Array.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let start = from;
    for (;;) {
      const newline = buffer.indexOf(NEWLINE, start);
      if (newline < 0) return start;
      line.start = start;
      line.end = newline;
      start = newline + 1;
      this.#position = this.#base + start;
      this.#take(line);
    }
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const needed = this.#carryUsed + length;
    if (this.#refusedBytes > 0 || needed > this.#lineBytesMax) {
      this.#refusedBytes = Math.max(this.#refusedBytes, this.#carryUsed) + length;
      const room = REFUSED_HEAD_BYTES - this.#carryUsed;
      if (room <= 0) return;
      this.#carry.set(bytes.subarray(start, Math.min(end, start + room)), this.#carryUsed);
      this.#carryUsed += Math.min(room, length);
      return;
    }
    if (needed > this.#carry.length) {
      const larger = new Uint8Array(Math.max(needed, this.#carry.length * 2));
      larger.set(this.#carry.subarray(0, this.#carryUsed));
      this.#carry = larger;
    }
    this.#carry.set(bytes.subarray(start, end), this.#carryUsed);
    this.#carryUsed = needed;
  }

  /** The line in `#carry` is complete. */
  #finishCarry(): void {
    const line = this.#line;
    const rest = this.#restFollows;
    line.attach(this.#carry);
    line.start = 0;
    line.end = this.#carryUsed;
    const refused = this.#refusedBytes;
    this.#carryUsed = 0;
    this.#refusedBytes = 0;
    this.#restFollows = false;
    if (refused > 0) this.#refuse(line, refused);
    else if (!rest) this.#take(line);
    else if (line.end > 0) this.#leave(line, "unterminated-rest");
  }

  #take(line: Line): void {
    if (line.end - line.start > this.#lineBytesMax) {
      this.#refuse(line, line.end - line.start);
      return;
    }
    const wholeEnd = line.end;
    if (line.end > line.start && line.bytes[line.end - 1] === RETURN) line.end -= 1;
    if (!this.#header.read(line)) {
      line.end = wholeEnd;
      this.#leave(line, "no-header");
      return;
    }
    this.#counts.lines += 1;
    this.#counts.records += 1;
    this.#record(line);
  }

  #record(line: Line): void {
    const header = this.#header;
    const kind = kindOf(line, header);
    const { timeUs } = header;
    if (timeUs !== this.#lastUs || header.node !== this.#lastNode) {
      this.#lastUs = timeUs;
      this.#lastNode = header.node;
      this.#assembly.advance(header);
    }
    const event = this.#assembly.eventOf(header, kind === EOE);
    if (event === null) {
      this.#counts.trailing += 1;
      return;
    }
    event.lines += 1;
    event.bytes += line.end - line.start;
    this.#decoder.add(kind, line, header, event);
    const ends =
      kind === PROCTITLE
        ? event.syscall !== null
        : kind === EOE || (kind === OTHER && isDaemon(line, header));
    if (ends) this.#assembly.complete(event, "terminator");
    else if (event.lines >= this.#eventRecordsMax || event.bytes >= EVENT_BYTES_MAX) {
      this.#assembly.complete(event, "evicted");
    }
  }

  /** Hands on what is no record, unless it is blank. */
  #leave(line: Line, reason: "no-header" | "unterminated-rest"): void {
    const { bytes, start, end } = line;
    let position = start;
    while (position < end && (bytes[position] ?? 0) <= SPACE) position += 1;
    if (position === end) {
      this.#counts.blank += 1;
      return;
    }
    this.#counts.lines += 1;
    this.#counts.uninterpreted += 1;
    this.#sink.uninterpreted(
      bytes.subarray(start, end),
      reason,
      Number.isNaN(this.#lastUs) ? null : this.#lastUs,
    );
  }

  #refuse({ bytes, start, end }: Line, length: number): void {
    this.#counts.lines += 1;
    this.#counts.refused += 1;
    this.#sink.refused(bytes.slice(start, Math.min(end, start + REFUSED_HEAD_BYTES)), length);
  }

  #deliver(event: AuditEvent): void {
    const counts = this.#counts;
    if (event.continuation) counts.continuations += 1;
    else counts.events += 1;
    if (event.completion === "timeout") counts.timedOut += 1;
    else if (event.completion === "evicted") counts.evicted += 1;
    this.#sink.event(event);
  }
}

/** `DAEMON_…`: made by auditd itself, with a serial of its own, and always alone. */
function isDaemon(line: Line, { typeStart, typeEnd }: Header): boolean {
  if (typeEnd - typeStart < 7 || line.word(typeStart) !== DAEM) return false;
  return line.byte(typeStart + 6) === 0x5f;
}
