/**
 * Counts facts while atoms go by.
 *
 * A thing is keyed once for each of its entities and not for each atom. For every kind there is
 * room for so many facts; what comes when there is none is counted by kind, so that an answer can
 * say what it does not know.
 *
 * @module
 */
import type { Entity } from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { SealedSection } from "./facts-scan.ts";
import { keyOf, type Thing } from "./facts-thing.ts";

/** The most remarkable first. */
export const FACT_KINDS = [
  "program",
  "destination",
  "child",
  "module",
  "bpf",
  "trace",
  "listener",
  "user",
  "peer",
  "refused",
  "created",
  "written",
  "removed",
  "renamed",
  "cone",
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** An event, by where it is sealed. */
export interface EventSeat {
  /** Microseconds. */
  readonly time: number;
  readonly serial: number;
  /** Of the hour. */
  readonly sequence: number;
  /** Number of the micro-window in its clock hour; null for a late one. */
  readonly window: number | null;
  /** Of the window's tree. */
  readonly leaf: number;
}

export interface Fact {
  readonly kind: FactKind;
  readonly key: string;
  /** One; of a pair the one that did it, and what it was done to. */
  readonly things: readonly Thing[];
  readonly count: number;
  readonly first: EventSeat;
}

type Counts = ReadonlyMap<string, Fact>;

interface Tally extends Fact {
  count: number;
  first: EventSeat;
}

export class FactCounter {
  readonly #room: number;
  readonly #tallies = new Map<FactKind, Map<string, Tally>>();
  readonly #uncounted = new Map<FactKind, number>();
  /** By kind and dictionary id; null for what has no key, or no room. */
  readonly #known = new Map<FactKind, Map<number, Tally | null>>();
  #at: SealedSection | null = null;
  #row = 0;
  #leaf = 0;

  /** @param room facts of one kind */
  constructor(room: number) {
    this.#room = room;
  }

  get facts(): ReadonlyMap<FactKind, Counts> {
    return this.#tallies;
  }

  /** Occurrences of facts for which there was no room. */
  get uncounted(): ReadonlyMap<FactKind, number> {
    return this.#uncounted;
  }

  get entities(): Entities {
    if (this.#at === null) throw new TypeError("no section has begun");
    return this.#at.entities;
  }

  /** Atoms are of this section from now on. */
  begin(section: SealedSection): void {
    if (this.#at?.entities !== section.entities) this.#known.clear();
    this.#at = section;
  }

  /** Facts are of this row from now on. */
  moveTo(row: number, leaf: number): void {
    this.#row = row;
    this.#leaf = leaf;
  }

  /** Counts the fact that an entity is one of. @param thingOf asked once for each entity */
  countEntity(kind: FactKind, id: number, thingOf: (entity: Entity) => Thing | null): void {
    if (id === 0) return;
    const known = this.#known.getOrInsertComputed(kind, () => new Map<number, Tally | null>());
    let tally = known.get(id);
    if (tally === undefined) {
      const thing = thingOf(this.entities.entity(id));
      tally = thing === null ? null : this.#tallyOf(kind, [thing]);
      // What had no room is looked for again, so that each occurrence is counted as uncounted.
      if (tally !== null || thing === null) known.set(id, tally);
    }
    if (tally !== null) this.#add(tally);
  }

  count(kind: FactKind, things: readonly (Thing | null)[]): void {
    const whole = things.filter((thing) => thing !== null);
    if (whole.length < things.length) return;
    const tally = this.#tallyOf(kind, whole);
    if (tally !== null) this.#add(tally);
  }

  #tallyOf(kind: FactKind, things: readonly Thing[]): Tally | null {
    const tallies = this.#tallies.getOrInsertComputed(kind, () => new Map<string, Tally>());
    const key = keyOf(things);
    const known = tallies.get(key);
    if (known !== undefined) return known;
    if (tallies.size >= this.#room) {
      this.#uncounted.set(kind, (this.#uncounted.get(kind) ?? 0) + 1);
      return null;
    }
    const made = { kind, key, things, count: 0, first: this.#seat() };
    tallies.set(key, made);
    return made;
  }

  #add(tally: Tally): void {
    tally.count += 1;
    const { atoms } = this.#at?.section ?? {};
    const time = atoms?.time[this.#row] ?? 0;
    const { first } = tally;
    if (time > first.time) return;
    const serial = atoms?.serial[this.#row] ?? 0;
    if (time < first.time || serial < first.serial) tally.first = this.#seat();
  }

  #seat(): EventSeat {
    if (this.#at === null) throw new TypeError("no section has begun");
    const { hour, section } = this.#at;
    return {
      time: section.atoms.time[this.#row] ?? 0,
      serial: section.atoms.serial[this.#row] ?? 0,
      sequence: hour.sequence,
      window: section.window,
      leaf: this.#leaf,
    };
  }
}
