/**
 * Who caused it, and what came of it: a walk over the graph that respects time.
 *
 * Backward, an edge counts when it was there before what it is to explain; forward, when it came
 * after what it is to follow. What is rare goes first, since a library that everybody maps explains
 * nothing. A file that was read and that nobody is seen to have changed is passed over, unless all
 * is asked for.
 *
 * Invariant: what was not followed is in `cuts`, so that an answer never looks more whole than it
 * is.
 *
 * @module
 */
import { eventTypeNumber } from "@ritma/evidence";
import { type Act, type Meeting, meetingsAbout, meetingsOf, mergedActs } from "./acts.ts";
import { INTO_PROCESS, OUT_OF_PROCESS } from "./relations.ts";
import type { HourEdges } from "./hour-edges.ts";
import { isIdle } from "./idle.ts";
import type { Nodes } from "./nodes.ts";
import type { Investigation, Span, Thing } from "./investigation.ts";

const BIND = eventTypeNumber("bind");

export type Direction = "back" | "forward";

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
}

/** How a step came to be: by acts, or because one process began the other. */
export interface Link {
  readonly kind: "acts" | "began";
  readonly acts: readonly Act[];
  /** Of what counts: the first act, or the begin of the process. Microseconds. */
  readonly time: number;
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
}

/** An edge that may be followed. */
interface Way {
  readonly thing: Thing;
  readonly link: Link;
  /** How many meetings the thing has: the fewer, the more an edge to it says. */
  readonly degree: number;
  /** True for a file that was read, and that nobody else is seen to have changed before. */
  readonly onlyRead: boolean;
}

interface Open {
  readonly step: number;
  /** Time that an edge must keep to. */
  readonly bound: number;
}

/** @throws RitmaError `store/damaged` */
export async function trace(
  investigation: Investigation,
  start: readonly Thing[],
  query: TraceQuery,
): Promise<Trace> {
  const steps: Step[] = [];
  const cuts: Cut[] = [];
  const seen = new Map<string, number>();
  const { direction, span, depth, budget, fan, all } = query;
  const bound = direction === "back" ? span.until : span.since;
  const open: Open[] = [];
  await investigation.prepare(span);
  cut(cuts, null, start.length - budget, "budget");
  for (const thing of start.slice(0, budget)) {
    open.push({ step: steps.length, bound });
    steps.push({ from: null, depth: 0, thing, link: null, again: null });
  }
  for (let at = nextOf(open, direction); at !== undefined; at = nextOf(open, direction)) {
    const { step, bound: reach } = at;
    const from = steps[step];
    if (from === undefined) continue;
    const known = seen.get(from.thing.name);
    if (known !== undefined) {
      steps[step] = { ...from, again: known };
      continue;
    }
    seen.set(from.thing.name, step);
    const ways = await waysFrom(investigation, from, reach, query);
    const above = namesAbove(steps, step);
    const fresh = ways.filter(({ thing }) => !above.has(thing.name));
    const wanted = all ? fresh : fresh.filter(({ onlyRead }) => !onlyRead);
    cut(cuts, step, fresh.length - wanted.length, "only-read");
    if (from.depth === depth) {
      cut(cuts, step, wanted.length, "depth");
      continue;
    }
    wanted.sort(byWorth);
    cut(cuts, step, wanted.length - fan, "fan");
    const room = Math.max(0, budget - steps.length);
    const followed = wanted.slice(0, fan);
    cut(cuts, step, followed.length - room, "budget");
    const taken = followed.slice(0, room).toSorted((a, b) => a.link.time - b.link.time);
    for (const { thing, link } of taken) {
      const again = seen.get(thing.name) ?? null;
      if (again === null) open.push({ step: steps.length, bound: reachOf(direction, link) });
      steps.push({ from: step, depth: from.depth + 1, thing, link, again });
    }
  }
  return { steps, cuts };
}

/**
 * What is followed next: that with the widest bound. No way widens it, so what is followed for the
 * first time is followed with the widest that there is, and never again.
 */
