/**
 * What a report tells of the records of a range: counted, read and bounded.
 *
 * @module
 */
import { type Coverage, coverageOf } from "../../flow/investigate/coverage.ts";
import { factsIn, type SpanFacts } from "../../flow/investigate/facts.ts";
import type { Span } from "../../flow/investigate/investigation.ts";
import { hoursWithWindows, windowCount } from "../../flow/investigate/span-windows.ts";
import type { FoundEvent } from "../../stores/sealed/events.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Asking } from "../investigate/asking.ts";
import type { AskedRange } from "../log/range.ts";
import { STORY } from "../timeline/question.ts";
import { type LivesInRange, livesInRange } from "./lives-in-range.ts";

/** Takes the events of the story, in order. */
export interface Teller {
  readonly take: (event: FoundEvent) => void;
}

export interface Records {
  readonly store: StoreReader;
  readonly span: Span;
  readonly windows: number;
  readonly coverage: Coverage;
  /** Whatever they did. */
  readonly events: number;
  /** Events that are not of the story. */
  readonly hidden: number;
  /** Stamps of the first and last event of the whole store that came in time; null without any. */
  readonly held: { readonly first: number; readonly last: number } | null;
  readonly facts: SpanFacts;
  readonly processes: LivesInRange;
}

/** @throws RitmaError `store/damaged` */
export async function readRecords(
  { store, investigation, span }: Asking,
  asked: AskedRange,
  tellers: readonly Teller[],
): Promise<Records> {
  const search = new EventSearch(store, { ...asked, ...STORY, process: null, objects: [] });
  let told = 0;
  for await (const event of search.run()) {
    told += 1;
    for (const { take } of tellers) take(event);
  }
  const { hidden } = search;
  return {
    store,
    span,
    windows: await windowsOf(store, span),
    coverage: await coverageOf(investigation, span),
    events: told + hidden,
    hidden,
    held: await store.eventRange(),
    facts: await factsIn(store, { since: span.since, until: span.until }),
    processes: await livesInRange(investigation, span),
  };
}

async function windowsOf(store: StoreReader, span: Span): Promise<number> {
  let count = 0;
  for (const hour of hoursWithWindows(store, span)) count += await windowCount(store, hour, span);
  return count;
}
