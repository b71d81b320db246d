/**
 * How much of a span was recorded: rates are by covered time, and what was not covered is said.
 *
 * Hours and signed gaps tile time. Of the first hour of a session nobody knows what was before its
 * first event, so it counts from there on.
 *
 * @module
 */
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { WindowSpan } from "./windows.ts";

export interface Coverage {
  /** Microseconds of the span that sealed hours cover. */
  readonly coveredUs: number;
  /** The rest of the span, oldest first. */
  readonly holes: readonly WindowSpan[];
  /** Events that the kernel or auditd lost in the hours that the span touches. */
  readonly lost: number;
}

/** @throws RitmaError `store/damaged` */
export async function coverageOf(reader: StoreReader, span: WindowSpan): Promise<Coverage> {
  const holes: WindowSpan[] = [];
  let [coveredUs, lost, end] = [0, 0, span.since];
  for (const hour of reader.hours) {
    if (hour.t1 >= span.until || hour.t2 <= span.since || hour.windows === 0) continue;
    lost += (await reader.header(hour)).counts.lost;
    const since = Math.max(end, await beginOf(reader, hour));
    const until = Math.min(span.until, hour.t2);
    if (since >= until) continue;
    if (since > end) holes.push({ since: end, until: since });
    coveredUs += until - since;
    end = until;
  }
  if (end < span.until) holes.push({ since: end, until: span.until });
  return { coveredUs, holes, lost };
}

async function beginOf(reader: StoreReader, hour: SealedHour): Promise<number> {
  if (reader.hours[hour.sequence - 1]?.session === hour.session) return hour.t1;
  const [first] = await reader.windows(hour);
  return first?.kind === "empty" ? first.t2 : hour.t1;
}
