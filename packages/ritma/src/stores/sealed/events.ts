/**
 * Events in order of time, over the hours of a store.
 *
 * Hours outside of the question are not read at all. Late atoms may be of any time before the end
 * of the hour that holds them, and only decoding tells; so the late blocks of all hours that end
 * after the question begins are read first, and what fits is merged in where it belongs.
 *
 * Stamps outside 2000 to 2100 are answers only to a question without a begin: nobody can say which
 * hour they belong to.
 *
 * Blocks that end before the question begins are passed over where an index of the hour tells how
 * many there are; what they show of credentials stands in it too, so the answers are the same.
 *
 * Not here: matching (`section-search.ts`), and how an event looks (`cli`).
 *
 * @module
 */
import { blockPath, entitiesPath, type HourHeader } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { TIME_US_MAX } from "../../base/limits.ts";
import type { Entities } from "./entities.ts";
import { type EventQuery, EventTests } from "./event-query.ts";
import { type EventPlace, type EventView, viewEvent } from "./event-view.ts";
import { placeAt } from "./jumps.ts";
import { KnownCredentials } from "./known-credentials.ts";
import type { SealedHour } from "./sealed-log.ts";
import { searchSection, type Span } from "./section-search.ts";
import type { StoreReader } from "./store-reader.ts";

/** Late events that fit one question wait in memory until their time comes. */
const LATE_EVENTS_MAX = 200_000;

export interface FoundEvent {
  /** Microseconds. */
  readonly time: number;
  readonly serial: number;
  /** Of the hour. */
  readonly sequence: number;
  /** Decodes it. To be called before the next event is asked for. */
  readonly view: () => EventView;
}

export class EventSearch {
  readonly #store: StoreReader;
  readonly #query: EventQuery;
  readonly #span: Span;
  #tests: EventTests | null = null;
  #hidden = 0;

  constructor(store: StoreReader, query: EventQuery) {
    this.#store = store;
    this.#query = query;
    const { since, until } = query;
    this.#span = {
      since: since ?? Number.NEGATIVE_INFINITY,
      until: until ?? (since === null ? Number.POSITIVE_INFINITY : TIME_US_MAX),
    };
  }

  /** Events so far that fit the question but for what they do. */
  get hidden(): number {
    return this.#hidden;
  }

  /** @throws RitmaError `store/damaged`, `internal/limit` */
  async *run(): AsyncGenerator<FoundEvent> {
    const late = await this.#lateEvents();
    let next = 0;
    for await (const event of this.#onTime()) {
      for (let old = late[next]; old !== undefined && isBefore(old, event); old = late[next]) {
        yield old;
        next += 1;
      }
      yield event;
    }
    yield* late.slice(next);
  }

  async *#onTime(): AsyncGenerator<FoundEvent> {
    const { since, until } = this.#span;
    const inSpan = ({ t1, t2, windows }: SealedHour): boolean =>
      windows > 0 && t1 < until && t2 > since;
    const hours = this.#hours().filter(inSpan);
    const known = new KnownCredentials(hours[0]?.t1 ?? 0);
    for (const hour of hours) {
      const header = await this.#store.header(hour);
      const entities = await this.#store.entities(header);
      const tests = this.#testsFor(entities);
      this.#guarded(entities, () => known.turn(entities, hour.t1));
      const first = await this.#passOver(hour, header, known);
      for await (const { sections } of this.#store.blocks(hour, header, "inst", first)) {
        for (const section of sections) {
          const search = (): readonly EventPlace[] => {
            const { places, hidden } = searchSection(
              tests,
              hour.sequence,
              section,
              this.#span,
              known,
            );
            this.#hidden += hidden;
            return places;
          };
          for (const place of this.#guarded(entities, search)) yield this.#found(entities, place);
        }
        const last = sections.at(-1)?.atoms;
        if (last !== undefined && (last.time[0] ?? 0) >= until) break;
      }
    }
  }

  /**
   * Learns what the blocks show that end before the question begins.
   *
   * @returns the number of the first block that has to be read
   */
  async #passOver(hour: SealedHour, header: HourHeader, known: KnownCredentials): Promise<number> {
    const second = blockPath("inst", 1);
    const isCut = hour.t1 < this.#span.since && header.files.some(({ path }) => path === second);
    const place = isCut ? await placeAt(this.#store, hour, this.#span.since) : null;
    if (place === null) return 0;
    for (const [process, credentials] of place.seen) known.saw(process, credentials);
    return place.block;
  }

  async #lateEvents(): Promise<readonly FoundEvent[]> {
    const late: FoundEvent[] = [];
    const { since } = this.#span;
    for (const hour of this.#hours()) {
      if (!hour.hasLate || hour.t2 <= since) continue;
      const header = await this.#store.header(hour);
      const entities = await this.#store.entities(header);
      const tests = this.#testsFor(entities);
      for await (const { sections } of this.#store.blocks(hour, header, "late")) {
        for (const section of sections) {
          const { places, hidden } = this.#guarded(entities, () =>
            searchSection(tests, hour.sequence, section, this.#span, null),
          );
          this.#hidden += hidden;
          for (const place of places) {
            const view = this.#found(entities, place).view();
            const { time, serial, sequence } = view;
            late.push({ time, serial, sequence, view: () => view });
          }
        }
        if (late.length > LATE_EVENTS_MAX) {
          const message = `more than ${LATE_EVENTS_MAX} late events fit the question`;
          throw new RitmaError("internal/limit", message);
        }
      }
    }
    return late.toSorted((a, b) => a.time - b.time || a.serial - b.serial);
  }

  #hours(): readonly SealedHour[] {
    return this.#store.hours.slice(this.#query.fromHour ?? 0);
  }

  #testsFor(entities: Entities): EventTests {
    if (this.#tests?.entities === entities) return this.#tests;
    this.#tests = new EventTests(this.#query, entities);
    return this.#tests;
  }

  #found(entities: Entities, place: EventPlace): FoundEvent {
    const { atoms, shown, sequence } = place;
    return {
      sequence,
      time: atoms.time[shown] ?? 0,
      serial: atoms.serial[shown] ?? 0,
      view: () => this.#guarded(entities, () => viewEvent(entities, place)),
    };
  }

  /** A digest was right and the content is not: our own fault, or a recorder's we do not know. */
  #guarded<Value>(entities: Entities, work: () => Value): Value {
    return this.#store.files.decode(entitiesPath(entities.generation), work);
  }
}

function isBefore(a: FoundEvent, b: FoundEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.serial < b.serial);
}
