/**
 * Things, acts and lives in words, for the answers to questions.
 *
 * @module
 */
import type { Act } from "../../flow/investigate/acts.ts";
import type { Thing } from "../../flow/investigate/investigation.ts";
import type { Launch } from "../../flow/investigate/lives.ts";
import { formatCount } from "../format.ts";
import { actionOf, entityText, outcomeOf } from "../timeline/describe.ts";
import type { Namer } from "../timeline/names.ts";
import { textOf } from "../timeline/phrase.ts";
import { shellQuoted } from "../timeline/quote.ts";

/** `sh[4702]`, `/tmp/.x`, `127.0.0.1:8081`. */
export function thingText(namer: Namer, { entity }: Thing): string {
  return textOf(entityText(namer, entity));
}

/** `open`, `open denied (EACCES)`, `connect pending`. */
function actText(act: Act): string {
  const atom = { ...act, object: null, object2: null, arg: null, num: null };
  const outcome = outcomeOf(atom);
  return `${actionOf(atom)}${outcome === "" ? "" : ` ${outcome}`}`;
}

/** Acts that read alike are told together: `open ×3, open denied (EACCES)`. */
export function actsText(acts: readonly Act[]): string {
  const times = new Map<string, number>();
  for (const act of acts) {
    const text = actText(act);
    times.set(text, (times.get(text) ?? 0) + act.times);
  }
  return [...times]
    .map(([text, count]) => (count > 1 ? `${text} ×${formatCount(count)}` : text))
    .join(", ");
}

/** Flag of an exec: the first argument is the script, and not what it calls itself. */
const SCRIPT = 1;

/** What was run, and with what: `/usr/bin/sh -c 'id; uname -a'`. "" where it is not recorded. */
export function launchText(namer: Namer, launch: Launch | null): string {
  if (launch === null) return "";
  const { arguments: given, flags } = launch;
  const program = programText(namer, launch);
  if (given === null) return program;
  const isScript = (flags & SCRIPT) !== 0;
  const rest = (isScript ? given.values : given.values.slice(1)).map((value) =>
    shellQuoted(namer, value),
  );
  const words = [isScript ? "" : program, ...rest, given.whole ? "" : "…"];
  return words.filter((text) => text !== "").join(" ");
}

/** The same without its arguments. */
export function programText(namer: Namer, launch: Launch | null): string {
  return namer.pathOrNull(launch?.file?.path ?? null) ?? "";
}
