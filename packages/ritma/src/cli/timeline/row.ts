/**
 * An event as the parts of a line, in the light of the lines before it.
 *
 * @module
 */
import { eventTypeNumber, type ProcessEntity } from "@ritma/evidence";
import type { EventAtom, EventView } from "../../stores/sealed/event-view.ts";
import { hasFailed } from "../../stores/sealed/record-fields.ts";
import type { Calendar } from "./calendar.ts";
import { actionOf, objectOf, outcomeOf } from "./describe.ts";
import { isDenied } from "./errno.ts";
import { userText } from "./identity.ts";
import type { Namer } from "./names.ts";
import { type Phrase, textOf } from "./phrase.ts";

export interface Row {
  readonly heading: string;
  readonly time: string;
  readonly indent: string;
  /** Empty when the process stands alone. */
  readonly parent: string;
  readonly process: string;
  readonly action: string;
  readonly object: Phrase;
  readonly outcome: string;
  readonly isDenied: boolean;
  readonly isLate: boolean;
  /** Shown with a sign, as what was asked about. */
  readonly isMarked: boolean;
  readonly user: string;
  /** How often it happened in a row. */
  readonly times: number;
}

export const ARROW = " → ";
const EXEC = eventTypeNumber("exec");
/** What it was done to is who does it from now on. */
const SAYS_WHO: ReadonlySet<number> = new Set(
  (["identity", "credentials"] as const).map(eventTypeNumber),
);

/** Makes rows of events that come in order. */
export class RowMaker {
  readonly #namer: Namer;
  readonly #calendar: Calendar;
  #heading = "";
  #last: ProcessEntity | null = null;
  #user = "";

  constructor(namer: Namer, calendar: Calendar) {
    this.#namer = namer;
    this.#calendar = calendar;
  }

  rowOf(event: EventView): Row {
    const namer = this.#namer;
    const { process, parent, ancestor, atom } = event;
    const offset = this.#calendar.offset(event.time);
    const shownUs = event.time + this.#calendar.offsetUs(event.time);
    const heading = `${dayOf(shownUs)} ${offset} · ${namer.value(process.node)}`;
    const isNewHeading = heading !== this.#heading;
    this.#heading = heading;
    const last = isNewHeading ? null : this.#last;
    // A program that is run in place of another one goes on in its process.
    const replaced = parent?.pid === process.pid ? parent : null;
    const isSame =
      last !== null &&
      (isSameProcess(last, process) || (replaced !== null && isSameProcess(last, replaced)));
    const isChild = !isSame && last !== null && ancestor !== null && isSameProcess(last, ancestor);
    this.#last = process;
    const user = event.credentials === null ? "" : (userText(event.credentials) ?? "");
    const isNewUser =
      user !== "" && (user !== this.#user || isNewHeading) && !SAYS_WHO.has(event.atom.etype);
    if (user !== "") this.#user = user;
    return {
      heading: isNewHeading ? heading : "",
      time: clockOf(shownUs),
      indent: isChild ? "  └ " : isSame ? "    " : "",
      parent: isSame || ancestor === null ? "" : namer.process(ancestor) + ARROW,
      process: namer.process(process),
      action: actionOf(atom),
      object: objectOf(namer, event),
      outcome: outcomeText(namer, event, replaced),
      isDenied: isDenied(atom.ret) || isFailedRecord(atom),
      isLate: event.late,
      isMarked: false,
      user: isNewUser ? user : "",
      times: 1,
    };
  }
}

/** True when `row` says just what the row before it said. */
export function isAgain(last: Row, row: Row): boolean {
  return (
    row.heading === "" &&
    row.indent !== "" &&
    row.parent === "" &&
    row.user === "" &&
    row.isMarked === last.isMarked &&
    row.process === last.process &&
    row.action === last.action &&
    textOf(row.object) === textOf(last.object) &&
    row.outcome === last.outcome
  );
}

function isFailedRecord({ object }: EventAtom): boolean {
  return object?.kind === "fields" && hasFailed(object) === true;
}

/** Of an exec also what ran in that process until then. */
function outcomeText(namer: Namer, event: EventView, replaced: ProcessEntity | null): string {
  const { atom, late } = event;
  const isExec = atom.etype === EXEC && atom.ret === 0;
  const parts = [
    isFailedRecord(atom) ? "failed" : outcomeOf(atom),
    isExec && replaced !== null ? `replaces ${namer.processName(replaced) ?? "another"}` : "",
    late ? "late" : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function isSameProcess(a: ProcessEntity, b: ProcessEntity): boolean {
  return a.pid === b.pid && a.start === b.start && a.serial === b.serial && a.boot === b.boot;
}

function dayOf(timeUs: number): string {
  return isoOf(timeUs).slice(0, 10);
}

/** Milliseconds, and microseconds where there are any. */
function clockOf(timeUs: number): string {
  const rest = timeUs % 1000;
  const clock = isoOf(timeUs).slice(11, 23);
  return rest === 0 ? clock : clock + String(rest).padStart(3, "0");
}

/** A stamp that no calendar of four digits has is shown as such. */
function isoOf(timeUs: number): string {
  const date = new Date(timeUs / 1000);
  const iso = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  return /^\d{4}-/u.test(iso) ? iso : "????-??-??T??:??:??.???";
}
