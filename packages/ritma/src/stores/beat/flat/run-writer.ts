/**
 * Writes a run: bodies and their sorted table, side by side.
 *
 * Both are drafts until all of both is durable; then they get their names, which last once the
 * caller has synced the directory. Nobody reads them before `meta` names them.
 *
 * @module
 */
import type { Disk } from "../../../base/disk/disk.ts";
import { RUN_BLOCK_BYTES } from "../../../base/limits.ts";
import { writeU32 } from "../record-codec.ts";
import { BufferedFile } from "./buffered-file.ts";
import { FilterBuilder } from "./key-filter.ts";
import { runName } from "./layout.ts";
import {
  encodeBodyHead,
  encodeFoot,
  encodeRunOpening,
  type RunOpening,
  TableWriter,
} from "./run-codec.ts";

/** The table alone: also made anew where only the bodies are left. */
export class IndexWriter implements AsyncDisposable {
  readonly #file: BufferedFile;
  readonly #block = new TableWriter();
  readonly #index = new TableWriter();
  readonly #filter = new FilterBuilder();
  #firstKey = "";
  #records = 0;
  #oldestBeat = Number.MAX_SAFE_INTEGER;

  private constructor(file: BufferedFile) {
    this.#file = file;
  }

  static async create(disk: Disk, dir: string, sequence: number): Promise<IndexWriter> {
    return new IndexWriter(await BufferedFile.create(disk, `${dir}/${runName(sequence, "idx")}`));
  }

  get records(): number {
    return this.#records;
  }

  /** Keys ascend. @returns what to await, null where that is nothing */
  add(key: string, beat: number, offset: number, length: number): Promise<void> | null {
    if (this.#block.length === 0) this.#firstKey = key;
    this.#block.add(key, beat, offset, length);
    this.#filter.add(key);
    this.#records += 1;
    if (beat < this.#oldestBeat) this.#oldestBeat = beat;
    return this.#block.length >= RUN_BLOCK_BYTES ? this.#endBlock() : null;
  }

  /** Durable as a draft on return. */
  async finish(opening: RunOpening, datBytes: number): Promise<void> {
    if (this.#block.length > 0) await this.#endBlock();
    const indexAt = this.#file.length;
    const index = this.#index.sealed();
    await this.#file.write(index);
    const filter = new TableWriter();
    filter.raw(this.#filter.finish());
    const sealedFilter = filter.sealed();
    await this.#file.write(sealedFilter);
    const foot = encodeFoot({
      ...opening,
      records: this.#records,
      datBytes,
      oldestBeat: this.#oldestBeat,
      indexAt,
      indexLength: index.length,
      filterLength: sealedFilter.length,
    });
    await this.#file.write(foot);
    const footLength = new Uint8Array(4);
    writeU32(footLength, 0, foot.length);
    await this.#file.write(footLength);
    await this.#file.sync();
  }

  async publish(): Promise<void> {
    await this.#file.publish();
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async #endBlock(): Promise<void> {
    const block = this.#block.sealed();
    // The same shape as an entry; a block has no beat.
    this.#index.add(this.#firstKey, 0, this.#file.length, block.length);
    await this.#file.write(block);
  }
}

export class RunWriter implements AsyncDisposable {
  readonly #dat: BufferedFile;
  readonly #index: IndexWriter;
  readonly #opening: RunOpening;

  private constructor(dat: BufferedFile, index: IndexWriter, opening: RunOpening) {
    this.#dat = dat;
    this.#index = index;
    this.#opening = opening;
  }

  static async create(disk: Disk, dir: string, opening: RunOpening): Promise<RunWriter> {
    const dat = await BufferedFile.create(disk, `${dir}/${runName(opening.sequence, "dat")}`);
    const index = await IndexWriter.create(disk, dir, opening.sequence);
    await dat.write(encodeRunOpening(opening));
    return new RunWriter(dat, index, opening);
  }

  get records(): number {
    return this.#index.records;
  }

  /** @param record all its bytes, as they stood where they come from */
  async add(key: string, beat: number, record: Uint8Array): Promise<void> {
    const head = this.#dat.write(encodeBodyHead(beat, record.length));
    if (head !== null) await head;
    const entry = this.#index.add(key, beat, this.#dat.length, record.length);
    if (entry !== null) await entry;
    const body = this.#dat.write(record);
    if (body !== null) await body;
  }

  /** Durable on return, but for the names. */
  async finish(): Promise<void> {
    await this.#dat.sync();
    await this.#index.finish(this.#opening, this.#dat.length);
    await this.#dat.publish();
    await this.#index.publish();
  }

  async discard(): Promise<void> {
    await this.#dat.discard();
    await this.#index.discard();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dat[Symbol.asyncDispose]();
    await this.#index[Symbol.asyncDispose]();
  }
}
