/**
 * A sealed store, asked again and again: its hours as graphs, read when a question comes to them.
 *
 * What was read stays in memory up to a bound, so one question over a day is read once, and a
 * hundred over one hour too.
 *
 * @module
 */
import { ABOUT, ACTS, CREDENTIAL_IDS, type Entity, hasRef, type RefIds } from "@ritma/evidence";
import { EDGES_ATOMS_MAX, EDGES_REFS_MAX } from "../../base/limits.ts";
import { Recent } from "../../base/recent.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import { entityRefs } from "../../stores/sealed/jumps.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { HourEdges } from "./hour-edges.ts";
import { KnownHours } from "./known-hours.ts";
import { KnownNodes } from "./known-nodes.ts";
import { type Lineages, StoreLineages } from "./lineages.ts";
import type { Nodes } from "./nodes.ts";

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

/** All that a question can be about. */
const EVERYTHING: number = ACTS | ABOUT;

export class Investigation implements AsyncDisposable {
  readonly reader: StoreReader;
  readonly #nodes: KnownNodes;
  readonly #graphs: KnownHours;
  /** Null where no index tells. */
  readonly #refs = new Recent<number, RefIds | null>(EDGES_REFS_MAX);

  /** @param lineages those of the hours, if not the ones in the store */
  constructor(
    reader: StoreReader,
    atomsMax: number = EDGES_ATOMS_MAX,
    lineages: Lineages = new StoreLineages(reader),
  ) {
    this.reader = reader;
    this.#nodes = new KnownNodes(reader);
    this.#graphs = new KnownHours(reader, atomsMax, lineages);
  }

  /** Hours that may hold something of the span, oldest first. */
  hours({ since, until }: Span): SealedHour[] {
    return this.reader.hours.filter(
      ({ t1, t2, windows, hasLate }) =>
        t2 > since && ((windows > 0 && t1 < until) || (hasLate && t2 > since)),
    );
  }

  /** Hours of a span, each with all of its atoms. @throws RitmaError `store/damaged` */
  async *over(span: Span): AsyncGenerator<HourEdges> {
    for (const hour of this.hours(span)) {
      yield await this.#graphs.whole(hour, await this.#nodes.of(hour));
    }
  }

  /**
   * Hours of a span in which one of the things may occur, oldest first. Those of which an index
   * tells that none does are not read, and of others what is about no thing may be missing.
   *
   * @param relations bits of `spec/23-lineage.md`: of a thing only rows of these are asked for
   * @throws RitmaError `store/damaged`
   */
  async *about(
    span: Span,
    things: readonly Thing[],
    relations: number = EVERYTHING,
  ): AsyncGenerator<HourEdges> {
    let asked: Asked | null = null;
    for (const hour of this.hours(span)) {
      const nodes = await this.#nodes.of(hour);
      if (asked?.nodes !== nodes || asked.size !== nodes.size) asked = askedIn(nodes, things);
      if (asked.ids.length === 0 || !(await this.#mayHold(hour, asked.ids))) continue;
      const question = { asked: asked.found, relations, span };
      yield await this.#graphs.about(hour, nodes, question);
    }
  }

  /** Ends the processes that read indexes. What is asked later opens them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#graphs[Symbol.asyncDispose]();
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
      const generation = await this.#nodes.generationOf(hour);
      if (generations.has(generation)) continue;
      generations.add(generation);
      if (order === "newest") yield await this.#nodes.of(hour);
      else newest.unshift(hour);
    }
    for (const hour of newest) yield await this.#nodes.of(hour);
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
      for (const thing of all) {
        const parent = nodes.parent(nodes.same(thing));
        if (parent !== 0 && test(nodes.entity(parent))) begun.add(thing.name);
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

  async #mayHold(hour: SealedHour, ids: readonly number[]): Promise<boolean> {
    const { sequence } = hour;
    const known = this.#refs.get(sequence);
    const refs = known === undefined ? await entityRefs(this.reader, hour) : known;
    if (known === undefined) this.#refs.set(sequence, refs);
    return refs === null || ids.some((id) => hasRef(refs, id));
  }
}

/** Of things those that a dictionary has. */
interface Asked {
  readonly nodes: Nodes;
  /** Of the nodes when they were looked for: they become more. */
  readonly size: number;
  readonly found: readonly number[];
  readonly ids: readonly number[];
}

function askedIn(nodes: Nodes, things: readonly Thing[]): Asked {
  const found = things.map((thing) => nodes.same(thing)).filter((node) => node !== 0);
  const ids = found.flatMap((node) => [...nodes.ids(node)]);
  return { nodes, size: nodes.size, found, ids };
}
