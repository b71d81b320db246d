/**
 * The processes of a range below those that began them: who began in it, did something in it, or
 * began one that did.
 *
 * A dictionary also names processes of other hours; these are left out before anything is bounded,
 * so that a short range has its processes however many a store has.
 *
 * @module
 */
import type { HourEdges } from "../../flow/investigate/hour-edges.ts";
import type { Investigation, Span, Thing } from "../../flow/investigate/investigation.ts";
import { type Life, livesOf } from "../../flow/investigate/lives.ts";
import { beginOf } from "../investigate/candidates.ts";

export interface LivesInRange {
  /** Parents before those that they began. */
  readonly lives: ReadonlyMap<string, Life>;
  /** Names of those that nobody is known to have begun, by begin. */
  readonly tops: readonly string[];
  /** Processes of the range that there was no room for. */
  readonly more: number;
}

type Things = ReadonlyMap<string, Thing>;

/** With their ancestors. */
const LIVES_MAX = 20_000;

/** @throws RitmaError `store/damaged` */
export async function livesInRange(
  investigation: Investigation,
  span: Span,
  room: number = LIVES_MAX,
): Promise<LivesInRange> {
  await investigation.prepare(span);
  const own = await processesIn(investigation, span);
  const parents = await parentsOf(investigation, span, own);
  const { kept, more } = fitted(own, parents, room);
  const most = { depth: 0, max: kept.size };
  const { lives } = await livesOf(investigation, byBegin(kept), span, most);
  return { ...inTreeOrder(lives, parents), more };
}

async function processesIn(investigation: Investigation, span: Span): Promise<Things> {
  const own = new Map<string, Thing>();
  for await (const nodes of investigation.dictionaries(span)) {
    for (const node of nodes.find(({ kind }) => kind === "process", false)) {
      const thing = { name: nodes.name(node), entity: nodes.entity(node) };
      const begin = beginOf(thing);
      if (begin >= span.since && begin < span.until) own.set(thing.name, thing);
    }
  }
  for await (const edges of investigation.over(span)) {
    const { nodes } = edges;
    for (const node of actorsIn(edges, span)) {
      const name = nodes.name(node);
      if (!own.has(name)) own.set(name, { name, entity: nodes.entity(node) });
    }
  }
  return own;
}

function actorsIn({ atoms, nodes }: HourEdges, { since, until }: Span): ReadonlySet<number> {
  const actors = new Set<number>();
  const { time, process, length } = atoms;
  for (let row = 0; row < length; row += 1) {
    const at = time[row] ?? 0;
    if (at >= since && at < until) actors.add(nodes.of(process[row] ?? 0));
  }
  return actors;
}

/** Who began each of these, who began those, and so on: by the name of who was begun. */
async function parentsOf(investigation: Investigation, span: Span, own: Things): Promise<Things> {
  const parents = new Map<string, Thing>();
  const known = new Map(own);
  // A generation may know the parent of one that only another one knows to be a parent.
  for (let before = -1; before < parents.size;) {
    before = parents.size;
    for await (const nodes of investigation.dictionaries(span, "newest")) {
      // What is added to `known` here comes up in the same loop.
      for (const [name, each] of known) {
        const parent = parents.has(name) ? 0 : nodes.parent(nodes.same(each));
        if (parent === 0) continue;
        const thing = { name: nodes.name(parent), entity: nodes.entity(parent) };
        parents.set(name, thing);
        if (!known.has(thing.name)) known.set(thing.name, thing);
      }
    }
  }
  return parents;
}

/** The first of the range by begin, each with all of its ancestors, as long as there is room. */
function fitted(
  own: Things,
  parents: Things,
  room: number,
): { readonly kept: Things; readonly more: number } {
  const kept = new Map<string, Thing>();
  let more = 0;
  for (const thing of byBegin(own)) {
    const line = new Map<string, Thing>();
    for (let at: Thing | undefined = thing; at !== undefined; at = parents.get(at.name)) {
      if (kept.has(at.name) || line.has(at.name)) break;
      line.set(at.name, at);
    }
    if (kept.size + line.size > room) more += 1;
    else for (const [name, each] of line) kept.set(name, each);
  }
  return { kept, more };
}

/** Generation by generation. Of a store in which somebody began his own parent, one is a top. */
function inTreeOrder(
  lives: ReadonlyMap<string, Life>,
  parents: Things,
): Omit<LivesInRange, "more"> {
  const ordered = new Map<string, Life>();
  const tops = [...lives.keys()].filter((name) => !lives.has(parents.get(name)?.name ?? ""));
  const follow = (first: readonly string[]): void => {
    for (let level = first; level.length > 0;) {
      const found = level.flatMap((name) => {
        const life = ordered.has(name) ? undefined : lives.get(name);
        return life === undefined ? [] : [[name, life] as const];
      });
      for (const [name, life] of found) ordered.set(name, life);
      level = found.flatMap(([, { children }]) => children);
    }
  };
  follow(tops);
  for (const name of lives.keys()) {
    if (ordered.has(name)) continue;
    tops.push(name);
    follow([name]);
  }
  return { lives: ordered, tops };
}

function byBegin(things: Things): Thing[] {
  return [...things.values()].toSorted(
    (a, b) => beginOf(a) - beginOf(b) || (a.name < b.name ? -1 : 1),
  );
}
