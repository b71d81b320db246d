/**
 * An entity on its way into a dictionary, and the port through which atoms reach one.
 *
 * Capture makes one `EntityRef` per distinct entity it remembers; the dictionary writes the number
 * it gave into the ref, so that an entity seen a thousand times is hashed once. Two refs with equal
 * bytes get the same number.
 *
 * @module
 */

export interface EntityRef {
  /** Canonical bytes of the entity (`encodeEntity`). */
  readonly bytes: Uint8Array;
  /** Generation in which `id` holds; 0 while there is none. Written by the dictionary only. */
  generation: number;
  /** Dictionary id, from 1. Written by the dictionary only. */
  id: number;
}

export function entityRef(bytes: Uint8Array): EntityRef {
  return { bytes, generation: 0, id: 0 };
}

export interface AtomSink {
  /**
   * Takes one atom. Atoms of one event come one after the other, in order of their part.
   *
   * @param time microseconds since the Unix epoch
   * @param flags flags class of the event type, see spec/08-projection.md
   * @param ret 0 or the errno
   */
  atom(
    time: number,
    serial: number,
    etype: number,
    flags: number,
    ret: number,
    process: EntityRef,
    object: EntityRef | null,
    object2: EntityRef | null,
    num: number | null,
    arg: EntityRef | null,
  ): void;
}
