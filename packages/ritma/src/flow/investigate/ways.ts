/**
 * Where a trace may go from a thing: the edges that keep to its time.
 *
 * Invariant: a process has the same ways wherever a trace comes upon it. What is asked about itself
 * has more, if it is a file or a flow: all that touched it, also in vain.
 *
 * Not here: which of them are followed, and in what order (`trace.ts`).
 *
 * @module
 */
import {
  ABOUT,
  ACTS,
  eventTypeNumber,
  FLOWED_OUT,
  INTO_PROCESS,
  OUT_OF_PROCESS,
} from "@ritma/evidence";
import {
  type Act,
  type Meeting,
  meetingsAbout,
  meetingsOf,
  mergedActs,
  relationsOf,
} from "./acts.ts";
import type { HourEdges } from "./hour-edges.ts";
import { isIdle } from "./idle.ts";
import type { Investigation, Span, Thing } from "./investigation.ts";
import type { Nodes } from "./nodes.ts";

export type Direction = "back" | "forward";

/** How a step came to be: by acts, or because one process began the other. */
export interface Link {
  readonly kind: "acts" | "began";
  readonly acts: readonly Act[];
  /** Of what counts: the first act, or the begin of the process. Microseconds. */
  readonly time: number;
}

/** An edge that may be followed. */
export interface Way {
  readonly thing: Thing;
  readonly link: Link;
  /** How many meetings the thing has: the fewer, the more an edge to it says. */
  readonly degree: number;
  /** True for a file that was read, and that nobody else is seen to have changed before. */
  readonly onlyRead: boolean;
}

/** From where one goes on. */
export interface Place {
  readonly thing: Thing;
  /** True for what is asked about itself. */
  readonly isStart: boolean;
  /** Time that an edge must keep to. */
  readonly bound: number;
}

const BIND = eventTypeNumber("bind");

/** @throws RitmaError `store/damaged` */
export async function waysFrom(
  investigation: Investigation,
  { thing, isStart, bound }: Place,
  direction: Direction,
  span: Span,
): Promise<Way[]> {
  const within = direction === "back" ? { ...span, until: bound } : { ...span, since: bound };
  const isProcess = thing.entity.kind === "process";
  const ways = new Map<string, Way>();
  if (thing.entity.kind === "flow" && !isStart) {
    return await listeners(investigation, thing, { ...span, until: within.until }, within.since);
  }
  const relations = isProcess ? ACTS | ABOUT : relationsOf(flowsAsked(direction, isStart));
  for await (const edges of investigation.about(within, [thing], relations)) {
    const node = nodeIn(edges, thing);
    if (node === 0) continue;
    const found = isProcess
      ? waysOfProcess(edges, node, within, direction)
      : waysOfObject(edges, node, within, direction, isStart);
    for (const way of found) merge(ways, way);
  }
  if (isProcess) {
    for await (const nodes of investigation.dictionaries(within)) {
      for (const way of kin(nodes, thing, within, direction)) merge(ways, way);
    }
  }
  return await judged(investigation, [...ways.values()], thing, within);
}

/** What explains acts came before the last of them, what follows from them after the first. */
export function reachOf(direction: Direction, { acts, time }: Link): number {
  if (direction === "forward") return time;
  return Math.max(time, ...acts.map(({ last }) => last)) + 1;
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
  for await (const edges of investigation.about(span, files, FLOWED_OUT)) {
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

function nodeIn({ nodes }: HourEdges, thing: Thing): number {
  return nodes.same(thing);
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
  const meetings = meetingsAbout(edges, node, { span, flows: flowsAsked(direction, isStart) });
  return meetings.map((meeting) => wayTo(edges, meeting.process, meeting, false));
}

/** Of what is asked about every touch is told, failed ones too; further on only what let flow. */
function flowsAsked(direction: Direction, isStart: boolean): number | null {
  if (isStart) return null;
  return direction === "back" ? OUT_OF_PROCESS : INTO_PROCESS;
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
  for await (const edges of investigation.about(span, [flow], FLOWED_OUT)) {
    const node = nodeIn(edges, flow);
    const asked = { span, flows: OUT_OF_PROCESS };
    const meetings = node === 0 ? [] : meetingsAbout(edges, node, asked);
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
  const degree = edges.touches(node);
  return { thing, link: { kind: "acts", acts, time }, degree, onlyRead };
}

function isChanged(edges: HourEdges, file: number, span: Span, reader: Thing): boolean {
  const own = nodeIn(edges, reader);
  const changes = meetingsAbout(edges, file, { span, flows: OUT_OF_PROCESS });
  return changes.some(({ process }) => process !== own);
}

/** Who began it; or whom it began, from the bound on. Whether or not either did anything else. */
function kin(nodes: Nodes, of: Thing, span: Span, direction: Direction): Way[] {
  const node = nodes.same(of);
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