function nextOf(open: Open[], direction: Direction): Open | undefined {
  const wider = (a: Open, b: Open): boolean =>
    direction === "back" ? a.bound > b.bound : a.bound < b.bound;
  let best = 0;
  for (const [at, each] of open.entries()) {
    const known = open[best];
    if (known !== undefined && wider(each, known)) best = at;
  }
  return open.splice(best, 1)[0];
}

/** A way back to where one comes from says nothing. */
function namesAbove(steps: readonly Step[], at: number): Set<string> {
  const names = new Set<string>();
  for (let step = steps[at]; step !== undefined;) {
    names.add(step.thing.name);
    step = step.from === null ? undefined : steps[step.from];
  }
  return names;
}

function cut(cuts: Cut[], step: number | null, edges: number, why: Cut["why"]): void {
  if (edges > 0) cuts.push({ step, edges, why });
}

/** Who began it first, then what is rare, then what is early. */
function byWorth(a: Way, b: Way): number {
  const began = Number(b.link.kind === "began") - Number(a.link.kind === "began");
  return began || a.degree - b.degree || a.link.time - b.link.time;
}

/** What explains acts came before the last of them, what follows from them after the first. */
function reachOf(direction: Direction, { acts, time }: Link): number {
  if (direction === "forward") return time;
  return Math.max(time, ...acts.map(({ last }) => last)) + 1;
}

async function waysFrom(
  investigation: Investigation,
  { thing, depth }: Step,
  bound: number,
  { direction, span }: TraceQuery,
): Promise<Way[]> {
  const within = direction === "back" ? { ...span, until: bound } : { ...span, since: bound };
  const isProcess = thing.entity.kind === "process";
  const ways = new Map<string, Way>();
  if (thing.entity.kind === "flow" && depth > 0) {
    return await listeners(investigation, thing, { ...span, until: within.until }, within.since);
  }
  for await (const edges of investigation.about(within, [thing])) {
    const node = nodeIn(edges, thing);
    if (node === 0) continue;
    const found = isProcess
      ? waysOfProcess(edges, node, within, direction)
      : waysOfObject(edges, node, within, direction, depth === 0);
    for (const way of found) merge(ways, way);
  }
  if (isProcess) {
    for await (const nodes of investigation.dictionaries(within)) {
      for (const way of kin(nodes, thing, within, direction)) merge(ways, way);
    }
  }
  return await judged(investigation, [...ways.values()], thing, within);
}

/** A file is only read when nobody else changed it in any hour before it was read. */
async function judged(
  investigation: Investigation,
  ways: readonly Way[],
  reader: Thing,
  span: Span,
): Promise<Way[]> {
  const changed = new Set<string>();
  const asked = ways.filter(({ onlyRead }) => onlyRead);
  const files = asked.map(({ thing }) => thing);
  for await (const edges of investigation.about(span, files)) {
    for (const { thing, link } of asked) {
      if (changed.has(thing.name)) continue;
      const node = nodeIn(edges, thing);
      const until = Math.min(span.until, reachOf("back", link));
      const isHere = node !== 0 && isChanged(edges, node, { ...span, until }, reader);
      if (isHere) changed.add(thing.name);
    }
  }
  return ways.map((way) => ({ ...way, onlyRead: way.onlyRead && !changed.has(way.thing.name) }));
}

function nodeIn({ nodes }: HourEdges, { entity }: Thing): number {
  return nodes.same(entity);
}

function waysOfProcess(edges: HourEdges, node: number, span: Span, direction: Direction): Way[] {
  const back = direction === "back";
  const flows = back ? INTO_PROCESS : OUT_OF_PROCESS;
  const met = meetingsOf(edges, node, { span, flows });
  const ways = met
    .filter(({ thing }) => !isIdle(edges.nodes, thing))
    .map((meeting) => {
      const isFile = edges.nodes.entity(meeting.thing).kind === "file";
      return wayTo(edges, meeting.thing, meeting, back && isFile);
    });
  // What others did to it: traced it, wrote into its memory, sent it signals.
  const onIt = meetingsAbout(edges, node, { span, flows: back ? OUT_OF_PROCESS : INTO_PROCESS });
  for (const meeting of onIt) ways.push(wayTo(edges, meeting.process, meeting, false));
  return ways;
}

