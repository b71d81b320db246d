/**
 * Parents and children: which cells are below one, by name and in the order in which they came.
 *
 * Both are told by deltas, a page of operations at a time. A page belongs to one beat, and pages
 * are numbered from 0 without a gap, so that the whole of them, applied in order, is what there is
 * now. A beat appends to its own page and never changes one of an earlier beat; `fold` writes the
 * pages of a parent anew, without what came and went, and leaves those that are not needed empty.
 *
 * Positions in the order of insertion only ever grow; what they are means nothing.
 *
 * Not here: cells (`cell-store.ts`), and the bytes of a page (`deltas.ts`).
 *
 * @module
 */
import { compareBytes, encodeUtf8 } from "@ritma/evidence";
import { CELL_TAILS_MAX } from "../../../base/limits.ts";
import { ordinalSuffix } from "../chunk.ts";
import {
  type Child,
  decodeManifestDelta,
  decodeOrderDelta,
  encodeManifestDelta,
  encodeOrderDelta,
  type ManifestOperation,
  type OrderOperation,
} from "../deltas.ts";
import { beatFault } from "../frame-fault.ts";
import type { OpenBeat } from "../open-beat.ts";
import { type BeatRecord, type CellPath, recordKey } from "../record.ts";

/**
 * Where pages are read: in an open beat, which nobody else changes, one after the other; in what is
 * committed by a scan, which sees one beat.
 */
export interface PageReader {
  get(branch: string, key: Uint8Array): Promise<BeatRecord | null>;
  scan?(branch: string, prefix: Uint8Array): AsyncIterable<BeatRecord>;
}

type Kind = "manifest" | "order";

/** Of a page that we write: a new child costs to write its page again. */
const OPERATIONS_MAX = 64;

/** Projections of an order: 1 is that of insertion. */
const INSERTION = 1;

export class CellLinks {
  /** Where the tail of a parent's pages was last seen. Only a hint: an aborted beat may have it. */
  readonly #tails: Map<string, number> = new Map();

  async add(beat: OpenBeat, branch: string, parent: CellPath, child: Child): Promise<void> {
    await this.#append(beat, branch, "manifest", parent, (page) => {
      const operations = manifestOf(page).filter(({ name }) => name !== child.name);
      return sortedPage(beat.beat, [...operations, { op: "add", ...child }]);
    });
    await this.#append(beat, branch, "order", parent, (page, number) => {
      const operations = orderOf(page);
      const position = number * OPERATIONS_MAX + operations.length;
      return orderPage(beat.beat, [...operations, { op: "add", name: child.name, position }]);
    });
  }

  async remove(beat: OpenBeat, branch: string, parent: CellPath, name: string): Promise<void> {
    await this.#append(beat, branch, "manifest", parent, (page) => {
      const operations = manifestOf(page).filter((operation) => operation.name !== name);
      return sortedPage(beat.beat, [...operations, { op: "remove", name }]);
    });
    await this.#append(beat, branch, "order", parent, (page) =>
      orderPage(beat.beat, [...orderOf(page), { op: "remove", name }]),
    );
  }

  /** @returns the children by name, in the order of its bytes. @throws RitmaError `beat/damaged` */
  async byName(reader: PageReader, branch: string, parent: CellPath): Promise<readonly Child[]> {
    const children = new Map<string, Child>();
    for await (const page of pages(reader, branch, "manifest", parent)) {
      for (const operation of manifestOf(page)) {
        if (operation.op === "remove") children.delete(operation.name);
        else children.set(operation.name, operation);
      }
    }
    return [...children.values()].toSorted(byNameBytes);
  }

  /** @returns names in the order in which they came. @throws RitmaError `beat/damaged` */
  async byInsertion(
    reader: PageReader,
    branch: string,
    parent: CellPath,
  ): Promise<readonly string[]> {
    const names = new Set<string>();
    for await (const page of pages(reader, branch, "order", parent)) {
      for (const { op, name } of orderOf(page)) {
        names.delete(name);
        if (op === "add") names.add(name);
      }
    }
    return [...names];
  }

  /** Writes the pages of a parent anew, without what came and went. @returns pages now unused. */
  async fold(beat: OpenBeat, branch: string, parent: CellPath): Promise<number> {
    const children = await this.byName(beat, branch, parent);
    const adds = children.map(({ name, flags, revision }): ManifestOperation => ({
      op: "add",
      name,
      flags,
      revision,
    }));
    const manifests = slices(adds).map((part) => sortedPage(beat.beat, part));
    const names = await this.byInsertion(beat, branch, parent);
    const orders = slices(
      names.map((name, position): OrderOperation => ({ op: "add", name, position })),
    ).map((part) => orderPage(beat.beat, part));
    const unused = await this.#replace(beat, branch, "manifest", parent, manifests);
    return unused + (await this.#replace(beat, branch, "order", parent, orders));
  }

  async #replace(
    beat: OpenBeat,
    branch: string,
    kind: Kind,
    parent: CellPath,
    made: readonly Uint8Array[],
  ): Promise<number> {
    const tail = await this.#tailOf(beat, branch, kind, parent);
    if (tail <= made.length) return 0;
    const empty = kind === "manifest" ? sortedPage(beat.beat, []) : orderPage(beat.beat, []);
    for (let number = 0; number < tail; number += 1) {
      beat.put(branch, { key: pageKey(kind, parent, number), body: made[number] ?? empty });
    }
    return tail - made.length;
  }

  /** Adds to the beat's own page, or to a new one where that is full. */
  async #append(
    beat: OpenBeat,
    branch: string,
    kind: Kind,
    parent: CellPath,
    change: (page: Uint8Array | null, number: number) => Uint8Array,
  ): Promise<void> {
    const tail = await this.#tailOf(beat, branch, kind, parent);
    const last = tail === 0 ? null : await beat.get(branch, pageKey(kind, parent, tail - 1));
    const isOwn = last !== null && hasRoom(kind, last.body, beat.beat);
    const number = isOwn ? tail - 1 : tail;
    const body = change(isOwn ? last.body : null, number);
    beat.put(branch, { key: pageKey(kind, parent, number), body });
  }

  /** @returns the number of the first page that is not in use. */
  async #tailOf(beat: OpenBeat, branch: string, kind: Kind, parent: CellPath): Promise<number> {
    const place = [kind, branch, ...parent].join("\0");
    const isUsed = async (number: number): Promise<boolean> => {
      const page = await beat.get(branch, pageKey(kind, parent, number));
      return page !== null && countOf(kind, page.body) > 0;
    };
    const tail = await firstUnused(this.#tails.get(place) ?? 0, isUsed);
    if (this.#tails.size >= CELL_TAILS_MAX) this.#tails.clear();
    this.#tails.set(place, tail);
    return tail;
  }
}

