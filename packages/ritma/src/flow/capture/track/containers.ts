/**
 * Which container a process runs in, as somebody saw it in /proc while it lived.
 *
 * Audit does not know containers. What a live recorder saw of a pid is told here before the lines
 * in which the pid speaks; a process of which nothing was seen has the container of the image that
 * it replaced, else of its parent, and of nobody it is null.
 *
 * Bounded: of CONTAINERS_SEEN_MAX pids; the one told longest ago is forgotten.
 *
 * @module
 */
import type { Value } from "@ritma/evidence";
import { CONTAINERS_SEEN_MAX } from "../../../base/limits.ts";
import { plainValue } from "../privacy.ts";

export class Containers {
  readonly #seen: Map<number, Value | null> = new Map();

  /** @param id null for a process that is in none */
  see(pid: number, id: Uint8Array | null): void {
    this.#seen.delete(pid);
    this.#seen.set(pid, id === null ? null : plainValue(id));
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= CONTAINERS_SEEN_MAX) break;
      this.#seen.delete(oldest);
    }
  }

  /** @returns undefined when nobody saw it. */
  of(pid: number): Value | null | undefined {
    return this.#seen.get(pid);
  }
}
