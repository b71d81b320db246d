/**
 * Where a trace that was cut by a limit goes on.
 *
 * To go on is to trace again from what stood there, keeping to the time that its edges had to keep
 * to. Whoever goes on everywhere, until nothing is cut any more, has reached what one trace with
 * larger limits reaches.
 *
 * @module
 */
import type { Thing } from "./investigation.ts";

export interface Continuation {
  /** Index of the step that was cut; null for what was asked about, and had no room itself. */
  readonly step: number | null;
  readonly thing: Thing;
  /** Time that its edges must keep to, as in a query; null for what is asked about itself. */
  readonly bound: number | null;
  /** Edges that were to be followed there, those that were included. */
  readonly edges: number;
  readonly why: "fan" | "depth" | "budget";
}

export interface Limits {
  readonly depth: number;
  readonly fan: number;
  readonly budget: number;
}

/** What going on takes at least, so that it comes further than where it begins. */
export function limitsToGoOn({ edges, why }: Continuation, limits: Limits): Limits {
  const fan = why === "fan" ? Math.max(limits.fan, edges) : limits.fan;
  const budget = Math.max(limits.budget, 1 + Math.min(fan, edges));
  return { depth: Math.max(1, limits.depth), fan, budget };
}
