/**
 * Events from records that come interleaved, out of order, or not at all.
 *
 * A record names its event by (node, time, serial); records of one event may be hundreds of lines
 * apart. The table holds every event in flight and, behind them, the identities of those delivered
 * lately, so that a record that comes too late is known for what it is.
 *
 *     in flight --terminator / timeout / evicted / end--> delivered, identity kept --> forgotten
 *
 * Invariant: an identity in the table is in exactly one of the two lists; a delivered event leaves
 * the in-flight list before the receiver is called.
 * Invariant: all work is O(1) per record, averaged: a sweep for timeouts looks at every event in
 * flight, and comes at most once for that many records.
 *
 * Time is the time in the log, never a clock: the same bytes give the same events. A stamp is when
 * the call began, and a call may block for minutes before its records are written, so an event is
 * not late because its stamp is old: it is late when the newest stamp of its node has moved on by
 * the timeout since its last record came.
 *
 * Not here: what a record means (`decode.ts`), when the input ends (`parser.ts`).
 *
 * @module
 */
import { NODES_MAX } from "../../../base/limits.ts";
import type { AuditEvent, Completion } from "../audit-event.ts";
import type { Header } from "./header.ts";
import { OpenEvent } from "./open-event.ts";

interface AssemblyLimits {
  /** Events in flight; the oldest is delivered as `evicted` to make room. */
  readonly inFlightMax: number;
  /** Identities of delivered events kept to recognise records that come late. At least 1. */
  readonly recentMax: number;
  /** An event is given up when its node's log has moved this far since its last record. */
  readonly timeoutUs: number;
  /** True when receivers keep events and give them back with `recycle`. */
  readonly retained: boolean;
}

/** How far a log must move before events are looked through for timeouts. */
const SWEEP_STEP_US = 250_000;
/** And how many events in flight may be looked at for each new stamp, on average. */
const SWEEP_EVENTS_PER_STAMP = 64;
/** A clock set back by more than this, for that many stamps on end, is the new clock. */
const CLOCK_STEP_US = 60_000_000;
const CLOCK_STEP_STAMPS = 1_024;
const NONE = -1;
const LINKS = 4;
/** Next entry of the same bucket. */
const CHAIN = 0;
const BEFORE = 1;
const AFTER = 2;
const BUCKET = 3;

/** Where the log of one node has got to. */
interface Clock {
  readonly node: string;
  /** Newest stamp. */
  us: number;
  sweptUs: number;
  /** Stamps on end that were more than CLOCK_STEP_US before `us`. */
  behind: number;
}

export class Assembly {
  readonly #limits: AssemblyLimits;
  readonly #deliver: (event: AuditEvent) => void;
  readonly #capacity: number;
  /** Sentinels of the two circular lists, in-flight by arrival and delivered by delivery. */
  readonly #flight: number;
  readonly #done: number;
  readonly #heads: Int32Array;
  readonly #mask: number;

  /** Four numbers an entry: CHAIN, BEFORE, AFTER, BUCKET. Together, for the processor's cache. */
  readonly #links: Int32Array;
  /** Two numbers an entry: time and serial. */
  readonly #keys: Float64Array;
  readonly #node: string[] = [];
  readonly #event: (OpenEvent | null)[] = [];

  #used = 0;
  #inFlight = 0;
  readonly #idle: OpenEvent[] = [];
  /** The event of the line before, while it is in flight. */
  #last: OpenEvent | null = null;
  readonly #clocks = new Map<string, Clock>();
  #clock: Clock = this.#clockOf("");
  #stampsSinceSweep = 0;

