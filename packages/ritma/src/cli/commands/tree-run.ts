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
import { limitOf, numberOf } from "../counts.ts";
import { formatCount, wrap } from "../format.ts";
import { type Asking, openAsking } from "../investigate/asking.ts";
import { beginOf } from "../investigate/candidates.ts";
import { coverageFacts, coverageLines, tally } from "../investigate/closing.ts";
import { livesFacts } from "../investigate/json-thing.ts";
import { withOpenMarks } from "../investigate/open-hours.ts";
import { treeLines } from "../investigate/tree-drawing.ts";
import type { Finder } from "../investigate/unknown.ts";
import { heldText } from "../timeline/held.ts";
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
  const { store, open, investigation, span } = asking;
  const roots = await rootsOf(asking, name);
  const found = await livesOf(investigation, roots, span, { depth, max });
  const { more, below } = found;
  // Who is asked for by name is told whole; of all, those of the span and who began them.
  const lives = name === undefined ? ofSpan(found.lives) : found.lives;
  const coverage = await coverageOf(investigation, span);
  const tops = roots.filter((each) => lives.has(each.name)).map((each) => each.name);
  const covered = coverageFacts(coverage);
  const facts = { processes: livesFacts(lives), more, below, covered, open };
  const held = lives.size === 0 ? await heldText(context.calendar, store) : "";
  context.show(withOpenMarks(store, facts), () => {
    const namer = new Namer(8);
    const { paint, io, calendar } = context;
    const columns = context.has("wide") ? null : io.columns;
    const surface = { paint, namer, calendar, columns };
    const left =
      (more === 0 ? "" : ` · ${formatCount(more)} more (--limit)`) +
      (below === 0 ? "" : ` · ${formatCount(below)} below them (--depth)`);
    const drawn = treeLines(surface, lives, tops, context.has("all"));
    return [
      ...(lives.size === 0
        ? wrap(`No process is in this range: ${held}.`, io.columns, "")
        : [...drawn, "", `${tally([[lives.size, "process"]])}${left}`]),
      ...coverageLines(context, coverage, namer, open),
    ];
  });
  return 0;
}

async function rootsOf(
  { investigation, span, meant, unknown }: Asking,
  name: string | undefined,
): Promise<readonly Thing[]> {
  if (name === undefined) return byBegin(await investigation.origins(span));
  const session = SESSION.exec(name)?.groups?.["session"];
  if (session !== undefined) {
    const find: Finder = (asked) => investigation.session(asked, Number(session));
    const found = await find(span);
    if (found.length === 0) throw await unknown(`session ${session}`, find);
    return byBegin(found);
  }
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
