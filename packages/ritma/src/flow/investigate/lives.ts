/**
 * Lives of processes: when each began and ended, what it ran, and whom it began.
 *
 * @module
 */
import {
  type ArgumentsEntity,
  type CredentialsEntity,
  type Entity,
  eventTypeNumber,
  type FileEntity,
} from "@ritma/evidence";
import type { HourEdges, Seat } from "./hour-edges.ts";
import type { Investigation, Span, Thing } from "./investigation.ts";

/** An exec that succeeded. */
export interface Launch {
  readonly time: number;
  readonly serial: number;
  readonly seat: Seat;
  readonly file: FileEntity | null;
  readonly arguments: ArgumentsEntity | null;
  readonly flags: number;
}

export interface Life {
  readonly thing: Thing;
  /** Microseconds. */
  readonly begin: number;
  /** Null while no end is recorded in the span. */
  readonly end: number | null;
  /** Null where none is recorded in the span. */
  readonly launch: Launch | null;
  readonly credentials: CredentialsEntity | null;
  /** Names of those that it began, by time. */
  readonly children: readonly string[];
  /** True when it did something in the span, or began in it. */
  readonly isOfSpan: boolean;
}

const EXEC = eventTypeNumber("exec");
const EXIT = eventTypeNumber("exit");

export interface Lives {
  readonly lives: ReadonlyMap<string, Life>;
  readonly more: number;
  readonly below: number;
}

interface Growing {
  readonly thing: Thing;
  readonly begin: number;
  end: number | null;
  launch: Launch | null;
  isOfSpan: boolean;
  readonly children: Map<string, number>;
}

/**
 * @param roots processes whose descendants are wanted
 * @param depth generations below the roots
 * @param max lives in all; what is left out is missing among them, and among no children
 * @returns by name, roots first; how many were left out for want of room; and how many stand below
 * the last generation
 * @throws RitmaError `store/damaged`
 */
export async function livesOf(
  investigation: Investigation,
  roots: readonly Thing[],
  span: Span,
  { depth, max }: { readonly depth: number; readonly max: number },
): Promise<Lives> {
  const growing = new Map<string, Growing>();
  await investigation.prepare(span);
  let level = roots.filter(({ entity }) => entity.kind === "process");
  let [more, below] = [0, 0];
  for (let at = 0; level.length > 0; at += 1) {
    const fresh = level.filter(({ name }) => !growing.has(name));
    for (const thing of fresh.slice(0, max - growing.size)) {
      growing.set(thing.name, born(thing, span));
    }
    more += fresh.filter(({ name }) => !growing.has(name)).length;
    level = await childrenOf(investigation, fresh, growing, span);
    if (at < depth) continue;
    below = level.filter(({ name }) => !growing.has(name)).length;
    break;
  }
  const things = [...growing.values()].map(({ thing }) => thing);
  for await (const edges of investigation.about(span, things)) {
    for (const life of growing.values()) tell(edges, life, span);
  }
  const lives = new Map<string, Life>();
  for (const [name, life] of growing) lives.set(name, finished(life, growing));
  return { lives, more, below };
}

/** Who began a process, who began that one, and so on; the nearest first. */
export async function ancestorsOf(
  investigation: Investigation,
  process: Thing,
  span: Span,
): Promise<Thing[]> {
  const found = new Map<string, Thing>();
  for await (const nodes of investigation.dictionaries(span, "newest")) {
    let at = nodes.same([...found.values()].at(-1) ?? process);
    for (let next = nodes.parent(at); next !== 0; next = nodes.parent(at)) {
      const name = nodes.name(next);
      if (found.has(name)) break;
      found.set(name, { name, entity: nodes.entity(next) });
      at = next;
    }
  }
  return [...found.values()];
}

function born(thing: Thing, { since, until }: Span): Growing {
  const begin = thing.entity.kind === "process" ? thing.entity.start : 0;
  const isOfSpan = begin >= since && begin < until;
  return { thing, begin, end: null, launch: null, isOfSpan, children: new Map() };
}

async function childrenOf(
  investigation: Investigation,
  parents: readonly Thing[],
  growing: ReadonlyMap<string, Growing>,
  span: Span,
): Promise<Thing[]> {
  const found = new Map<string, Thing>();
  for await (const nodes of investigation.dictionaries(span)) {
    for (const parent of parents) {
      const life = growing.get(parent.name);
      for (const child of nodes.children(nodes.same(parent))) {
        const begin = nodes.begin(child);
        if (begin >= span.until || life === undefined) continue;
        const name = nodes.name(child);
        life.children.set(name, begin);
        if (!found.has(name)) found.set(name, { name, entity: nodes.entity(child) });
      }
    }
  }
  return [...found.values()];
}

function tell(edges: HourEdges, life: Growing, span: Span): void {
  const { atoms, nodes } = edges;
  const node = nodes.same(life.thing);
  if (node === 0) return;
  for (const row of edges.rowsOf(node)) {
    const [etype = 0, ret = 0, time = 0] = [atoms.etype[row], atoms.ret[row], atoms.time[row]];
    if (time >= span.until) return;
    if (time >= span.since) life.isOfSpan = true;
    if (etype === EXIT) life.end = time;
    if (etype === EXEC && ret === 0 && life.launch === null) life.launch = launchAt(edges, row);
  }
}

function launchAt(edges: HourEdges, row: number): Launch {
  const { atoms, nodes } = edges;
  const entityAt = (id: number | undefined): Entity | null =>
    id === undefined || id === 0 ? null : nodes.entities.entity(id);
  const [object, argument] = [entityAt(atoms.object[row]), entityAt(atoms.arg[row])];
  return {
    time: atoms.time[row] ?? 0,
    serial: atoms.serial[row] ?? 0,
    seat: edges.seat(row),
    file: object?.kind === "file" ? object : null,
    arguments: argument?.kind === "arguments" ? argument : null,
    flags: atoms.flags[row] ?? 0,
  };
}

function finished(
  { thing, begin, end, launch, isOfSpan, children }: Growing,
  all: ReadonlyMap<string, Growing>,
): Life {
  const { entity } = thing;
  const credentials = entity.kind === "process" ? entity.credentials : null;
  const known = [...children].filter(([name]) => all.has(name));
  const sorted = known.toSorted(([, a], [, b]) => a - b).map(([name]) => name);
  return { thing, begin, end, launch, credentials, isOfSpan, children: sorted };
}
