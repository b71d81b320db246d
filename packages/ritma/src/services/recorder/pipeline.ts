/**
 * The way of an event, from bytes to the sealer, in one direction and without I/O.
 *
 *     feed -> AuditParser -> Reorder -> Projector -> Sealer
 *
 * While a known prefix is replayed, the parser, the order and the processes are rebuilt and nothing
 * is recorded, but for what was still waiting when the last hour of a session that died was sealed
 * and does not go on: the events at or after its end.
 *
 * @module
 */
import type { AtomSink, EntityRef } from "@ritma/evidence";
import { TIME_US_MAX, TIME_US_MIN } from "../../base/limits.ts";
import type { AuditEvent } from "../../flow/capture/audit-event.ts";
import { AuditParser, type AuditSink } from "../../flow/capture/auditd/parser.ts";
import type { Privacy } from "../../flow/capture/privacy.ts";
import { Reorder } from "../../flow/capture/reorder.ts";
import { Projector } from "../../flow/capture/track/projector.ts";
import type { Sealer } from "../../flow/seal/sealer.ts";

interface HeldLine {
  readonly timeUs: number;
  readonly serial: number;
  readonly line: Uint8Array;
  readonly bytes: number;
  readonly isRefused: boolean;
}

type Item = AuditEvent | HeldLine;

export class Pipeline implements AuditSink {
  readonly retainsEvents = true;
  readonly parser: AuditParser;
  readonly #reorder: Reorder<Item>;
  readonly #projector: Projector;
  readonly #sealer: Sealer;
  readonly #sink: SwitchedSink;
  /** Lines from before the first record: they take its stamp. */
  #early: Omit<HeldLine, "timeUs" | "serial">[] = [];
  #newest: { timeUs: number; serial: number } | null = null;
  /** Kernels before 3.12 wrote no PROCTITLE: then its absence says nothing. */
  #hasTerminators = false;
  #trailing = 0;
  #evicted = 0;
  /** Of a known prefix that is replayed, events before this are recorded; else null. */
  #sealedUntil: number | null = null;
  /** Of what waits, that which is recorded already. */
  readonly #recorded = new Set<Item>();
  /** Lines whose events are recorded already and will come again. */
  #linesAgain = 0;

