/**
 * What is in the commit log and in no run yet: of each key the newest record's place and beat, not
 * its body.
 *
 * Rows are columns of numbers, not objects: a log of 64 MB has hundreds of thousands. A row never
 * changes; what is put again gets a new row, so that a scan keeps the rows that it began with.
 *
 * Not here: the bytes of records, and what older records were checkpointed (`run.ts`).
 *
 * @module
 */
import type { Batches, Entry, KeyRange } from "./entry.ts";

const CAPACITY = 64;
/** Entries that a scan makes at once. */
const BATCH = 1_024;
/** Below this, rows that nobody sees any more are not worth the work to drop them. */
const DEAD_ROWS_MIN = 1_024;

/** @returns the path of a segment, by its first beat. */
type PathOf = (segment: number) => string;

export class LogTable {
  readonly #pathOf: PathOf;
  readonly #rowOf: Map<string, number> = new Map();
  #keys: string[] = [];
  #beats = new Float64Array(CAPACITY);
  #segments = new Float64Array(CAPACITY);
  #offsets = new Uint32Array(CAPACITY);
  #lengths = new Uint32Array(CAPACITY);
  #rows = 0;
  #bytes = 0;
  #sorted: readonly string[] = [];
  /** Keys that are not in `#sorted` yet. */
  #fresh: string[] = [];

  constructor(pathOf: PathOf) {
    this.#pathOf = pathOf;
  }

  /** Keys. */
  get size(): number {
    return this.#rowOf.size;
  }

  /** Of the newest records, whole. */
  get bytes(): number {
    return this.#bytes;
  }

  put(key: string, beat: number, segment: number, offset: number, length: number): void {
    if (this.#rows === this.#beats.length) this.#grow();
    const row = this.#rows;
    this.#rows += 1;
    this.#beats[row] = beat;
    this.#segments[row] = segment;
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
    this.#keys.push(key);
    const old = this.#rowOf.get(key);
    if (old === undefined) this.#fresh.push(key);
    this.#bytes += length - (old === undefined ? 0 : (this.#lengths[old] ?? 0));
    this.#rowOf.set(key, row);
  }

  get(key: string): Entry | null {
    const row = this.#rowOf.get(key);
    return row === undefined ? null : this.#entry(row);
  }

  /** @returns a table without what beats before `beat` put; this one when there is little of it. */
  without(beat: number): LogTable {
    let dead = this.#rows - this.#rowOf.size;
    for (const row of this.#rowOf.values()) if ((this.#beats[row] ?? 0) < beat) dead += 1;
    if (dead < DEAD_ROWS_MIN && dead < this.#rows) return this;
    const kept = new LogTable(this.#pathOf);
    for (const [key, row] of this.#rowOf) {
      const put = this.#beats[row] ?? 0;
      const [segment, offset] = [this.#segments[row] ?? 0, this.#offsets[row] ?? 0];
      if (put >= beat) kept.put(key, put, segment, offset, this.#lengths[row] ?? 0);
    }
    return kept;
  }

  /** At most `limit` entries of beats from `sinceBeat` on, as of now. */
  scan({ from, upTo }: KeyRange, sinceBeat: number, limit: number): Batches {
    const rows: number[] = [];
    const sorted = this.#ordered();
    for (let at = lowerBound(sorted, from); at < sorted.length && rows.length < limit; at += 1) {
      const key = sorted[at] ?? "";
      if (upTo !== null && key >= upTo) break;
      const row = this.#rowOf.get(key) ?? 0;
      if ((this.#beats[row] ?? 0) >= sinceBeat) rows.push(row);
    }
    let done = 0;
    return {
      next: async () => {
        const some = rows.slice(done, (done += BATCH));
        return some.length === 0 ? null : some.map((row) => this.#entry(row));
      },
    };
  }

  #entry(row: number): Entry {
    return {
      key: this.#keys[row] ?? "",
      beat: this.#beats[row] ?? 0,
      path: this.#pathOf(this.#segments[row] ?? 0),
      offset: this.#offsets[row] ?? 0,
      length: this.#lengths[row] ?? 0,
    };
  }

  #ordered(): readonly string[] {
    if (this.#fresh.length === 0) return this.#sorted;
    // By UTF-16 units, which these strings have one of for each byte.
    this.#fresh.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    this.#sorted = merged(this.#sorted, this.#fresh);
    this.#fresh = [];
    return this.#sorted;
  }

  #grow(): void {
    const capacity = this.#beats.length * 2;
    this.#beats = copied(new Float64Array(capacity), this.#beats);
    this.#segments = copied(new Float64Array(capacity), this.#segments);
    this.#offsets = copied(new Uint32Array(capacity), this.#offsets);
    this.#lengths = copied(new Uint32Array(capacity), this.#lengths);
  }
}

function copied<Column extends Float64Array | Uint32Array>(to: Column, from: Column): Column {
  to.set(from);
  return to;
}

/** Both sorted, and no key in both. */
function merged(old: readonly string[], fresh: readonly string[]): readonly string[] {
  const all: string[] = [];
  let at = 0;
  for (const key of fresh) {
    for (let next = old[at]; next !== undefined && next < key; next = old[at]) {
      all.push(next);
      at += 1;
    }
    all.push(key);
  }
  for (; at < old.length; at += 1) all.push(old[at] ?? "");
  return all;
}

/** @returns index of the first key that is not below `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
