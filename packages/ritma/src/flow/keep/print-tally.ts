/**
 * Counts what the printed page of an hour tells: who did most, who signed in, what was refused.
 *
 * Format: spec/24-print.md, "Counts".
 *
 * @module
 */
import {
  type Actors,
  eventTypeName,
  eventTypeNumber,
  type FieldsEntity,
  type Section,
} from "@ritma/evidence";
import { PRINT_COUNTED_MAX } from "../../base/limits.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import { fieldNumber, fieldValue, hasFailed } from "../../stores/sealed/record-fields.ts";
import { ActorTally } from "./actors.ts";
import type { HourTally } from "./hour-tally.ts";
import { objectText, plainText, programText, valueText } from "./print-text.ts";

/** A row of the page, its text not cut yet. */
export interface PrintRow {
  readonly count: number;
  readonly text: string;
}

const RECORD = eventTypeNumber("record");
/** Further files of a call, which is refused once. */
const PATH = eventTypeNumber("path");
/** What these are about says less than who did it. */
const BY_PROCESS: ReadonlySet<number> = new Set(
  (["identity", "memory-access", "signal", "trace"] as const).map(eventTypeNumber),
);
const EPERM = 1;
const EACCES = 13;
const SIGN_INS: ReadonlySet<string> = new Set(["LOGIN", "USER_AUTH", "USER_LOGIN"]);
const TYPES = 256;

export class PrintTally implements HourTally {
  readonly #actors = new ActorTally();
  readonly #signIns: RowTally;
  readonly #refused: RowTally;
  /** Of the hour that is read, by dictionary id. */
  readonly #records = new Map<number, number>();
  /** By what it was about and type: of one id all types follow each other. */
  readonly #denied = new Map<number, number>();
  /** The same by process, where it was about nothing. */
  readonly #deniedTo = new Map<number, number>();

  /** @param room rows of a kind that are left when there were twice as many */
  constructor(room: number = PRINT_COUNTED_MAX) {
    this.#signIns = new RowTally(room);
    this.#refused = new RowTally(room);
  }

  get actors(): Actors {
    return this.#actors.actors();
  }

  get signIns(): readonly PrintRow[] {
    return this.#signIns.rows();
  }

  get refused(): readonly PrintRow[] {
    return this.#refused.rows();
  }

  add(section: Section): void {
    this.#actors.add(section);
    const { etype, ret, object, process, length } = section.atoms;
    for (let row = 0; row < length; row += 1) {
      const [type = 0, outcome = 0, about = 0] = [etype[row], ret[row], object[row]];
      if (type === RECORD && about !== 0) addTo(this.#records, about, 1);
      else if (type !== PATH && (outcome === EPERM || outcome === EACCES)) {
        if (about === 0 || BY_PROCESS.has(type)) {
          addTo(this.#deniedTo, (process[row] ?? 0) * TYPES + type, 1);
        } else addTo(this.#denied, about * TYPES + type, 1);
      }
    }
  }

  /** @throws FormatError when an id stands for something of another kind */
  endHour(entities: Entities): void {
    this.#actors.endHour(entities);
    for (const [id, uses] of byKey(this.#records)) {
      const entity = entities.entity(id);
      if (entity.kind !== "fields" || !SIGN_INS.has(entity.type)) continue;
      this.#signIns.add(signInText(entity), uses);
    }
    this.#endDenied(this.#denied, (id) => objectText(entities.entity(id)));
    this.#endDenied(this.#deniedTo, (id) => `by ${programText(entities.process(id))}`);
  }

  #endDenied(denied: ReadonlyMap<number, number>, whatOf: (id: number) => string): void {
    for (const [key, uses] of byKey(denied)) {
      const type = eventTypeName(key % TYPES) ?? `type ${key % TYPES}`;
      const what = whatOf(Math.floor(key / TYPES));
      this.#refused.add(what === "" ? type : `${type}  ${what}`, uses);
    }
  }
}

/** Bounded: whoever may fail at a million files must not fill the memory of who counts them. */
class RowTally {
  readonly #room: number;
  readonly #counts = new Map<string, number>();

  constructor(room: number) {
    this.#room = room;
  }

  add(text: string, uses: number): void {
    addTo(this.#counts, text, uses);
    if (this.#counts.size < 2 * this.#room) return;
    for (const { text: last } of this.rows().slice(this.#room)) this.#counts.delete(last);
  }

  /** The largest count first, of equal counts the bytewise smallest. */
  rows(): PrintRow[] {
    return Array.from(this.#counts, ([text, count]) => ({ count, text })).toSorted(
      (a, b) => b.count - a.count || (a.text < b.text ? -1 : 1),
    );
  }
}

/** `USER_LOGIN  root from 198.51.100.7, failed` */
function signInText(record: FieldsEntity): string {
  const account = fieldValue(record, "acct");
  const id = fieldNumber(record, "auid") ?? fieldNumber(record, "id");
  const from = fieldValue(record, "addr") ?? fieldValue(record, "hostname");
  const failed = hasFailed(record);
  const who = account === null ? (id === null ? "" : `uid ${id}`) : textOf(account);
  return [
    `${plainText(record.type)}  ${who === "" ? "an unnamed account" : who}`,
    from === null ? "" : ` from ${textOf(from)}`,
    failed === null ? "" : failed ? ", failed" : ", succeeded",
  ].join("");
}

function textOf(value: Exclude<ReturnType<typeof fieldValue>, null>): string {
  return typeof value === "number" ? String(value) : valueText(value);
}

function addTo<Key>(counts: Map<Key, number>, key: Key, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}

/** The order that the format counts in. */
function byKey(counts: ReadonlyMap<number, number>): (readonly [number, number])[] {
  return [...counts].toSorted(([a], [b]) => a - b);
}
