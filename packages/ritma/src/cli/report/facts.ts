/**
 * A report as `--json` prints it.
 *
 * @module
 */
import type { Report } from "@ritma/evidence";
import type { RitmaError } from "../../base/error.ts";
import type { AskedRange } from "../log/range.ts";
import { coverageFacts } from "../investigate/closing.ts";
import { livesFacts } from "../investigate/json-thing.ts";
import { actorFacts, uncountedFacts } from "./actors.ts";
import type { Records } from "./records.ts";
import type { factStory } from "./story.ts";
import type { StoreNames } from "./summary.ts";

/** A page in a file. */
export interface Written {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface Made {
  readonly version: string;
  /** The evidence store. */
  readonly out: string;
  readonly madeUs: number | null;
  readonly names: StoreNames | null;
  readonly report: Report;
  readonly trust: string | null;
  /** Null when the store could not even be opened. */
  readonly asked: AskedRange | null;
  readonly records: Records | RitmaError;
  readonly written: Written | null;
}

export function reportFacts(
  { version, madeUs, names, report, trust, asked, records, written }: Made,
  story: ReturnType<typeof factStory>,
): Readonly<Record<string, unknown>> {
  const verification = { trust, ...report };
  const range = asked === null ? null : { sinceUs: asked.since, untilUs: asked.until };
  const head = { version, madeUs, store: names, range };
  if (records instanceof Error) {
    const { code, message } = records;
    return { ...head, verification, ...UNREAD, unread: { code, message }, written };
  }
  const { windows, events, coverage, facts, processes, hidden } = records;
  return {
    ...head,
    verification,
    windows,
    events,
    covered: coverageFacts(coverage),
    actors: actorFacts(facts),
    uncounted: uncountedFacts(facts),
    processes: livesFacts(processes.lives),
    moreProcesses: processes.more,
    timeline: { events: story.events, more: story.more(), hidden },
    unread: null,
    written,
  };
}

const UNREAD = {
  windows: null,
  events: null,
  covered: null,
  actors: null,
  uncounted: null,
  processes: null,
  moreProcesses: null,
  timeline: null,
};
