/**
 * `ritma bisect`, run.
 *
 * @module
 */
import { type Bisected, bisect } from "../../flow/investigate/bisect.ts";
import { findWindow, type Window } from "../../flow/investigate/windows.ts";
import { privacyForQuestions } from "../../services/investigator/needles.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { conditionAsked } from "../bisect/condition.ts";
import { eventLines, hashLines, proofRows, provedFacts, showCommand } from "../blame/event.ts";
import type { Context } from "../command.ts";
import { clockOf, eventReference } from "../diff/reference.ts";
import { counted, labelled, wrap } from "../format.ts";
import { timeOrNull } from "../log/range.ts";
import { Namer } from "../timeline/names.ts";
import { keyAtHand, storePlace } from "../timeline/place.ts";

export async function run(context: Context): Promise<number> {
  const { disk, primitives } = await context.world();
  const place = await storePlace(context);
  const store = await StoreReader.open(disk, primitives, place.out);
  const key = store.file.privacy === "raw" ? null : await keyAtHand(context, place);
  const privacy = privacyForQuestions(store.file.privacy, primitives.keyedHash16, key);
  const question = conditionAsked(context, privacy);
  const good = await windowAsked(store, context.text("good"));
  const bad = await windowAsked(store, context.text("bad"));
  const found = await bisect(store, question, good, bad);
  const { first, events, holdsInGood, examined, skipped } = found;
  if (context.json) {
    const facts = {
      found: first === null ? null : provedFacts(first),
      events,
      holdsInGood,
      good: good?.name ?? null,
      bad: bad?.name ?? null,
      examined,
      skipped,
    };
    context.show(facts, () => []);
    return 0;
  }
  for (const line of await lines(context, store, found)) context.io.out(line);
  return 0;
}

async function windowAsked(store: StoreReader, text: string | null): Promise<Window | null> {
  if (text === null) return null;
  const time = await timeOrNull(store, text);
  return await findWindow(store, text, () => time);
}

async function lines(context: Context, store: StoreReader, found: Bisected): Promise<string[]> {
  const { paint } = context;
  const columns = context.has("wide") ? Number.POSITIVE_INFINITY : context.io.columns;
  const { first, events, holdsInGood, examined, skipped } = found;
  const passed =
    skipped === 0 ? "" : ` ${counted(skipped, "window")} passed over: their dictionary has none.`;
  const looked = wrap(`Looked at ${counted(examined, "window")}.${passed}`, columns, "");
  const closing = looked.map((line) => paint.dim(line));
  if (first === null) return ["No window of the range has such an event.", ...closing];
  const clock = clockOf(store);
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
    ...labelled(proofRows(clock, first)),
    "",
    `  The event, whole:   ${show}`,
    ...closing,
    ...hashLines(namer, columns).map((line) => paint.dim(line)),
  ];
}
