/**
 * `ritma blame`, run.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import { type Blame, blame, type ProvedEvent } from "../../flow/investigate/blame.ts";
import { blameNeedle } from "../../services/investigator/blame-needle.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { eventLines, hashLines, proofRows, showCommand, undecidedText } from "../blame/event.ts";
import { blameFacts } from "../blame/json.ts";
import { programLines, windowLines } from "../blame/lines.ts";
import type { Context } from "../command.ts";
import { clockOf, eventReference } from "../diff/reference.ts";
import { counted, labelled, wrap } from "../format.ts";
import { type OpenHours, openLines, withOpenMarks } from "../investigate/open-hours.ts";
import type { TableSurface } from "../surface.ts";
import { Namer } from "../timeline/names.ts";
import { openAsked } from "../timeline/place.ts";

const LIMIT = 10;

export async function run(context: Context): Promise<number> {
  const [needle = "", path] = context.operands;
  const { store, open, privacy } = await openAsked(context, path ?? null, "open");
  const { kind, question } = blameNeedle(privacy, needle);
  const found = await blame(store, question);
  if (context.json) {
    const facts = { ...blameFacts(escapeText(needle), kind, found), open };
    context.show(withOpenMarks(store, facts), () => []);
    return 0;
  }
  const surface: TableSurface = {
    paint: context.paint,
    namer: new Namer(8),
    calendar: context.calendar,
    columns: context.has("wide") ? null : context.io.columns,
    limit: context.has("all") ? Number.POSITIVE_INFINITY : LIMIT,
    clock: clockOf(context.calendar, store),
  };
  const { first } = found;
  const lines =
    first === null
      ? [`Nothing: no event of the store has to do with ${escapeText(needle.slice(0, 100))}.`]
      : await foundLines(context, store, surface, found, first);
  const closing = [...closingLines(surface, found, open), ...openLines(context, open)];
  for (const line of [...lines, ...closing]) context.io.out(line);
  return 0;
}

async function foundLines(
  context: Context,
  store: StoreReader,
  surface: TableSurface,
  found: Blame,
  first: ProvedEvent,
): Promise<string[]> {
  const [needle = "", path] = context.operands;
  const { paint, namer, calendar, clock, columns } = surface;
  const last = found.last === null || found.events === 1 ? [] : [found.last];
  const windows = counted(found.windows.length + found.moreWindows, "window");
  const head = `${escapeText(needle)} · ${counted(found.events, "event")} in ${windows}`;
  const show = await showCommand(context, eventReference(clock, first.view), path);
  const proof = (event: ProvedEvent): string[] =>
    labelled(proofRows(calendar, clock, event, store.isOpen(event.window.hour.sequence)));
  return [
    ...wrap(head, columns ?? Number.POSITIVE_INFINITY, "").map((line) => paint.strong(line)),
    "",
    "first",
    ...eventLines(context, namer, [first]),
    ...proof(first),
    ...(last.length === 0 ? [] : ["", "last"]),
    ...eventLines(context, namer, last),
    ...last.flatMap(proof),
    "",
    ...programLines(surface, found),
    "",
    ...windowLines(surface, found),
    "",
    `  The first one, whole:   ${show}`,
  ];
}

function closingLines(
  { paint, namer, columns }: TableSurface,
  found: Blame,
  open: OpenHours,
): string[] {
  const { examined, skipped, undecided } = found;
  const isSealedOnly = open === null || open.error !== null;
  const passed =
    skipped === 0 ? "" : `; ${counted(skipped, "other")} cannot have it, as the dictionary shows`;
  const windows = counted(examined, isSealedOnly ? "sealed window" : "window");
  const looked = `Looked at ${windows}${passed}.`;
  const room = columns ?? Number.POSITIVE_INFINITY;
  return [...wrap(looked + undecidedText(undecided), room, ""), ...hashLines(namer, room)].map(
    (line) => paint.dim(line),
  );
}
