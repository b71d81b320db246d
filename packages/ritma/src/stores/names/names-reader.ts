/**
 * The index of names, asked both ways: from a name to ids, and from an id to its entity.
 *
 * Nothing that is found is taken on its hash: the entity is read, and has that name or is passed
 * over. An attacker may choose names whose hashes collide; that costs the reading of theirs.
 *
 * Format: spec/15-names.md.
 *
 * @module
 */
import { decodeEntity, type Sha256 } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { NAMES_EXAMINED_MAX, NAMES_FOUND_MAX } from "../../base/limits.ts";
import { TableReader } from "../../base/lmdb/table-reader.ts";
import type { SealedTable } from "../../base/lmdb/table-writer.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { findInBucket } from "./bucket.ts";
import { ContentHasher } from "../../base/lmdb/content.ts";
import { decoded } from "../../base/lmdb/decoded.ts";
import {
  bucketKey,
  bucketOf,
  decodeHead,
  entityKey,
  hashOf,
  HEAD_KEY,
  PAGE_ENTITIES,
  pageKey,
  pageOf,
  type Part,
  remainderOf,
} from "./layout.ts";
import { encodeName, isNamed, type Name } from "./name.ts";
import { encodePage } from "./page.ts";
import { PagedEntities } from "./paged-entities.ts";

export interface EntityId {
  readonly generation: number;
  readonly id: number;
}

export interface Found {
  /** Ascending by generation, then id; at most NAMES_FOUND_MAX. */
  readonly found: readonly EntityId[];
  /** Ask again behind this one; null when that was all. */
  readonly next: EntityId | null;
}

const BEFORE_ALL: EntityId = { generation: -1, id: 0 };

/**
 * @param sealed what a statement that was checked says of the file
 * @throws RitmaError as `NamesReader.open`
 */
export async function openNames(
  primitives: NodePrimitives,
  path: string,
  sealed: SealedTable,
): Promise<NamesReader> {
  return await NamesReader.open(primitives, path, sealed);
}

export class NamesReader implements AsyncDisposable {
  /** In order. What is behind the last id of a generation was not there yet. */
  readonly parts: readonly Part[];
  readonly #path: string;
  readonly #sha256: Sha256;
  readonly #table: TableReader;
  readonly #entities: PagedEntities;

  private constructor(
    path: string,
    { sha256, unzstd }: NodePrimitives,
    table: TableReader,
    parts: readonly Part[],
  ) {
    this.#path = path;
    this.#sha256 = sha256;
    this.#table = table;
    this.#entities = new PagedEntities(path, table, unzstd);
    this.parts = parts;
  }

  /** @throws RitmaError `index/damaged`, `index/unavailable`, `disk/…` */
  static async open(
    primitives: NodePrimitives,
    path: string,
    sealed: SealedTable,
  ): Promise<NamesReader> {
    await using stack = new AsyncDisposableStack();
    const table = stack.use(await TableReader.open(path, sealed));
    const head = await table.get(HEAD_KEY);
    if (head === null) throw new RitmaError("index/damaged", `${path}: is no index of names`);
    const parts = decoded(path, () => decodeHead(head));
    stack.move();
    return new NamesReader(path, primitives, table, parts);
  }

  /**
   * @param after answers begin behind this one
   * @throws RitmaError `index/damaged`
   */
  async find(name: Name, after: EntityId = BEFORE_ALL): Promise<Found> {
    const bytes = encodeName(name);
    const hash = hashOf(this.#sha256, bytes);
    const found: EntityId[] = [];
    let examined = 0;
    for (const [number, part] of this.parts.entries()) {
      const { generation } = part;
      if (generation < after.generation) continue;
      for (const id of await this.#idsIn(part, number, hash)) {
        if (generation === after.generation && id <= after.id) continue;
        const entity = id > part.lastId ? null : await this.#entities.read(number, id);
        if (entity === null) {
          throw new RitmaError("index/damaged", `${this.#path}: lacks entity ${id} that it names`);
        }
        if (decoded(this.#path, () => isNamed(decodeEntity(entity), bytes))) {
          found.push({ generation, id });
        }
        examined += 1;
        if (found.length === NAMES_FOUND_MAX || examined === NAMES_EXAMINED_MAX) {
          return { found, next: { generation, id } };
        }
      }
    }
    return { found, next: null };
  }

  /**
   * @returns the canonical bytes, which the caller owns; null for a process instance, and for what
   * was not in the dictionary.
   * @throws RitmaError `index/damaged`
   */
  async entity(generation: number, id: number): Promise<Uint8Array | null> {
    for (const [number, part] of this.parts.entries()) {
      if (part.generation !== generation || id < part.firstId || id > part.lastId) continue;
      return (await this.#entities.read(number, id))?.slice() ?? null;
    }
    return null;
  }

  /**
   * @returns what `buildNames` gave as `content`. Reads all of the file.
   * @throws RitmaError `index/damaged`
   */
  async content(): Promise<Uint8Array> {
    const content = new ContentHasher();
    const add = (key: Uint8Array, value: Uint8Array | null): void => {
      if (value !== null) content.add(key, value);
    };
    for (const [number, { firstId, lastId, bucketBits }] of this.parts.entries()) {
      for (let page = pageOf(firstId); page <= pageOf(lastId); page += 1) {
        const slots = await this.#entities.page(number, page);
        for (const [at, slot] of slots.entries()) {
          const id = page * PAGE_ENTITIES + at + 1;
          if (slot === "alone") add(entityKey(number, id), await this.#entities.read(number, id));
        }
        if (slots.length > 0) add(pageKey(number, page), encodePage(slots));
      }
      for (let bucket = 0; bucket < 2 ** bucketBits; bucket += 1) {
        const key = bucketKey(number, bucket);
        add(key, await this.#table.get(key));
      }
    }
    add(HEAD_KEY, await this.#table.get(HEAD_KEY));
    return content.digest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table[Symbol.asyncDispose]();
  }

  async #idsIn({ bucketBits }: Part, number: number, hash: number): Promise<readonly number[]> {
    const bucket = await this.#table.get(bucketKey(number, bucketOf(hash, bucketBits)));
    if (bucket === null) return [];
    return decoded(this.#path, () => findInBucket(bucket, remainderOf(hash, bucketBits)));
  }
}
