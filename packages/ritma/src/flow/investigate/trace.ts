/**
 * Who caused it, and what came of it: a walk over the graph that respects time.
 *
 * Backward, an edge counts when it was there before what it is to explain; forward, when it came
 * after what it is to follow. What is rare goes first, since a library that everybody maps explains
 * nothing. A file that was read and that nobody is seen to have changed is passed over, unless all
 * is asked for.
 *
 * Invariant: what was not followed is in `cuts`, so that an answer never looks more whole than it
 * is; and where it was cut by a limit is in `goOn`, so that nothing is out of reach.
 *
 * @module
 */
import type { Continuation } from "./going-on.ts";
import type { Investigation, Span, Thing } from "./investigation.ts";
import { type Direction, type Link, reachOf, type Way, waysFrom } from "./ways.ts";

export type { Direction, Link } from "./ways.ts";

export interface TraceQuery {
  readonly direction: Direction;
  readonly span: Span;
  /** Steps from the start. */
  readonly depth: number;
  /** Things, the start included. */
  readonly budget: number;
  /** Edges of one thing that are followed; the rest is counted. */
  readonly fan: number;
  /** Follow files that were only read, too. */
  readonly all: boolean;
  /**
   * Where another trace was cut: the start is what stood there, and this is the time that its
   * edges must keep to. Null or absent for what is asked about itself.
   */
  readonly bound?: number | null;
}

export interface Step {
  /** Index of the step that it explains or follows; null for the start. */
  readonly from: number | null;
  readonly depth: number;
  readonly thing: Thing;
  readonly link: Link | null;
  /** Index of the step at which the same thing is followed; null at that step itself. */
  readonly again: number | null;
}

export interface Cut {
  /** Index of the step whose edges were left out; null for what is asked about itself. */
  readonly step: number | null;
  readonly edges: number;
  readonly why: "fan" | "depth" | "budget" | "only-read";
}

export interface Trace {
  readonly steps: readonly Step[];
  readonly cuts: readonly Cut[];
  /** Where to go on: with what these lead to nothing is missing but what was only read. */
  readonly goOn: readonly Continuation[];
}

interface Open {
  /** Index of its step. */
  readonly at: number;
  /** Time that an edge must keep to. */
  readonly bound: number;
}

/** @throws RitmaError `store/damaged` */
export async function trace(
  investigation: Investigation,
  start: readonly Thing[],
  query: TraceQuery,
): Promise<Trace> {
  const walk = new Walk(query);
  await investigation.prepare(query.span);
  walk.begin(start);
  for (let at = walk.next(); at !== undefined; at = walk.next()) {
    const { direction, span, bound: asked = null } = query;
    const { step, bound } = at;
    const { thing, depth } = step;
    const place = { thing, isStart: depth === 0 && asked === null, bound };
    walk.follow(at, await waysFrom(investigation, place, direction, span));
  }
  return walk;
}

class Walk implements Trace {
  readonly steps: Step[] = [];
  readonly cuts: Cut[] = [];
  readonly goOn: Continuation[] = [];
  readonly #query: TraceQuery;
  /**
   * The last one is followed next: that with the widest bound, of equals the first that came. No
   * way widens it, so what is followed for the first time is followed with the widest that there
   * is, and never again.
   */
  readonly #open: Open[] = [];
  /** Steps at which things are followed, by the thing's name. */
  readonly #seen = new Map<string, number>();

  constructor(query: TraceQuery) {
    this.#query = query;
  }

  begin(start: readonly Thing[]): void {
    const { direction, span, budget, bound: asked = null } = this.#query;
    const bound = asked ?? (direction === "back" ? span.until : span.since);
    for (const thing of start.slice(0, budget)) {
      this.#add(this.steps.length, bound);
      this.steps.push({ from: null, depth: 0, thing, link: null, again: null });
    }
    this.#cut(null, start.length - budget, "budget");
    for (const thing of start.slice(budget)) {
      this.goOn.push({ step: null, thing, bound: asked, edges: 1, why: "budget" });
    }
  }

  /** A thing that was not followed before. */
  next(): (Open & { readonly step: Step }) | undefined {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const step = this.steps[next.at];
      if (step === undefined) continue;
      const again = this.#seen.get(step.thing.name);
      if (again === undefined) {
        this.#seen.set(step.thing.name, next.at);
        return { ...next, step };
      }
      this.steps[next.at] = { ...step, again };
    }
    return undefined;
  }

  follow({ at, bound, step }: Open & { readonly step: Step }, ways: readonly Way[]): void {
    const { direction, depth, budget, fan, all } = this.#query;
    const above = this.#namesAbove(at);
    const fresh = ways.filter(({ thing }) => !above.has(thing.name));
    const wanted = all ? fresh : fresh.filter(({ onlyRead }) => !onlyRead);
    this.#cut(at, fresh.length - wanted.length, "only-read");
    const goOn = (why: Continuation["why"]): void => {
      const own = step.depth === 0 ? (this.#query.bound ?? null) : bound;
      this.goOn.push({ step: at, thing: step.thing, bound: own, edges: wanted.length, why });
    };
    if (step.depth === depth) {
      if (this.#cut(at, wanted.length, "depth")) goOn("depth");
      return;
    }
    const followed = wanted.toSorted(byWorth).slice(0, fan);
    const room = Math.max(0, budget - this.steps.length);
    const isFanned = this.#cut(at, wanted.length - fan, "fan");
    const isSpent = this.#cut(at, followed.length - room, "budget");
    if (isFanned || isSpent) goOn(isFanned ? "fan" : "budget");
    for (const { thing, link } of followed.slice(0, room).toSorted(byTime)) {
      const again = this.#seen.get(thing.name) ?? null;
      if (again === null) this.#add(this.steps.length, reachOf(direction, link));
      this.steps.push({ from: at, depth: step.depth + 1, thing, link, again });
    }
  }

  #add(at: number, bound: number): void {
    const isBack = this.#query.direction === "back";
    let [low, high] = [0, this.#open.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const known = this.#open[middle]?.bound ?? bound;
      if (isBack ? known < bound : known > bound) low = middle + 1;
      else high = middle;
    }
    this.#open.splice(low, 0, { at, bound });
  }

  /** A way back to where one comes from says nothing. */
  #namesAbove(at: number): Set<string> {
    const names = new Set<string>();
    for (let step = this.steps[at]; step !== undefined;) {
      names.add(step.thing.name);
      step = step.from === null ? undefined : this.steps[step.from];
    }
    return names;
  }

  /** @returns whether there was anything to leave out. */
  #cut(step: number | null, edges: number, why: Cut["why"]): boolean {
    if (edges > 0) this.cuts.push({ step, edges, why });
    return edges > 0;
  }
}

/** Who began it first, then what is rare, then what is early. */
function byWorth(a: Way, b: Way): number {
  const began = Number(b.link.kind === "began") - Number(a.link.kind === "began");
  return began || a.degree - b.degree || byTime(a, b);
}

function byTime(a: Way, b: Way): number {
  return a.link.time - b.link.time;
}
