/**
 * Processes as a tree, those that are alike in one line.
 *
 * Invariant: each is drawn once and no line is longer for a deeper tree, so that a store made to
 * have somebody begin his own parent, or a chain of a hundred thousand, has a drawing too.
 *
 * @module
 */
import type { Life } from "../../flow/investigate/lives.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Surface } from "../surface.ts";
import { columnsOf, cutTo, largestOf, padTo } from "../timeline/columns.ts";
import { userText } from "../timeline/identity.ts";
import type { Namer } from "../timeline/names.ts";
import { branchOf } from "./branches.ts";
import { launchText, programText, thingText } from "./wording.ts";

/** From so many on, those of a name that began nobody are told together. */
const FOLD_MIN = 3;
const NAME_COLUMNS_MAX = 48;
const LIFE_COLUMNS_MIN = 11;
/** Of one that is told by its number alone. */
const UNNAMED = "name not known";
const GAP = "  ";
const WIDE = 4_000;
const US_PER_MS = 1_000;

interface Drawn {
  readonly stem: string;
  readonly name: string;
  readonly life: Life;
  /** How many stand in this line, and when the last of them began. */
  readonly count: number;
  readonly last: number;
}

type Group = Omit<Drawn, "stem">;

/** A line that is still to be drawn, and what stands before those below it. */
interface Waiting extends Drawn {
  readonly below: string;
  /** Generations above it. */
  readonly depth: number;
}

type Lives = ReadonlyMap<string, Life>;

export function treeLines(
  surface: Surface,
  lives: Lives,
  tops: readonly string[],
  all: boolean,
): string[] {
  const drawn: Drawn[] = [];
  const seen = new Set<string>();
  const begunBy = (names: readonly string[], above: string, depth: number): Waiting[] => {
    const fresh = [...new Set(names)].filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    const groups = grouped(surface, lives, fresh, all);
    return groups.map(({ life, name, count, last }, at) => {
      const isLast = at === groups.length - 1;
      const { stem, below } = branchOf(above, depth, isLast, surface.columns);
      return { stem, below, name, life, count, last, depth };
    });
  };
  // The next one is at the end.
  const waiting = begunBy(tops, "", 0).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    drawn.push(next);
    const children = begunBy(next.life.children, next.below, next.depth + 1);
    for (const child of children.toReversed()) waiting.push(child);
  }
  return withColumns(surface, drawn);
}

function grouped(
  { namer }: Surface,
  lives: Lives,
  names: readonly string[],
  all: boolean,
): Group[] {
  const alike = new Map<string, Life[]>();
  for (const name of names) {
    const life = lives.get(name);
    if (life === undefined) continue;
    const own = all || life.children.length > 0 ? null : likenessOf(life);
    alike.getOrInsertComputed(own ?? `one ${name}`, () => []).push(life);
  }
  const groups = [...alike.values()].flatMap((found) =>
    found.length < FOLD_MIN ? found.map((life) => [life]) : [found],
  );
  return groups
    .flatMap((found) => groupOf(namer, found))
    .toSorted((a, b) => a.life.begin - b.life.begin);
}

function groupOf(namer: Namer, found: readonly Life[]): Group[] {
  const [life] = found;
  if (life === undefined) return [];
  const own = thingText(namer, life.thing);
  const count = found.length;
  const name = count > 1 ? `${own.replace(/\[\d+\]$/u, "")} ×${formatCount(count)}` : own;
  return [{ name, life, count, last: largestOf(found, ({ begin }) => begin) }];
}

/** What makes two processes alike; null for one that ran nothing. */
function likenessOf({ thing, launch }: Life): string | null {
  const { entity } = thing;
  if (entity.kind !== "process" || launch === null) return null;
  return entity.name === null ? null : entity.name.bytes.toHex();
}

function withColumns(
  { paint, namer, calendar, columns }: Surface,
  drawn: readonly Drawn[],
): string[] {
  const whole = columns ?? WIDE;
  const widest = largestOf(drawn, ({ stem, name }) => columnsOf(stem) + columnsOf(name));
  const wanted = Math.min(NAME_COLUMNS_MAX, whole >> 1, widest);
  const texts = drawn.map(({ life, count, last }) => lifeText(life, count, last));
  const lifeColumns = Math.max(LIFE_COLUMNS_MIN, largestOf(texts, columnsOf));
  let [day, user] = ["", ""];
  return drawn.flatMap(({ stem, name, life, count }, at) => {
    const heading = calendar.heading(life.begin);
    const own = life.credentials === null ? "" : (userText(life.credentials) ?? "");
    const isNew = own !== "" && own !== user;
    if (own !== "") user = own;
    const shown = cutTo(name, Math.max(8, wanted - columnsOf(stem)));
    const padded = padTo(shown, wanted - columnsOf(stem));
    const lived = padTo(texts[at] ?? "", lifeColumns);
    const times = `${calendar.clock(life.begin)}${GAP}${lived}`;
    const used = columnsOf(stem) + columnsOf(padded) + columnsOf(times) + 2 * columnsOf(GAP);
    const ran = count > 1 ? `${programText(namer, life.launch)} …` : launchText(namer, life.launch);
    const notes = [isNamed(namer, life) ? "" : UNNAMED, isNew ? own : ""].filter(
      (note) => note !== "",
    );
    const told = [ran, notes.length === 0 ? "" : `(${notes.join(", ")})`].join(" ").trim();
    const rest = cutTo(told, Math.max(0, whole - used));
    const line = paint.dim(stem) + padded + GAP + paint.dim(times) + GAP + rest;
    const lines = heading === day ? [] : [paint.strong(heading)];
    day = heading;
    return [...lines, line.trimEnd()];
  });
}

function isNamed(namer: Namer, { thing, launch }: Life): boolean {
  const { entity } = thing;
  return entity.kind !== "process" || launch !== null || namer.processName(entity) !== null;
}

/** How long it lived; of several, over what time they began. */
function lifeText({ begin, end }: Life, count: number, last: number): string {
  if (count > 1) return `over ${seconds(last - begin)}`;
  return end === null ? "" : seconds(end - begin);
}

function seconds(us: number): string {
  return formatDuration(us / US_PER_MS);
}
