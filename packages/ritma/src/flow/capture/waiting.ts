/**
 * What waits for its turn, earliest first: (time, serial, order of arrival).
 *
 * Nearly all of it comes in order, and stands in a row; only what comes before the end of the row
 * goes into a heap. So the usual log costs two comparisons an event, and none can make it cost more
 * than the logarithm of what waits.
 *
 * @module
 */

export interface Waiting<Item> {
  /** Memory that it stands for, roughly. */
  readonly bytes: number;
  readonly timeUs: number;
  readonly serial: number;
  /** Arrival: what keeps equal stamps in the order of the log. */
  readonly order: number;
  readonly item: Item;
}

/** The row is moved up when this many have left it, and they are most of it. */
const MOVE_MIN = 1024;

export class Queue<Item> {
  #row: Waiting<Item>[] = [];
  #rowStart = 0;
  /** A binary heap, earliest first. */
  readonly #heap: Waiting<Item>[] = [];

  get size(): number {
    return this.#row.length - this.#rowStart + this.#heap.length;
  }

  add(waiting: Waiting<Item>): void {
    const last = this.#row.at(-1);
    const isInOrder = last === undefined || this.#isRowEmpty() || !isBefore(waiting, last);
    if (isInOrder) this.#row.push(waiting);
    else this.#insert(waiting);
  }

  first(): Waiting<Item> | undefined {
    const head = this.#row[this.#rowStart];
    const top = this.#heap[0];
    if (head === undefined || top === undefined) return head ?? top;
    return isBefore(top, head) ? top : head;
  }

  removeFirst(): void {
    if (this.first() === this.#heap[0]) this.#removeTop();
    else this.#removeHead();
  }

  #isRowEmpty(): boolean {
    return this.#rowStart === this.#row.length;
  }

  #removeHead(): void {
    this.#rowStart += 1;
    if (this.#rowStart < MOVE_MIN || this.#rowStart * 2 < this.#row.length) return;
    this.#row = this.#row.slice(this.#rowStart);
    this.#rowStart = 0;
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

  #removeTop(): void {
    const heap = this.#heap;
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
