/**
 * `ritma bisect`, run.
 *
 * @module
 */
import { type Bisected, bisect } from "../../flow/investigate/bisect.ts";
import { findWindow, type Window } from "../../flow/investigate/windows.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { conditionAsked } from "../bisect/condition.ts";
import {
  eventLines,
  hashLines,
  proofRows,
  provedFacts,
  showCommand,
  undecidedText,
} from "../blame/event.ts";
import type { Context } from "../command.ts";
import { clockOf, eventReference } from "../diff/reference.ts";
import { counted, labelled, wrap } from "../format.ts";
import { openLines, withOpenMarks } from "../investigate/open-hours.ts";
import { timeOrNull } from "../log/range.ts";
import { Namer } from "../timeline/names.ts";
import { openAsked } from "../timeline/place.ts";

export async function run(context: Context): Promise<number> {
  const { store, open, privacy } = await openAsked(context, undefined, "open");
  const question = conditionAsked(context, privacy);
  const good = await windowAsked(context, store, "good");
  const bad = await windowAsked(context, store, "bad");
  const found = await bisect(store, question, good, bad);
  const { first, events, holdsInGood, examined, skipped, undecided } = found;
  if (context.json) {
    const facts = {
      found: first === null ? null : provedFacts(first),
      events,
      holdsInGood,
      good: good?.name ?? null,
      bad: bad?.name ?? null,
      examined,
      skipped,
      undecided,
      open,
    };
    context.show(withOpenMarks(store, facts), () => []);
    return 0;
  }
  const told = [...(await lines(context, store, found)), ...openLines(context, open)];
  for (const line of told) context.io.out(line);
  return 0;
}

async function windowAsked(
  context: Context,
  store: StoreReader,
  option: string,
): Promise<Window | null> {
  const text = context.text(option);
  if (text === null) return null;
  const time = await timeOrNull(store, text, context.calendar);
  return await findWindow(store, text, () => time);
}

async function lines(context: Context, store: StoreReader, found: Bisected): Promise<string[]> {
  const { paint, calendar } = context;
  const columns = context.has("wide") ? Number.POSITIVE_INFINITY : context.io.columns;
  const { first, events, holdsInGood, examined, skipped, undecided } = found;
  const passed =
    skipped === 0 ? "" : ` ${counted(skipped, "window")} passed over: their dictionary has none.`;
  const looked = `Looked at ${counted(examined, "window")}.${passed}${undecidedText(undecided)}`;
  const closing = wrap(looked, columns, "").map((line) => paint.dim(line));
  if (first === null) return ["No window of the range has such an event.", ...closing];
  const clock = clockOf(calendar, store);
  const isOpen = store.isOpen(first.window.hour.sequence);
  const namer = new Namer(8);
  const early = `It holds in window ${first.window.name} already, which --good named.`;
  const head = holdsInGood
    ? wrap(early, columns, "").map((line) => paint.attention(line))
    : [paint.strong(`first in window ${first.window.name} · ${counted(events, "event")} there`)];
  const show = await showCommand(context, eventReference(clock, first.view), context.operands[0]);
  return [
    ...head,
    "",
    ...eventLines(context, namer, [first]),
    ...labelled(proofRows(calendar, clock, first, isOpen)),
    "",
    `  The event, whole:   ${show}`,
    ...closing,
    ...hashLines(namer, columns).map((line) => paint.dim(line)),
  ];
}
