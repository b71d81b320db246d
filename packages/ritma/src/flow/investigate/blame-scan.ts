/**
 * Windows in order, each with the events of it that a question is about.
 *
 * Invariant: an hour that is passed over holds no such event.
 *
 * Not here: needles (`services/investigator`), and what is made of the hits (`blame.ts`,
 * `bisect.ts`).
 *
 * @module
 */
import {
  type CredentialsEntity,
  type Entity,
  eventTypeNumber,
  type ProcessEntity,
} from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";
import { type EventQuery, EventTests } from "../../stores/sealed/event-query.ts";
import { CREDENTIALS_AT_BIRTH, type EventPlace } from "../../stores/sealed/event-view.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import { KnownCredentials } from "../../stores/sealed/known-credentials.ts";
import { searchSection } from "../../stores/sealed/section-search.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { Presence } from "./blame-presence.ts";
import { decoding, type SealedSection, sectionsIn } from "./facts-scan.ts";
import { type Window, windowsOf } from "./windows.ts";

export interface Question extends Omit<EventQuery, "since" | "until"> {
  /** Of the credentials that a process has at that time; null for any. */
  readonly user: ((credentials: CredentialsEntity) => boolean) | null;
}

/** An event that fits, not yet decoded. */
export interface Hit {
  readonly place: EventPlace;
  /** Of the window's tree. */
  readonly leaf: number;
}

export interface WindowHits {
  readonly window: Window;
  readonly entities: Entities;
  /** In order of time. */
  readonly hits: readonly Hit[];
}

const EXEC = eventTypeNumber("exec");
const ALL_TIME = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

export class HitScan {
  readonly #reader: StoreReader;
  readonly #question: Question;
  #presence: Presence | null = null;
  #tests: EventTests | null = null;
  #known: KnownCredentials | null = null;
  #users = new Map<number, boolean | null>();
  #examined = 0;
  #skipped = 0;
  #undecided = 0;

  constructor(reader: StoreReader, question: Question) {
    this.#reader = reader;
    this.#question = question;
  }

  /** Windows so far whose events were looked at. */
  get examined(): number {
    return this.#examined;
  }

  /** Windows so far that can hold nothing of it, as the dictionary shows. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Events of those windows that fit but for their user, which nothing that was read tells. */
  get undecided(): number {
    return this.#undecided;
  }

