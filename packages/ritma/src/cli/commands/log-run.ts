/**
 * `ritma log`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { WindowSpan } from "../../flow/investigate/windows.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { limitOf } from "../counts.ts";
import { formatCount, wrap } from "../format.ts";
import {
  openLines,
  openWithOpenHours,
  type StoreWithOpen,
  withOpenMarks,
} from "../investigate/open-hours.ts";
import { type CountedHour, countedHours } from "../log/collect.ts";
import { gapFacts, hourFacts, windowFacts } from "../log/json.ts";
import { gapLines, hourLines, type LineOptions, onelineLines } from "../log/lines.ts";
import { rangeAsked } from "../log/range.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { Namer } from "../timeline/names.ts";
import { storePlace } from "../timeline/place.ts";

const LIMIT_DEFAULT = 50;

export async function run(context: Context): Promise<number> {
  const limit = limitOf(context, LIMIT_DEFAULT);
  if (context.has("oneline") && context.has("stat")) {
    throw new RitmaError("usage/bad-flag", "--stat has no room in one line");
  }
  const { store, open } = await openWithOpenHours(context, await storePlace(context), "open");
  const { since, until } = await rangeAsked(context, store);
  const span = {
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
  };
  const namer = new Namer(context.json ? 32 : 8);
  const glancing = context.has("stat") ? namer : null;
  const hours = countedHours(store, { span, limit, glancing });
  if (context.json) await printJson(context, { store, open }, hours, span);
  else await printLines(context, { store, open }, hours, span);
  return 0;
}

async function printJson(
  context: Context,
  { store, open }: StoreWithOpen,
  counted: AsyncGenerator<CountedHour, number>,
  span: WindowSpan,
): Promise<void> {
  const hours: unknown[] = [];
  const windows: unknown[] = [];
  const gaps: unknown[] = [];
  let step = await counted.next();
  for (; step.done !== true; step = await counted.next()) {
    hours.push(hourFacts(step.value));
    windows.push(...step.value.windows.map(windowFacts));
    if (showsGap(step.value, span)) gaps.push(...gapFacts(step.value.hour));
  }
  const facts = { windows, hours, gaps, more: step.value, open };
  context.show(withOpenMarks(store, facts), () => []);
}

async function printLines(
  context: Context,
  { store, open }: StoreWithOpen,
  counted: AsyncGenerator<CountedHour, number>,
  span: WindowSpan,
): Promise<void> {
  const { io, paint, calendar } = context;
  const columns = context.has("wide") ? null : io.columns;
  const isOpen = (sequence: number): boolean => store.isOpen(sequence);
  const options: LineOptions = { paint, calendar, columns, isOpen };
  const make = context.has("oneline") ? onelineLines : hourLines;
  let isEmpty = true;
  let step = await counted.next();
  for (; step.done !== true; step = await counted.next()) {
    isEmpty = false;
    const { value } = step;
    const gap = showsGap(value, span) ? gapLines(options, value.hour) : [];
    for (const line of [...make(options, value), ...gap]) if (!io.out(line)) return;
  }
  const more = step.value;
  if (isEmpty) {
    for (const line of wrap(nothingText(calendar, store), io.columns, "")) io.out(paint.dim(line));
  }
  if (more > 0) io.out(paint.dim(`… ${formatCount(more)} older in this range · --limit 0`));
  for (const line of calendar.closing()) io.out(paint.dim(line));
  for (const line of openLines(context, open)) io.out(line);
}

/** The gap before an hour belongs to the answer when the windows up to it do. */
function showsGap({ hour, isWhole }: CountedHour, { since }: WindowSpan): boolean {
  return isWhole && hour.gap !== null && hour.gap.t2 > since;
}

function nothingText(calendar: Calendar, { hours }: StoreReader): string {
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return "Nothing: the store is empty.";
  const inside = calendar.between(first.t1, last.t2);
  return `Nothing is sealed in this range. The store's hours are from ${inside}.`;
}
