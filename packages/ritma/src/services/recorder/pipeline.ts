/**
 * The way of an event, from bytes to the sealer, in one direction and without I/O.
 *
 *     feed -> AuditParser -> Reorder -> Projector -> Sealer
 *
 * While a known prefix is replayed, the parser, the order and the processes are rebuilt, and only
 * what no earlier session recorded goes on to the sealer.
 *
 * @module
 */
import { TIME_US_MAX, TIME_US_MIN, WATERMARK_LAG_US } from "../../base/limits.ts";
import type { AuditEvent } from "../../flow/capture/audit-event.ts";
import { AuditParser, type AuditSink } from "../../flow/capture/auditd/parser.ts";
import type { Privacy } from "../../flow/capture/privacy.ts";
import { Reorder } from "../../flow/capture/reorder.ts";
import { Containers } from "../../flow/capture/track/containers.ts";
import { ObservedProcesses } from "../../flow/capture/track/observed-processes.ts";
import { Projector } from "../../flow/capture/track/projector.ts";
import type { Sealer } from "../../flow/seal/sealer.ts";

interface HeldLine {
  readonly timeUs: number;
  readonly serial: number;
  readonly line: Uint8Array;
  readonly bytes: number;
  readonly isRefused: boolean;
}

/** Whoever lives under this pid and began before that time is gone. */
interface HeldEnd {
  readonly timeUs: number;
  readonly serial: number;
  readonly pid: number;
  readonly beforeUs: number;
}

type Item = AuditEvent | HeldLine | HeldEnd;

/**
 * A prefix of an input that an earlier session consumed. It recorded what was delivered there and
 * has a stamp before `until`: everything else still waited when its newest hour was sealed.
 */
export interface KnownPart {
  /** Bytes. */
  readonly length: number;
  /** Of what the line at the end of the prefix delivers, so many items belong to it. */
  readonly delivered: number;
  /** µs: the end of its newest hour; Infinity when it was closed, and so nothing waited. */
  readonly until: number;
}

export class Pipeline implements AuditSink {
  readonly retainsEvents = true;
  readonly parser: AuditParser;
  /** What a live recorder saw of processes. */
  readonly containers = new Containers();
  readonly observed = new ObservedProcesses();
  readonly #reorder: Reorder<Item>;
  readonly #projector: Projector;
  readonly #sealer: Sealer;
  /** Lines from before the first record: they take its stamp. */
  #early: Omit<HeldLine, "timeUs" | "serial">[] = [];
  /** Of the newest event or line: in µs, NaN before the first. */
  #newestUs = Number.NaN;
  #newestSerial = 0;
  /** Kernels before 3.12 wrote no PROCTITLE: then its absence says nothing. */
  #hasTerminators = false;
  #trailing = 0;
  #evicted = 0;
  /** Prefixes of the input at hand that end at or behind the line at hand, shortest first. */
  #known: readonly KnownPart[] = [];
  /** Events of the line at hand with a stamp before this are recorded already. */
  #recordedUntil = Number.NEGATIVE_INFINITY;
  /** Bytes of the inputs before the one at hand. */
  #base = 0;
  /** What the line at hand has delivered so far, and where it ends. */
  #delivered = 0;
  #deliveredAt = -1;
  /** Of what waits, that which is recorded already. */
  readonly #recorded = new Set<Item>();

