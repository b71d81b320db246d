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
import { Queue, type Waiting } from "./waiting.ts";

export interface Stamped {
  /** Microseconds since the Unix epoch. */
  readonly timeUs: number;
  readonly serial: number;
}

export class Reorder<Item> {
  readonly #release: (item: Item) => void;
  readonly #queue = new Queue<Item>();
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
    this.#queue.add({ timeUs, serial, order: this.#arrivals, item, bytes });
    this.#bytes += bytes;
    this.advance(timeUs);
  }

  /** A stamp of something else: what waited for it leaves. */
  advance(timeUs: number): void {
    if (timeUs > this.#newestUs) this.#newestUs = timeUs;
    const watermark = this.#newestUs - WATERMARK_LAG_US;
    for (;;) {
      const first = this.#queue.first();
      if (first === undefined) return;
      const fits = this.#queue.size <= REORDER_EVENTS_MAX && this.#bytes <= REORDER_BYTES_MAX;
      if (first.timeUs > Math.max(watermark, this.#releasedUs) && fits) return;
      this.#letGo(first);
    }
  }

  /** Whatever has a stamp before this has left, and comes too late; microseconds. */
  get leftUs(): number {
    return Math.max(0, this.#newestUs - WATERMARK_LAG_US, this.#releasedUs);
  }

  /** How many wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Lets go of everything, at the end of an input. */
  flush(): void {
    for (let first = this.#queue.first(); first !== undefined; first = this.#queue.first()) {
      this.#letGo(first);
    }
  }

  #letGo(first: Waiting<Item>): void {
    this.#queue.removeFirst();
    this.#bytes -= first.bytes;
    this.#releasedUs = Math.max(this.#releasedUs, first.timeUs);
    this.#release(first.item);
  }
}
