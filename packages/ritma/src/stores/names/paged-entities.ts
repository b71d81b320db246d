/**
 * Entities by part and id, out of a table's pages, of which the last used are kept unpacked.
 *
 * Format: spec/15-names.md, "Pages".
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { EVENT_BYTES_MAX, NAMES_PAGES_KEPT } from "../../base/limits.ts";
import { decoded } from "../../base/lmdb/decoded.ts";
import type { TableReader } from "../../base/lmdb/table-reader.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { Recent } from "../../base/recent.ts";
import { entityKey, PAGE_ENTITIES, pageKey, pageOf } from "./layout.ts";
import { decodePage, PAGE_BYTES_MAX, type Paged } from "./page.ts";

/** Twice the longest event: an entity that no recorder makes. */
const ENTITY_BYTES_MAX = 2 * EVENT_BYTES_MAX;

export class PagedEntities {
  readonly #path: string;
  readonly #table: TableReader;
  readonly #unzstd: NodePrimitives["unzstd"];
  /** Promises, so that who asks for one that is on its way waits for it. */
  readonly #pages = new Recent<string, Promise<readonly Paged[]>>(NAMES_PAGES_KEPT);

  constructor(path: string, table: TableReader, unzstd: NodePrimitives["unzstd"]) {
    this.#path = path;
    this.#table = table;
    this.#unzstd = unzstd;
  }

  /** @returns a view of a page, or null for what is left out. @throws RitmaError `index/damaged` */
  async read(part: number, id: number): Promise<Uint8Array | null> {
    const slots = await this.page(part, pageOf(id));
    const slot = slots[(id - 1) % PAGE_ENTITIES] ?? null;
    if (slot !== "alone") return slot;
    const value = await this.#table.get(entityKey(part, id));
    if (value === null) throw new RitmaError("index/damaged", `${this.#path}: lacks entity ${id}`);
    return decoded(this.#path, () => this.#unzstd(value, ENTITY_BYTES_MAX));
  }

  /** @param page number in its generation. @returns nothing for one that holds nothing. */
  async page(part: number, page: number): Promise<readonly Paged[]> {
    const name = `${part} ${page}`;
    const slots = this.#pages.get(name) ?? this.#readPage(part, page);
    this.#pages.set(name, slots);
    return await slots;
  }

  async #readPage(part: number, page: number): Promise<readonly Paged[]> {
    const value = await this.#table.get(pageKey(part, page));
    if (value === null) return [];
    return decoded(this.#path, () => decodePage(this.#unzstd(value, PAGE_BYTES_MAX)));
  }
}
