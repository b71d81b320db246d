/**
 * The few strings that atoms speak of, as entities: names of calls and of kernel modules.
 *
 * @module
 */
import { encodeEntity, type EntityRef, entityRef } from "@ritma/evidence";
import { plainValue } from "../privacy.ts";

/** Calls by number alone can be forged without end. */
const STRINGS_MAX = 4_096;

export class Strings {
  readonly #known = new Map<string, EntityRef>();

  of(text: string): EntityRef {
    const old = this.#known.get(text);
    if (old !== undefined) return old;
    if (this.#known.size >= STRINGS_MAX) this.#known.clear();
    const value = plainValue(new TextEncoder().encode(text));
    const made = entityRef(encodeEntity({ kind: "string", value }));
    this.#known.set(text, made);
    return made;
  }
}
