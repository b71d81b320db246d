/**
 * A trace as a tree: what is asked about at the top, and below everything what explains or follows
 * it.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import type { Cut, Link, Step, Trace } from "../../flow/investigate/trace.ts";
import { formatCount } from "../format.ts";
import { columnsOf, cutTo, largestOf, padTo } from "../timeline/columns.ts";
import type { Namer } from "../timeline/names.ts";
import { actsText, clockText, dayText, thingText } from "./wording.ts";

export interface Surface {
  readonly paint: Palette;
  readonly namer: Namer;
  /** Null for as many as it takes. */
  readonly columns: number | null;
}

const BEGAN = { back: "begun by", forward: "began" } as const;
const CLOCK_COLUMNS = 12;
const GAP = "  ";
const NAME_COLUMNS_MAX = 56;
const WIDE = 4_000;

const WHY: Readonly<Record<Cut["why"], string>> = {
  fan: "more (--fan)",
  depth: "deeper (--depth)",
  budget: "beyond the limit (--limit)",
  "only-read": "only read (--all)",
};

/** A line before it is known how wide the others are. */
interface Drawn {
  readonly stem: string;
  readonly text: string;
  readonly time: string;
  readonly told: string;
  readonly kind: "root" | "step" | "cut";
  /** Index of the step at which the same thing is followed. */
  readonly again: number | null;
}

/** @param launches what each process was started with, by the name of the thing */
export function traceLines(
  surface: Surface,
  { steps, cuts }: Trace,
  direction: "back" | "forward",
  launches: ReadonlyMap<string, string>,
): string[] {
  const drawn: Drawn[] = [];
  const lineOf = new Map<number, number>();
  const below = new Map<number | null, number[]>();
  for (const [at, { from }] of steps.entries()) {
    below.getOrInsertComputed(from, () => []).push(at);
  }
  const draw = (at: number, stem: string, branch: string): void => {
    const step = steps[at];
    if (step === undefined) return;
    const told = launches.get(step.thing.name) ?? "";
    lineOf.set(at, drawn.length);
    drawn.push(drawnStep(surface.namer, step, stem + branch, direction, told));
    const children = below.get(at) ?? [];
    const next = stem + (branch === "" ? "" : branch.startsWith("└") ? "   " : "│  ");
    const own = cuts.filter((cut) => cut.step === at && cut.why !== "only-read");
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1 && own.length === 0;
      draw(child, next, isLast ? "└─ " : "├─ ");
    }
    for (const [index, { edges, why }] of own.entries()) {
      const end = index === own.length - 1 ? "└─ " : "├─ ";
      const text = `… ${formatCount(edges)} ${WHY[why]}`;
      drawn.push({ stem: next + end, text, time: "", told: "", kind: "cut", again: null });
    }
  };
  for (const root of below.get(null) ?? []) draw(root, "", "");
  const placed = drawn.map((each, at) => {
    if (each.again === null) return each;
    const isAbove = (lineOf.get(each.again) ?? 0) < at;
    return Object.assign(each, { told: isAbove ? "told above" : "told below" });
  });
  return aligned(surface, placed);
}

function drawnStep(
  namer: Namer,
  { thing, link, again }: Step,
  stem: string,
  direction: "back" | "forward",
  launch: string,
): Drawn {
  const name = thingText(namer, thing);
  if (link === null) return { stem, text: name, time: "", told: launch, kind: "root", again };
  const text = `${linkText(link, direction)}  ${name}`;
  return { stem, text, time: clockText(link.time), told: launch, kind: "step", again };
}

/** Times one below the other, as far right as the widest line before them. */
function aligned({ paint, columns }: Surface, drawn: readonly Drawn[]): string[] {
  const whole = columns ?? WIDE;
  const least = whole - CLOCK_COLUMNS - columnsOf(GAP);
  const widest = largestOf(drawn, ({ stem, text, kind }) =>
    kind === "step" ? columnsOf(stem) + columnsOf(text) : 0,
  );
  const wanted = Math.min(least, NAME_COLUMNS_MAX, widest);
  return drawn.map(({ stem, text, time, told, kind }) => {
    if (kind === "root") return paint.strong(cutTo(`${stem}${text}${gap(told)}`, whole));
    if (kind === "cut") return paint.dim(cutTo(stem + text, whole));
    const own = cutTo(text, Math.max(wanted, least) - columnsOf(stem));
    const padded = padTo(own, wanted - columnsOf(stem));
    const used = columnsOf(stem) + columnsOf(padded) + columnsOf(GAP) * 2 + CLOCK_COLUMNS;
    const rest = told === "" || whole - used < 4 ? "" : GAP + cutTo(told, whole - used);
    return paint.dim(stem) + padded + GAP + paint.dim(time) + paint.dim(rest);
  });
}

function gap(text: string): string {
  return text === "" ? "" : GAP + text;
}

/** Things that were asked about and not followed. */
export function leftOut(cuts: readonly Cut[]): number {
  return cuts.reduce((sum, { step, edges }) => (step === null ? sum + edges : sum), 0);
}

/** What was passed over in all, for the lines below. */
export function passedOver(cuts: readonly Cut[]): number {
  return cuts.reduce((sum, { why, edges }) => (why === "only-read" ? sum + edges : sum), 0);
}

function linkText({ kind, acts }: Link, direction: "back" | "forward"): string {
  const told = acts.length === 0 ? [] : [actsText(acts)];
  return [...(kind === "began" ? [BEGAN[direction]] : []), ...told].join(", ");
}

/** The days that an answer is about. */
export function daysOf({ steps }: Trace): string {
  const times = steps.flatMap(({ link }) => (link === null ? [] : [link.time]));
  const sorted = times.toSorted((a, b) => a - b);
  const [earliest, latest] = [sorted[0], sorted.at(-1)];
  if (earliest === undefined || latest === undefined) return "";
  const [first, last] = [dayText(earliest), dayText(latest)];
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`;
}
