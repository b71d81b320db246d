/**
 * The credentials that each process was last seen with, while windows are read in order.
 *
 * A dictionary id means something in one generation only. So at the turn to the next one, what is
 * known goes along under the key of its process, which is the same in both.
 *
 * Invariant: what was let go for want of room is not known, and never taken for unchanged.
 *
 * Not here: where credentials are seen (`section-search.ts`).
 *
 * @module
 */
import type { CredentialsEntity, ProcessEntity } from "@ritma/evidence";
import type { Entities } from "./entities.ts";

/** A dictionary id, or what another generation has; 0 when no change was seen. */
export type Credentials = number | CredentialsEntity;

const NOT_KNOWN = 0;
/** Processes that changed their credentials in earlier generations: some 100 MB at most. */
const CARRIED_MAX = 262_144;

export class KnownCredentials {
  /** By process of the generation at hand; 0 where it was looked for in vain. */
  readonly #known = new Map<number, Credentials>();
  /** By key, from earlier generations. */
  readonly #carried = new Map<string, CredentialsEntity>();
  readonly #carriedMax: number;
  #entities: Entities | null = null;
  #since: number;

  constructor(since: number, carriedMax = CARRIED_MAX) {
    this.#since = since;
    this.#carriedMax = carriedMax;
  }

  /** Where reading begins: a process from before is known from its next change on. */
  get since(): number {
    return this.#since;
  }

  /**
   * To be called before an hour is read.
   *
   * @param entities of its generation
   * @param begin of the hour
   * @throws FormatError when an id stands for something of another kind
   */
  turn(entities: Entities, begin: number): void {
    const before = this.#entities;
    this.#entities = entities;
    if (before === null || before === entities) return;
    if (this.#carried.size + this.#known.size > this.#carriedMax) {
      this.#carried.clear();
      this.#since = begin;
    }
    for (const [id, known] of this.#known) {
      const credentials = typeof known === "number" ? credentialsAt(before, known) : known;
      if (credentials === null || this.#carried.size >= this.#carriedMax) continue;
      this.#carried.set(processKey(before.process(id)), credentials);
    }
    this.#known.clear();
  }

  saw(process: number, credentials: number): void {
    this.#known.set(process, credentials);
  }

  of(process: number): Credentials {
    const known = this.#known.get(process);
    if (known !== undefined) return known;
    if (this.#carried.size === 0 || this.#entities === null) return NOT_KNOWN;
    const carried = this.carriedOf(this.#entities.process(process)) ?? NOT_KNOWN;
    this.#known.set(process, carried);
    return carried;
  }

  /** @returns what it had when this generation began; null when no change was seen by then. */
  carriedOf(process: ProcessEntity): CredentialsEntity | null {
    return this.#carried.size === 0 ? null : (this.#carried.get(processKey(process)) ?? null);
  }
}

/** The same in every generation that has the process. */
export function processKey({ node, boot, pid, start, serial }: ProcessEntity): string {
  return `${node.bytes.toHex()} ${boot} ${pid} ${start} ${serial}`;
}

function credentialsAt(entities: Entities, id: number): CredentialsEntity | null {
  if (id === NOT_KNOWN) return null;
  const entity = entities.entity(id);
  return entity.kind === "credentials" ? entity : null;
}
