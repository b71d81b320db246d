/**
 * `ritma diff`, run.
 *
 * @module
 */
import { compareFacts } from "../../flow/investigate/diff.ts";
import { factsIn } from "../../flow/investigate/facts.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { closingLines, type Compared, headingLines } from "../diff/heading.ts";
import { differenceFacts, sideFacts } from "../diff/json.ts";
import { differenceLines, type Surface } from "../diff/lines.ts";
import { clockOf } from "../diff/reference.ts";
import { sideAsked } from "../diff/side.ts";
import { Namer } from "../timeline/names.ts";
import { storePlace } from "../timeline/place.ts";

const LIMIT = 10;

export async function run(context: Context): Promise<number> {
  const [askedA = "", askedB = "", path] = context.operands;
  const { disk, primitives } = await context.world();
  const { out } = await storePlace(context, path ?? null);
  const store = await StoreReader.open(disk, primitives, out);
  const sides = { a: await sideAsked(store, askedA), b: await sideAsked(store, askedB) };
  const a: Compared = { side: sides.a, facts: await factsIn(store, sides.a.span) };
  const b: Compared = { side: sides.b, facts: await factsIn(store, sides.b.span) };
  const differences = compareFacts(a.facts, b.facts);
  const facts = (): unknown => ({
    a: sideFacts(a.side, a.facts),
    b: sideFacts(b.side, b.facts),
    ...differenceFacts(differences),
  });
  context.show(context.json ? facts() : null, () => {
    const columns = context.has("wide") ? null : context.io.columns;
    const limit = context.has("all") ? Number.POSITIVE_INFINITY : LIMIT;
    const { paint } = context;
    const surface: Surface = { paint, namer: new Namer(8), columns, limit, clock: clockOf(store) };
    const lines = differenceLines(surface, differences);
    return [
      ...headingLines(a, b, columns),
      ...(lines.length === 0 ? ["", "No difference in what is compared."] : lines),
      ...closingLines(surface, a, b),
    ];
  });
  return 0;
}