  constructor(limits: AssemblyLimits, deliver: (event: AuditEvent) => void) {
    this.#limits = limits;
    this.#deliver = deliver;
    this.#capacity = limits.inFlightMax + limits.recentMax;
    this.#flight = this.#capacity;
    this.#done = this.#capacity + 1;
    this.#mask = 2 ** Math.ceil(Math.log2(this.#capacity)) - 1;
    this.#heads = new Int32Array(this.#mask + 1).fill(NONE);
    this.#links = new Int32Array((this.#capacity + 2) * LINKS);
    this.#keys = new Float64Array(this.#capacity * 2);
    for (const list of [this.#flight, this.#done]) {
      this.#links[list * LINKS + BEFORE] = list;
      this.#links[list * LINKS + AFTER] = list;
    }
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The node's log moves on to the record just read: whatever waited too long is delivered. */
  advance({ node, timeUs }: Header): void {
    let clock = this.#clock;
    if (clock.node !== node) {
      clock = this.#clockOf(node);
      this.#clock = clock;
    }
    this.#stampsSinceSweep += 1;
    if (timeUs <= clock.us) {
      if (timeUs < clock.us - CLOCK_STEP_US) this.#behind(clock, timeUs);
      else clock.behind = 0;
      return;
    }
    clock.us = timeUs;
    clock.behind = 0;
    if (timeUs - clock.sweptUs < SWEEP_STEP_US) return;
    if (this.#stampsSinceSweep * SWEEP_EVENTS_PER_STAMP < this.#inFlight) return;
    clock.sweptUs = timeUs;
    this.#stampsSinceSweep = 0;
    this.#sweep((node) => this.#clocks.get(node)?.us);
  }

  /** Delivers what has waited since `timeoutUs` before `nowUs`, the wall clock of a live log. */
  expire(nowUs: number): void {
    this.#sweep(() => nowUs);
  }

  /**
   * The event in flight the record belongs to, opened when there is none. Null only when
   * `unlessDelivered` and the event was delivered already.
   */
  eventOf(header: Header, unlessDelivered: boolean): OpenEvent | null {
    const { timeUs, serial, node } = header;
    const last = this.#last;
    if (last !== null && last.serial === serial && last.timeUs === timeUs && last.node === node) {
      return last;
    }
    const bucket = (serial ^ header.timeHash) & this.#mask;
    let entry = this.#heads[bucket] ?? NONE;
    const keys = this.#keys;
    while (entry !== NONE) {
      const same = keys[entry * 2 + 1] === serial && keys[entry * 2] === timeUs;
      if (same && this.#node[entry] === node) break;
      entry = this.#links[entry * LINKS + CHAIN] ?? NONE;
    }
    let event = entry === NONE ? null : (this.#event[entry] ?? null);
    if (event === null) {
      if (entry !== NONE && unlessDelivered) return null;
      event = entry === NONE ? this.#create(header, bucket) : this.#reopen(header, entry);
    }
    event.seenUs = this.#clock.us;
    this.#last = event;
    return event;
  }

  complete(event: OpenEvent, completion: Completion): void {
    const { entry } = event;
    this.#unlink(entry);
    this.#append(entry, this.#done);
    this.#event[entry] = null;
    this.#inFlight -= 1;
    if (this.#last === event) this.#last = null;
    event.finish(completion);
    this.#deliver(event);
    if (!this.#limits.retained) this.#idle.push(event);
  }

  /** Takes back an event that its receiver retained, to be used again. */
  recycle(event: AuditEvent): void {
    if (event instanceof OpenEvent) this.#idle.push(event);
  }

  /** Delivers everything in flight, in order of arrival. */
  completeAll(completion: Completion): void {
    for (let entry = this.#first(); entry !== this.#flight; entry = this.#first()) {
      const event = this.#event[entry];
      if (event) this.complete(event, completion);
    }
  }

  #first(): number {
    return this.#following(this.#flight);
  }

  #following(entry: number): number {
    return this.#links[entry * LINKS + AFTER] ?? this.#flight;
  }

  #clockOf(node: string): Clock {
    const known = this.#clocks.get(node);
    if (known !== undefined) return known;
    if (this.#clocks.size >= NODES_MAX) this.#clocks.clear();
    const clock = { node, us: 0, sweptUs: 0, behind: 0 };
    this.#clocks.set(node, clock);
    return clock;
  }

  /**
   * A record far in the past: a call that blocked for long, or, if it goes on, a clock set back.
   */
  #behind(clock: Clock, timeUs: number): void {
    clock.behind += 1;
    if (clock.behind < CLOCK_STEP_STAMPS) return;
    clock.us = timeUs;
    clock.sweptUs = timeUs;
    clock.behind = 0;
    for (let entry = this.#first(); entry !== this.#flight; entry = this.#following(entry)) {
      const event = this.#event[entry];
      if (event?.node === clock.node) event.seenUs = timeUs;
    }
  }

  #sweep(clockUsOf: (node: string) => number | undefined): void {
    let entry = this.#first();
    while (entry !== this.#flight) {
      const following = this.#following(entry);
      const event = this.#event[entry];
      const nowUs = event ? clockUsOf(event.node) : undefined;
      if (event && nowUs !== undefined && nowUs - event.seenUs > this.#limits.timeoutUs) {
        this.complete(event, "timeout");
      }
      entry = following;
    }
  }

  #create(header: Header, bucket: number): OpenEvent {
    this.#makeRoom();
    const entry = this.#freeEntry();
    this.#keys[entry * 2] = header.timeUs;
    this.#keys[entry * 2 + 1] = header.serial;
    this.#node[entry] = header.node;
    this.#links[entry * LINKS + BUCKET] = bucket;
    this.#links[entry * LINKS + CHAIN] = this.#heads[bucket] ?? NONE;
    this.#heads[bucket] = entry;
    return this.#open(header, entry);
  }

  #reopen(header: Header, entry: number): OpenEvent {
    this.#unlink(entry);
    this.#makeRoom();
    const event = this.#open(header, entry);
    event.continuation = true;
    return event;
  }

  /** `entry` is in no list. */
  #open({ node, timeUs, serial }: Header, entry: number): OpenEvent {
    const event = this.#idle.pop() ?? new OpenEvent();
    event.open(node, timeUs, serial, entry);
    this.#event[entry] = event;
    this.#append(entry, this.#flight);
    this.#inFlight += 1;
    return event;
  }

