/**
 * `ritma trace`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { coverageOf } from "../../flow/investigate/coverage.ts";
import type { Limits } from "../../flow/investigate/going-on.ts";
import { livesOf } from "../../flow/investigate/lives.ts";
import { type Direction, type Step, trace } from "../../flow/investigate/trace.ts";
import type { Context } from "../command.ts";
import { numberOf } from "../counts.ts";
import { openAsking } from "../investigate/asking.ts";
import { formatCount } from "../format.ts";
import { coverageFacts, coverageLines, tally } from "../investigate/closing.ts";
import { askedWith, goingOnFacts, goingOnLines } from "../investigate/going-on.ts";
import { actFacts, thingFacts } from "../investigate/json-thing.ts";
import { withOpenMarks } from "../investigate/open-hours.ts";
import { daysOf, leftOut, passedOver, traceLines } from "../investigate/trace-drawing.ts";
import { launchText } from "../investigate/wording.ts";
import { momentOf } from "../show/asked.ts";
import { Namer } from "../timeline/names.ts";

const DEFAULTS: Limits = { depth: 8, fan: 8, budget: 120 };

export async function run(context: Context): Promise<number> {
  const [name = "", path] = context.operands;
  const direction = directionOf(context);
  const limits: Limits = {
    depth: numberOf(context, "depth", DEFAULTS.depth),
    fan: numberOf(context, "fan", DEFAULTS.fan),
    budget: numberOf(context, "limit", DEFAULTS.budget),
  };
  const { store, open, investigation, span, meant } = await openAsking(context, path);
  const bound = context.text("bound");
  const start = await meant(name);
  const query = {
    direction,
    span,
    ...limits,
    all: context.has("all"),
    bound: bound === null ? null : (await momentOf(store, bound, context.calendar)).since,
  };
  const found = await trace(investigation, start, query);
  const coverage = await coverageOf(investigation, span);
  const things = found.steps.map(({ thing }) => thing);
  const { lives } = await livesOf(investigation, things, span, { depth: 0, max: things.length });
  const asked = await askedWith(context, path, limits, DEFAULTS);
  const facts = {
    direction,
    steps: found.steps.map(stepFacts),
    cuts: found.cuts,
    continue: found.goOn.map((each) => goingOnFacts(each, asked)),
    covered: coverageFacts(coverage),
    open,
  };
  context.show(withOpenMarks(store, facts), () => {
    const namer = new Namer(8);
    const { paint, io, calendar } = context;
    const columns = context.has("wide") ? null : io.columns;
    const launches = new Map(
      [...lives].map(([each, { launch }]) => [each, launchText(namer, launch)]),
    );
    const lines = traceLines({ paint, namer, calendar, columns }, found, direction, launches);
    const over = passedOver(found.cuts);
    const left = leftOut(found.cuts);
    const cut = found.cuts.some(({ why }) => why !== "only-read");
    const told = [ofKinds(found.steps), daysOf(calendar, found), cut ? "" : "nothing cut"];
    return [
      ...lines,
      "",
      told.filter((part) => part !== "").join(" · "),
      ...(left === 0 ? [] : [`… ${formatCount(left)} more that have this name (--limit)`]),
      ...(over === 0 ? [] : [paint.dim(`${tally([[over, "file"]])} only read: --all`)]),
      ...goingOnLines(found.goOn, asked),
      ...coverageLines(context, coverage, namer, open),
    ];
  });
  return 0;
}

function directionOf(context: Context): Direction {
  if (!context.has("forward")) return "back";
  if (!context.has("back")) return "forward";
  throw new RitmaError("usage/bad-argument", "--back and --forward are two questions");
}

function stepFacts({ from, depth, thing, link, again }: Step): Record<string, unknown> {
  return {
    from,
    depth,
    ...thingFacts(thing),
    began: link?.kind === "began",
    timeUs: link?.time ?? null,
    again,
    acts: (link?.acts ?? []).map(actFacts),
  };
}

function ofKinds(steps: readonly Step[]): string {
  const count = (kind: string): number =>
    steps.filter(({ thing, again }) => again === null && thing.entity.kind === kind).length;
  return tally([
    [count("process"), "process"],
    [count("file"), "file"],
    [count("flow"), "flow"],
  ]);
}
