/**
 * The lineage of an hour, asked for pages and for what ids have to do with them.
 *
 * Invariant: what is returned is of the hour that was meant, and well-formed. That it is what the
 * hour's blocks say is known by who built it, and checked by `ritma verify --deep`.
 *
 * Format: spec/23-lineage.md.
 *
 * @module
 */
import {
  type CodedBlock,
  decodeLineageHead,
  decodePostings,
  encodeBlock,
  encodeLineageHead,
  equalBytes,
  type Generation,
  idRangeKey,
  idRangeOf,
  LINEAGE_HEAD_KEY,
  type LineageHead,
  pageGroupKey,
  PAGES_A_GROUP,
  type Posting,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { LINEAGE_RANGES_KEPT, POSTINGS_BYTES_MAX } from "../../base/limits.ts";
import { ContentHasher } from "../../base/lmdb/content.ts";
import { decoded } from "../../base/lmdb/decoded.ts";
import type { TableHost } from "../../base/lmdb/table-host.ts";
import { TableReader, type TableSource } from "../../base/lmdb/table-reader.ts";
import type { SealedTable } from "../../base/lmdb/table-writer.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { Recent } from "../../base/recent.ts";
import { decodeGroup, encodeGroup } from "./page-group.ts";

type Postings = ReadonlyMap<number, Posting>;

/** Which hour is meant. */
export interface LineageHour {
  /** SHA-256 of the hour-seal. */
  readonly seal: Uint8Array;
  readonly sequence: number;
}

export class LineageReader implements AsyncDisposable {
  readonly head: LineageHead;
  readonly #path: string;
  readonly #table: TableSource;
  readonly #primitives: NodePrimitives;
  readonly #sequence: number;
  readonly #ranges = new Recent<number, Postings>(LINEAGE_RANGES_KEPT);

  private constructor(
    path: string,
    table: TableSource,
    primitives: NodePrimitives,
    { head, sequence }: { readonly head: LineageHead; readonly sequence: number },
  ) {
    this.head = head;
    this.#path = path;
    this.#table = table;
    this.#primitives = primitives;
    this.#sequence = sequence;
  }

  /**
   * @param sealed what a statement that was checked says of the file
   * @param shared see `TableReader.open`
   * @throws RitmaError `index/damaged`, `index/unavailable`, `disk/…`
   */
  static async open(
    primitives: NodePrimitives,
    path: string,
    sealed: SealedTable,
    { shared = null, ...hour }: LineageHour & { readonly shared?: TableHost | null },
  ): Promise<LineageReader> {
    const table = await TableReader.open(path, sealed, shared);
    return await LineageReader.over(primitives, path, table, hour);
  }

  /**
   * @param path for messages
   * @param table is closed with the reader, and when it is none
   * @throws RitmaError `index/damaged`
   */
  static async over(
    primitives: NodePrimitives,
    path: string,
    table: TableSource,
    { seal, sequence }: LineageHour,
  ): Promise<LineageReader> {
    await using stack = new AsyncDisposableStack();
    stack.use(table);
    const bytes = await table.get(LINEAGE_HEAD_KEY);
    if (bytes === null) throw new RitmaError("index/damaged", `${path}: is no lineage`);
    const head = decoded(path, () => decodeLineageHead(bytes));
    if (!equalBytes(head.hour, seal)) {
      throw new RitmaError("index/damaged", `${path}: is of another hour`);
    }
    stack.move();
    return new LineageReader(path, table, primitives, { head, sequence });
  }

  /** @returns null for an id that has nothing to do with the hour. @throws `index/damaged` */
  async posting(id: number): Promise<Posting | null> {
    const range = idRangeOf(id);
    const postings = this.#ranges.get(range) ?? (await this.#readRange(range));
    this.#ranges.set(range, postings);
    return postings.get(id) ?? null;
  }

  /**
   * @param generation of the hour, at least up to it
   * @throws RitmaError `index/damaged`
   */
  async page(number: number, generation: Generation): Promise<CodedBlock> {
    const group = Math.floor(number / PAGES_A_GROUP);
    const bytes = (await this.#group(group))[number % PAGES_A_GROUP] ?? new Uint8Array(0);
    return this.#decode(number, bytes, generation);
  }

  /**
   * @param generation as for `page`
   * @returns what `lineageContent` gives of the hour. Reads all of the file.
   * @throws RitmaError `index/damaged`
   */
  async content(generation: Generation): Promise<Uint8Array> {
    const content = new ContentHasher();
    const { pages } = this.head;
    for (let group = 0; group * PAGES_A_GROUP < pages.length; group += 1) {
      const plain = (await this.#group(group)).map((bytes, at) =>
        encodeBlock(this.#decode(group * PAGES_A_GROUP + at, bytes, generation)),
      );
      content.add(pageGroupKey(group), encodeGroup(plain));
    }
    for (let range = 0; range <= idRangeOf(generation.facts.size); range += 1) {
      const value = await this.#rangeBytes(range);
      if (value !== null) content.add(idRangeKey(range), value);
    }
    content.add(LINEAGE_HEAD_KEY, encodeLineageHead(this.head));
    return content.digest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table[Symbol.asyncDispose]();
  }

  async #group(group: number): Promise<readonly Uint8Array[]> {
    const value = await this.#table.get(pageGroupKey(group));
    const count = Math.min(PAGES_A_GROUP, this.head.pages.length - group * PAGES_A_GROUP);
    if (value === null || count < 1) throw this.#damaged(`lacks pages of group ${group}`);
    return decoded(this.#path, () => decodeGroup(value, count));
  }

  #decode(number: number, bytes: Uint8Array, generation: Generation): CodedBlock {
    const block = decoded(this.#path, () => generation.block(bytes));
    const atoms = block.sections.reduce((sum, section) => sum + section.atoms.length, 0);
    const fits =
      equalBytes(block.store, generation.store) &&
      block.sequence === this.#sequence &&
      block.number === number &&
      block.generation === this.head.generation &&
      atoms === this.head.pages[number]?.atoms;
    if (!fits) throw this.#damaged(`page ${number} is another one`);
    return block;
  }

  async #readRange(range: number): Promise<Postings> {
    const value = await this.#rangeBytes(range);
    if (value === null) return new Map();
    return decoded(this.#path, () => decodePostings(value, range, this.head.pages.length));
  }

  async #rangeBytes(range: number): Promise<Uint8Array | null> {
    const value = await this.#table.get(idRangeKey(range));
    if (value === null) return null;
    return decoded(this.#path, () => this.#primitives.unzstd(value, POSTINGS_BYTES_MAX));
  }

  #damaged(how: string): RitmaError {
    return new RitmaError("index/damaged", `${this.#path}: ${how}`);
  }
}
