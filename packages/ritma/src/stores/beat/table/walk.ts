/**
 * Walks through a range of a table, a page in memory at a time.
 *
 * @module
 */
import { concatBytes } from "@ritma/evidence";
import type { TableEntry, TableView } from "./table.ts";

/** Keys from `from` up to and without `below`. */
export async function* walk(
  view: TableView,
  from: Uint8Array,
  below: Uint8Array,
): AsyncGenerator<TableEntry> {
  for (let next = from; ;) {
    const page = await view.page(next, below);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    next = successor(last.key);
  }
}

/** The least key that is greater than this one. */
export function successor(key: Uint8Array): Uint8Array {
  return concatBytes(key, Uint8Array.of(0));
}