function waysOfObject(
  edges: HourEdges,
  node: number,
  span: Span,
  direction: Direction,
  isStart: boolean,
): Way[] {
  // Of what is asked about every touch is told, failed ones too; further on only what let flow.
  const flows = direction === "back" ? OUT_OF_PROCESS : INTO_PROCESS;
  const meetings = meetingsAbout(edges, node, { span, flows: isStart ? null : flows });
  return meetings.map((meeting) => wayTo(edges, meeting.process, meeting, false));
}

/**
 * Who listened at an address. Two who spoke with it did not speak with each other; who listens
 * there did, and may have begun to long before.
 *
 * @param least a way leads there at this time, or later
 */
async function listeners(
  investigation: Investigation,
  flow: Thing,
  span: Span,
  least: number,
): Promise<Way[]> {
  const ways = new Map<string, Way>();
  for await (const edges of investigation.about(span, [flow])) {
    const node = nodeIn(edges, flow);
    const meetings = node === 0 ? [] : meetingsAbout(edges, node, { span, flows: null });
    for (const meeting of meetings.filter(listens)) {
      const way = wayTo(edges, meeting.process, meeting, false);
      const acts = meeting.acts.filter(isBind);
      const time = Math.max(least, Math.min(...acts.map((act) => act.time)));
      merge(ways, { ...way, link: { kind: "acts", acts, time } });
    }
  }
  return [...ways.values()];
}

function isBind({ etype, ret }: Act): boolean {
  return etype === BIND && ret === 0;
}

function listens({ acts }: Meeting): boolean {
  return acts.some(isBind);
}

function wayTo(edges: HourEdges, node: number, { acts }: Meeting, onlyRead: boolean): Way {
  const { nodes } = edges;
  const thing = { name: nodes.name(node), entity: nodes.entity(node) };
  const time = Math.min(...acts.map((act) => act.time));
  const degree = edges.rowsAbout(node).length;
  return { thing, link: { kind: "acts", acts, time }, degree, onlyRead };
}

function isChanged(edges: HourEdges, file: number, span: Span, reader: Thing): boolean {
  const own = nodeIn(edges, reader);
  const changes = meetingsAbout(edges, file, { span, flows: OUT_OF_PROCESS });
  return changes.some(({ process }) => process !== own);
}

/** Who began it; or whom it began, from the bound on. Whether or not either did anything else. */
function kin(nodes: Nodes, { entity }: Thing, span: Span, direction: Direction): Way[] {
  const node = nodes.same(entity);
  const parent = nodes.parent(node);
  const relatives = direction === "forward" ? nodes.children(node) : parent === 0 ? [] : [parent];
  return relatives.flatMap((relative) => {
    const begun = nodes.begin(direction === "forward" ? relative : node);
    if (begun < span.since || begun >= span.until) return [];
    const thing = { name: nodes.name(relative), entity: nodes.entity(relative) };
    return [{ thing, link: { kind: "began", acts: [], time: begun }, degree: 0, onlyRead: false }];
  });
}

/** Of two hours, or of acts and a begin. */
function merge(ways: Map<string, Way>, way: Way): void {
  const known = ways.get(way.thing.name);
  if (known === undefined) {
    ways.set(way.thing.name, way);
    return;
  }
  const acts = mergedActs([...known.link.acts, ...way.link.acts]);
  const kind = known.link.kind === "began" || way.link.kind === "began" ? "began" : "acts";
  const link = { kind, acts, time: Math.min(known.link.time, way.link.time) } as const;
  const degree = known.degree + way.degree;
  ways.set(way.thing.name, { ...known, link, degree, onlyRead: known.onlyRead && way.onlyRead });
}
