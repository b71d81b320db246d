/**
 * Which processes of a tree are drawn when there is no room for all.
 *
 * Whole generations as long as they fit, and below these whole families, the rarest first: what
 * happened once is told, and what happens all the time falls together.
 *
 * @module
 */
import type { Life } from "../../flow/investigate/lives.ts";
import { treeLines } from "../investigate/tree-drawing.ts";
import type { LivesInRange } from "./lives-in-range.ts";
import type { Form } from "./page.ts";

/** @returns the lines, and of how many processes they say nothing */
export function fittedTree(
  form: Form,
  found: LivesInRange,
  limit: number,
): { readonly lines: readonly string[]; readonly deeper: number } {
  const levels = levelsOf(found);
  const counts = familyCounts(found, levels);
  const drawn = (depth: number, most: number): { lines: string[]; deeper: number } => {
    const kept = openedUp(
      found,
      levels,
      (name, at) => at < depth || (counts.get(name) ?? 0) <= most,
    );
    return {
      lines: treeLines(form, kept, found.tops, false),
      deeper: found.lives.size - kept.size,
    };
  };
  const deepest = highest(levels.length, (depth) => drawn(depth, 0).lines.length <= limit);
  const each = [0, ...new Set(counts.values())].toSorted((a, b) => a - b);
  const last = each.length - 1;
  const at = highest(last, (place) => drawn(deepest, each[place] ?? 0).lines.length <= limit);
  return drawn(deepest, each[at] ?? 0);
}

/** The highest number from 0 on that fits; 0 when none does. What fits is below what does not. */
function highest(most: number, fits: (value: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Names by generation. A store made to have somebody begin his own parent ends here too. */
function levelsOf({ lives, tops }: LivesInRange): readonly (readonly string[])[] {
  const levels: (readonly string[])[] = [];
  const seen = new Set(tops);
  for (let level = tops; level.length > 0;) {
    levels.push(level);
    const next = level.flatMap((name) => lives.get(name)?.children ?? []);
    level = next.filter((name) => !seen.has(name));
    for (const name of level) seen.add(name);
  }
  return levels;
}

/**
 * How often there is a family like that of each: of the same name, who began families like these,
 * however often. One that holds a rare one is rare itself.
 */
function familyCounts(
  { lives }: LivesInRange,
  levels: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const kinds = new Map<string, number>();
  const counts = new Map<number, number>();
  for (const name of levels.toReversed().flat()) {
    const life = lives.get(name);
    if (life === undefined || kinds.has(name)) continue;
    const below = new Set(life.children.map((child) => kinds.get(child) ?? 0));
    const own = `${ownName(life)} ${[...below].toSorted((a, b) => a - b).join(",")}`;
    const kind = numbers.getOrInsert(own, numbers.size + 1);
    kinds.set(name, kind);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return new Map([...kinds].map(([name, kind]) => [name, counts.get(kind) ?? 0]));
}

function ownName({ thing: { entity } }: Life): string {
  return entity.kind === "process" ? (entity.name?.bytes.toHex() ?? "") : "";
}

/** Without the children of those that are not opened. */
function openedUp(
  { lives, tops }: LivesInRange,
  levels: readonly (readonly string[])[],
  isOpen: (name: string, depth: number) => boolean,
): ReadonlyMap<string, Life> {
  const kept = new Map<string, Life>();
  let level = tops;
  for (const depth of levels.keys()) {
    const isLast = depth === levels.length - 1;
    const next: string[] = [];
    for (const name of level) {
      const life = lives.get(name);
      if (life === undefined || kept.has(name)) continue;
      const children = isLast || !isOpen(name, depth) ? [] : life.children;
      kept.set(name, { ...life, children });
      for (const child of children) next.push(child);
    }
    level = next;
  }
  return kept;
}