/** Searches from a guess on, in steps that double: 2 questions where the guess is right. */
async function firstUnused(
  guess: number,
  isUsed: (number: number) => Promise<boolean>,
): Promise<number> {
  // All below `low` are in use, `high` is not.
  let [low, high] = [0, guess];
  let step = 1;
  while (await isUsed(high)) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  step = 1;
  while (low < high) {
    const middle = Math.max(low, step === 0 ? (low + high) >> 1 : high - step);
    if (await isUsed(middle)) {
      low = middle + 1;
      step = 0;
    } else {
      high = middle;
      step *= 2;
    }
  }
  return low;
}

async function* pages(
  reader: PageReader,
  branch: string,
  kind: Kind,
  parent: CellPath,
): AsyncGenerator<Uint8Array> {
  if (reader.scan !== undefined) {
    for await (const page of reader.scan(branch, pagesPrefix(kind, parent))) {
      if (countOf(kind, page.body) === 0) return;
      yield page.body;
    }
    return;
  }
  for (let number = 0; ; number += 1) {
    const page = await reader.get(branch, pageKey(kind, parent, number));
    if (page === null || countOf(kind, page.body) === 0) return;
    yield page.body;
  }
}

function pagesPrefix(kind: Kind, parent: CellPath): Uint8Array {
  return kind === "manifest"
    ? recordKey(kind, parent)
    : recordKey(kind, parent, Uint8Array.of(INSERTION));
}

function pageKey(kind: Kind, parent: CellPath, number: number): Uint8Array {
  const suffix = ordinalSuffix(number);
  if (kind === "manifest") return recordKey(kind, parent, suffix);
  return recordKey(kind, parent, Uint8Array.of(INSERTION, ...suffix));
}

function hasRoom(kind: Kind, body: Uint8Array, beat: number): boolean {
  return decoded(() => {
    const { epoch, operations } =
      kind === "manifest" ? decodeManifestDelta(body) : decodeOrderDelta(body);
    return epoch === beat && operations.length < OPERATIONS_MAX;
  });
}

function countOf(kind: Kind, body: Uint8Array): number {
  return kind === "manifest" ? manifestOf(body).length : orderOf(body).length;
}

function manifestOf(body: Uint8Array | null): readonly ManifestOperation[] {
  return body === null ? [] : decoded(() => decodeManifestDelta(body).operations);
}

function orderOf(body: Uint8Array | null): readonly OrderOperation[] {
  return body === null ? [] : decoded(() => decodeOrderDelta(body).operations);
}

function decoded<Value>(decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    throw beatFault(error, "a page of children");
  }
}

function sortedPage(epoch: number, operations: readonly ManifestOperation[]): Uint8Array {
  return encodeManifestDelta({ epoch, operations: operations.toSorted(byNameBytes) });
}

function orderPage(epoch: number, operations: readonly OrderOperation[]): Uint8Array {
  return encodeOrderDelta({ epoch, operations });
}

function byNameBytes(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareBytes(encodeUtf8(a.name), encodeUtf8(b.name));
}

function slices<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const parts: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += OPERATIONS_MAX) {
    parts.push(items.slice(at, at + OPERATIONS_MAX));
  }
  return parts;
}
