/**
 * Builds the index of names from a dictionary, generation by generation.
 *
 * Streaming: a page of entities and the names of a part are in memory, whatever the dictionary's
 * size. Deterministic: equal dictionaries give equal content.
 *
 * Format: spec/15-names.md. Not here: where entities come from, and the statement about the file.
 *
 * @module
 */
import type { RealDisk } from "../../base/disk/real-disk.ts";
import { RitmaError } from "../../base/error.ts";
import { ZSTD_LEVEL_NAMES } from "../../base/limits.ts";
import { type TableEntry, type WrittenTable, writeTable } from "../../base/lmdb/table-writer.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { ContentHasher } from "../../base/lmdb/content.ts";
import { encodeHead, HEAD_KEY, ID_MAX, type Part, PART_NAMES } from "./layout.ts";
import { type Content, PartBuilder } from "./part-builder.ts";

/** An entity of the dictionary. Its bytes stay as they are until the build has ended. */
export interface NumberedEntity {
  readonly generation: number;
  readonly id: number;
  /** Canonical bytes; those of processes are passed over. */
  readonly entity: Uint8Array;
}

export interface BuiltNames extends WrittenTable {
  /** See `ContentHasher`: equal when the dictionary was. */
  readonly content: Uint8Array;
}

export interface NamesPlace {
  readonly disk: RealDisk;
  /** Of the file. */
  readonly path: string;
  /** A folder that is made for the work, outside the evidence store and on the same disk. */
  readonly scratch: string;
}

/**
 * Durable on return; what was at the path is replaced, in one step.
 *
 * @param entities ascending by generation, then id; ids may have holes
 * @param partNames smaller in tests alone: another number is another content
 * @throws RitmaError `index/unavailable`, `disk/…`, `internal/limit`
 * @throws FormatError when an entity is none
 */
export async function buildNames(
  { disk, path, scratch }: NamesPlace,
  primitives: NodePrimitives,
  entities: AsyncIterable<NumberedEntity> | Iterable<NumberedEntity>,
  partNames: number = PART_NAMES,
): Promise<BuiltNames> {
  const content = new ContentHasher();
  const plain = contentOf(primitives, entities, partNames);
  const table = await writeTable(disk, path, scratch, tableOf(primitives, plain, content));
  return { ...table, content: content.digest() };
}

/** The same digest as a build gives, without one. */
export async function namesContent(
  primitives: NodePrimitives,
  entities: AsyncIterable<NumberedEntity> | Iterable<NumberedEntity>,
): Promise<Uint8Array> {
  const content = new ContentHasher();
  for await (const { key, value } of contentOf(primitives, entities, PART_NAMES)) {
    content.add(key, value);
  }
  return content.digest();
}

async function* tableOf(
  { zstd }: NodePrimitives,
  plain: AsyncIterable<Content>,
  content: ContentHasher,
): AsyncGenerator<TableEntry> {
  for await (const { key, value, packed } of plain) {
    content.add(key, value);
    yield { key, value: packed ? zstd(value, ZSTD_LEVEL_NAMES) : value };
  }
}

async function* contentOf(
  { sha256 }: NodePrimitives,
  entities: AsyncIterable<NumberedEntity> | Iterable<NumberedEntity>,
  partNames: number,
): AsyncGenerator<Content> {
  const parts: Part[] = [];
  let part: PartBuilder | null = null;
  for await (const { generation, id, entity } of entities) {
    checkOrder(part, generation, id);
    if (part !== null && (part.generation !== generation || part.isFullFor(id, partNames))) {
      parts.push(yield* part.finish());
      part = null;
    }
    part ??= new PartBuilder(sha256, parts.length, generation, id);
    yield* part.add(id, entity);
  }
  if (part !== null) parts.push(yield* part.finish());
  yield { key: HEAD_KEY, value: encodeHead(parts), packed: false };
}

function checkOrder(before: PartBuilder | null, generation: number, id: number): void {
  if (id > ID_MAX) throw new RitmaError("internal/limit", `entity ${id}, at most ${ID_MAX}`);
  const first = before === null || generation > before.generation;
  if (first ? id >= 1 : generation === before.generation && id > before.lastId) return;
  throw new RangeError(`entity ${id} of generation ${generation} is not in order`);
}
