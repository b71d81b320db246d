/**
 * The hours that are asked by their lineage: opened when a question comes to them, and closed when
 * others need the room.
 *
 * What is derived only saves work: an hour whose lineage is absent, damaged, of another hour or not
 * covered by a statement is read as a whole, and `ritma verify` says what is wrong with the file.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { LINEAGES_OPEN_MAX } from "../../base/limits.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { Span } from "./investigation.ts";
import type { Lineages } from "./lineages.ts";
import type { Nodes } from "./nodes.ts";
import { PagedHour } from "./paged-hour.ts";

/** See `PagedHour.reach`. */
export interface PagedQuestion {
  readonly asked: readonly number[];
  readonly relations: number;
  readonly span: Span;
}

export class PagedHours implements AsyncDisposable {
  readonly #lineages: Lineages;
  /** By sequence, the least recently asked first. Promises, so that an hour is opened once. */
  readonly #open = new Map<number, Promise<PagedHour | null>>();
  /** Atoms in memory by sequence, as of the last question. */
  readonly #atoms = new Map<number, number>();
  /** Hours that have no lineage, or a bad one. */
  readonly #without = new Set<number>();
  #closing: Promise<unknown> = Promise.resolve();

  constructor(lineages: Lineages) {
    this.#lineages = lineages;
  }

  /** Atoms that are in memory. */
  get atoms(): number {
    return this.#atoms.values().reduce((sum, atoms) => sum + atoms, 0);
  }

  /** @returns null where the hour has to be read as a whole. @throws of the disk */
  async about(
    hour: SealedHour,
    nodes: Nodes,
    { asked, relations, span }: PagedQuestion,
  ): Promise<PagedHour | null> {
    const { sequence } = hour;
    if (this.#without.has(sequence)) return null;
    try {
      // Numbers of nodes are those of one dictionary in memory, which may have been read again.
      const before = await this.#open.get(sequence);
      if (before?.nodes !== nodes) this.#drop(sequence);
      const paged = await this.#opened(hour, nodes);
      const isReached = (await paged?.reach(asked, relations, span)) ?? false;
      if (paged !== null && isReached) {
        this.#atoms.set(sequence, paged.atoms.length);
        return paged;
      }
      if (paged === null) this.#without.add(sequence);
      else this.#drop(sequence);
    } catch (error) {
      if (!isOfIndex(error)) throw error;
      this.#without.add(sequence);
      this.#drop(sequence);
    }
    return null;
  }

  clear(): void {
    for (const sequence of this.#open.keys()) this.#drop(sequence);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.clear();
    await this.#closing;
    await this.#lineages[Symbol.asyncDispose]();
  }

  async #opened(hour: SealedHour, nodes: Nodes): Promise<PagedHour | null> {
    const { sequence } = hour;
    const known = this.#open.get(sequence);
    this.#open.delete(sequence);
    const opening = known ?? this.#openPaged(hour, nodes);
    this.#open.set(sequence, opening);
    const [oldest] = this.#open.keys();
    if (this.#open.size > LINEAGES_OPEN_MAX && oldest !== undefined) this.#drop(oldest);
    return await opening;
  }

  async #openPaged(hour: SealedHour, nodes: Nodes): Promise<PagedHour | null> {
    const lineage = await this.#lineages.open(hour);
    return lineage === null ? null : new PagedHour(hour, nodes, lineage);
  }

  #drop(sequence: number): void {
    const opening = this.#open.get(sequence);
    this.#open.delete(sequence);
    this.#atoms.delete(sequence);
    const close = async (): Promise<void> => {
      // Whoever asked for it was told why it could not be opened.
      const paged = await opening?.catch(() => null);
      await paged?.[Symbol.asyncDispose]();
    };
    this.#closing = Promise.all([this.#closing, close()]);
  }
}

/** What was wrong is with the index, not with what is sealed. */
function isOfIndex(error: unknown): boolean {
  if (error instanceof FormatError) return true;
  return (
    error instanceof RitmaError &&
    (error.code.startsWith("index/") || error.code === "store/damaged")
  );
}
