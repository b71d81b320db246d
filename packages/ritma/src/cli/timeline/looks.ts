/**
 * One question, put to a store again and again: what is new since the look before.
 *
 * The first look begins with the last events that fit. To find so many, hours are read from the
 * newest on, and no more of them than are needed.
 *
 * @module
 */
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { type OpenHours, openLines } from "../investigate/open-hours.ts";
import { rangeAsked } from "../log/range.ts";
import type { FiltersFor } from "./filters.ts";
import { type Newcomer, Newcomers } from "./newcomers.ts";
import { openAsked } from "./place.ts";

/** What is open changed faster than it could be read. */
const BUSY = "store/busy";

export class Looks {
  readonly #context: Context;
  readonly #filters: FiltersFor;
  readonly #limit: number;
  readonly #newcomers = new Newcomers();
  #query: EventQuery | null = null;
  #wasBusy = false;
  #saidCode: string | null = null;

  /** @param limit of the events that come first */
  constructor(context: Context, filters: FiltersFor, limit: number) {
    this.#context = context;
    this.#filters = filters;
    this.#limit = limit;
  }

  /** True when the look before could not see what is open, and the next one may. */
  get wasBusy(): boolean {
    return this.#wasBusy;
  }

  /** What is new. To be taken to its end. @throws RitmaError as `openAsked`; `time/bad` */
  async *next(): AsyncGenerator<Newcomer> {
    const { store, open, privacy } = await openAsked(this.#context, undefined, "open");
    this.#sayMissing(open);
    const isFirst = this.#query === null;
    this.#query ??= {
      since: (await rangeAsked(this.#context, store)).since,
      until: null,
      ...this.#filters(privacy),
    };
    const query = this.#query;
    const { fromHour, skip } = isFirst
      ? await lastOf(store, query, this.#limit)
      : { fromHour: this.#newcomers.fromHour, skip: 0 };
    yield* this.#newcomers.at({
      found: new EventSearch(store, { ...query, fromHour }).run(),
      sealedHours: store.sealedHours,
      isComplete: open === null || open.error === null,
      skip,
    });
  }

  /** What the look before saw and did not tell yet, once it is known that no more has come. */
  waiting(): Iterable<Newcomer> {
    return this.#newcomers.waiting();
  }

  #sayMissing(open: OpenHours): void {
    const code = open?.error?.code ?? null;
    this.#wasBusy = code === BUSY;
    if (code === null || code === BUSY || code === this.#saidCode) return;
    this.#saidCode = code;
    for (const line of openLines(this.#context, open)) this.#context.io.err(line);
  }
}

/** From which hour on the last `limit` events are, and how many of that hour's are before them. */
async function lastOf(
  store: StoreReader,
  query: EventQuery,
  limit: number,
): Promise<{ readonly fromHour: number; readonly skip: number }> {
  const hours = store.hours.length;
  if (limit === Number.POSITIVE_INFINITY) return { fromHour: 0, skip: 0 };
  for (let width = 1; ; width *= 2) {
    const fromHour = Math.max(0, Math.min(store.sealedHours, hours - width));
    let count = 0;
    for await (const _ of new EventSearch(store, { ...query, fromHour }).run()) count += 1;
    if (count >= limit || fromHour === 0) return { fromHour, skip: Math.max(0, count - limit) };
  }
}
