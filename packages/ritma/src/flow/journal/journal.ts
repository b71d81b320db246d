/**
 * The journal: what was taken from the sensor, durable before anything is made of it.
 *
 * Emptied once all of it is sealed; what is kept then is where the followed log was left.
 *
 * @module
 */
import type { JournalEntry, JournalInput } from "./entry.ts";

export interface Journal {
  /** Bytes of entries that are kept, and what each beat costs besides. */
  readonly bytes: number;
  /** Where the followed log was left when the journal was emptied; null before. */
  readonly left: JournalInput | null;
  /** Durable on return: only now acknowledged. @throws RitmaError of the disk, `store/refused` */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** All that was appended since it was emptied, in order. @throws RitmaError `beat/damaged` */
  entries(): AsyncIterable<JournalEntry>;
  /** Empties it: all of it is sealed. Durable on return. */
  clear(left: JournalInput | null): Promise<void>;
}
