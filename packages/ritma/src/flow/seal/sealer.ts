/**
 * The clock of the store: puts atoms into windows, and says when a window or an hour ends.
 *
 * Synchronous and without I/O: events go in by event time, orders come out of `takeOrders`. The
 * same events give the same orders, whatever the disk, the chunks or the machine.
 *
 * Events must come in the order that `release` of the reorder buffer gives: a time at or after the
 * open window's begin is on time, one before it is late. Stamps outside 2000 to 2100 are late.
 *
 * Not here: what an hour becomes when it ends (`chain-writer.ts`).
 *
 * Format: spec/05-record.md, spec/06-store.md, "Times".
 *
 * @module
 */
import { type AtomSink, type AtomTable, clockHour, type EntityRef, HOUR_US } from "@ritma/evidence";
import { TIME_US_MAX, TIME_US_MIN } from "../../base/limits.ts";
import type { ChainState } from "./chain-state.ts";
import { ChainWriter, type SealerOptions } from "./chain-writer.ts";
import { NO_COUNTS, type RunningCounts } from "./hour-batch.ts";
import type { OpenHour } from "./open-hour.ts";
import type { Order } from "./order.ts";

type Mutable<Shape> = { -readonly [Name in keyof Shape]: Shape[Name] };

const US_PER_SECOND = 1_000_000;
/** Full hours' worth of atoms that one stamp may bring before its hour is cut all the same. */
const ONE_STAMP_HOURS = 4;

export class Sealer implements AtomSink {
  readonly #chain: ChainWriter;
  readonly #windowUs: number;
  #hour: OpenHour | null = null;
  /** Begin of the open window, in µs; null when none is open in this hour. */
  #windowT1: number | null = null;
  /** Table that the atoms of the current event go to. */
  #target: AtomTable | null = null;
  #isSkipped = false;
  #newest = 0;
  #counts: Mutable<RunningCounts> = { ...NO_COUNTS };
  readonly #counted: Mutable<RunningCounts> = { ...NO_COUNTS };
  #windowsClosed = 0;

  constructor(options: SealerOptions) {
    this.#chain = new ChainWriter(options);
    this.#windowUs = options.storeFile.windowSecs * US_PER_SECOND;
  }

  get state(): ChainState {
    return this.#chain.state;
  }

  /** What was counted in all, the open hour included. */
  get counted(): RunningCounts {
    return this.#counted;
  }

  /** Windows that have closed. */
  get windowsClosed(): number {
    return this.#windowsClosed;
  }

  /** Counts something that the header of the open hour will say. */
  count(name: keyof RunningCounts, by = 1): void {
    this.#counts[name] += by;
    this.#counted[name] += by;
  }

