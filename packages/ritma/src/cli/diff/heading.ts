/**
 * What stands above and below a comparison: what was compared, and what that does not tell.
 *
 * @module
 */
import type { SpanFacts } from "../../flow/investigate/facts.ts";
import { hashLines } from "../blame/event.ts";
import { counted, formatCount, labelled, wrap } from "../format.ts";
import type { OpenHours } from "../investigate/open-hours.ts";
import { lengthText, spanStamp, spanText } from "../log/spans.ts";
import type { TableSurface } from "../surface.ts";
import type { Calendar } from "../timeline/calendar.ts";
import type { Side } from "./side.ts";

export interface Compared {
  readonly side: Side;
  readonly facts: SpanFacts;
}

const GAPS_SHOWN = 3;

export function headingLines(
  { calendar, columns }: TableSurface,
  a: Compared,
  b: Compared,
): string[] {
  const rows = [
    ["A", sideText(calendar, a)],
    ["B", sideText(calendar, b)],
  ] as const;
  return labelled(rows, columns ?? Number.POSITIVE_INFINITY).map((line) => line.slice(2));
}

/** Nothing when both sides were recorded throughout and nothing is hashed. */
export function closingLines(
  surface: TableSurface,
  a: Compared,
  b: Compared,
  open: OpenHours,
): string[] {
  const { paint, namer, calendar, columns } = surface;
  const room = columns ?? Number.POSITIVE_INFINITY;
  const warnings = [...shortText(calendar, "A", a, open), ...shortText(calendar, "B", b, open)];
  const lines = warnings
    .flatMap((text) => wrap(text, room, ""))
    .map((line) => paint.attention(line));
  lines.push(...hashLines(namer, room).map((line) => paint.dim(line)));
  lines.push(...calendar.closing().map(paint.dim));
  return lines;
}

function sideText(calendar: Calendar, { side, facts }: Compared): string {
  const { coverage, atoms } = facts;
  const { since, until } = side.span;
  const window = side.window === null ? "" : ` · window ${side.window}`;
  const covered = `${lengthText(coverage.coveredUs)} covered, ${counted(atoms, "atom")}`;
  return `${spanStamp(calendar, since, until)}${window} · ${covered}`;
}

function shortText(
  calendar: Calendar,
  name: string,
  { facts }: Compared,
  open: OpenHours,
): string[] {
  const { gaps, lost, coveredUs } = facts.coverage;
  const texts: string[] = [];
  if (coveredUs === 0) {
    texts.push(
      open === null || open.error !== null
        ? `${name} is in no sealed hour: nothing of it was recorded, or it is not sealed yet.`
        : `${name} is in no hour: nothing of it was recorded.`,
    );
  } else if (gaps.length > 0) {
    const shown = gaps.slice(0, GAPS_SHOWN).map(({ t1, t2 }) => spanText(calendar, t1, t2));
    const more = gaps.length - shown.length;
    const rest = more > 0 ? ` and ${counted(more, "other interval")}` : "";
    texts.push(`${name} was not recorded in ${shown.join(", ")}${rest}.`);
  }
  if (lost > 0) texts.push(`${name}: ${counted(lost, "event")} lost in its hours.`);
  for (const [kind, times] of facts.uncounted) {
    texts.push(`${name}: no room for ${formatCount(times)} more of kind ${kind}.`);
  }
  return texts;
}
