/**
 * Processes of one name: which of them lived at a time, and what is said when several remain.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Thing } from "../../flow/investigate/investigation.ts";
import type { Moment } from "../show/asked.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { Namer } from "../timeline/names.ts";

/** Candidates that a message lists. */
const CANDIDATES_MAX = 12;

/** Those that began at that time, as exactly as it was written; else the newest before it. */
export function livingAt(things: readonly Thing[], { since, until }: Moment): readonly Thing[] {
  const begun = things.filter((thing) => beginOf(thing) >= since && beginOf(thing) < until);
  if (begun.length > 0) return begun;
  const before = things.filter((thing) => beginOf(thing) < since);
  return before.toSorted((a, b) => beginOf(b) - beginOf(a)).slice(0, 1);
}

/** @returns `query/ambiguous`, with what to ask for instead */
export function ambiguous(calendar: Calendar, name: string, things: readonly Thing[]): RitmaError {
  const namer = new Namer(8);
  const sorted = things.toSorted((a, b) => beginOf(a) - beginOf(b));
  const listed = sorted.slice(0, CANDIDATES_MAX).map((thing) => {
    const { entity } = thing;
    const own = entity.kind === "process" ? namer.process(entity) : "";
    return `${own}@${calendar.asked(beginOf(thing))}`;
  });
  const rest = things.length - listed.length;
  const more = rest > 0 ? `, … ${rest} more` : "";
  const asked = escapeText(name.slice(0, 100));
  const message = `${things.length} processes are "${asked}": ${listed.join(", ")}${more}`;
  return new RitmaError("query/ambiguous", message);
}

/** When a process began; 0 for what is none. */
export function beginOf({ entity }: Thing): number {
  return entity.kind === "process" ? entity.start : 0;
}