  /**
   * Begins an event: the atoms that follow are its.
   *
   * @param counts false for a part of an event that was counted before, and for lines
   */
  begin(time: number, counts: boolean): void {
    this.#isSkipped = false;
    if (this.#cannotWait(time)) this.#sealHere();
    const inRange = time >= TIME_US_MIN && time < TIME_US_MAX;
    const late = !inRange || time < this.#floor();
    if (late) {
      const hour = this.#hourFor(this.state.frontier ?? 0);
      if (counts) hour.lateEvents += 1;
      this.count("late");
      this.#target = hour.late;
      return;
    }
    this.#advance(time);
    const hour = this.#hourFor(time);
    if (this.#windowT1 === null) this.#windowT1 = this.#windowBegin(hour, time);
    if (counts) hour.openEvents += 1;
    this.#newest = Math.max(this.#newest, time);
    this.#target = hour.open;
  }

  /** Begins an event that is recorded already: its atoms are not taken. */
  skip(): void {
    this.#isSkipped = true;
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
    if (this.#isSkipped) return;
    const table = this.#target;
    if (table === null) throw new TypeError("an atom before any event");
    const { interner } = this.#chain;
    const row = table.add();
    table.time[row] = time;
    table.serial[row] = serial;
    table.etype[row] = etype;
    table.flags[row] = flags;
    table.ret[row] = ret;
    table.process[row] = interner.intern(process);
    table.object[row] = object === null ? 0 : interner.intern(object);
    table.object2[row] = object2 === null ? 0 : interner.intern(object2);
    table.arg[row] = arg === null ? 0 : interner.intern(arg);
    table.num[row] = num ?? Number.NaN;
  }

  /** Ends the event. */
  end(): void {
    this.#chain.collect();
  }

  /** Time has come to `time` without an event: what it is past closes. */
  tick(time: number): void {
    if (this.#hour !== null && this.#newest !== 0) this.#pass(this.#hour, time);
  }

  /** When a tick would close something, in µs; null while nothing is open. */
  get closesAt(): number | null {
    const hour = this.#hour;
    if (hour === null || this.#newest === 0) return null;
    return this.#windowT1 === null ? clockHour(hour.t1) + HOUR_US : this.#windowEnd(hour);
  }

  /** Ends the input: the open hour is sealed at the newest stamp and the session closes. */
  finish(reason: string): void {
    this.#sealHere();
    this.#chain.close(reason);
  }

  /** @returns the orders made since the last call, to be carried out in this order. */
  takeOrders(): Order[] {
    return this.#chain.takeOrders();
  }

  /** Times before this are late. */
  #floor(): number {
    const hour = this.#hour;
    return this.#windowT1 ?? hour?.closedUntil ?? hour?.t1 ?? this.state.frontier ?? 0;
  }

  /**
   * Closes what `time` is past. An hour that has grown too large is cut between two stamps, so
   * that of two events with one stamp never one is on time and the other late.
   */
  #advance(time: number): void {
    const hour = this.#hour;
    if (hour === null) return;
    if (this.#newest === 0) this.#chain.beginTime(hour, time);
    if (time > this.#newest && this.#isFull(hour)) {
      this.#sealHere();
      return;
    }
    this.#pass(hour, time);
  }

  #pass(hour: OpenHour, time: number): void {
    if (this.#windowT1 !== null && time >= this.#windowEnd(hour)) this.#closeWindow(hour);
    const end = clockHour(hour.t1) + HOUR_US;
    if (time >= end) this.#seal(hour.windows.length === 0 ? hour.t1 : end);
  }

  /**
   * An hour that gets nothing but late events does not see time pass. It too is cut between two
   * stamps, unless one stamp alone fills it.
   */
  #cannotWait(time: number): boolean {
    const hour = this.#hour;
    if (hour === null) return false;
    const { hourAtomsMax } = this.#chain.limits;
    const size = hour.atoms;
    if (time === this.#newest) return size >= ONE_STAMP_HOURS * hourAtomsMax;
    return hour.late.length >= hourAtomsMax || size >= 2 * hourAtomsMax;
  }

  #isFull(hour: OpenHour): boolean {
    const { hourAtomsMax, hourEntitiesMax } = this.#chain.limits;
    return hour.atoms >= hourAtomsMax || this.#chain.freshEntities >= hourEntitiesMax;
  }

  #hourFor(time: number): OpenHour {
    this.#hour ??= this.#chain.beginHour(time);
    return this.#hour;
  }

  #windowBegin(hour: OpenHour, time: number): number {
    const begin = time - ((time - clockHour(hour.t1)) % this.#windowUs);
    return Math.max(begin, hour.t1);
  }

  #windowNumber(hour: OpenHour, time: number): number {
    return Math.floor((time - clockHour(hour.t1)) / this.#windowUs);
  }

  #windowEnd(hour: OpenHour): number {
    const number = this.#windowNumber(hour, this.#windowT1 ?? hour.t1);
    return clockHour(hour.t1) + (number + 1) * this.#windowUs;
  }

  #closeWindow(hour: OpenHour, cut: number | null = null): void {
    const t1 = this.#windowT1 ?? hour.t1;
    const t2 = cut ?? this.#windowEnd(hour);
    const number = this.#windowNumber(hour, t1);
    this.#chain.window(hour, number, hour.closeWindow(number, t1, t2));
    this.#windowT1 = null;
    this.#windowsClosed += 1;
  }

  /** Seals at the newest stamp: all that is on time is before the cut. */
  #sealHere(): void {
    const hour = this.#hour;
    if (hour === null) return;
    const cut = this.#newest + 1;
    if (this.#windowT1 !== null) this.#closeWindow(hour, Math.min(cut, this.#windowEnd(hour)));
    this.#seal(hour.windows.at(-1)?.t2 ?? hour.t1);
  }

  #seal(t2: number): void {
    if (this.#hour === null) return;
    this.#chain.seal(this.#hour, t2, this.#counts);
    this.#hour = null;
    this.#target = null;
    this.#counts = { ...NO_COUNTS };
  }
}
