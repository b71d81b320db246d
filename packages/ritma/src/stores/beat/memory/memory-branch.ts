/**
 * The records of one branch, in memory: found by key, and scanned in the order of keys.
 *
 * A table of keys answers look-ups. The sorted list for scans is made when one is asked for, by
 * merging what changed since the last one, and never changed afterwards: a scan keeps the list that
 * it began with, however many beats are committed meanwhile.
 *
 * @module
 */
import { compareBytes } from "@ritma/evidence";
import type { BranchHead, ScanOptions, StoredRecord } from "../engine.ts";
import { keyText } from "../staged-beat.ts";

export class MemoryBranch {
  head: BranchHead;
  /** By the bytes of the key, one character each. */
  readonly #records: Map<string, StoredRecord> = new Map();
  #sorted: readonly StoredRecord[] = [];
  /** Put since `#sorted` was made. */
  #changed: Map<string, StoredRecord> = new Map();
  #bytes = 0;

  constructor(head: BranchHead) {
    this.head = head;
  }

  get records(): number {
    return this.#records.size;
  }

  /** Keys and bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  put(record: StoredRecord): void {
    const name = keyText(record.key);
    const old = this.#records.get(name);
    this.#bytes += sizeOf(record) - (old === undefined ? 0 : sizeOf(old));
    this.#records.set(name, record);
    this.#changed.set(name, record);
  }

  /** Removes what beats before `beforeBeat` put and no later one replaced. */
  forget(beforeBeat: number): void {
    for (const [name, record] of this.#records) {
      if (record.beat >= beforeBeat) continue;
      this.#records.delete(name);
      this.#bytes -= sizeOf(record);
    }
    this.#sorted = this.#ordered().filter(({ beat }) => beat >= beforeBeat);
  }

  get(key: Uint8Array): StoredRecord | null {
    return this.#records.get(keyText(key)) ?? null;
  }

  /** As of now: what is put later is not seen. */
  scan(prefix: Uint8Array, { after, limit = Infinity }: ScanOptions): Iterable<StoredRecord> {
    return from(this.#ordered(), prefix, after, limit);
  }

  #ordered(): readonly StoredRecord[] {
    if (this.#changed.size === 0) return this.#sorted;
    const changed = [...this.#changed.values()].toSorted((a, b) => compareBytes(a.key, b.key));
    this.#sorted = [...merged(this.#sorted, changed)];
    this.#changed = new Map();
    return this.#sorted;
  }
}

function sizeOf({ key, body }: StoredRecord): number {
  return key.length + body.length;
}

/** Both sorted; of two with the same key the changed one. */
function* merged(
  old: readonly StoredRecord[],
  changed: readonly StoredRecord[],
): Generator<StoredRecord> {
  let at = 0;
  for (const record of changed) {
    for (let next = old[at]; next !== undefined; next = old[at]) {
      const order = compareBytes(next.key, record.key);
      if (order > 0) break;
      at += 1;
      if (order < 0) yield next;
    }
    yield record;
  }
  for (; at < old.length; at += 1) {
    const next = old[at];
    if (next !== undefined) yield next;
  }
}

function* from(
  sorted: readonly StoredRecord[],
  prefix: Uint8Array,
  after: Uint8Array | undefined,
  limit: number,
): Generator<StoredRecord> {
  let left = limit;
  for (let at = firstBehind(sorted, prefix, after); at < sorted.length && left > 0; at += 1) {
    const record = sorted[at];
    if (record === undefined || !beginsWith(record.key, prefix)) return;
    left -= 1;
    yield record;
  }
}

/** @returns index of the first record that is not below `prefix` and greater than `after`. */
function firstBehind(
  sorted: readonly StoredRecord[],
  prefix: Uint8Array,
  after: Uint8Array | undefined,
): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const key = sorted[middle]?.key ?? prefix;
    const isBefore =
      compareBytes(key, prefix) < 0 || (after !== undefined && compareBytes(key, after) <= 0);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

function beginsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return key.length >= prefix.length && compareBytes(key.subarray(0, prefix.length), prefix) === 0;
}
