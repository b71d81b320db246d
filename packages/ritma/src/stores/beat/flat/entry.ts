/**
 * Entries: which record of a key is the newest, of which beat, and where its bytes are. Look-ups
 * find them, scans and merges walk over them in the order of keys.
 *
 * Keys are strings of one character a byte: they are compared far more often than they are read,
 * and strings of this kind sort as their bytes do.
 *
 * @module
 */

export interface Entry {
  readonly key: string;
  readonly beat: number;
  /** Of the file that has the record, all its bytes from type to checksum. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Some of the entries, at least one, and then some more; null behind the last. */
export interface Batches {
  readonly next: () => Promise<readonly Entry[] | null>;
}

/** Keys from `from` on and below `upTo`, where null is no bound. */
export interface KeyRange {
  readonly from: string;
  readonly upTo: string | null;
}

const BATCH = 1_024;

/** Keys that begin with `prefix` and are greater than `after`. */
export function rangeOf(prefix: string, after: string | null): KeyRange {
  const behind = after === null ? "" : `${after}\0`;
  return { from: behind > prefix ? behind : prefix, upTo: successor(prefix) };
}

/**
 * One row of entries from several, each of them sorted: of each key the entry of the first source
 * that has it.
 *
 * @param sources the newest first
 * @param sinceBeat entries of older beats are left out
 */
export async function* mergeEntries(
  sources: readonly Batches[],
  sinceBeat: number,
): AsyncGenerator<readonly Entry[]> {
  const heads = await Promise.all(sources.map(async (source) => await Head.of(source)));
  let batch: Entry[] = [];
  for (;;) {
    let entry: Entry | null = null;
    for (const head of heads) {
      if (head.entry !== null && (entry === null || head.entry.key < entry.key)) entry = head.entry;
    }
    if (entry === null) break;
    if (entry.beat >= sinceBeat) batch.push(entry);
    const { key } = entry;
    for (const head of heads) {
      if (head.entry?.key === key && !head.step()) await head.refill();
    }
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Where the merge stands in one of its sources. */
class Head {
  readonly #source: Batches;
  #batch: readonly Entry[] = [];
  #at = 0;

  private constructor(source: Batches) {
    this.#source = source;
  }

  static async of(source: Batches): Promise<Head> {
    const head = new Head(source);
    await head.refill();
    return head;
  }

  get entry(): Entry | null {
    return this.#batch[this.#at] ?? null;
  }

  /** @returns false when the batch is used up: then it must be refilled. */
  step(): boolean {
    this.#at += 1;
    return this.#at < this.#batch.length;
  }

  async refill(): Promise<void> {
    this.#at = 0;
    this.#batch = (await this.#source.next()) ?? [];
  }
}

/** @returns the first string behind all that begin with `prefix`; null when there is none. */
function successor(prefix: string): string | null {
  let end = prefix.length;
  while (end > 0 && prefix.charCodeAt(end - 1) === 0xff) end -= 1;
  if (end === 0) return null;
  return prefix.slice(0, end - 1) + String.fromCharCode(prefix.charCodeAt(end - 1) + 1);
}
