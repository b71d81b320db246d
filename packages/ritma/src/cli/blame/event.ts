/**
 * One event with what proves it, for `ritma blame` and `ritma bisect`.
 *
 * @module
 */
import type { ProvedEvent } from "../../flow/investigate/blame.ts";
import type { Window } from "../../flow/investigate/windows.ts";
import type { Context } from "../command.ts";
import { type Clock, eventReference } from "../diff/reference.ts";
import { counted, wrap } from "../format.ts";
import { spanStamp } from "../log/spans.ts";
import { placeFlags, shellWord } from "../place-flags.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { eventFacts } from "../timeline/json-event.ts";
import type { Namer } from "../timeline/names.ts";
import { Pager } from "../timeline/page.ts";

/** As a timeline shows it. */
export function eventLines(
  context: Context,
  namer: Namer,
  events: readonly ProvedEvent[],
): string[] {
  const { paint, io, calendar } = context;
  const lines: string[] = [];
  const out = (line: string): boolean => lines.push(line) > 0;
  const columns = context.has("wide") ? null : io.columns;
  const pager = new Pager({ paint, columns, namer, calendar, gathers: false, out });
  for (const { view } of events) pager.add(view);
  pager.flush();
  return lines;
}

/** What is needed to look it up and to prove it; nothing proves what is open. */
export function proofRows(
  calendar: Calendar,
  clock: Clock,
  { view, window, leaf }: ProvedEvent,
  isOpen: boolean,
): [string, string][] {
  const event: [string, string] = ["event", eventReference(clock, view)];
  const place = windowText(calendar, window);
  if (isOpen) return [event, ["window", `${place}, not sealed yet`]];
  return [event, ["window", place], ["root", window.root.toHex()], ["leaf", String(leaf)]];
}

export function provedFacts({
  view,
  window,
  leaf,
}: ProvedEvent): Readonly<Record<string, unknown>> {
  const { name, hour, root } = window;
  return { event: eventFacts(view), name, sequence: hour.sequence, root: root.toHex(), leaf };
}

/** `ritma show …` of the same store, and of as much of it. */
export async function showCommand(
  context: Context,
  what: string,
  path: string | undefined,
): Promise<string> {
  const place = path === undefined ? placeFlags(await context.config()) : ` ${shellWord(path)}`;
  const utc = context.has("utc") ? " --utc" : "";
  const sealed = context.has("sealed") ? " --sealed" : "";
  return `${context.io.program} show ${what}${utc}${sealed}${place}`;
}

/** What the sign of a hash means, where one was shown. */
export function hashLines({ kinds }: Namer, columns: number): string[] {
  if (kinds.size === 0) return [];
  const named = [...kinds].toSorted().join(", ");
  const text = `•… is a keyed hash: of these the store keeps nothing else (${named}).`;
  return wrap(text, columns, "");
}

/** A sentence behind others; "" when there is no such event. */
export function undecidedText(events: number): string {
  return events === 0 ? "" : ` The user of ${counted(events, "event")} there is not known.`;
}

function windowText(calendar: Calendar, { name, number, t1, t2 }: Window): string {
  return number === null ? `${name}, of late events` : `${name} · ${spanStamp(calendar, t1, t2)}`;
}