  constructor(sealer: Sealer, node: Uint8Array, privacy: Privacy) {
    this.#sealer = sealer;
    const { containers, observed } = this;
    this.#projector = new Projector({ node, privacy, sink: sealer, containers, observed });
    this.#reorder = new Reorder((item) => {
      this.#release(item);
    });
    this.parser = new AuditParser(this);
  }

  /** @param known what is recorded of the input that follows, shortest first */
  beginInput(known: readonly KnownPart[]): void {
    this.#base = this.parser.counts.bytes;
    this.#know(known);
  }

  /** Bytes of the input at hand, up to the end of the line at hand. */
  get position(): number {
    return this.parser.position - this.#base;
  }

  /** What the line at hand has delivered so far. */
  get delivered(): number {
    return this.#deliveredAt === this.parser.position ? this.#delivered : 0;
  }

  /** Completes what is in flight: an earlier session ended here, or this one does. */
  end(): void {
    this.parser.end();
    this.#flushEarly(0, 0);
    this.#reorder.flush();
    const isEnd = ({ length, until }: KnownPart): boolean =>
      until === Infinity && length >= this.position;
    this.#countTables(this.#known.some(isEnd));
  }

  /** Stamp of the newest event or line, in µs; null before the first. */
  get newestUs(): number | null {
    return Number.isNaN(this.#newestUs) ? null : this.#newestUs;
  }

  /** True when a tick could make something leave that waits for time to pass. */
  get waits(): boolean {
    return this.parser.inFlight > 0 || this.#reorder.size > 0;
  }

  /**
   * Time has come to `nowUs` with nothing more in the log: what waited for that leaves, and windows
   * that it is past are closed. For a live log; a tick is part of the input and is journalled.
   */
  tick(nowUs: number): void {
    this.parser.expire(nowUs);
    this.#reorder.advance(nowUs);
    this.#sealer.tick(nowUs - WATERMARK_LAG_US);
  }

  /** True when, by what has left the order so far, a process lives under `pid`. */
  lives(pid: number): boolean {
    return this.#projector.living(pid) !== null;
  }

  /**
   * Of this pid, the process that began before that time was seen to be gone. It ends in the order
   * of stamps: at that time, or as soon after it as is not late. Not if the log told its end.
   */
  seenGone(pid: number, beforeUs: number): void {
    const timeUs = Math.max(beforeUs, this.#reorder.leftUs);
    this.#push({ timeUs, serial: 0, pid, beforeUs }, 0);
  }

  event(event: AuditEvent): void {
    const { timeUs, serial } = event;
    this.#flushEarly(timeUs, serial);
    this.#newestUs = timeUs;
    this.#newestSerial = serial;
    this.#push(event, event.bytes);
  }

  uninterpreted(line: Uint8Array, _reason: string, timeUs: number | null): void {
    // The record before it may still be in flight: its stamp is known all the same.
    if (Number.isNaN(this.#newestUs) && timeUs !== null) this.#newestUs = timeUs;
    this.#hold(line.slice(), line.length, false);
  }

  refused(head: Uint8Array, bytes: number): void {
    this.#hold(head, bytes, true);
  }

  #hold(line: Uint8Array, bytes: number, isRefused: boolean): void {
    const held = { line, bytes, isRefused };
    const [timeUs, serial] = [this.#newestUs, this.#newestSerial];
    if (Number.isNaN(timeUs)) this.#early.push(held);
    else this.#push({ ...held, timeUs, serial }, line.length);
  }

  #flushEarly(timeUs: number, serial: number): void {
    if (this.#early.length === 0) return;
    const early = this.#early;
    this.#early = [];
    for (const held of early) this.#push({ ...held, timeUs, serial }, held.line.length);
  }

  #release(item: Item): void {
    const isKnown = this.#recorded.size > 0 && this.#recorded.delete(item);
    if (isKnown) this.#sealer.skip();
    if ("line" in item) this.#releaseLine(item, isKnown);
    else if ("beforeUs" in item) this.#releaseEnd(item, isKnown);
    else this.#releaseEvent(item, isKnown);
  }

  /** @param bytes of the lines that it keeps in memory */
  #push(item: Item, bytes: number): void {
    if (this.#deliveredAt !== this.parser.position) this.#delivered = 0;
    this.#deliveredAt = this.parser.position;
    if (this.#isRecorded(item.timeUs)) this.#recorded.add(item);
    // An hour that ends in here ends before this item.
    this.#reorder.push(item, item, bytes);
    this.#delivered += 1;
  }

  #know(known: readonly KnownPart[]): void {
    this.#known = known;
    this.#recordedUntil = Math.max(...known.map(({ until }) => until));
  }

  #isRecorded(timeUs: number): boolean {
    if (this.#known.length === 0) return false;
    for (let [next] = this.#known; next !== undefined; [next] = this.#known) {
      const left = next.length - this.position;
      if (left > 0 || (left === 0 && this.#delivered < next.delivered)) break;
      this.#know(this.#known.slice(1));
    }
    if (this.#known.length === 0) return false;
    // A stamp out of range never waits.
    const waits = timeUs >= TIME_US_MIN && timeUs < TIME_US_MAX;
    return !waits || timeUs < this.#recordedUntil;
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

  #releaseEnd({ pid, beforeUs, timeUs }: HeldEnd, isKnown: boolean): void {
    this.observed.gone(pid, beforeUs);
    const process = this.#projector.living(pid);
    if (process === null || process.key.start >= beforeUs) return;
    if (!isKnown) this.#sealer.begin(timeUs, false);
    this.#projector.seenGone(process, timeUs);
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
    const forgotten = evicted + this.#projector.evictedProcesses;
    if (!isKnown) {
      if (trailing > this.#trailing) this.#sealer.count("records", trailing - this.#trailing);
      if (forgotten > this.#evicted) this.#sealer.count("evicted", forgotten - this.#evicted);
    }
    this.#trailing = trailing;
    this.#evicted = forgotten;
  }
}
