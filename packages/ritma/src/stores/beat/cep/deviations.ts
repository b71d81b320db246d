/**
 * What a foreign frame does that ours may not, one sentence each.
 *
 * None of it keeps the frame from being read: whoever imports it decides what they make of it.
 *
 * @module
 */
import { DEVIATIONS_MAX } from "../../../base/limits.ts";

/** Append-only: scripts match on it. */
export type DeviationCode =
  | "container"
  | "checksum"
  | "varint"
  | "unknown-type"
  | "unknown-version"
  | "unknown-flags"
  | "unknown-capability"
  | "key-type"
  | "order"
  | "duplicate"
  | "toc"
  | "weak-root"
  | "history"
  | "ordinal"
  | "body"
  | "encrypted"
  | "changed"
  | "more";

export interface Deviation {
  readonly code: DeviationCode;
  /** In the frame, behind a container. */
  readonly offset: number;
  readonly message: string;
}

/** A list with an end: a frame of nothing but deviations must not fill the memory. */
export class Deviations {
  readonly #list: Deviation[] = [];
  #more = 0;

  add(code: DeviationCode, offset: number, message: string): void {
    if (this.#list.length < DEVIATIONS_MAX) this.#list.push({ code, offset, message });
    else this.#more += 1;
  }

  list(): readonly Deviation[] {
    if (this.#more === 0) return [...this.#list];
    return [...this.#list, { code: "more", offset: 0, message: `and ${this.#more} more` }];
  }
}
