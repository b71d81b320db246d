/**
 * `ritma show WINDOW`, printed.
 *
 * @module
 */
import type { Window } from "../../flow/investigate/windows.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatCount, labelled } from "../format.ts";
import { glanceLines } from "../log/glance-lines.ts";
import { glanceFacts, spanFacts } from "../log/json.ts";
import { countsText } from "../log/lines.ts";
import { spanStamp } from "../log/spans.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { eventFacts } from "../timeline/json-event.ts";
import { Namer } from "../timeline/names.ts";
import { Pager } from "../timeline/page.ts";
import { HASHED, openText, timelineCommand } from "./next.ts";
import { eventsOf, readWindow, type WindowFound } from "./window.ts";

const GLANCE_NAMES = 12;
const GLANCE_LINES = 4;

export async function showWindow(
  context: Context,
  reader: StoreReader,
  window: Window,
  limit: number,
): Promise<void> {
  if (context.json) await printJson(context, reader, window, limit);
  else await printLines(context, reader, window, limit);
}

async function printJson(
  context: Context,
  reader: StoreReader,
  window: Window,
  limit: number,
): Promise<void> {
  const found = await readWindow(reader, window, new Namer(32));
  const first: unknown[] = [];
  let more = 0;
  for await (const event of eventsOf(reader, window)) {
    if (first.length < limit) first.push(eventFacts(event));
    else more += 1;
  }
  const { hour, number, t1, t2, root, name } = window;
  const facts = {
    name,
    root: root.toHex(),
    sequence: hour.sequence,
    window: number,
    late: number === null,
    ...spanFacts(t1, t2),
    entry: found.entry,
    key: found.keyId.toHex(),
    ...found.counts,
    glance: glanceFacts(found.glance),
    first,
    more,
  };
  context.show({ kind: "window", window: facts, event: null, process: null }, () => []);
}

async function printLines(
  context: Context,
  reader: StoreReader,
  window: Window,
  limit: number,
): Promise<void> {
  const { io, paint, calendar } = context;
  const columns = context.has("wide") ? null : io.columns;
  const namer = new Namer(8);
  const found = await readWindow(reader, window, namer);
  io.out(paint.strong(`window ${window.name}`));
  const head = headRows(calendar, found, reader.isOpen(window.hour.sequence));
  for (const line of labelled(head)) io.out(line);
  const options = { columns, indent: "  ", names: GLANCE_NAMES, lines: GLANCE_LINES };
  const glance = glanceLines(found.glance, options);
  if (glance.length > 0) io.out("");
  for (const line of glance) io.out(line);
  io.out("");
  const pager = new Pager({ paint, columns, namer, calendar, gathers: true, out: io.out });
  let more = 0;
  for await (const event of eventsOf(reader, window)) {
    if (pager.rows >= limit) more += 1;
    else if (!pager.add(event)) return;
  }
  if (!pager.flush()) return;
  if (pager.rows === 0) io.out(paint.dim("Nothing in it tells a story: reads, maps, forks, ends."));
  if (namer.kinds.size > 0) io.out(paint.dim(HASHED));
  for (const line of await closing(context, window, more)) io.out(paint.dim(line));
}

async function closing(context: Context, window: Window, more: number): Promise<string[]> {
  const left = more === 0 ? [] : [`… ${counted(more, "more event")} of the story`];
  const next = await timelineCommand(context, window.t1, window.t2, " --all --limit 0");
  if (window.number === null || next === null) return left;
  return [...left, `All of it: ${next}`];
}

function headRows(
  calendar: Calendar,
  found: WindowFound,
  isOpen: boolean,
): (readonly [string, string])[] {
  const { window, entry, keyId, counts } = found;
  const { hour, number, t1, t2, root } = window;
  const interval =
    number === null
      ? `late events of hour ${hour.sequence}: ${spanStamp(calendar, hour.t1, hour.t2)}`
      : `${spanStamp(calendar, t1, t2)}, in hour ${hour.sequence}`;
  if (isOpen) {
    return [
      ["interval", interval],
      ["open", openText(window)],
      ["holds", countsText(counts)],
    ];
  }
  return [
    ["interval", interval],
    ["root", root.toHex()],
    ["sealed by", `key ${keyId.toHex()}, session ${hour.session}`],
    ["node log", `entry ${formatCount(entry)}, its hour is entry ${formatCount(hour.entry)}`],
    ["holds", countsText(counts)],
  ];
}
