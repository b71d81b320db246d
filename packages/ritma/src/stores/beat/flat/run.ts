/**
 * One run, for reading: a look-up reads one block of its table, if that, and one record.
 *
 * In memory are the first key of each block and the filter. A block is checked when it is read; one
 * that is damaged makes the whole table be set aside and made again from the bodies, once. The new
 * one has the same blocks, so whoever was reading goes on.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { RUN_BLOCKS_KEPT } from "../../../base/limits.ts";
import { readU32 } from "../record-codec.ts";
import type { Batches, Entry, KeyRange } from "./entry.ts";
import { mayHave } from "./key-filter.ts";
import { runName } from "./layout.ts";
import {
  type BlockPlace,
  blocksIn,
  decodeFoot,
  entriesIn,
  openTable,
  type RunFoot,
  type RunOpening,
} from "./run-codec.ts";

const FOOT_LENGTH_BYTES = 4;
const FOOT_BYTES_MAX = 4_096;

/** Blocks that were checked, of all runs, the ones that were used last. */
export class BlockCache {
  readonly #blocks: Map<string, Uint8Array> = new Map();

  get(name: string): Uint8Array | undefined {
    const block = this.#blocks.get(name);
    if (block === undefined) return undefined;
    this.#blocks.delete(name);
    this.#blocks.set(name, block);
    return block;
  }

  put(name: string, block: Uint8Array): void {
    this.#blocks.set(name, block);
    if (this.#blocks.size <= RUN_BLOCKS_KEPT) return;
    for (const oldest of this.#blocks.keys()) {
      this.#blocks.delete(oldest);
      return;
    }
  }
}

export interface RunContext {
  readonly disk: Disk;
  readonly cache: BlockCache;
  /** Makes the table of the run anew. */
  readonly mend: (opening: RunOpening) => Promise<void>;
}

export class Run {
  readonly foot: RunFoot;
  readonly datPath: string;
  readonly idxPath: string;
  readonly idxBytes: number;
  /** The bodies are not as long as they were: they are set aside when they are not needed. */
  isSuspect = false;
  readonly #context: RunContext;
  readonly #blocks: readonly BlockPlace[];
  readonly #filter: Uint8Array;
  #mending: Promise<void> | null = null;

  private constructor(
    context: RunContext,
    dir: string,
    foot: RunFoot,
    idxBytes: number,
    parts: { readonly blocks: readonly BlockPlace[]; readonly filter: Uint8Array },
  ) {
    this.#context = context;
    this.foot = foot;
    this.datPath = `${dir}/${runName(foot.sequence, "dat")}`;
    this.idxPath = `${dir}/${runName(foot.sequence, "idx")}`;
    this.idxBytes = idxBytes;
    this.#blocks = parts.blocks;
    this.#filter = parts.filter;
  }

  /** @throws FormatError when the table is damaged; RitmaError `disk/missing` when there is none */
  static async open(context: RunContext, dir: string, sequence: number): Promise<Run> {
    const { disk } = context;
    const path = `${dir}/${runName(sequence, "idx")}`;
    const size = (await disk.size(path)) ?? 0;
    const foot = await readFoot(disk, path, size);
    if (foot.sequence !== sequence) throw new FormatError("wrong-type", 0, "another run's table");
    const { indexAt, indexLength, filterLength } = foot;
    const bytes = await disk.readRange(path, indexAt, indexLength + filterLength);
    const blocks = blocksIn(openTable(bytes.subarray(0, indexLength)));
    const filter = openTable(bytes.subarray(indexLength));
    return new Run(context, dir, foot, size, { blocks, filter });
  }

  get bytes(): number {
    return this.foot.datBytes + this.idxBytes;
  }

  /** @throws RitmaError `beat/damaged` */
  async find(key: string): Promise<Entry | null> {
    if (!mayHave(this.#filter, key)) return null;
    const block = this.#blocks[this.#blockOf(key)];
    if (block === undefined) return null;
    for (const entry of entriesIn(await this.#read(block), this.datPath)) {
      if (entry.key === key) return entry;
      if (entry.key > key) return null;
    }
    return null;
  }

  /** All entries in the range, whatever their beats. */
  scan({ from, upTo }: KeyRange): Batches {
    let at = Math.max(0, this.#blockOf(from));
    return {
      next: async () => {
        for (;;) {
          const block = this.#blocks[at];
          if (block === undefined || (upTo !== null && block.firstKey >= upTo)) return null;
          at += 1;
          const all = [...entriesIn(await this.#read(block), this.datPath)];
          const some = all.filter(({ key }) => key >= from && (upTo === null || key < upTo));
          if (some.length > 0) return some;
        }
      },
    };
  }

  /** @returns index of the last block that does not begin behind `key`; -1 for none. */
  #blockOf(key: string): number {
    let [low, high] = [0, this.#blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.firstKey ?? "") <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  async #read(block: BlockPlace): Promise<Uint8Array> {
    const name = `${this.idxPath} ${block.offset}`;
    const known = this.#context.cache.get(name);
    if (known !== undefined) return known;
    let table = await this.#tryRead(block);
    if (table === null) {
      this.#mending ??= this.#context.mend(this.foot);
      await this.#mending;
      table = await this.#tryRead(block);
    }
    if (table === null) throw new RitmaError("beat/damaged", `${this.idxPath}: a damaged block`);
    this.#context.cache.put(name, table);
    return table;
  }

  /** @returns null for a block that is damaged or gone. */
  async #tryRead({ offset, length }: BlockPlace): Promise<Uint8Array | null> {
    try {
      return openTable(await this.#context.disk.readRange(this.idxPath, offset, length));
    } catch (error) {
      const isGone = error instanceof RitmaError && error.code === "disk/missing";
      if (!isGone && !(error instanceof FormatError)) throw error;
      return null;
    }
  }
}

async function readFoot(disk: Disk, path: string, size: number): Promise<RunFoot> {
  const from = Math.max(0, size - FOOT_BYTES_MAX);
  const end = await disk.readRange(path, from, FOOT_BYTES_MAX);
  const footEnd = end.length - FOOT_LENGTH_BYTES;
  if (footEnd < 0) throw new FormatError("truncated", 0, "a table without a foot");
  const length = readU32(end, footEnd);
  if (length > footEnd) throw new FormatError("truncated", 0, "a table without a foot");
  const foot = decodeFoot(end.subarray(footEnd - length, footEnd));
  if (foot.indexAt + foot.indexLength + foot.filterLength !== from + footEnd - length) {
    throw new FormatError("out-of-range", 0, "a table of another length");
  }
  return foot;
}
