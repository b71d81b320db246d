/**
 * A question about events, and its answers by dictionary id.
 *
 * Every test runs once for each entity: the answer is kept under the entity's id, so that a million
 * atoms cost a million look-ups in an array of bytes and no text is made for any of them.
 *
 * @module
 */
import type { Entity, ProcessEntity } from "@ritma/evidence";
import type { Entities } from "./entities.ts";

/** `ask-object`: whether an atom is wanted is seen by its object. */
export type Wanted = "yes" | "no" | "ask-object";

export interface EventQuery {
  /** Microseconds, half open; null where the question has no bound. */
  readonly since: number | null;
  readonly until: number | null;
  /** Sequence of the first hour that is looked into, whatever the span; absent for all of them. */
  readonly fromHour?: number;
  /** Which atoms make an event one to show. */
  readonly wanted: (etype: number, flags: number, ret: number) => Wanted;
  readonly wantedObject: (object: Entity) => boolean;
  /** Null for every process. */
  readonly process: ((process: ProcessEntity) => boolean) | null;
  /** Each must hold for some object of the event. */
  readonly objects: readonly ((object: Entity) => boolean)[];
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;
const SIZE_FIRST = 4096;

/** The answers of one test over the entities of one generation. */
class Answers {
  readonly #test: (entity: Entity) => boolean;
  #known = new Uint8Array(SIZE_FIRST);

  constructor(test: (entity: Entity) => boolean) {
    this.#test = test;
  }

  of(entities: Entities, id: number): boolean {
    if (id === 0) return false;
    if (id >= this.#known.length) this.#grow(id);
    const known = this.#known[id] ?? UNKNOWN;
    if (known !== UNKNOWN) return known === YES;
    const answer = this.#test(entities.entity(id));
    this.#known[id] = answer ? YES : NO;
    return answer;
  }

  #grow(id: number): void {
    const wider = new Uint8Array(Math.max(id + 1, this.#known.length * 2));
    wider.set(this.#known);
    this.#known = wider;
  }
}

/** A query put to one generation. */
export class EventTests {
  readonly entities: Entities;
  readonly #query: EventQuery;
  readonly #wantedObject: Answers;
  readonly #process: Answers | null;
  readonly #objects: readonly Answers[];

  constructor(query: EventQuery, entities: Entities) {
    const { process } = query;
    this.entities = entities;
    this.#query = query;
    this.#wantedObject = new Answers(query.wantedObject);
    this.#process =
      process === null
        ? null
        : new Answers((entity) => entity.kind === "process" && process(entity));
    this.#objects = query.objects.map((test) => new Answers(test));
  }

  isWanted(etype: number, flags: number, ret: number, object: number): boolean {
    const wanted = this.#query.wanted(etype, flags, ret);
    if (wanted !== "ask-object") return wanted === "yes";
    return this.#wantedObject.of(this.entities, object);
  }

  hasProcess(id: number): boolean {
    return this.#process === null || this.#process.of(this.entities, id);
  }

  /** How many tests of objects there are. */
  get objects(): number {
    return this.#objects.length;
  }

  hasObject(test: number, object: number, object2: number): boolean {
    const answers = this.#objects[test];
    if (answers === undefined) return true;
    return answers.of(this.entities, object) || answers.of(this.entities, object2);
  }
}
