/**
 * The atoms of one event on their way out: what all of them share is set once.
 *
 * @module
 */
import type { AtomSink, EntityRef } from "@ritma/evidence";
import type { Moment } from "./process.ts";

export class Emission implements Moment {
  readonly #sink: AtomSink;
  time = 0;
  serial = 0;
  /** Atoms of this event so far. */
  count = 0;

  constructor(sink: AtomSink) {
    this.#sink = sink;
  }

  begin(time: number, serial: number): void {
    this.time = time;
    this.serial = serial;
    this.count = 0;
  }

  atom(
    etype: number,
    flags: number,
    ret: number,
    process: EntityRef,
    object: EntityRef | null = null,
    object2: EntityRef | null = null,
    num: number | null = null,
    arg: EntityRef | null = null,
  ): void {
    this.count += 1;
    const { time, serial } = this;
    this.#sink.atom(time, serial, etype, flags, ret, process, object, object2, num, arg);
  }
}
