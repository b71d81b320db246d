/**
 * One event with what proves it, for `ritma blame` and `ritma bisect`.
 *
 * @module
 */
import type { ProvedEvent } from "../../flow/investigate/blame.ts";
import type { Window } from "../../flow/investigate/windows.ts";
import type { Context } from "../command.ts";
import { type Clock, eventReference } from "../diff/reference.ts";
import { wrap } from "../format.ts";
import { spanText } from "../log/spans.ts";
import { placeFlags, shellWord } from "../place-flags.ts";
import { eventFacts } from "../timeline/json-event.ts";
import type { Namer } from "../timeline/names.ts";
import { Pager } from "../timeline/page.ts";

/** As a timeline shows it. */
export function eventLines(
  context: Context,
  namer: Namer,
  events: readonly ProvedEvent[],
): string[] {
  const { paint, io } = context;
  const lines: string[] = [];
  const out = (line: string): boolean => lines.push(line) > 0;
  const columns = context.has("wide") ? null : io.columns;
  const pager = new Pager({ paint, columns, namer, gathers: false, out });
  for (const { view } of events) pager.add(view);
  pager.flush();
  return lines;
}

/** What is needed to look it up and to prove it. */
export function proofRows(clock: Clock, { view, window, leaf }: ProvedEvent): [string, string][] {
  return [
    ["event", eventReference(clock, view)],
    ["window", windowText(window)],
    ["root", window.root.toHex()],
    ["leaf", String(leaf)],
  ];
}

export function provedFacts({
  view,
  window,
  leaf,
}: ProvedEvent): Readonly<Record<string, unknown>> {
  const { name, root } = window;
  return { event: eventFacts(view), name, root: root.toHex(), leaf };
}

/** `ritma show …` of the same store. */
export async function showCommand(
  context: Context,
  what: string,
  path: string | undefined,
): Promise<string> {
  const place = path === undefined ? placeFlags(await context.config()) : ` ${shellWord(path)}`;
  return `${context.io.program} show ${what}${place}`;
}

/** What the sign of a hash means, where one was shown. */
export function hashLines({ kinds }: Namer, columns: number): string[] {
  if (kinds.size === 0) return [];
  const named = [...kinds].toSorted().join(", ");
  const text = `•… is a keyed hash: of these the store keeps nothing else (${named}).`;
  return wrap(text, columns, "");
}

function windowText({ name, number, t1, t2 }: Window): string {
  return number === null ? `${name}, of late events` : `${name} · ${spanText(t1, t2)} UTC`;
}
