/**
 * `ritma tree`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { coverageOf } from "../../flow/investigate/coverage.ts";
import type { Thing } from "../../flow/investigate/investigation.ts";
import { type Life, livesOf } from "../../flow/investigate/lives.ts";
import type { Context } from "../command.ts";
import { formatCount } from "../format.ts";
import { type Asking, beginOf, limitOf, numberOf, openAsking } from "../investigate/asking.ts";
import { coverageFacts, coverageLines, tally } from "../investigate/closing.ts";
import { thingFacts } from "../investigate/json-thing.ts";
import { treeLines } from "../investigate/tree-drawing.ts";
import { launchText } from "../investigate/wording.ts";
import { userText } from "../timeline/identity.ts";
import { Namer } from "../timeline/names.ts";

const DEPTH_DEFAULT = 12;
/** Of everything: what is below is asked for by its name. */
const DEPTH_OF_ALL = 1;
const LIMIT_DEFAULT = 5_000;
const SESSION = /^ses=(?<session>\d{1,10})$/u;

export async function run(context: Context): Promise<number> {
  const [name, path] = context.operands;
  const depth = numberOf(context, "depth", name === undefined ? DEPTH_OF_ALL : DEPTH_DEFAULT);
  const max = limitOf(context, LIMIT_DEFAULT);
  const asking = await openAsking(context, path);
  const { investigation, span } = asking;
  const roots = await rootsOf(asking, name);
  const found = await livesOf(investigation, roots, span, { depth, max });
  const { more, below } = found;
  // Who is asked for by name is told whole; of all, those of the span and who began them.
  const lives = name === undefined ? ofSpan(found.lives) : found.lives;
  const coverage = await coverageOf(investigation, span);
  const tops = roots.filter((each) => lives.has(each.name)).map((each) => each.name);
  const facts = { processes: processFacts(lives), more, below, covered: coverageFacts(coverage) };
  context.show(facts, () => {
    const namer = new Namer(8);
    const { paint, io } = context;
    const columns = context.has("wide") ? null : io.columns;
    const surface = { paint, namer, columns };
    const left =
      (more === 0 ? "" : ` · ${formatCount(more)} more (--limit)`) +
      (below === 0 ? "" : ` · ${formatCount(below)} below them (--depth)`);
    return [
      ...treeLines(surface, lives, tops, context.has("all")),
      "",
      `${tally([[lives.size, "process"]])}${left}`,
      ...coverageLines(context, coverage, namer),
    ];
  });
  return 0;
}

async function rootsOf(
  { investigation, span, meant }: Asking,
  name: string | undefined,
): Promise<readonly Thing[]> {
  if (name === undefined) return byBegin(await investigation.origins(span));
  const session = SESSION.exec(name)?.groups?.["session"];
  if (session !== undefined) return byBegin(await investigation.session(span, Number(session)));
  const things = await meant(name);
  if (things.every(({ entity }) => entity.kind === "process")) return things;
  throw new RitmaError("usage/bad-argument", "a tree is of processes; `ritma who` asks for others");
}

function ofSpan(lives: ReadonlyMap<string, Life>): ReadonlyMap<string, Life> {
  const kept = new Set<string>();
  // Children stand behind their parents.
  for (const [name, { isOfSpan, children }] of [...lives].toReversed()) {
    if (isOfSpan || children.some((child) => kept.has(child))) kept.add(name);
  }
  const found = [...lives].filter(([name]) => kept.has(name));
  return new Map(
    found.map(([name, life]) => [
      name,
      { ...life, children: life.children.filter((child) => kept.has(child)) },
    ]),
  );
}

function byBegin(things: readonly Thing[]): Thing[] {
  return things.toSorted((a, b) => beginOf(a) - beginOf(b));
}

function processFacts(lives: ReadonlyMap<string, Life>): unknown[] {
  const parents = new Map<string, number>();
  for (const [at, { children }] of [...lives.values()].entries()) {
    for (const child of children) parents.set(child, at);
  }
  const namer = new Namer(32);
  return [...lives].map(([name, life]) => lifeFacts(namer, life, parents.get(name) ?? null));
}

function lifeFacts(namer: Namer, life: Life, parent: number | null): unknown {
  const { thing, end, launch, credentials } = life;
  const user = credentials === null ? null : userText(credentials);
  const exec =
    launch === null ? null : { timeUs: launch.time, serial: launch.serial, ...launch.seat };
  return { ...thingFacts(thing), arguments: launchText(namer, launch), end, user, parent, exec };
}
