/**
 * One process: who began it and as whom, what it ran, what it did, and how it ended.
 *
 * A process that was forked and then ran its first program is one; a program that ran in its place
 * later is another of the same pid.
 *
 * @module
 */
import {
  ACTS,
  type ArgumentsEntity,
  entitiesPath,
  eventTypeNumber,
  type ProcessEntity,
} from "@ritma/evidence";
import type { HourEdges, Seat } from "../../flow/investigate/hour-edges.ts";
import { Investigation, type Span, type Thing } from "../../flow/investigate/investigation.ts";
import type { Nodes } from "../../flow/investigate/nodes.ts";
import { processAsked } from "../../services/investigator/needles.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { ambiguous, livingAt } from "../investigate/candidates.ts";
import type { Calendar } from "../timeline/calendar.ts";
import type { Moment } from "./asked.ts";

/** An atom, and where it is sealed. */
export interface Point {
  readonly time: number;
  readonly serial: number;
  readonly seat: Seat;
}

export interface Done {
  readonly etype: number;
  readonly times: number;
  readonly failed: number;
}

export interface ProcessFound {
  readonly process: ProcessEntity;
  /** Null when none is known in the generation. */
  readonly parent: ProcessEntity | null;
  /** Whom it began, by start; the program that ran in its place is among them. */
  readonly children: readonly ProcessEntity[];
  /** The first program that it ran. */
  readonly exec: (Point & { readonly arguments: ArgumentsEntity | null }) | null;
  /** The last end that was recorded; `isSeen` when no record told of it. */
  readonly end: (Point & { readonly status: number | null; readonly isSeen: boolean }) | null;
  /** By type, most times first. */
  readonly done: readonly Done[];
  readonly first: Point | null;
  readonly last: Point | null;
}

const EXEC = eventTypeNumber("exec");
const EXIT = eventTypeNumber("exit");
const EXIT_SEEN = 2;
const ALWAYS: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/**
 * @param asked NAME, PID or NAME[PID]
 * @param at of several the one that lived then
 * @returns null when there is none
 * @throws RitmaError `query/ambiguous`, `store/damaged`
 */
export async function findProcess(
  calendar: Calendar,
  reader: StoreReader,
  asked: string,
  at: Moment | null,
): Promise<ProcessFound | null> {
  const investigation = new Investigation(reader);
  const isAsked = processAsked(asked);
  const things = await investigation.find(
    ALWAYS,
    (entity) => entity.kind === "process" && isAsked(entity),
  );
  const fitting = at === null ? things : livingAt(things, at);
  if (fitting.length > 1) throw ambiguous(calendar, asked, fitting);
  const [thing] = fitting;
  return thing?.entity.kind === "process"
    ? await readProcess(investigation, thing, thing.entity)
    : null;
}

async function readProcess(
  investigation: Investigation,
  thing: Thing,
  process: ProcessEntity,
): Promise<ProcessFound> {
  const growing = new Growing();
  const { files } = investigation.reader;
  const span = { ...ALWAYS, since: process.start };
  for await (const nodes of investigation.dictionaries(span)) {
    const { generation } = nodes.entities;
    files.decode(entitiesPath(generation), () => growing.takeKin(nodes, nodes.same(thing)));
  }
  for await (const edges of investigation.about(span, [thing], ACTS)) {
    const { generation } = edges.nodes.entities;
    files.decode(entitiesPath(generation), () => growing.take(edges, edges.nodes.same(thing)));
  }
  return { process, ...growing.found() };
}

/** What is known so far, hour after hour. */
class Growing {
  readonly #children = new Map<string, ProcessEntity>();
  readonly #done = new Map<number, { times: number; failed: number }>();
  #parent: ProcessEntity | null = null;
  #exec: ProcessFound["exec"] = null;
  #end: ProcessFound["end"] = null;
  #first: Point | null = null;
  #last: Point | null = null;

  take(edges: HourEdges, node: number): void {
    if (node === 0) return;
    for (const row of edges.rowsOf(node)) this.#takeRow(edges, row);
  }

  found(): Omit<ProcessFound, "process"> {
    const done = [...this.#done]
      .map(([etype, { times, failed }]) => ({ etype, times, failed }))
      .toSorted((a, b) => b.times - a.times || a.etype - b.etype);
    const children = [...this.#children.values()].toSorted((a, b) => a.start - b.start);
    const [exec, end, first, last] = [this.#exec, this.#end, this.#first, this.#last];
    return { parent: this.#parent, children, exec, end, done, first, last };
  }

  takeKin(nodes: Nodes, node: number): void {
    const parent = nodes.parent(node);
    const entity = parent === 0 ? null : nodes.entity(parent);
    if (entity?.kind === "process") this.#parent ??= entity;
    for (const child of nodes.children(node)) {
      const held = nodes.entity(child);
      if (held.kind === "process") this.#children.set(nodes.name(child), held);
    }
  }

  #takeRow(edges: HourEdges, row: number): void {
    const { atoms, nodes } = edges;
    const etype = atoms.etype[row] ?? 0;
    const hasFailed = (atoms.ret[row] ?? 0) !== 0;
    const counts = this.#done.getOrInsertComputed(etype, () => ({ times: 0, failed: 0 }));
    counts.times += 1;
    if (hasFailed) counts.failed += 1;
    const point = {
      time: atoms.time[row] ?? 0,
      serial: atoms.serial[row] ?? 0,
      seat: edges.seat(row),
    };
    if (this.#first === null || point.time < this.#first.time) this.#first = point;
    if (this.#last === null || point.time >= this.#last.time) this.#last = point;
    if (etype === EXEC && !hasFailed && this.#exec === null) {
      const id = atoms.arg[row] ?? 0;
      const given = id === 0 ? null : nodes.entities.entity(id);
      this.#exec = { ...point, arguments: given?.kind === "arguments" ? given : null };
    }
    if (etype === EXIT) {
      const status = atoms.num[row] ?? Number.NaN;
      const isSeen = ((atoms.flags[row] ?? 0) & EXIT_SEEN) !== 0;
      this.#end = { ...point, status: Number.isNaN(status) ? null : status, isSeen };
    }
  }
}
