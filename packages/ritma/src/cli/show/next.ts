/**
 * What stands below what was shown: the next command, put so that it finds the store that was
 * asked, and what the signs mean.
 *
 * @module
 */
import type { Window } from "../../flow/investigate/windows.ts";
import type { Context } from "../command.ts";
import { isoTime } from "../log/spans.ts";
import { placeFlags, shellWord } from "../place-flags.ts";

/** Where the store stands among the operands of `ritma show WHAT PATH`. */
export const PATH_OPERAND = 1;

export const HASHED = "•… is a keyed hash: of these the store keeps nothing else.";

/** Where something stands that is not sealed yet. */
export function openText({ hour, name }: Pick<Window, "hour" | "name">): string {
  return `hour ${hour.sequence}, window ${name}: not sealed yet`;
}

/** `ritma timeline --since … --until …`, of the same store. Null where a time is no date. */
export async function timelineCommand(
  context: Context,
  since: number,
  until: number,
  flags: string,
): Promise<string | null> {
  const [from, to] = [isoTime(since), isoTime(until)];
  if (from === null || to === null) return null;
  const path = context.operands[PATH_OPERAND];
  const place = path === undefined ? placeFlags(await context.config()) : ` ${shellWord(path)}`;
  return `${context.io.program} timeline --since ${from} --until ${to}${flags}${place}`;
}
