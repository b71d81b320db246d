/**
 * How far an answer reaches: which of the asked time was recorded, and what is missing from it.
 *
 * Hours and signed gaps tile the time of a session: a gap within one says that nothing happened,
 * and counts like an hour. Of the first hour of a session nobody knows what was before its first
 * event, so it counts from there on.
 *
 * @module
 */
import { TIME_US_MAX } from "../../base/limits.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Investigation, Span } from "./investigation.ts";

export interface Interval {
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
}

export interface Coverage {
  /** Sealed hours that were looked at. */
  readonly hours: number;
  /** Of the span, where nothing was recorded, oldest first; an open end of it is none. */
  readonly gaps: readonly Interval[];
  /** Records that the kernel lost in these hours. */
  readonly lost: number;
  /** Events of these hours that the recorder could not keep apart or lacks records of. */
  readonly incomplete: number;
}

export interface Covered extends Omit<Coverage, "hours"> {
  /** Microseconds of the span that were recorded: rates are by these. */
  readonly coveredUs: number;
}

/** @throws RitmaError `store/damaged` */
export async function coverageOf(investigation: Investigation, span: Span): Promise<Coverage> {
  const { gaps, lost, incomplete } = await coveredIn(investigation.reader, span);
  return { hours: investigation.hours(span).length, gaps, lost, incomplete };
}

/** @throws RitmaError `store/damaged` */
export async function coveredIn(reader: StoreReader, { since, until }: Span): Promise<Covered> {
  const gaps: Interval[] = [];
  let [coveredUs, lost, incomplete, end] = [0, 0, 0, since];
  const hold = (t1: number, t2: number): void => {
    if (t1 < t2 && Number.isFinite(t1)) gaps.push({ t1, t2 });
  };
  let before: SealedHour | null = null;
  for (const hour of reader.hours) {
    // Late events alone do not tell that anybody listened.
    if (hour.windows === 0) continue;
    const goesOn: number | null = before?.session === hour.session ? before.t2 : null;
    before = hour;
    if ((goesOn ?? hour.t1) >= until) break;
    if (hour.t2 <= since) continue;
    if (hour.t1 < until) {
      const { counts } = await reader.header(hour);
      lost += counts.lost;
      incomplete += counts.incomplete;
    }
    const begin = Math.max(since, goesOn ?? (await firstEventOf(reader, hour)));
    const stop = Math.min(until, hour.t2);
    if (begin >= stop) continue;
    hold(end, begin);
    coveredUs += stop - begin;
    end = stop;
  }
  if (until < TIME_US_MAX) hold(end, until);
  return { coveredUs, gaps, lost, incomplete };
}

/** The begin of the window that holds it. */
async function firstEventOf(reader: StoreReader, hour: SealedHour): Promise<number> {
  const [first] = await reader.windows(hour);
  return first?.kind === "empty" ? first.t2 : hour.t1;
}
