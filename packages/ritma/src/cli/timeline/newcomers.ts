/**
 * Of events that are found again and again, those that were not told yet: each is told once.
 *
 * What is open is read anew each time, as if it were sealed then; later the same events stand in a
 * sealed hour. So what was told is remembered, by stamp, serial and pid, as long as it stands in
 * hours that may still change. Hours that are sealed were told whole and are not looked into again.
 *
 * The records of an event come together, but a look may fall between two of them. So what is open
 * is told when it is a little older than the newest event, or was there at the look before; and a
 * line that is no record, which may be half of one, only for the latter reason. Of an event whose
 * records come farther apart its first form is told; half a line that stands for two looks is.
 *
 * Invariant: at one look events are told in order of time and serial; what comes with a stamp
 * before the last one told is behind, and says so.
 *
 * Cost: memory for each event of the open hours that fits.
 *
 * @module
 */
import { eventTypeNumber } from "@ritma/evidence";
import { FOLLOW_WHOLE_US, TIME_US_MAX } from "../../base/limits.ts";
import type { EventView } from "../../stores/sealed/event-view.ts";
import type { FoundEvent } from "../../stores/sealed/events.ts";

/** An event that is told now. */
export interface Newcomer {
  readonly view: EventView;
  readonly isOpen: boolean;
  /** A later one was told before it. */
  readonly isBehind: boolean;
}

/** What there is at one look. */
export interface Look {
  /** All that fits of hours from `fromHour` on, in order. */
  readonly found: AsyncIterable<FoundEvent>;
  readonly sealedHours: number;
  /** False when there may be open hours that could not be asked. */
  readonly isComplete: boolean;
  /** So many of the first are passed over. */
  readonly skip: number;
}

interface Waiting {
  readonly key: string;
  readonly view: EventView;
  readonly isOpen: boolean;
  /** It was there at the look before. */
  readonly isKnown: boolean;
}

type Counts = Map<string, number>;
type Stamped = Pick<EventView, "time" | "serial">;
type HasStamp = { readonly view: Stamped };

/** Lines that begin alike are told apart by how many there are. */
const KEY_BYTES = 64;
const LINE = eventTypeNumber("line");

export class Newcomers {
  /** Of what was told, that which stands in hours that may still change. */
  #told: Counts = new Map();
  #waiting: readonly Waiting[] = [];
  #fromHour = 0;
  #last: Stamped | null = null;

  /** Sequence of the first hour that may have something new. */
  get fromHour(): number {
    return this.#fromHour;
  }

  /** What is new at this look. To be taken to its end. */
  async *at({ found, sealedHours, isComplete, skip }: Look): AsyncGenerator<Newcomer> {
    const times: Counts = new Map();
    const standing: Counts = new Map();
    const left: Counts = new Map(this.#told);
    const before = countsOf(this.#waiting);
    const queue: Waiting[] = [];
    const rest: Waiting[] = [];
    let passed = 0;
    let newest = Number.NEGATIVE_INFINITY;
    for await (const event of found) {
      const view = event.view();
      const key = keyOf(view);
      const isOpen = event.sequence >= sealedHours;
      const nth = add(times, key, 1);
      const told = this.#told.get(key) ?? 0;
      if (nth <= told || passed < skip) {
        if (nth > told) passed += 1;
        else if (!isOpen) add(left, key, -1);
        if (isOpen) add(standing, key, 1);
      } else {
        const isKnown = nth <= told + (before.get(key) ?? 0);
        const waiting = { key, view, isOpen, isKnown };
        (isLine(view) && !isSettled(waiting) ? rest : queue).push(waiting);
      }
      if (event.time < TIME_US_MAX) newest = Math.max(newest, event.time);
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        if (first.view.time > newest - FOLLOW_WHOLE_US) break;
        queue.shift();
        yield this.#tell(first, standing);
      }
    }
    let isBlocked = false;
    for (const waiting of queue) {
      isBlocked ||= !isSettled(waiting);
      if (isBlocked && waiting.isOpen) rest.push(waiting);
      else yield this.#tell(waiting, standing);
    }
    if (isComplete) [this.#told, this.#waiting] = [standing, rest.toSorted(inOrder)];
    else [this.#told, this.#waiting] = [left, this.#waiting.filter(({ key }) => !times.has(key))];
    this.#fromHour = sealedHours;
  }

  /** What was seen and not told, once it is known that no more has come. */
  *waiting(): Generator<Newcomer> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) yield this.#tell(each, this.#told);
  }

  #tell({ key, view, isOpen }: Waiting, standing: Counts): Newcomer {
    if (isOpen) add(standing, key, 1);
    const isBehind = this.#last !== null && inOrder({ view }, { view: this.#last }) < 0;
    if (!isBehind) this.#last = { time: view.time, serial: view.serial };
    return { view, isOpen, isBehind };
  }
}

/** An event of several processes is found once for each. */
function keyOf({ time, serial, process, atom }: EventView): string {
  const { pid } = process;
  if (serial !== 0) return `${time} ${serial} ${pid}`;
  // What the recorder adds has no serial, and a line that is no record not even a stamp of its own.
  const { object, etype } = atom;
  if (object?.kind !== "line") return `${time} 0 ${pid} ${etype}`;
  return `${object.length} ${object.value.bytes.subarray(0, KEY_BYTES).toHex()}`;
}

function isLine({ atom }: EventView): boolean {
  return atom.etype === LINE;
}

function isSettled({ isKnown, isOpen }: Waiting): boolean {
  return isKnown || !isOpen;
}

function inOrder({ view: a }: HasStamp, { view: b }: HasStamp): number {
  return a.time - b.time || a.serial - b.serial;
}

function countsOf(waiting: readonly Waiting[]): Counts {
  const counts: Counts = new Map();
  for (const { key } of waiting) add(counts, key, 1);
  return counts;
}

/** @returns the new count */
function add(counts: Counts, key: string, change: number): number {
  const count = (counts.get(key) ?? 0) + change;
  counts.set(key, count);
  return count;
}
