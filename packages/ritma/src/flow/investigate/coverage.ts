/**
 * How far an answer reaches: which of the asked time is sealed, and what is missing from it.
 *
 * @module
 */
import { TIME_US_MAX } from "../../base/limits.ts";
import type { Investigation, Span } from "./investigation.ts";

export interface Interval {
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
}

export interface Coverage {
  /** Sealed hours that were looked at. */
  readonly hours: number;
  /** Of the span, where nothing is sealed; hours without any event are sealed as such. */
  readonly gaps: readonly Interval[];
  /** Records that the kernel lost in these hours. */
  readonly lost: number;
  /** Events of these hours that the recorder could not keep apart or lacks records of. */
  readonly incomplete: number;
}

/** @throws RitmaError `store/damaged` */
export async function coverageOf(investigation: Investigation, span: Span): Promise<Coverage> {
  const { reader } = investigation;
  const { since, until } = span;
  const touched = reader.hours.filter(
    ({ t1, t2, windows }) => windows > 0 && t1 < until && t2 > since,
  );
  const gaps: Interval[] = [];
  let [lost, incomplete] = [0, 0];
  let end = Number.isFinite(since) ? since : (touched[0]?.t1 ?? 0);
  let session: number | null = null;
  for (const hour of touched) {
    // Within a session a gap was signed because nothing happened: that is told, not missing.
    if (session !== hour.session && hour.t1 > end) gaps.push({ t1: end, t2: hour.t1 });
    end = Math.max(end, hour.t2);
    ({ session } = hour);
    const { counts } = await reader.header(hour);
    lost += counts.lost;
    incomplete += counts.incomplete;
  }
  if (until < TIME_US_MAX && until > end && (session !== null || Number.isFinite(since))) {
    gaps.push({ t1: end, t2: until });
  }
  return { hours: investigation.hours(span).length, gaps, lost, incomplete };
}
