/**
 * A trace as a tree: what is asked about at the top, and below everything what explains or follows
 * it.
 *
 * @module
 */
import type { Cut, Link, Step, Trace } from "../../flow/investigate/trace.ts";
import { formatCount } from "../format.ts";
import type { Surface } from "../surface.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { columnsOf, cutTo, largestOf, padTo } from "../timeline/columns.ts";
import { UTC } from "../timeline/zone.ts";
import { type Branch, branchOf } from "./branches.ts";
import { actsText, thingText } from "./wording.ts";

const BEGAN = { back: "begun by", forward: "began" } as const;
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

/** A step, by its index, or what was cut below one. */
type Item = number | Cut;

/** @param launches what each process was started with, by the name of the thing */
export function traceLines(
  surface: Surface,
  { steps, cuts }: Pick<Trace, "steps" | "cuts">,
  direction: "back" | "forward",
  launches: ReadonlyMap<string, string>,
): string[] {
  const drawn: Drawn[] = [];
  const lineOf = new Map<number, number>();
  const below = itemsBelow(steps, cuts);
  // The next one is at the end.
  const waiting: (Branch & { readonly item: Item; readonly depth: number })[] = [];
  const wait = (from: number | null, above: string, depth: number): void => {
    const items = below.get(from) ?? [];
    for (const [at, item] of items.entries().toArray().toReversed()) {
      const isLast = at === items.length - 1;
      waiting.push({ ...branchOf(above, depth, isLast, surface.columns), item, depth });
    }
  };
  wait(null, "", 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { item, stem } = next;
    if (typeof item !== "number") {
      drawn.push(drawnCut(item, stem));
      continue;
    }
    const step = steps[item];
    if (step === undefined) continue;
    const told = launches.get(step.thing.name) ?? "";
    lineOf.set(item, drawn.length);
    drawn.push(drawnStep(surface, step, stem, direction, told));
    wait(item, next.below, next.depth + 1);
  }
  const placed = drawn.map((each, at) => {
    if (each.again === null) return each;
    const isAbove = (lineOf.get(each.again) ?? 0) < at;
    return Object.assign(each, { told: isAbove ? "told above" : "told below" });
  });
  return aligned(surface, placed);
}

/** By the step that they stand below, null for none: what was followed, then what was cut. */
function itemsBelow(
  steps: readonly Step[],
  cuts: readonly Cut[],
): ReadonlyMap<number | null, readonly Item[]> {
  const below = new Map<number | null, Item[]>();
  for (const [at, { from }] of steps.entries()) {
    below.getOrInsertComputed(from, () => []).push(at);
  }
  for (const cut of cuts) {
    if (cut.step === null || cut.why === "only-read") continue;
    below.getOrInsertComputed(cut.step, () => []).push(cut);
  }
  return below;
}

function drawnCut({ edges, why }: Cut, stem: string): Drawn {
  const text = `… ${formatCount(edges)} ${WHY[why]}`;
  return { stem, text, time: "", told: "", kind: "cut", again: null };
}

function drawnStep(
  { namer, calendar }: Surface,
  { thing, link, again }: Step,
  stem: string,
  direction: "back" | "forward",
  launch: string,
): Drawn {
  const name = thingText(namer, thing);
  if (link === null) return { stem, text: name, time: "", told: launch, kind: "root", again };
  const text = `${linkText(link, direction)}  ${name}`;
  return {
    stem,
    text,
    time: calendar.clock(link.time) + calendar.deviation(link.time),
    told: launch,
    kind: "step",
    again,
  };
}

/** Times one below the other, as far right as the widest line before them. */
function aligned({ paint, columns }: Surface, drawn: readonly Drawn[]): string[] {
  const whole = columns ?? WIDE;
  const clock = largestOf(drawn, ({ time }) => time.length);
  const least = whole - clock - columnsOf(GAP);
  const widest = largestOf(drawn, ({ stem, text, kind }) =>
    kind === "step" ? columnsOf(stem) + columnsOf(text) : 0,
  );
  const wanted = Math.min(least, NAME_COLUMNS_MAX, widest);
  return drawn.map(({ stem, text, time, told, kind }) => {
    if (kind === "root") return paint.strong(cutTo(`${stem}${text}${gap(told)}`, whole));
    if (kind === "cut") return paint.dim(cutTo(stem + text, whole));
    const own = cutTo(text, Math.max(wanted, least) - columnsOf(stem));
    const padded = padTo(own, wanted - columnsOf(stem));
    const used = columnsOf(stem) + columnsOf(padded) + columnsOf(GAP) * 2 + clock;
    const rest = told === "" || whole - used < 4 ? "" : GAP + cutTo(told, whole - used);
    return (
      paint.dim(stem) +
      padded +
      GAP +
      paint.dim(rest === "" ? time : time.padEnd(clock)) +
      paint.dim(rest)
    );
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
export function daysOf(calendar: Calendar, { steps }: Pick<Trace, "steps">): string {
  const times = steps.flatMap(({ link }) => (link === null ? [] : [link.time]));
  const sorted = times.toSorted((a, b) => a - b);
  const [earliest, latest] = [sorted[0], sorted.at(-1)];
  if (earliest === undefined || latest === undefined) return "";
  const [first, last] = [calendar.day(earliest), calendar.day(latest)];
  const days = first === last ? first : `${first} to ${last}`;
  return calendar.zone === UTC ? `${days} UTC` : days;
}
