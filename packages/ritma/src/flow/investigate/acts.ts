/**
 * Acts: what one process did to one thing, the rows of a kind taken together.
 *
 * @module
 */
import {
  ABOUT,
  FLOWED_IN,
  FLOWED_OUT,
  flowsOf,
  INTO_PROCESS,
  isAside,
  OUT_OF_PROCESS,
} from "@ritma/evidence";
import type { HourEdges, Seat } from "./hour-edges.ts";
import type { Span } from "./investigation.ts";

/** Rows of one process, thing, type of event and outcome. */
export interface Act {
  /** Number of spec/08-projection.md. */
  readonly etype: number;
  readonly flags: number;
  /** 0, or the errno. */
  readonly ret: number;
  /** Of the first one that counts, in microseconds, and where it is sealed. */
  readonly time: number;
  readonly serial: number;
  readonly seat: Seat;
  readonly last: number;
  readonly times: number;
}

/** Acts of one process on one thing. */
export interface Meeting {
  /** In the graph of the hour in which they were found. */
  readonly process: number;
  readonly thing: number;
  readonly acts: Act[];
}

export interface MeetingQuery {
  readonly span: Span;
  /** Bits of `flowsOf`; null for all that is a call on the thing, failed ones too. */
  readonly flows: number | null;
}

/** Acts of one process on one thing that were found in several hours, in order of time. */
export function mergedActs(acts: readonly Act[]): Act[] {
  const merged = new Map<string, Act>();
  for (const act of acts) {
    const kind = `${act.etype} ${act.flags} ${act.ret}`;
    const known = merged.get(kind);
    if (known === undefined) merged.set(kind, act);
    else {
      const first = isBefore(act, known) ? act : known;
      const last = Math.max(act.last, known.last);
      merged.set(kind, { ...first, last, times: act.times + known.times });
    }
  }
  return [...merged.values()].toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
}

function isBefore(a: Act, b: Act): boolean {
  return a.time < b.time || (a.time === b.time && a.serial < b.serial);
}

/** What was done to a thing. @returns one for each process, in order of the first act */
export function meetingsAbout(edges: HourEdges, thing: number, query: MeetingQuery): Meeting[] {
  const { atoms, nodes } = edges;
  if ((edges.relations(thing) & relationsOf(query.flows)) === 0) return [];
  const meetings = new Meetings(edges, query);
  for (const row of edges.rowsAbout(thing)) {
    meetings.add(row, nodes.of(atoms.process[row] ?? 0), thing);
  }
  return meetings.all();
}

/** What a process did. @returns one for each thing, in order of the first act */
export function meetingsOf(edges: HourEdges, process: number, query: MeetingQuery): Meeting[] {
  const { atoms, nodes } = edges;
  const meetings = new Meetings(edges, query);
  for (const row of edges.rowsOf(process)) {
    const [object, object2] = [nodes.of(atoms.object[row] ?? 0), nodes.of(atoms.object2[row] ?? 0)];
    if (object !== 0) meetings.add(row, process, object);
    if (object2 !== 0 && object2 !== object) meetings.add(row, process, object2);
  }
  return meetings.all();
}

/** @returns what a thing has to do with an hour that can answer. */
export function relationsOf(flows: number | null): number {
  if (flows === null) return ABOUT;
  const into = (flows & INTO_PROCESS) === 0 ? 0 : FLOWED_IN;
  return (flows & OUT_OF_PROCESS) === 0 ? into : into | FLOWED_OUT;
}

class Meetings {
  readonly #edges: HourEdges;
  readonly #query: MeetingQuery;
  readonly #found = new Map<string, { meeting: Meeting; acts: Map<string, number> }>();

  constructor(edges: HourEdges, query: MeetingQuery) {
    this.#edges = edges;
    this.#query = query;
  }

  add(row: number, process: number, thing: number): void {
    const { atoms } = this.#edges;
    const [etype = 0, flags = 0, ret = 0] = [atoms.etype[row], atoms.flags[row], atoms.ret[row]];
    const time = atoms.time[row] ?? 0;
    const { span, flows } = this.#query;
    if (time < span.since || time >= span.until || isAside(etype)) return;
    if (flows !== null && (flowsOf(etype, flags, ret) & flows) === 0) return;
    const key = `${process} ${thing}`;
    const found = this.#found.getOrInsertComputed(key, () => ({
      meeting: { process, thing, acts: [] },
      acts: new Map<string, number>(),
    }));
    const kind = `${etype} ${flags} ${ret}`;
    const at = found.acts.get(kind);
    const { acts } = found.meeting;
    const act = at === undefined ? undefined : acts[at];
    if (at !== undefined && act !== undefined) {
      acts[at] = { ...act, last: time, times: act.times + 1 };
      return;
    }
    found.acts.set(kind, acts.length);
    const serial = atoms.serial[row] ?? 0;
    const seat = this.#edges.seat(row);
    acts.push({ etype, flags, ret, time, serial, seat, last: time, times: 1 });
  }

  all(): Meeting[] {
    return [...this.#found.values()].map(({ meeting }) => meeting);
  }
}
