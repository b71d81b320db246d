/**
 * `ritma blame`, run.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import { type Blame, blame, type ProvedEvent } from "../../flow/investigate/blame.ts";
import { privacyForQuestions } from "../../services/investigator/needles.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { eventLines, hashLines, proofRows, showCommand } from "../blame/event.ts";
import { blameFacts } from "../blame/json.ts";
import { programLines, type Surface, windowLines } from "../blame/lines.ts";
import { blameNeedle } from "../blame/needle.ts";
import type { Context } from "../command.ts";
import { clockOf, eventReference } from "../diff/reference.ts";
import { counted, labelled, wrap } from "../format.ts";
import { Namer } from "../timeline/names.ts";
import { keyAtHand, storePlace } from "../timeline/place.ts";

const LIMIT = 10;

export async function run(context: Context): Promise<number> {
  const [needle = "", path] = context.operands;
  const { disk, primitives } = await context.world();
  const place = await storePlace(context, path ?? null);
  const store = await StoreReader.open(disk, primitives, place.out);
  const key = store.file.privacy === "raw" ? null : await keyAtHand(context, place);
  const privacy = privacyForQuestions(store.file.privacy, primitives.keyedHash16, key);
  const { kind, question } = blameNeedle(privacy, needle);
  const found = await blame(store, question);
  if (context.json) {
    context.show(blameFacts(escapeText(needle), kind, found), () => []);
    return 0;
  }
  const surface: Surface = {
    paint: context.paint,
    namer: new Namer(8),
    columns: context.has("wide") ? null : context.io.columns,
    limit: context.has("all") ? Number.POSITIVE_INFINITY : LIMIT,
    clock: clockOf(store),
  };
  const { first } = found;
  const lines =
    first === null
      ? [`Nothing: no event of the store has to do with ${escapeText(needle.slice(0, 100))}.`]
      : await foundLines(context, surface, found, first);
  for (const line of [...lines, ...closingLines(surface, found)]) context.io.out(line);
  return 0;
}

async function foundLines(
  context: Context,
  surface: Surface,
  found: Blame,
  first: ProvedEvent,
): Promise<string[]> {
  const [needle = "", path] = context.operands;
  const { paint, namer, clock, columns } = surface;
  const last = found.last === null || found.events === 1 ? [] : [found.last];
  const windows = counted(found.windows.length + found.moreWindows, "window");
  const head = `${escapeText(needle)} · ${counted(found.events, "event")} in ${windows}`;
  const show = await showCommand(context, eventReference(clock, first.view), path);
  return [
    ...wrap(head, columns ?? Number.POSITIVE_INFINITY, "").map((line) => paint.strong(line)),
    "",
    "first",
    ...eventLines(context, namer, [first]),
    ...labelled(proofRows(clock, first)),
    ...(last.length === 0 ? [] : ["", "last"]),
    ...eventLines(context, namer, last),
    ...last.flatMap((event) => labelled(proofRows(clock, event))),
    "",
    ...programLines(surface, found),
    "",
    ...windowLines(surface, found),
    "",
    `  The first one, whole:   ${show}`,
  ];
}

function closingLines({ paint, namer, columns }: Surface, found: Blame): string[] {
  const { examined, skipped, undecided } = found;
  const passed =
    skipped === 0 ? "" : `; ${counted(skipped, "other")} cannot have it, as the dictionary shows`;
  const looked = `Looked at ${counted(examined, "sealed window")}${passed}.`;
  const unknown =
    undecided === 0 ? "" : ` The user of ${counted(undecided, "event")} there is not known.`;
  const room = columns ?? Number.POSITIVE_INFINITY;
  return [...wrap(looked + unknown, room, ""), ...hashLines(namer, room)].map((line) =>
    paint.dim(line),
  );
}
