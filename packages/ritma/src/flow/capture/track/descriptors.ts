/**
 * What the open descriptors of a process stand for, as far as the log shows.
 *
 * Most hosts audit `open` and not `close`, so an entry is the last thing that was seen under its
 * number, and may be out of date. Whoever uses one compares its inode where the record has one.
 *
 * A fork shares the table until either side writes to it.
 *
 * @module
 */
import type { EntityRef } from "@ritma/evidence";
import { FDS_PER_PROCESS_MAX } from "../../../base/limits.ts";
import type { RawPath } from "./raw-path.ts";

/** Shared by all descriptors that were opened alike; never written to. */
export interface Descriptor {
  readonly kind: "file" | "flow";
  readonly ref: EntityRef;
  /** For a file: where it is; relative names start from here when it is a directory. */
  readonly path: RawPath | null;
  /** -1 when the log has none. */
  readonly inode: number;
  readonly devMajor: number;
  readonly devMinor: number;
  readonly closeOnExec: boolean;
}

export class Descriptors {
  /** Null as long as there is none, as in most processes that just began. */
  #entries: Map<number, Descriptor> | null = null;
  #shared = false;

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(number: number): Descriptor | null {
    return this.#entries?.get(number) ?? null;
  }

  set(number: number, descriptor: Descriptor): void {
    const old = this.#entries?.get(number);
    if (old === descriptor) return;
    const entries = this.#own();
    if (old === undefined && entries.size >= FDS_PER_PROCESS_MAX) dropOldest(entries);
    entries.set(number, descriptor);
  }

  delete(number: number): void {
    if (this.#entries?.has(number) === true) this.#own().delete(number);
  }

  /** What a child gets. */
  fork(): Descriptors {
    const child = new Descriptors();
    if (this.#entries === null) return child;
    child.#entries = this.#entries;
    child.#shared = true;
    this.#shared = true;
    return child;
  }

  /** What is left behind an exec. */
  exec(): Descriptors {
    const kept = new Descriptors();
    for (const [number, descriptor] of this.#entries ?? []) {
      if (!descriptor.closeOnExec) kept.set(number, descriptor);
    }
    return kept;
  }

  clear(): void {
    this.#entries = null;
    this.#shared = false;
  }

  /** A table that nobody else reads. */
  #own(): Map<number, Descriptor> {
    if (this.#entries === null || this.#shared) {
      this.#entries = new Map(this.#entries ?? []);
      this.#shared = false;
    }
    return this.#entries;
  }
}

function dropOldest(entries: Map<number, Descriptor>): void {
  for (const number of entries.keys()) {
    entries.delete(number);
    return;
  }
}
