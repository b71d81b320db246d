/**
 * `ritma who`, run.
 *
 * @module
 */
import { coverageOf } from "../../flow/investigate/coverage.ts";
import { livesOf } from "../../flow/investigate/lives.ts";
import { type Toucher, who } from "../../flow/investigate/who.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { limitOf } from "../counts.ts";
import { formatCount, wrap } from "../format.ts";
import { openAsking } from "../investigate/asking.ts";
import { coverageFacts, coverageLines, tally } from "../investigate/closing.ts";
import { actFacts, thingFacts } from "../investigate/json-thing.ts";
import { withOpenMarks } from "../investigate/open-hours.ts";
import { tableLines } from "../investigate/table.ts";
import { actsText, launchText, thingText } from "../investigate/wording.ts";
import { heldText } from "../timeline/held.ts";
import { Namer } from "../timeline/names.ts";

const LIMIT_DEFAULT = 200;

export async function run(context: Context): Promise<number> {
  const [name = "", path] = context.operands;
  const limit = limitOf(context, LIMIT_DEFAULT);
  const { store, open, investigation, span, meant } = await openAsking(context, path);
  const things = await meant(name);
  const all = await who(investigation, things, span);
  const touchers = all.slice(0, limit);
  const more = all.length - touchers.length;
  const coverage = await coverageOf(investigation, span);
  const processes = touchers.map(({ process }) => process);
  const most = { depth: 0, max: processes.length };
  const { lives } = await livesOf(investigation, processes, span, most);
  const namer = new Namer(context.json ? 32 : 8);
  const launches = new Map(
    [...lives].map(([each, { launch }]) => [each, launchText(namer, launch)]),
  );
  const launchOf = ({ process }: Toucher): string => launches.get(process.name) ?? "";
  const facts = {
    touchers: touchers.map((each) => ({
      process: thingFacts(each.process),
      thing: thingFacts(each.thing),
      arguments: launchOf(each),
      acts: each.acts.map(actFacts),
    })),
    more,
    covered: coverageFacts(coverage),
    open,
  };
  const nobody = all.length === 0 ? await nobodyText(context, store) : "";
  context.show(withOpenMarks(store, facts), () => {
    const { paint, io, calendar } = context;
    const columns = context.has("wide") ? null : io.columns;
    const isOne = things.length === 1;
    const lines: string[] = [];
    let day = "";
    const rows = touchers.map((each) => {
      const [first] = each.acts;
      const time = first?.time ?? 0;
      const own = calendar.heading(time);
      const heading = own === day ? null : own;
      day = own;
      const cells = [
        calendar.clock(time),
        thingText(namer, each.process),
        actsText(each.acts),
        ...(isOne ? [] : [thingText(namer, each.thing)]),
        launchOf(each),
      ];
      const isBad = each.acts.some(({ ret }) => ret !== 0);
      return { heading, cells, isBad };
    });
    lines.push(...tableLines({ paint, columns }, rows));
    if (more > 0) lines.push(paint.dim(`… ${formatCount(more)} more · --limit 0`));
    const failed = all.filter(({ acts }) => acts.every(({ ret }) => ret !== 0)).length;
    const distinct = new Set(all.map(({ process }) => process.name)).size;
    const counts = tally([[distinct, "process"]]);
    const told =
      failed === 0 ? "" : ` · ${formatCount(failed)} of ${formatCount(all.length)} without success`;
    return [
      ...lines,
      ...(lines.length === 0 ? [] : [""]),
      ...(counts === "" ? wrap(nobody, io.columns, "") : [`${counts}${told}`]),
      ...coverageLines(context, coverage, namer, open),
    ];
  });
  return 0;
}

async function nobodyText({ calendar, text }: Context, store: StoreReader): Promise<string> {
  const isBounded = text("since") !== null || text("until") !== null;
  if (!isBounded) return "Nobody touched it";
  return `Nobody touched it in this range: ${await heldText(calendar, store)}.`;
}
