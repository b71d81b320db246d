/**
 * What every answer says of itself: how far it reaches, and what it does not tell.
 *
 * @module
 */
import type { Coverage } from "../../flow/investigate/coverage.ts";
import type { Context } from "../command.ts";
import { counted, formatCount } from "../format.ts";
import type { Namer } from "../timeline/names.ts";
import { type OpenHours, openLines } from "./open-hours.ts";

const GAPS_SHOWN = 3;

/** Lines below an answer. */
export function coverageLines(
  context: Context,
  coverage: Coverage,
  namer: Namer,
  open: OpenHours,
): string[] {
  const { paint, calendar } = context;
  const { hours, gaps, lost, incomplete } = coverage;
  const lines: string[] = [];
  for (const { t1, t2 } of gaps.slice(0, GAPS_SHOWN)) {
    const between = calendar.gap(t1, t2);
    lines.push(paint.attention(`Nothing was recorded from ${between}.`));
  }
  if (gaps.length > GAPS_SHOWN) {
    lines.push(paint.attention(`Nor in ${counted(gaps.length - GAPS_SHOWN, "other interval")}.`));
  }
  if (lost > 0) lines.push(paint.attention(`The kernel lost ${counted(lost, "record")} of these.`));
  if (incomplete > 0) {
    const events = counted(incomplete, "event");
    lines.push(paint.dim(`Of ${events} the log lacks records.`));
  }
  if (namer.kinds.size > 0) {
    const kinds = [...namer.kinds].toSorted().join(", ");
    lines.push(paint.dim(`•… is a keyed hash: of these the store keeps nothing else (${kinds}).`));
  }
  if (open === null) {
    const looked = `Looked at ${counted(hours, "sealed hour")}; hours that are open are not.`;
    lines.push(paint.dim(looked));
  } else lines.push(paint.dim(`Looked at ${counted(hours, "hour")}.`), ...openLines(context, open));
  lines.push(...calendar.closing().map(paint.dim));
  return lines;
}

/** The same for a program. */
export function coverageFacts({ hours, gaps, lost, incomplete }: Coverage): unknown {
  return { hours, gaps: gaps.map(({ t1, t2 }) => ({ t1Us: t1, t2Us: t2 })), lost, incomplete };
}

/** "7 processes, 3 files". */
export function tally(counts: readonly (readonly [number, string])[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => (word === "process" ? processes(count) : counted(count, word)))
    .join(", ");
}

function processes(count: number): string {
  return count === 1 ? "1 process" : `${formatCount(count)} processes`;
}
