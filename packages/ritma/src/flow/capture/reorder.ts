/**
 * Puts events back into the order of their stamps.
 *
 * Events complete out of order: a stalled process writes its records seconds after the kernel gave
 * them their stamps. They wait here until the newest stamp is WATERMARK_LAG_US further, then leave
 * by (time, serial). One that comes later than that leaves at once, and is late.
 *
 * Bounded: when REORDER_EVENTS_MAX or REORDER_BYTES_MAX wait, the oldest leaves early. Of one stamp
 * all leave together. What leaves depends on the events alone, never on how their bytes were cut
 * into chunks.
 *
 * @module
 */
import {
  REORDER_BYTES_MAX,
  REORDER_EVENTS_MAX,
  TIME_US_MAX,
  TIME_US_MIN,
  WATERMARK_LAG_US,
} from "../../base/limits.ts";

export interface Stamped {
  /** Microseconds since the Unix epoch. */
  readonly timeUs: number;
  readonly serial: number;
}

interface Waiting<Item> {
  /** Memory that it stands for, roughly. */
  readonly bytes: number;
  readonly timeUs: number;
  readonly serial: number;
  /** Arrival: what keeps equal stamps in the order of the log. */
  readonly order: number;
  readonly item: Item;
}

export class Reorder<Item> {
  readonly #release: (item: Item) => void;
  /** A binary heap, earliest first. */
  readonly #heap: Waiting<Item>[] = [];
  #newestUs = 0;
  /** Newest stamp that has left. */
  #releasedUs = 0;
  #bytes = 0;
  #arrivals = 0;

  constructor(release: (item: Item) => void) {
    this.#release = release;
  }

  /**
   * Takes one item and lets go of those whose time has come.
   *
   * @param bytes of the lines that it keeps in memory
   */
  push({ timeUs, serial }: Stamped, item: Item, bytes: number): void {
    if (timeUs < TIME_US_MIN || timeUs >= TIME_US_MAX) {
      this.#release(item);
      return;
    }
    this.#arrivals += 1;
    this.#insert({ timeUs, serial, order: this.#arrivals, item, bytes });
    this.#bytes += bytes;
    if (timeUs > this.#newestUs) this.#newestUs = timeUs;
    const watermark = this.#newestUs - WATERMARK_LAG_US;
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return;
      const fits = this.#heap.length <= REORDER_EVENTS_MAX && this.#bytes <= REORDER_BYTES_MAX;
      if (first.timeUs > Math.max(watermark, this.#releasedUs) && fits) return;
      this.#removeFirst();
      this.#releasedUs = Math.max(this.#releasedUs, first.timeUs);
      this.#release(first.item);
    }
  }

  /** Lets go of everything, at the end of an input. */
  flush(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      this.#removeFirst();
      this.#releasedUs = Math.max(this.#releasedUs, first.timeUs);
      this.#release(first.item);
    }
  }

  #insert(waiting: Waiting<Item>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(waiting);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, waiting)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = waiting;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    this.#bytes -= heap[0]?.bytes ?? 0;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      const least = right !== undefined && isBefore(right, left) ? right : left;
      if (least === right) below += 1;
      if (isBefore(last, least)) break;
      heap[at] = least;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Waiting<unknown>, b: Waiting<unknown>): boolean {
  if (a.timeUs !== b.timeUs) return a.timeUs < b.timeUs;
  if (a.serial !== b.serial) return a.serial < b.serial;
  return a.order < b.order;
}
