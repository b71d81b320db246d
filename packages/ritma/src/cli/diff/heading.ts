/**
 * What stands above and below a comparison: what was compared, and what that does not tell.
 *
 * @module
 */
import type { SpanFacts } from "../../flow/investigate/facts.ts";
import { hashLines } from "../blame/event.ts";
import { counted, formatCount, labelled, wrap } from "../format.ts";
import { lengthText, spanText } from "../log/spans.ts";
import type { Surface } from "./lines.ts";
import type { Side } from "./side.ts";

export interface Compared {
  readonly side: Side;
  readonly facts: SpanFacts;
}

const HOLES_SHOWN = 3;

export function headingLines(a: Compared, b: Compared, columns: number | null): string[] {
  const rows = [
    ["A", sideText(a)],
    ["B", sideText(b)],
  ] as const;
  return labelled(rows, columns ?? Number.POSITIVE_INFINITY).map((line) => line.slice(2));
}

/** Nothing when both sides were recorded throughout and nothing is hashed. */
export function closingLines(surface: Surface, a: Compared, b: Compared): string[] {
  const { paint, namer, columns } = surface;
  const room = columns ?? Number.POSITIVE_INFINITY;
  const warnings = [...shortText("A", a), ...shortText("B", b)];
  const lines = warnings
    .flatMap((text) => wrap(text, room, ""))
    .map((line) => paint.attention(line));
  lines.push(...hashLines(namer, room).map((line) => paint.dim(line)));
  return lines.length === 0 ? [] : ["", ...lines];
}

function sideText({ side, facts }: Compared): string {
  const { coverage, atoms } = facts;
  const window = side.window === null ? "" : ` · window ${side.window}`;
  const covered = `${lengthText(coverage.coveredUs)} covered, ${counted(atoms, "atom")}`;
  return `${spanText(side.span.since, side.span.until)} UTC${window} · ${covered}`;
}

function shortText(name: string, { facts }: Compared): string[] {
  const { holes, lost, coveredUs } = facts.coverage;
  const texts: string[] = [];
  if (coveredUs === 0) {
    texts.push(
      `${name} is in no sealed hour: nothing of it was recorded, or it is not sealed yet.`,
    );
  } else if (holes.length > 0) {
    const shown = holes.slice(0, HOLES_SHOWN).map(({ since, until }) => spanText(since, until));
    const more = holes.length - shown.length;
    const rest = more > 0 ? ` and ${counted(more, "other interval")}` : "";
    texts.push(`${name} was not recorded in ${shown.join(", ")}${rest}.`);
  }
  if (lost > 0) texts.push(`${name}: ${counted(lost, "event")} lost in its hours.`);
  for (const [kind, times] of facts.uncounted) {
    texts.push(`${name}: no room for ${formatCount(times)} more of kind ${kind}.`);
  }
  return texts;
}
