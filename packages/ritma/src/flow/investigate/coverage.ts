/**
 * How far an answer reaches: which of the asked time is sealed, and what is missing from it.
 *
 * @module
 */
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { Investigation, Span } from "./investigation.ts";

export interface Interval {
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
}

export interface Coverage {
  /** Sealed hours that were looked at. */
  readonly hours: number;
  /** Between them, where nothing is sealed. */
  readonly gaps: readonly Interval[];
  /** Records that the kernel lost in these hours. */
  readonly lost: number;
  /** Events of these hours that the recorder could not keep apart or lacks records of. */
  readonly incomplete: number;
}

/** @throws RitmaError `store/damaged` */
export async function coverageOf(investigation: Investigation, span: Span): Promise<Coverage> {
  const hours = investigation.hours(span);
  const gaps: Interval[] = [];
  let [lost, incomplete] = [0, 0];
  let before: SealedHour | null = null;
  for (const hour of hours) {
    // Within a session a gap was signed because nothing happened: that is told, not missing.
    if (before !== null && before.session !== hour.session && before.t2 < hour.t1) {
      gaps.push({ t1: before.t2, t2: hour.t1 });
    }
    before = hour;
    const { counts } = await investigation.reader.header(hour);
    lost += counts.lost;
    incomplete += counts.incomplete;
  }
  return { hours: hours.length, gaps, lost, incomplete };
}