  #makeRoom(): void {
    if (this.#inFlight < this.#limits.inFlightMax) return;
    const oldest = this.#event[this.#first()];
    if (oldest) this.complete(oldest, "evicted");
  }

  /** A row never used or, once enough identities are kept, that of the oldest one. */
  #freeEntry(): number {
    const kept = this.#used - this.#inFlight;
    if (kept < this.#limits.recentMax) {
      this.#node.push("");
      this.#event.push(null);
      this.#used += 1;
      return this.#used - 1;
    }
    const entry = this.#following(this.#done);
    this.#unlink(entry);
    this.#forget(entry);
    return entry;
  }

  /** Takes a delivered identity out of the table. */
  #forget(entry: number): void {
    const links = this.#links;
    const bucket = links[entry * LINKS + BUCKET] ?? 0;
    const following = links[entry * LINKS + CHAIN] ?? NONE;
    let at = this.#heads[bucket] ?? NONE;
    if (at === entry) {
      this.#heads[bucket] = following;
      return;
    }
    while (at !== NONE) {
      const next = links[at * LINKS + CHAIN] ?? NONE;
      if (next === entry) {
        links[at * LINKS + CHAIN] = following;
        return;
      }
      at = next;
    }
  }

  #unlink(entry: number): void {
    const links = this.#links;
    const before = links[entry * LINKS + BEFORE] ?? 0;
    const after = links[entry * LINKS + AFTER] ?? 0;
    links[before * LINKS + AFTER] = after;
    links[after * LINKS + BEFORE] = before;
  }

  /** To the tail of a list. */
  #append(entry: number, list: number): void {
    const links = this.#links;
    const tail = links[list * LINKS + BEFORE] ?? list;
    links[tail * LINKS + AFTER] = entry;
    links[entry * LINKS + BEFORE] = tail;
    links[entry * LINKS + AFTER] = list;
    links[list * LINKS + BEFORE] = entry;
  }
}
