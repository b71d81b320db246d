/**
 * Tells credentials, as an entity or inside a process: by number when they were told before.
 *
 * Format: spec/12-entities.md, "Credentials".
 *
 * @module
 */
import { CREDENTIAL_IDS, type CredentialsEntity } from "../record/entity.ts";
import type { Value } from "../record/value.ts";
import { codeId, ID_CONTEXTS } from "./coder-ids.ts";
import type { Coder } from "./coder.ts";
import {
  CREDENTIALS_ID,
  CREDENTIALS_NO_TEXT,
  CREDENTIALS_NULL,
  CREDENTIALS_NUMBER,
  CREDENTIALS_SAME,
  DOMAINS,
} from "./entity-contexts.ts";
import { chosen } from "./entity-fault.ts";
import { codeUintOrNull, type EntityTrail } from "./entity-trail.ts";

/** Numbers of values; -1 for null, -2 for one that has none. */
const NULL = -1;
const UNKNOWN = -2;

interface Told {
  readonly ids: readonly (number | null)[];
  readonly terminal: number;
  readonly label: number;
}

export class CredentialsCoder {
  readonly #trail: EntityTrail;
  #told: Told[] = [];
  readonly #byKey = new Map<string, number>();

  constructor(trail: EntityTrail) {
    this.#trail = trail;
  }

  reset(): void {
    this.#told = [];
    this.#byKey.clear();
  }

  entityOf(number: number): CredentialsEntity {
    const { ids, terminal, label } = this.#told[number] ?? { ids: [], terminal: NULL, label: NULL };
    const { names } = this.#trail;
    return {
      kind: "credentials",
      ids,
      terminal: terminal === NULL ? null : names.valueOf(terminal),
      label: label === NULL ? null : names.valueOf(label),
    };
  }

  /** @returns their number, the next when they are new. @param guess looked at first. */
  find(given: CredentialsEntity, guess: number): number {
    const terminal = this.#idOf(given.terminal);
    const label = this.#idOf(given.label);
    if (terminal === UNKNOWN || label === UNKNOWN) return this.#told.length;
    const guessed = this.#told[guess];
    if (guessed !== undefined && guessed.terminal === terminal && guessed.label === label) {
      if (guessed.ids.every((id, at) => id === given.ids[at])) return guess;
    }
    const key = keyOf({ ids: given.ids, terminal, label });
    return this.#byKey.get(key) ?? this.#told.length;
  }

  /** @param place 0 inside a process, 1 as an entity. @returns their number. */
  code(coder: Coder, place: 0 | 1, given: CredentialsEntity | null, wanted: number): number {
    const count = this.#told.length;
    const number = codeId(coder, CREDENTIALS_ID + place * ID_CONTEXTS, count + 1, wanted);
    if (number === count) this.#codeNew(coder, given);
    return number;
  }

  #codeNew(coder: Coder, given: CredentialsEntity | null): void {
    const ids: (number | null)[] = [];
    let before: number | null = null;
    for (let at = 0; at < CREDENTIAL_IDS.length; at += 1) {
      const id = given === null ? null : (given.ids[at] ?? null);
      if (coder.bit(CREDENTIALS_SAME + at, id === before ? 1 : 0) === 0) {
        const told = codeUintOrNull(coder, CREDENTIALS_NULL, CREDENTIALS_NUMBER, id);
        if (coder.isReading) chosen(told !== before, "an id equal to the one before");
        before = told;
      }
      ids.push(before);
    }
    const terminal = this.#codeText(coder, given === null ? undefined : given.terminal);
    const label = this.#codeText(coder, given === null ? undefined : given.label);
    const told = { ids, terminal, label };
    const key = keyOf(told);
    if (coder.isReading) chosen(!this.#byKey.has(key), "known credentials");
    this.#byKey.set(key, this.#told.length);
    this.#told.push(told);
  }

  /** @param given undefined when reading. @returns the number of the value, -1 for null. */
  #codeText(coder: Coder, given: Value | null | undefined): number {
    if (coder.bit(CREDENTIALS_NO_TEXT, given === null ? 1 : 0) === 1) return NULL;
    return this.#trail.names.codePlain(coder, DOMAINS.name, given ?? null);
  }

  #idOf(value: Value | null): number {
    if (value === null) return NULL;
    const id = this.#trail.names.table.find(value);
    return id < 0 ? UNKNOWN : id;
  }
}

function keyOf({ ids, terminal, label }: Told): string {
  return `${ids.join(",")},${terminal},${label}`;
}
