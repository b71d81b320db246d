/**
 * What a record is known to lack, in words that frighten nobody without need.
 *
 * All of it is counted in the sealed headers: it says what the log was like when it was read, and
 * not that anybody changed the store.
 *
 * @module
 */
import type { HourCount } from "@ritma/evidence";
import { counted, formatCount } from "./format.ts";

export type Shortfall = Extract<
  HourCount,
  "uninterpreted" | "refused" | "late" | "lost" | "evicted" | "incomplete"
>;

interface Words {
  /** One of them; the plural is the word and an s. */
  readonly one: string;
  /** What it means, as the end of a sentence. */
  readonly why: string;
}

/** In the order in which they are shown. */
const SHORTFALLS: Readonly<Record<Shortfall, Words>> = {
  uninterpreted: { one: "uninterpreted line", why: "no audit record, kept as found" },
  refused: { one: "refused line", why: "too long, only the digest is kept" },
  late: { one: "late atom", why: "in after the minute was sealed, so sealed apart" },
  lost: { one: "lost event", why: "lost by the kernel or auditd" },
  evicted: { one: "evicted state", why: "dropped for want of memory, so names may be missing" },
  incomplete: { one: "incomplete event", why: "not all records are in the log" },
};

export const SHORTFALL_NAMES = Object.keys(SHORTFALLS).filter(isShortfall);

/** For the row beside the counts. */
export const SHORTFALL_LABEL = "as logged";
/** Said once, behind the counts. */
const NO_HARM = "So the log was; it says nothing against the store.";

/** "2 late atoms (in after …), 1 incomplete event (…)": empty when there are none. */
export function shortfallText(counts: Readonly<Partial<Record<Shortfall, number>>>): string {
  const parts = SHORTFALL_NAMES.flatMap((name) => {
    const count = counts[name] ?? 0;
    const { one, why } = SHORTFALLS[name];
    return count === 0 ? [] : [`${counted(count, one)} (${why})`];
  });
  return parts.length === 0 ? "" : `${parts.join(", ")}. ${NO_HARM}`;
}

/** "3   in after …"; just the number when it is none. */
export function shortfallRow(name: Shortfall, count: number): string {
  return count === 0 ? "0" : `${formatCount(count)}   ${SHORTFALLS[name].why}`;
}

function isShortfall(name: string): name is Shortfall {
  return name in SHORTFALLS;
}
