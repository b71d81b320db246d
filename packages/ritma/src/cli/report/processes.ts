/**
 * The process tree of a report: as many generations as there is room for, those alike in one line.
 *
 * @module
 */
import type { Life } from "../../flow/investigate/lives.ts";
import { counted, formatCount } from "../format.ts";
import { tally } from "../investigate/closing.ts";
import { thingFacts } from "../investigate/json-thing.ts";
import { launchText } from "../investigate/wording.ts";
import { userText } from "../timeline/identity.ts";
import { Namer } from "../timeline/names.ts";
import { fittedTree } from "./families.ts";
import type { LivesInRange } from "./lives-in-range.ts";
import { type Block, type Form, type Section, words } from "./page.ts";

const HASH_DIGITS = 32;

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

/** The same as `ritma tree --json` has them. */
export function processFacts({ lives }: LivesInRange): unknown[] {
  const parents = new Map<string, number>();
  for (const [at, { children }] of [...lives.values()].entries()) {
    for (const child of children) parents.set(child, at);
  }
  const namer = new Namer(HASH_DIGITS);
  return [...lives].map(([name, life]) => lifeFacts(namer, life, parents.get(name) ?? null));
}

function lifeFacts(namer: Namer, life: Life, parent: number | null): unknown {
  const { thing, end, launch, credentials } = life;
  const user = credentials === null ? null : userText(credentials);
  const exec =
    launch === null ? null : { timeUs: launch.time, serial: launch.serial, ...launch.seat };
  return { ...thingFacts(thing), arguments: launchText(namer, launch), end, user, parent, exec };
}
