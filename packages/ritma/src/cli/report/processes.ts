/**
 * The process tree of a report: as many generations as there is room for, those alike in one line.
 *
 * @module
 */
import { counted, formatCount } from "../format.ts";
import { tally } from "../investigate/closing.ts";
import { fittedTree } from "./families.ts";
import type { LivesInRange } from "./lives-in-range.ts";
import { type Block, type Form, type Section, words } from "./page.ts";

/** @param limit lines */
export function processesSection(form: Form, found: LivesInRange, limit: number): Section {
  const { lives, more } = found;
  const { lines, deeper } = fittedTree(form, found, limit);
  const left = lines.length - Math.min(lines.length, limit);
  const notes = [
    deeper > 0 ? `${formatCount(deeper)} of families like others left out` : "",
    left > 0 ? `${counted(left, "line")} left out at the end` : "",
    more > 0 ? `${formatCount(more)} more that there was no room for` : "",
  ].filter((text) => text !== "");
  const blocks: Block[] = [];
  if (lines.length > 0) blocks.push({ kind: "drawing", lines: lines.slice(0, limit) });
  const told = tally([[lives.size, "process"]]) || "No process is known in this range";
  blocks.push(words([told, ...notes].join(" · "), "dim"));
  return { id: "processes", title: "Processes", blocks };
}
