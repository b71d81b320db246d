/**
 * `ritma diff`, run.
 *
 * @module
 */
import { compareFacts } from "../../flow/investigate/diff.ts";
import { factsIn } from "../../flow/investigate/facts.ts";
import type { Context } from "../command.ts";
import { closingLines, type Compared, headingLines } from "../diff/heading.ts";
import { differenceFacts, sideFacts } from "../diff/json.ts";
import { differenceLines } from "../diff/lines.ts";
import { clockOf } from "../diff/reference.ts";
import { sideAsked } from "../diff/side.ts";
import { openLines, openWithOpenHours, withOpenMarks } from "../investigate/open-hours.ts";
import type { TableSurface } from "../surface.ts";
import { Namer } from "../timeline/names.ts";
import { storePlace } from "../timeline/place.ts";

const LIMIT = 10;

export async function run(context: Context): Promise<number> {
  const [askedA = "", askedB = "", path] = context.operands;
  const place = await storePlace(context, path ?? null);
  const { store, open } = await openWithOpenHours(context, place, "open");
  const { calendar } = context;
  const sides = {
    a: await sideAsked(calendar, store, askedA),
    b: await sideAsked(calendar, store, askedB),
  };
  const a: Compared = { side: sides.a, facts: await factsIn(store, sides.a.span) };
  const b: Compared = { side: sides.b, facts: await factsIn(store, sides.b.span) };
  const differences = compareFacts(a.facts, b.facts);
  const facts = (): unknown => ({
    a: sideFacts(a.side, a.facts),
    b: sideFacts(b.side, b.facts),
    ...differenceFacts(differences),
    open,
  });
  context.show(context.json ? withOpenMarks(store, facts()) : null, () => {
    const columns = context.has("wide") ? null : context.io.columns;
    const limit = context.has("all") ? Number.POSITIVE_INFINITY : LIMIT;
    const { paint } = context;
    const surface: TableSurface = {
      paint,
      namer: new Namer(8),
      calendar,
      columns,
      limit,
      clock: clockOf(calendar, store),
    };
    const lines = differenceLines(surface, differences);
    const closing = [...closingLines(surface, a, b, open), ...openLines(context, open)];
    return [
      ...headingLines(surface, a, b),
      ...(lines.length === 0 ? ["", "No difference in what is compared."] : lines),
      ...(closing.length === 0 ? [] : ["", ...closing]),
    ];
  });
  return 0;
}