  constructor(sealer: Sealer, node: Uint8Array, privacy: Privacy) {
    this.#sealer = sealer;
    this.#sink = new SwitchedSink(sealer);
    this.#projector = new Projector({ node, privacy, sink: this.#sink });
    this.#reorder = new Reorder((item) => {
      this.#release(item);
    });
    this.parser = new AuditParser(this);
  }

  /** Of what follows, up to `endKnown`, only events from `sealedUntil` on are recorded. */
  beginKnown(sealedUntil: number): void {
    this.#sealedUntil = sealedUntil;
  }

  endKnown(): void {
    this.#sealedUntil = null;
  }

  /**
   * A session that died is repeated from its start: the first events, with so many lines, are in
   * its hours. What leaves the reorder buffer depends on the bytes alone, so it is the same again,
   * and each event has a line at least: the count is exact where time and position are not.
   */
  repeat(lines: number): void {
    this.#linesAgain = lines;
  }

  /** Completes what is in flight: an earlier session ended here, or this one does. */
  end(): void {
    this.parser.end();
    this.#flushEarly(0, 0);
    this.#reorder.flush();
    this.#countTables(this.#sealedUntil !== null || this.#linesAgain > 0);
  }

  event(event: AuditEvent): void {
    const { timeUs, serial } = event;
    this.#flushEarly(timeUs, serial);
    this.#newest = { timeUs, serial };
    this.#push(event, event.bytes);
  }

  uninterpreted(line: Uint8Array, _reason: string, timeUs: number | null): void {
    // The record before it may still be in flight: its stamp is known all the same.
    this.#newest ??= timeUs === null ? null : { timeUs, serial: 0 };
    this.#hold(line.slice(), line.length, false);
  }

  refused(head: Uint8Array, bytes: number): void {
    this.#hold(head, bytes, true);
  }

  #hold(line: Uint8Array, bytes: number, isRefused: boolean): void {
    const held = { line, bytes, isRefused };
    if (this.#newest === null) this.#early.push(held);
    else this.#push({ ...held, ...this.#newest }, line.length);
  }

  #flushEarly(timeUs: number, serial: number): void {
    if (this.#early.length === 0) return;
    const early = this.#early;
    this.#early = [];
    for (const held of early) this.#push({ ...held, timeUs, serial }, held.line.length);
  }

  #release(item: Item): void {
    const isKnown = this.#isKnown(item);
    this.#sink.isOpen = !isKnown;
    if ("line" in item) this.#releaseLine(item, isKnown);
    else this.#releaseEvent(item, isKnown);
  }

  /** @param bytes of the lines that it keeps in memory */
  #push(item: Item, bytes: number): void {
    const { timeUs } = item;
    if (this.#sealedUntil !== null) {
      const inRange = timeUs >= TIME_US_MIN && timeUs < TIME_US_MAX;
      if (!inRange || timeUs < this.#sealedUntil) this.#recorded.add(item);
    }
    this.#reorder.push(item, item, bytes);
  }

  #isKnown(item: Item): boolean {
    if (this.#recorded.size > 0 && this.#recorded.delete(item)) return true;
    if (this.#linesAgain <= 0) return false;
    this.#linesAgain -=
      "line" in item ? 1 : item.lines + this.parser.counts.trailing - this.#trailing;
    return true;
  }

  #releaseEvent(event: AuditEvent, isKnown: boolean): void {
    const isIncomplete = this.#isIncomplete(event);
    if (!isKnown) {
      this.#sealer.begin(event.timeUs, !event.continuation);
      this.#sealer.count("records", event.lines);
      if (isIncomplete) this.#sealer.count("incomplete");
    }
    this.#projector.project(event);
    this.#countTables(isKnown);
    if (!isKnown) this.#sealer.end();
    this.parser.recycle(event);
  }

  #releaseLine(held: HeldLine, isKnown: boolean): void {
    if (!isKnown) {
      this.#sealer.begin(held.timeUs, false);
      this.#sealer.count(held.isRefused ? "refused" : "uninterpreted");
    }
    this.#projector.line(held.line, held.timeUs, held.bytes);
    if (!isKnown) this.#sealer.end();
  }

  /**
   * A system call of which the kernel or auditd lost records: fewer PATHs than it announced, or no
   * end where the log has ends.
   */
  #isIncomplete({ syscall, paths, completion, continuation }: AuditEvent): boolean {
    if (syscall === null || continuation) return false;
    if (completion === "terminator") {
      this.#hasTerminators = true;
      return paths.length < syscall.items;
    }
    return this.#hasTerminators || completion === "evicted" || paths.length < syscall.items;
  }

  /** Counts that the parser and the projector keep, as far as they grew since the last event. */
  #countTables(isKnown: boolean): void {
    const { trailing, evicted } = this.parser.counts;
    const forgotten = evicted + this.#projector.counts.evictedProcesses;
    if (!isKnown) {
      if (trailing > this.#trailing) this.#sealer.count("records", trailing - this.#trailing);
      if (forgotten > this.#evicted) this.#sealer.count("evicted", forgotten - this.#evicted);
    }
    this.#trailing = trailing;
    this.#evicted = forgotten;
  }
}

/** Lets atoms through to the sealer, or not. */
class SwitchedSink implements AtomSink {
  readonly #sealer: Sealer;
  isOpen = true;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  atom(
    time: number,
    serial: number,
    etype: number,
    flags: number,
    ret: number,
    process: EntityRef,
    object: EntityRef | null,
    object2: EntityRef | null,
    num: number | null,
    arg: EntityRef | null,
  ): void {
    if (!this.isOpen) return;
    this.#sealer.atom(time, serial, etype, flags, ret, process, object, object2, num, arg);
  }
}
