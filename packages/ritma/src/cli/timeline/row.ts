/**
 * An event as the parts of a line, in the light of the lines before it.
 *
 * @module
 */
import type { ProcessEntity } from "@ritma/evidence";
import type { EventView } from "../../services/reader/event-view.ts";
import { actionOf, objectOf, outcomeOf, userText } from "./describe.ts";
import { isDenied } from "./errno.ts";
import type { Namer } from "./names.ts";

export interface Row {
  readonly heading: string;
  readonly time: string;
  readonly indent: string;
  /** Empty when the process stands alone. */
  readonly parent: string;
  readonly process: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly isDenied: boolean;
  readonly user: string;
  /** How often it happened in a row. */
  readonly times: number;
}

export const ARROW = " → ";

/** Makes rows of events that come in order. */
export class RowMaker {
  readonly #namer: Namer;
  #heading = "";
  #last: ProcessEntity | null = null;
  #user = "";

  constructor(namer: Namer) {
    this.#namer = namer;
  }

  rowOf(event: EventView): Row {
    const namer = this.#namer;
    const { process, parent, atom } = event;
    const heading = `${dayOf(event.time)} UTC · ${namer.value(process.node)}`;
    const isNewHeading = heading !== this.#heading;
    this.#heading = heading;
    const last = isNewHeading ? null : this.#last;
    const isSame = last !== null && isSameProcess(last, process);
    const isChild = !isSame && last !== null && parent !== null && isSameProcess(last, parent);
    this.#last = process;
    const user = event.credentials === null ? "" : userText(event.credentials);
    const isNewUser = user !== "" && (user !== this.#user || isNewHeading);
    if (user !== "") this.#user = user;
    return {
      heading: isNewHeading ? heading : "",
      time: clockOf(event.time),
      indent: isChild ? "  └ " : isSame ? "    " : "",
      parent: isSame || parent === null ? "" : namer.process(parent) + ARROW,
      process: namer.process(process),
      action: actionOf(atom),
      object: objectOf(namer, event),
      outcome: [outcomeOf(atom), event.late ? "late" : ""].filter((each) => each !== "").join(", "),
      isDenied: isDenied(atom.ret),
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
    row.process === last.process &&
    row.action === last.action &&
    row.object === last.object &&
    row.outcome === last.outcome
  );
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
