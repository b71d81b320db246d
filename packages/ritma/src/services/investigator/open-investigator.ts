/**
 * A store, opened for questions by who embeds Ritma: `ritma/investigate`.
 *
 * Not here: which hours it has (`src/investigate.ts`).
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { BLOCKS_KEPT } from "../../base/limits.ts";
import type { Privacy } from "../../flow/capture/privacy.ts";
import { bisect, type Bisected } from "../../flow/investigate/bisect.ts";
import { type Blame, blame } from "../../flow/investigate/blame.ts";
import { type Coverage, coverageOf } from "../../flow/investigate/coverage.ts";
import { compareFacts, type Differences } from "../../flow/investigate/diff.ts";
import { factsIn } from "../../flow/investigate/facts.ts";
import type { Seat } from "../../flow/investigate/hour-edges.ts";
import { Investigation, type Span, type Thing } from "../../flow/investigate/investigation.ts";
import { ancestorsOf, type Life, livesOf } from "../../flow/investigate/lives.ts";
import { hoursWithWindows, windowsOfHour } from "../../flow/investigate/span-windows.ts";
import { type Trace, trace, type TraceQuery } from "../../flow/investigate/trace.ts";
import { type Toucher, who } from "../../flow/investigate/who.ts";
import type { Window } from "../../flow/investigate/windows.ts";
import { type EventView } from "../../stores/sealed/event-view.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { blameNeedle } from "./blame-needle.ts";
import { type EntityTest, needleAsked, privacyForQuestions } from "./needles.ts";

/** What is not sealed yet of what is asked. */
export interface OpenHours {
  readonly hours: number;
  /** Begin of the first of them, in µs. */
  readonly sinceUs: number;
}

/** All time. */
const EVERYTHING: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const FAN_DEFAULT = 8;
const DEPTH_DEFAULT = 8;
const BUDGET_DEFAULT = 120;

/** @param privacyKey of a hash-only store; null when it is not at hand */
export function investigatorOf(reader: StoreReader, privacyKey: Uint8Array | null): Investigator {
  const { keyedHash16 } = reader.files.primitives;
  reader.keepBlocks(BLOCKS_KEPT);
  const privacy = privacyForQuestions(reader.file.privacy, keyedHash16, privacyKey);
  return new Investigator(new Investigation(reader), privacy);
}

function testOf(privacy: Privacy, name: string): EntityTest {
  const { test, at } = needleAsked(privacy, name);
  if (at === null) return test;
  const message = "a time behind an @ is for the command line: give a span";
  throw new RitmaError("usage/bad-argument", message);
}

/** Every method throws RitmaError `store/damaged` for what is not as it was sealed. */
export class Investigator implements AsyncDisposable {
  readonly #investigation: Investigation;
  readonly #privacy: Privacy;

  constructor(investigation: Investigation, privacy: Privacy) {
    this.#investigation = investigation;
    this.#privacy = privacy;
  }

  /** Null when all that is asked is sealed. */
  get open(): OpenHours | null {
    const { hours, sealedHours } = this.#investigation.reader;
    const first = hours[sealedHours];
    return first === undefined ? null : { hours: hours.length - sealedHours, sinceUs: first.t1 };
  }

  /** True for what is not sealed yet: nothing proves it, its leaf may still be another one. */
  isOpen({ sequence }: Pick<Seat, "sequence">): boolean {
    return this.#investigation.reader.isOpen(sequence);
  }

  /**
   * Things of that name: a path, an address (`10.0.0.1:443`), or a process (`nginx[911]`, `911`).
   *
   * @throws RitmaError `query/needs-key`, `usage/bad-argument`
   */
  async find(name: string, span: Span = EVERYTHING): Promise<readonly Thing[]> {
    return await this.#investigation.find(span, testOf(this.#privacy, name));
  }

