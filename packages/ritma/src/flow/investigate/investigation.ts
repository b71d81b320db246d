/**
 * A sealed store, asked again and again: its hours as graphs, read when a question comes to them.
 *
 * Hours stay in memory up to a bound in atoms; the one that was not asked for the longest goes
 * first. So one question over a day is read once, and a hundred over one hour too.
 *
 * @module
 */
import { CREDENTIAL_IDS, entitiesPath, type Entity, hasRef, type RefIds } from "@ritma/evidence";
import { EDGES_ATOMS_MAX, EDGES_GENERATIONS_MAX, EDGES_REFS_MAX } from "../../base/limits.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import { entityRefs } from "../../stores/sealed/jumps.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type HourEdges, readHourEdges } from "./hour-edges.ts";
import { Nodes } from "./nodes.ts";

const SESSION_AT = CREDENTIAL_IDS.indexOf("ses");

/** Microseconds, half open. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** A process, a file or a flow, whatever the generation that names it. */
export interface Thing {
  /** Equal for two that are the same. */
  readonly name: string;
  readonly entity: Entity;
}

type Order = "oldest" | "newest";

export class Investigation {
  readonly reader: StoreReader;
  readonly #atomsMax: number;
  /** Least recently asked first. */
  readonly #edges = new Map<number, HourEdges>();
  /** By generation, the least recently asked first. */
  readonly #nodes = new Map<number, Nodes>();
  /** Null where no index tells. */
  readonly #refs = new Map<number, RefIds | null>();

  constructor(reader: StoreReader, atomsMax: number = EDGES_ATOMS_MAX) {
    this.reader = reader;
    this.#atomsMax = atomsMax;
  }

  /** Hours that may hold something of the span, oldest first. */
  hours({ since, until }: Span): SealedHour[] {
    return this.reader.hours.filter(
      ({ t1, t2, windows, hasLate }) =>
        t2 > since && ((windows > 0 && t1 < until) || (hasLate && t2 > since)),
    );
  }

  /** @throws RitmaError `store/damaged` */
  async edges(hour: SealedHour): Promise<HourEdges> {
    const { sequence } = hour;
    const known = this.#edges.get(sequence);
    this.#edges.delete(sequence);
    const edges = known ?? (await readHourEdges(this.reader, hour, await this.#nodesOf(hour)));
    this.#makeRoom(edges.atoms.length);
    this.#edges.set(sequence, edges);
    return edges;
  }

  /** Hours of a span, one in memory after the other. */
  async *over(span: Span, order: Order = "oldest"): AsyncGenerator<HourEdges> {
    for (const hour of inOrder(this.hours(span), order)) yield await this.edges(hour);
  }

  /**
   * Hours of a span in which one of the things may occur. Those of which an index tells that none
   * does are not read.
   */
  async *about(
    span: Span,
    things: readonly Thing[],
    order: Order = "oldest",
  ): AsyncGenerator<HourEdges> {
    for (const hour of inOrder(this.hours(span), order)) {
      if (await this.#mayHold(hour, things)) yield await this.edges(hour);
    }
  }

  /** Reads all that names things in a span, so that no name changes while it is asked. */
  async prepare(span: Span): Promise<void> {
    await Array.fromAsync(this.dictionaries(span));
  }

  /** What the dictionaries of a span's hours hold; no block is read for it. */
  async *dictionaries(span: Span, order: Order = "oldest"): AsyncGenerator<Nodes> {
    const generations = new Set<number>();
    const newest: SealedHour[] = [];
    // The newest hour of a generation has all of it.
    for (const hour of this.hours(span).toReversed()) {
      const { number } = (await this.reader.header(hour)).generation;
      if (generations.has(number)) continue;
      generations.add(number);
      if (order === "newest") yield await this.#nodesOf(hour);
      else newest.unshift(hour);
    }
    for (const hour of newest) yield await this.#nodesOf(hour);
  }

  /**
   * Things that pass a test and are in the dictionary of the span's hours. A process that was
   * forked and then ran a program is asked for by that program, unless nothing else is found.
   */
  async find(span: Span, test: (entity: Entity) => boolean): Promise<Thing[]> {
    const found = await this.#find(span, test, false);
    return found.length > 0 ? found : await this.#find(span, test, true);
  }

  /** Processes that nobody is known to have begun. @throws RitmaError `store/damaged` */
  async origins(span: Span): Promise<Thing[]> {
    return await this.#first(span, ({ kind }) => kind === "process");
  }

  /** The first processes of a login session: those whose parent is not of it. */
  async session(span: Span, session: number): Promise<Thing[]> {
    return await this.#first(
      span,
      (entity) => entity.kind === "process" && entity.credentials?.ids[SESSION_AT] === session,
    );
  }

  /** Of things that pass the test those whose parent does not. */
  async #first(span: Span, test: (entity: Entity) => boolean): Promise<Thing[]> {
    const all = await this.find(span, test);
    const begun = new Set<string>();
    for await (const nodes of this.dictionaries(span)) {
      for (const { name, entity } of all) {
        const parent = nodes.parent(nodes.same(entity));
        if (parent !== 0 && test(nodes.entity(parent))) begun.add(name);
      }
    }
    return all.filter(({ name }) => !begun.has(name));
  }

  async #find(span: Span, test: (entity: Entity) => boolean, before: boolean): Promise<Thing[]> {
    const found = new Map<string, Thing>();
    for await (const nodes of this.dictionaries(span, "newest")) {
      for (const node of nodes.find(test, before)) {
        const name = nodes.name(node);
        if (!found.has(name)) found.set(name, { name, entity: nodes.entity(node) });
      }
    }
    return [...found.values()];
  }

  async #mayHold(hour: SealedHour, things: readonly Thing[]): Promise<boolean> {
    const { sequence } = hour;
    if (this.#edges.has(sequence)) return true;
    const known = this.#refs.get(sequence);
    const refs = known === undefined ? await entityRefs(this.reader, hour) : known;
    if (known === undefined && this.#refs.size >= EDGES_REFS_MAX) this.#refs.clear();
    this.#refs.set(sequence, refs);
    if (refs === null) return true;
    const nodes = await this.#nodesOf(hour);
    return things.some(({ entity }) =>
      nodes.ids(nodes.same(entity)).some((id) => hasRef(refs, id)),
    );
  }

  /** Of the hour's generation, at least up to that hour. */
  async #nodesOf(hour: SealedHour): Promise<Nodes> {
    const header = await this.reader.header(hour);
    const { number, firstId, entities: count } = header.generation;
    let nodes = this.#nodes.get(number);
    this.#nodes.delete(number);
    if (nodes === undefined || nodes.known < firstId + count - 1) {
      const entities = await this.reader.entities(header);
      // The reader may have let go of the generation, and read it again.
      if (nodes?.entities !== entities) nodes = new Nodes(entities);
      const growing = nodes;
      this.reader.files.decode(entitiesPath(number), () => growing.grow());
    }
    for (const old of this.#nodes.keys()) {
      if (this.#nodes.size >= EDGES_GENERATIONS_MAX) this.#nodes.delete(old);
    }
    this.#nodes.set(number, nodes);
    return nodes;
  }

  #makeRoom(wanted: number): void {
    let held = wanted;
    for (const { atoms } of this.#edges.values()) held += atoms.length;
    for (const [sequence, { atoms }] of this.#edges) {
      if (held <= this.#atomsMax) return;
      this.#edges.delete(sequence);
      held -= atoms.length;
    }
  }
}

function inOrder<Item>(items: readonly Item[], order: Order): readonly Item[] {
  return order === "oldest" ? items : items.toReversed();
}
