/**
 * Whether an hour can hold an event that is asked about, from the dictionary alone.
 *
 * Ids are given in the order in which entities are first met, so an hour cannot speak of one that
 * its own piece of the dictionary or an earlier one does not have. Hours before that are passed
 * over without a look at their blocks. Every entity is tested once.
 *
 * @module
 */
import type { Entity, HourHeader } from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";

export class Presence {
  readonly entities: Entities;
  /** Those that no entity has passed so far. */
  #missing: readonly ((entity: Entity) => boolean)[];
  #known = 0;

  /** @param tests each must hold for some entity */
  constructor(entities: Entities, tests: readonly ((entity: Entity) => boolean)[]) {
    this.entities = entities;
    this.#missing = tests;
  }

  /** @param header of an hour of the generation, no older than the one asked about before */
  isIn({ generation }: HourHeader): boolean {
    const last = generation.firstId + generation.entities - 1;
    while (this.#missing.length > 0 && this.#known < last) {
      this.#known += 1;
      const entity = this.entities.entity(this.#known);
      this.#missing = this.#missing.filter((test) => !test(entity));
    }
    return this.#missing.length === 0;
  }
}