  /** Every process that touched one of them, or tried to, in order of time. */
  async who(things: readonly Thing[], span: Span = EVERYTHING): Promise<readonly Toucher[]> {
    return await who(this.#investigation, things, span);
  }

  /** What caused them, or what came of them; what was not followed is in `cuts`. */
  async trace(
    start: readonly Thing[],
    query: Pick<TraceQuery, "direction"> & Partial<TraceQuery>,
  ): Promise<Trace> {
    return await trace(this.#investigation, start, {
      span: EVERYTHING,
      depth: DEPTH_DEFAULT,
      budget: BUDGET_DEFAULT,
      fan: FAN_DEFAULT,
      all: false,
      ...query,
    });
  }

  /** Processes and those that they began, by name of the thing. */
  async lives(
    roots: readonly Thing[],
    { span = EVERYTHING, depth = Infinity, max = Infinity }: LivesOptions = {},
  ): Promise<ReadonlyMap<string, Life>> {
    return (await livesOf(this.#investigation, roots, span, { depth, max })).lives;
  }

  /** Who began a process, who began that one, and so on; the nearest first. */
  async ancestors(process: Thing, span: Span = EVERYTHING): Promise<readonly Thing[]> {
    return await ancestorsOf(this.#investigation, process, span);
  }

  /**
   * Events in order of time, decoded one by one: whoever has enough stops.
   *
   * @throws RitmaError `query/needs-key`, `usage/bad-argument`, `internal/limit` when more late
   * events fit than can wait for their turn
   */
  async *events({ span = EVERYTHING, by, about }: EventsAsked = {}): AsyncGenerator<EventView> {
    const process = by === undefined ? null : testOf(this.#privacy, by);
    const search = new EventSearch(this.#investigation.reader, {
      since: Number.isFinite(span.since) ? span.since : null,
      until: Number.isFinite(span.until) ? span.until : null,
      wanted: () => "yes",
      wantedObject: () => true,
      process,
      objects: about === undefined ? [] : [testOf(this.#privacy, about)],
    });
    for await (const event of search.run()) yield event.view();
  }

  /** The windows that touch a span, oldest first, each with its root. */
  async *windows(span: Span = EVERYTHING): AsyncGenerator<Window> {
    const { reader } = this.#investigation;
    for (const hour of hoursWithWindows(reader, span)) {
      yield* await windowsOfHour(reader, hour, span);
    }
  }

  /** What of a second span is not in the first, what is gone, and what changed its rate. */
  async compare(first: Span, second: Span): Promise<readonly Differences[]> {
    const { reader } = this.#investigation;
    return compareFacts(await factsIn(reader, first), await factsIn(reader, second));
  }

  /**
   * Since when something is there, by whom, and in which windows.
   *
   * @param needle as for `find`, a directory with a slash at its end, or a user (`uid=33`)
   * @throws RitmaError `query/needs-key`, `usage/bad-argument`
   */
  async blame(needle: string): Promise<Blame> {
    const { question } = blameNeedle(this.#privacy, needle);
    return await blame(this.#investigation.reader, question);
  }

  /** The first window that has an event of it. @param needle as for `blame`. @throws as `blame` */
  async bisect(needle: string): Promise<Bisected> {
    const { question } = blameNeedle(this.#privacy, needle);
    return await bisect(this.#investigation.reader, question, null, null);
  }

  /** How far answers about a span reach. */
  async coverage(span: Span = EVERYTHING): Promise<Coverage> {
    return await coverageOf(this.#investigation, span);
  }

  /** Ends the processes that read indexes; none keeps the program from ending. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#investigation[Symbol.asyncDispose]();
  }
}

export interface EventsAsked {
  readonly span?: Span;
  /** Only what a process of this name did, as for `find`. */
  readonly by?: string;
  /** Only what was done to a file or address of this name. */
  readonly about?: string;
}

export interface LivesOptions {
  readonly span?: Span;
  /** Generations below the roots. */
  readonly depth?: number;
  readonly max?: number;
}
