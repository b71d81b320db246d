/**
 * `ritma trace`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { coverageOf } from "../../flow/investigate/coverage.ts";
import { livesOf } from "../../flow/investigate/lives.ts";
import { type Direction, type Step, trace } from "../../flow/investigate/trace.ts";
import type { Context } from "../command.ts";
import { numberOf, openAsking } from "../investigate/asking.ts";
import { formatCount } from "../format.ts";
import { coverageFacts, coverageLines, tally } from "../investigate/closing.ts";
import { actFacts, thingFacts } from "../investigate/json-thing.ts";
import { daysOf, leftOut, passedOver, traceLines } from "../investigate/trace-drawing.ts";
import { launchText } from "../investigate/wording.ts";
import { Namer } from "../timeline/names.ts";

const DEPTH_DEFAULT = 8;
const FAN_DEFAULT = 8;
const LIMIT_DEFAULT = 120;

export async function run(context: Context): Promise<number> {
  const [name = "", path] = context.operands;
  const direction = directionOf(context);
  const limits = {
    depth: numberOf(context, "depth", DEPTH_DEFAULT),
    fan: numberOf(context, "fan", FAN_DEFAULT),
    budget: numberOf(context, "limit", LIMIT_DEFAULT),
  };
  const { investigation, span, meant } = await openAsking(context, path);
  const start = await meant(name);
  const query = { direction, span, ...limits, all: context.has("all") };
  const found = await trace(investigation, start, query);
  const coverage = await coverageOf(investigation, span);
  const things = found.steps.map(({ thing }) => thing);
  const { lives } = await livesOf(investigation, things, span, { depth: 0, max: things.length });
  const facts = {
    direction,
    steps: found.steps.map(stepFacts),
    cuts: found.cuts,
    covered: coverageFacts(coverage),
  };
  context.show(facts, () => {
    const namer = new Namer(8);
    const { paint, io } = context;
    const columns = context.has("wide") ? null : io.columns;
    const launches = new Map(
      [...lives].map(([each, { launch }]) => [each, launchText(namer, launch)]),
    );
    const lines = traceLines({ paint, namer, columns }, found, direction, launches);
    const over = passedOver(found.cuts);
    const left = leftOut(found.cuts);
    const counts = ofKinds(found.steps);
    const cut = found.cuts.some(({ why }) => why !== "only-read");
    return [
      ...lines,
      "",
      `${counts} · ${daysOf(found)}${cut ? "" : " · nothing cut"}`,
      ...(left === 0 ? [] : [`… ${formatCount(left)} more that have this name (--limit)`]),
      ...(over === 0 ? [] : [paint.dim(`${tally([[over, "file"]])} only read: --all`)]),
      ...coverageLines(context, coverage, namer),
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