  /**
   * @param isAsked whether a window is to be looked at
   * @throws RitmaError `store/damaged`
   */
  async *run(isAsked: (window: Window) => boolean = () => true): AsyncGenerator<WindowHits> {
    for (const hour of this.#reader.hours) {
      const windows = await this.#windowsOf(hour, isAsked);
      if (windows.size === 0) continue;
      if (!(await this.#canHold(hour))) {
        this.#skipped += windows.size;
        continue;
      }
      for (const kind of ["inst", "late"] as const) yield* this.#hitsIn(hour, kind, windows);
    }
  }

  async #windowsOf(
    hour: SealedHour,
    isAsked: (window: Window) => boolean,
  ): Promise<ReadonlyMap<number | null, Window>> {
    const windows = (await windowsOf(this.#reader, hour)).filter((window) => isAsked(window));
    return new Map(windows.map((window) => [window.number, window]));
  }

  async #canHold(hour: SealedHour): Promise<boolean> {
    const header = await this.#reader.header(hour);
    const entities = await this.#reader.entities(header);
    const known = (this.#known ??= new KnownCredentials(hour.t1));
    decoding(this.#reader, entities, () => known.turn(entities, hour.t1));
    if (this.#presence?.entities !== entities) {
      this.#presence = new Presence(entities, testsOf(this.#question, known));
    }
    const presence = this.#presence;
    return decoding(this.#reader, entities, () => presence.isIn(header));
  }

  async *#hitsIn(
    hour: SealedHour,
    kind: "inst" | "late",
    windows: ReadonlyMap<number | null, Window>,
  ): AsyncGenerator<WindowHits> {
    let open: { readonly window: Window; readonly entities: Entities; hits: Hit[] } | null = null;
    for await (const sealed of sectionsIn(this.#reader, hour, kind)) {
      const { entities, section } = sealed;
      const hits = decoding(this.#reader, entities, () => {
        return this.#search(sealed, windows.has(section.window));
      });
      if (open !== null && open.window.number === section.window) {
        open.hits = [...open.hits, ...hits].toSorted(inOrder);
        continue;
      }
      if (open !== null) yield open;
      const window = windows.get(section.window);
      if (window !== undefined) this.#examined += 1;
      open = window === undefined ? null : { window, entities, hits };
    }
    if (open !== null) yield open;
  }

  /** What processes become is learned from windows that are not asked for, too. */
  #search({ hour, entities, section, firstLeaf }: SealedSection, isAsked: boolean): Hit[] {
    if (this.#tests?.entities !== entities) {
      this.#tests = new EventTests({ ...ALL_TIME, ...this.#question }, entities);
      this.#users = new Map();
    }
    const known = section.window === null ? null : this.#known;
    const { places } = searchSection(this.#tests, hour.sequence, section, ALL_TIME, known);
    return places
      .filter((place) => {
        const isUser = this.#isUser(entities, place);
        if (isUser === null && isAsked) this.#undecided += 1;
        return isUser === true;
      })
      .map((place) => ({ place, leaf: firstLeaf + leafOf(section.starts, place.rows.start) }));
  }

  /** @returns null where its process has credentials that are not known. */
  #isUser(entities: Entities, { atoms, shown, credentials }: EventPlace): boolean | null {
    const { user } = this.#question;
    if (user === null) return true;
    if (typeof credentials !== "number") return user(credentials);
    const process = atoms.process[shown] ?? 0;
    const begins = atoms.etype[shown] === EXEC && atoms.ret[shown] === 0;
    const atBirth = credentials === CREDENTIALS_AT_BIRTH || (credentials === 0 && begins);
    const id = atBirth ? process : credentials;
    if (id === 0) return isNode(entities.process(process)) ? false : null;
    return this.#users.getOrInsertComputed(id, () => {
      const entity = entities.entity(id);
      if (entity.kind !== "process") return entity.kind === "credentials" && user(entity);
      if (entity.credentials === null) return isNode(entity) ? false : null;
      return user(entity.credentials);
    });
  }
}

/** What must be in the dictionary before there can be an event that fits. */
function testsOf(
  { process, objects, user }: Question,
  known: KnownCredentials,
): ((entity: Entity) => boolean)[] {
  const tests = [...objects];
  if (process !== null) tests.push((entity) => entity.kind === "process" && process(entity));
  if (user !== null) tests.push((entity) => canBeUser(user, entity, known));
  return tests;
}

/** The dictionary need not have those that a process took on before it began. */
function canBeUser(
  user: (credentials: CredentialsEntity) => boolean,
  entity: Entity,
  known: KnownCredentials,
): boolean {
  if (entity.kind === "credentials") return user(entity);
  if (entity.kind !== "process") return false;
  if (entity.credentials !== null && user(entity.credentials)) return true;
  const carried = known.carriedOf(entity);
  if (carried !== null) return user(carried);
  return entity.start < known.since && !isNode(entity);
}

/** The host itself has no user. */
function isNode({ birth }: ProcessEntity): boolean {
  return birth === "node";
}

/** The instantiation that holds a row. */
function leafOf(starts: readonly number[], row: number): number {
  let [low, high] = [0, starts.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

function inOrder({ place: a }: Hit, { place: b }: Hit): number {
  return (
    (a.atoms.time[a.shown] ?? 0) - (b.atoms.time[b.shown] ?? 0) ||
    (a.atoms.serial[a.shown] ?? 0) - (b.atoms.serial[b.shown] ?? 0)
  );
}
