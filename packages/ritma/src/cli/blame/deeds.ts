/**
 * What a program did, in few words: `open ×3, open denied (EACCES)`.
 *
 * @module
 */
import type { Deed } from "../../flow/investigate/blame-programs.ts";
import { formatCount } from "../format.ts";
import { actionOf, outcomeOf } from "../timeline/describe.ts";

/** By words, most often done first. */
export function deedCounts(deeds: readonly Deed[]): (readonly [words: string, events: number])[] {
  const counts = new Map<string, number>();
  for (const { etype, flags, ret, events } of deeds) {
    const atom = { etype, flags, ret, object: null, object2: null, arg: null, num: null };
    const words = [actionOf(atom), outcomeOf(atom)].filter((word) => word !== "").join(" ");
    counts.set(words, (counts.get(words) ?? 0) + events);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

export function deedText(deeds: readonly Deed[]): string {
  return deedCounts(deeds)
    .map(([words, events]) => (events === 1 ? words : `${words} ×${formatCount(events)}`))
    .join(", ");
}
