/**
 * The processes of a range below those that began them: who began in it, did something in it, or
 * began one that did.
 *
 * A dictionary also names processes of other hours; these are left out.
 *
 * @module
 */
import type { HourEdges } from "../../flow/investigate/hour-edges.ts";
import type { Investigation, Span } from "../../flow/investigate/investigation.ts";
import { type Life, livesOf } from "../../flow/investigate/lives.ts";
import { beginOf } from "../investigate/asking.ts";

export interface LivesInRange {
  readonly lives: ReadonlyMap<string, Life>;
  /** Names of those that nobody is known to have begun, by begin. */
  readonly tops: readonly string[];
  /** Processes that there was no room for. */
  readonly more: number;
}

/** Below the first. */
export const GENERATIONS_MAX = 64;
const LIVES_MAX = 20_000;

/** @throws RitmaError `store/damaged` */
export async function livesInRange(
  investigation: Investigation,
  span: Span,
): Promise<LivesInRange> {
  const origins = await investigation.origins(span);
  const roots = origins.toSorted((a, b) => beginOf(a) - beginOf(b));
  const most = { depth: GENERATIONS_MAX, max: LIVES_MAX };
  const { lives, more } = await livesOf(investigation, roots, span, most);
  const isWhole =
    span.since === Number.NEGATIVE_INFINITY && span.until === Number.POSITIVE_INFINITY;
  const kept = isWhole ? new Set(lives.keys()) : await keptOf(investigation, lives, span);
  const known = new Map<string, Life>();
  for (const [name, life] of lives) {
    if (!kept.has(name)) continue;
    known.set(name, { ...life, children: life.children.filter((child) => kept.has(child)) });
  }
  const tops = roots.map(({ name }) => name).filter((name) => known.has(name));
  return { lives: known, tops, more };
}

/** Children stand behind their parents in `lives`, so from the end every child comes first. */
async function keptOf(
  investigation: Investigation,
  lives: ReadonlyMap<string, Life>,
  span: Span,
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const [name, { begin }] of lives) {
    if (begin >= span.since && begin < span.until) kept.add(name);
  }
  for await (const edges of investigation.over(span)) {
    for (const [name, life] of lives) {
      if (!kept.has(name) && actsIn(edges, life, span)) kept.add(name);
    }
  }
  for (const [name, { children }] of [...lives].toReversed()) {
    if (children.some((child) => kept.has(child))) kept.add(name);
  }
  return kept;
}

function actsIn(edges: HourEdges, { thing }: Life, { since, until }: Span): boolean {
  const node = edges.nodes.same(thing.entity);
  if (node === 0) return false;
  const { time } = edges.atoms;
  return edges.rowsOf(node).some((row) => (time[row] ?? 0) >= since && (time[row] ?? 0) < until);
}
