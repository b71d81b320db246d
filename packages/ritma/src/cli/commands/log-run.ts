/**
 * `ritma log`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { WindowSpan } from "../../flow/investigate/windows.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { formatCount, formatTime, wrap } from "../format.ts";
import { type CountedHour, countedHours } from "../log/collect.ts";
import { gapFacts, hourFacts, windowFacts } from "../log/json.ts";
import { gapLines, hourLines, type LineOptions, onelineLines } from "../log/lines.ts";
import { rangeAsked } from "../log/range.ts";
import { Namer } from "../timeline/names.ts";
import { storePlace } from "../timeline/place.ts";

const LIMIT_DEFAULT = 50;

export async function run(context: Context): Promise<number> {
  const limit = limitOf(context.text("limit"));
  if (context.has("oneline") && context.has("stat")) {
    throw new RitmaError("usage/bad-flag", "--stat has no room in one line");
  }
  const { disk, primitives } = await context.world();
  const { out } = await storePlace(context);
  const store = await StoreReader.open(disk, primitives, out);
  const { since, until } = await rangeAsked(context, store);
  const span = {
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
  };
  const namer = new Namer(context.json ? 32 : 8);
  const glancing = context.has("stat") ? namer : null;
  const hours = countedHours(store, { span, limit, glancing });
  if (context.json) await printJson(context, hours, span);
  else await printLines(context, store, hours, span);
  return 0;
}

function limitOf(text: string | null): number {
  if (text === null) return LIMIT_DEFAULT;
  if (!/^\d{1,9}$/u.test(text)) {
    const shown = escapeText(text.slice(0, 100));
    const message = `--limit is "${shown}", and must be a whole number, or 0 for all windows`;
    throw new RitmaError("usage/bad-argument", message);
  }
  return text === "0" ? Number.POSITIVE_INFINITY : Number(text);
}

async function printJson(
  context: Context,
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
  context.show({ windows, hours, gaps, more: step.value }, () => []);
}

async function printLines(
  context: Context,
  store: StoreReader,
  counted: AsyncGenerator<CountedHour, number>,
  span: WindowSpan,
): Promise<void> {
  const { io, paint } = context;
  const options: LineOptions = { paint, columns: context.has("wide") ? null : io.columns };
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
    for (const line of wrap(nothingText(store), io.columns, "")) io.out(paint.dim(line));
  }
  if (more > 0) io.out(paint.dim(`… ${formatCount(more)} older in this range · --limit 0`));
}

/** The gap before an hour belongs to the answer when the windows up to it do. */
function showsGap({ hour, isWhole }: CountedHour, { since }: WindowSpan): boolean {
  return isWhole && hour.gap !== null && hour.gap.t2 > since;
}

function nothingText({ hours }: StoreReader): string {
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return "Nothing: the store is empty.";
  const inside = `${formatTime(first.t1)} to ${formatTime(last.t2)} UTC`;
  return `Nothing is sealed in this range. The store's hours are from ${inside}.`;
}
