/**
 * Processes as a tree, those that are alike in one line.
 *
 * @module
 */
import type { Life } from "../../flow/investigate/lives.ts";
import { formatCount, formatDuration } from "../format.ts";
import { columnsOf, cutTo, padTo } from "../timeline/columns.ts";
import { userText } from "../timeline/identity.ts";
import type { Namer } from "../timeline/names.ts";
import type { Surface } from "./trace-drawing.ts";
import { clockText, dayText, launchText, programText, thingText } from "./wording.ts";

/** From so many on, those of a name that began nobody are told together. */
const FOLD_MIN = 3;
const NAME_COLUMNS_MAX = 48;
const LIFE_COLUMNS = 11;
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
type Lives = ReadonlyMap<string, Life>;

export function treeLines(
  surface: Surface,
  lives: Lives,
  tops: readonly string[],
  all: boolean,
): string[] {
  const drawn: Drawn[] = [];
  const draw = (names: readonly string[], stem: string, isTop: boolean): void => {
    const groups = grouped(surface, lives, names, all);
    for (const [at, { life, name, count, last }] of groups.entries()) {
      const isLast = at === groups.length - 1;
      const branch = isTop ? "" : isLast ? "└─ " : "├─ ";
      drawn.push({ stem: stem + branch, name, life, count, last });
      draw(life.children, isTop ? stem : stem + (isLast ? "   " : "│  "), false);
    }
  };
  draw(tops, "", true);
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
  return [{ name, life, count, last: Math.max(...found.map(({ begin }) => begin)) }];
}

/** What makes two processes alike; null for one that ran nothing. */
function likenessOf({ thing, launch }: Life): string | null {
  const { entity } = thing;
  if (entity.kind !== "process" || launch === null) return null;
  return entity.name === null ? null : entity.name.bytes.toHex();
}

function withColumns({ paint, namer, columns }: Surface, drawn: readonly Drawn[]): string[] {
  const whole = columns ?? WIDE;
  const widths = drawn.map(({ stem, name }) => columnsOf(stem) + columnsOf(name));
  const wanted = Math.min(NAME_COLUMNS_MAX, whole >> 1, Math.max(0, ...widths));
  let [day, user] = ["", ""];
  return drawn.flatMap(({ stem, name, life, count, last }) => {
    const heading = dayText(life.begin);
    const own = life.credentials === null ? "" : (userText(life.credentials) ?? "");
    const isNew = own !== "" && own !== user;
    if (own !== "") user = own;
    const shown = cutTo(name, Math.max(8, wanted - columnsOf(stem)));
    const padded = padTo(shown, wanted - columnsOf(stem));
    const lived = padTo(lifeText(life, count, last), LIFE_COLUMNS);
    const times = `${clockText(life.begin)}${GAP}${lived}`;
    const used = columnsOf(stem) + columnsOf(padded) + columnsOf(times) + 2 * columnsOf(GAP);
    const ran = count > 1 ? `${programText(namer, life.launch)} …` : launchText(namer, life.launch);
    const told = [ran, isNew ? `(${own})` : ""].join(" ").trim();
    const rest = cutTo(told, Math.max(0, whole - used));
    const line = paint.dim(stem) + padded + GAP + paint.dim(times) + GAP + rest;
    const lines = heading === day ? [] : [paint.strong(`${heading} UTC`)];
    day = heading;
    return [...lines, line.trimEnd()];
  });
}

/** How long it lived; of several, over what time they began. */
function lifeText({ begin, end }: Life, count: number, last: number): string {
  if (count > 1) return `over ${seconds(last - begin)}`;
  return end === null ? "" : seconds(end - begin);
}

function seconds(us: number): string {
  return formatDuration(us / US_PER_MS);
}
