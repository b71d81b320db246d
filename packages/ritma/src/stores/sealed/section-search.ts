/**
 * Finds the events of one section that a query asks for.
 *
 * The rows of a section stand instantiation after instantiation, each of one process and in order
 * of time. An event is a run of rows with one stamp and serial; where an instantiation was cut at
 * its largest size, the run goes on in the next one of that process.
 *
 * @module
 */
import { type AtomTable, eventTypeNumber, type Section } from "@ritma/evidence";
import type { EventTests } from "./event-query.ts";
import { CREDENTIALS_AT_BIRTH, eachRow, type EventPlace, type Rows } from "./event-view.ts";
import type { Credentials, KnownCredentials } from "./known-credentials.ts";

export interface Span {
  /** Microseconds, half open. */
  readonly since: number;
  readonly until: number;
}

const LINE = eventTypeNumber("line");
const RECORD = eventTypeNumber("record");
const CREDENTIALS = eventTypeNumber("credentials");
/** What an event says beside its call. */
const ASIDES: ReadonlySet<number> = new Set(
  (["record", "credentials", "name", "path", "line"] as const).map(eventTypeNumber),
);
const NOT_KNOWN = 0;
const NO_ROWS: readonly number[] = [];

export interface SectionResult {
  /** In order of time, serial, process. */
  readonly places: readonly EventPlace[];
  /** Events that fit the query but for what they do. */
  readonly hidden: number;
}

/** @param known null for late atoms, which come in no order */
export function searchSection(
  tests: EventTests,
  sequence: number,
  section: Section,
  span: Span,
  known: KnownCredentials | null,
): SectionResult {
  const { window, atoms } = section;
  const places: EventPlace[] = [];
  let hidden = 0;
  for (const { rows, credentials: seen } of eventsOf(tests, section, span, known)) {
    if (!hasObjects(tests, atoms, rows)) continue;
    const shown = shownRow(tests, atoms, rows);
    if (shown === -1) {
      hidden += 1;
      continue;
    }
    const isYoung =
      known !== null && tests.entities.process(atoms.process[shown] ?? 0).start >= known.since;
    const credentials = seen === NOT_KNOWN && isYoung ? CREDENTIALS_AT_BIRTH : seen;
    places.push({ atoms, rows, shown, credentials, sequence, window });
  }
  places.sort((a, b) => inOrder(atoms, a.shown, b.shown) || a.rows.start - b.rows.start);
  return { places, hidden };
}

/** Tells, in order of rows, of each event in which a process showed its credentials. */
export function seeCredentials(
  { atoms, starts }: Section,
  saw: (process: number, credentials: number) => void,
): void {
  if (!atoms.etype.subarray(0, atoms.length).includes(CREDENTIALS)) return;
  for (let at = 0; at + 1 < starts.length; at += 1) {
    const end = starts[at + 1] ?? 0;
    for (let row = starts[at] ?? 0; row < end;) {
      const start = row;
      row = endOfEvent(atoms, start, end);
      const own = credentialsIn(atoms, start, row);
      if (own !== NOT_KNOWN) saw(atoms.process[start] ?? 0, own);
    }
  }
}

interface OpenEvent {
  readonly rows: Rows;
  readonly credentials: Credentials;
}

/** Every event of the section in the span, of processes that are asked for. */
function eventsOf(
  tests: EventTests,
  { atoms, starts }: Section,
  { since, until }: Span,
  known: KnownCredentials | null,
): OpenEvent[] {
  const events: OpenEvent[] = [];
  const lastOf = new Map<number, number>();
  for (let at = 0; at + 1 < starts.length; at += 1) {
    const end = starts[at + 1] ?? 0;
    let row = starts[at] ?? 0;
    const process = atoms.process[row] ?? 0;
    if (!tests.hasProcess(process)) continue;
    const before = lastOf.get(process) ?? -1;
    for (let isFirst = true; row < end; isFirst = false) {
      const start = row;
      row = endOfEvent(atoms, start, end);
      const own = credentialsIn(atoms, start, row);
      if (own !== NOT_KNOWN) known?.saw(process, own);
      const time = atoms.time[start] ?? 0;
      if (time < since || time >= until) continue;
      const old = isFirst && before !== -1 ? events[before] : undefined;
      if (old !== undefined && isSameEvent(atoms, old.rows.start, start)) {
        const more = [...old.rows.more, ...range(start, row)];
        events[before] = { ...old, rows: { ...old.rows, more } };
        continue;
      }
      const credentials = own === NOT_KNOWN ? (known?.of(process) ?? NOT_KNOWN) : own;
      lastOf.set(process, events.length);
      events.push({ rows: { start, end: row, more: NO_ROWS }, credentials });
    }
  }
  return events;
}

function endOfEvent(atoms: AtomTable, start: number, end: number): number {
  let row = start + 1;
  while (row < end && isSameEvent(atoms, start, row)) row += 1;
  return row;
}

/** Lines have no serial of their own: each is an event. */
function isSameEvent(atoms: AtomTable, a: number, b: number): boolean {
  return (
    atoms.time[a] === atoms.time[b] &&
    atoms.serial[a] === atoms.serial[b] &&
    atoms.etype[b] !== LINE
  );
}

function credentialsIn(atoms: AtomTable, start: number, end: number): number {
  for (let row = start; row < end; row += 1) {
    if (atoms.etype[row] === CREDENTIALS) return atoms.object[row] ?? NOT_KNOWN;
  }
  return NOT_KNOWN;
}

function hasObjects(tests: EventTests, atoms: AtomTable, rows: Rows): boolean {
  for (let test = 0; test < tests.objects; test += 1) {
    let found = false;
    for (const row of eachRow(rows)) {
      found ||= tests.hasObject(test, atoms.object[row] ?? 0, atoms.object2[row] ?? 0);
    }
    if (!found) return false;
  }
  return true;
}

/**
 * @returns the row to show: the call itself if it is wanted, else a record, which says more than
 * that its process has other credentials now, else what else is wanted; -1 for none.
 */
function shownRow(tests: EventTests, atoms: AtomTable, rows: Rows): number {
  let [aside, record] = [-1, -1];
  for (const row of eachRow(rows)) {
    const etype = atoms.etype[row] ?? 0;
    const isAside = ASIDES.has(etype);
    if (isAside && record !== -1) continue;
    const object = atoms.object[row] ?? 0;
    if (!tests.isWanted(etype, atoms.flags[row] ?? 0, atoms.ret[row] ?? 0, object)) continue;
    if (!isAside) return row;
    if (etype === RECORD) record = row;
    else if (aside === -1) aside = row;
  }
  return record === -1 ? aside : record;
}

function inOrder(atoms: AtomTable, a: number, b: number): number {
  return (
    (atoms.time[a] ?? 0) - (atoms.time[b] ?? 0) ||
    (atoms.serial[a] ?? 0) - (atoms.serial[b] ?? 0) ||
    (atoms.process[a] ?? 0) - (atoms.process[b] ?? 0)
  );
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
