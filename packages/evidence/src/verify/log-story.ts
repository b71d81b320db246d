/**
 * The story that the entries of the node log tell: sessions, hours, gaps, in one order only.
 *
 * Format: spec/07-node-log.md, "Order".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { CHECKPOINT_PATH, KEYS_PATH, LOG_FOLDER, STORE_PATH } from "../record/layout.ts";
import { periodPath } from "../record/period.ts";
import type { LogEntry } from "../record/log-entry.ts";
import type { Reading } from "./reading.ts";
import type { IndexedEntry, NodeLogRead } from "./verify-log.ts";
import { covers, type StoreFacts } from "./verify-store-file.ts";

/** What the log says of sessions and hours, in its order. */
export interface LogStory {
  readonly hours: readonly {
    readonly index: number;
    readonly hour: Extract<LogEntry, { type: "hour" }>;
    readonly micros: readonly Extract<LogEntry, { type: "micro" }>[];
    readonly session: number;
  }[];
  /** False when the newest entry leaves a session open. */
  readonly closed: boolean;
}

/** Reads the entries as a story, and reports where it is not one that a recorder tells. */
export function readStory(reading: Reading, facts: StoreFacts, log: NodeLogRead): LogStory {
  const teller = new Teller(reading, facts);
  for (const each of log.entries) teller.take(each);
  const story = teller.finish(isWhole(log));
  checkLogKey(reading, log, story);
  return story;
}

/** True when every entry that the log has could be read. */
export function isWhole({ entries, size }: NodeLogRead): boolean {
  return entries.length === size;
}

/** The key that signed the checkpoint must be one for the newest hour that it covers. */
function checkLogKey({ ledger }: Reading, { key }: NodeLogRead, { hours }: LogStory): void {
  const newest = Math.max(0, hours.length - 1);
  if (key === null || covers(key, newest)) return;
  const message = `signed by a key for hours ${key.first} to ${key.last}, not for hour ${newest}`;
  ledger.add("log/checkpoint", CHECKPOINT_PATH, message);
}

class Teller {
  readonly #reading: Reading;
  readonly #facts: StoreFacts;
  #hours: LogStory["hours"][number][] = [];
  #micros: Extract<LogEntry, { type: "micro" }>[] = [];
  #session = -1;
  #open = false;
  #frontier: number | null = null;
  #keys = 0;
  #periods = 0;
  #last: LogEntry["type"] | null = null;

  constructor(reading: Reading, facts: StoreFacts) {
    this.#reading = reading;
    this.#facts = facts;
  }

  take({ index, entry }: IndexedEntry): void {
    if (entry.type === "genesis") this.#checkStoreFile(entry.storeFile);
    const fault = this.#fault(index, entry);
    if (fault !== null) this.#reading.ledger.add("log/order", `${LOG_FOLDER}#${index}`, fault);
    if (entry.type === "hour") this.#hour(index, entry);
    else if (entry.type === "gap") this.#gap(index, entry.t1, entry.t2);
    else if (entry.type === "micro") this.#micros.push(entry);
    else if (entry.type === "key") this.#key(entry.record);
    else if (entry.type === "open") {
      if (this.#open) {
        this.#reading.ledger.notes.push(`session ${this.#session} ended without a close`);
      }
      this.#session = entry.session;
      this.#open = true;
      // Said already; the hours of this session are not to be measured by them.
      this.#micros = [];
      this.#reading.ledger.counts.sessions += 1;
    } else if (entry.type === "close") this.#open = false;
    this.#last = entry.type;
  }

  /** @param whole false when some entries could not be read: then nothing is said to be absent */
  finish(whole: boolean): LogStory {
    const { ledger } = this.#reading;
    if (whole) this.#reportAbsent();
    const closed = !this.#open && this.#micros.length === 0 && this.#last !== "gap";
    if (!closed && this.#micros.length > 0) {
      const { length } = this.#micros;
      ledger.notes.push(
        `${length} windows of an hour that goes on are signed; it brings their records`,
      );
    }
    if (!closed) {
      ledger.add("log/open", LOG_FOLDER, "the last session has no close: still open, or cut");
    }
    return { hours: this.#hours, closed };
  }

  #checkStoreFile(digest: Uint8Array): void {
    if (equalBytes(digest, this.#facts.fileDigest)) return;
    this.#reading.ledger.add("store/file", STORE_PATH, "is not the one that the genesis names");
  }

  #reportAbsent(): void {
    const { ledger } = this.#reading;
    if (this.#last === null) ledger.add("log/order", LOG_FOLDER, "the node log has no genesis");
    for (let at = this.#keys; at < this.#facts.keyDigests.length; at += 1) {
      ledger.add("key/record", `${KEYS_PATH}#${at}`, "is not in the node log");
    }
  }

  /** @returns what is wrong with `entry` at this place, or null. */
  #fault(index: number, entry: LogEntry): string | null {
    const { file } = this.#facts;
    if ((index === 0) !== (entry.type === "genesis")) return `${entry.type} at place ${index}`;
    if (this.#last === "gap" && entry.type !== "micro") return `${entry.type} after a gap`;
    if (this.#micros.length > 0 && entry.type === "open") {
      return `${this.#micros.length} windows were signed and their hour never sealed`;
    }
    if (this.#micros.length > 0 && entry.type !== "micro" && entry.type !== "hour") {
      return `${entry.type} between the windows of an hour`;
    }
    switch (entry.type) {
      case "genesis":
        return equalBytes(entry.store, file.store) ? null : "genesis of another store";
      case "key":
        return this.#keyFault(entry.record);
      case "open":
        return entry.session === this.#session + 1 ? null : `session ${entry.session} out of order`;
      case "close":
        return this.#closeFault(entry.session, entry.sequence, entry.t);
      case "hour":
        if (entry.sequence !== this.#hours.length) return `hour ${entry.sequence} out of order`;
        return this.#open ? null : "an hour outside a session";
      case "micro":
        return entry.sequence === this.#hours.length ? null : "a window of another hour";
      case "gap":
        return this.#open ? null : "a gap outside a session";
    }
    return null;
  }

  #keyFault(record: Uint8Array): string | null {
    const { keyDigests, periods } = this.#facts;
    const at = this.#periodOf(record);
    if (at >= 0 && at < this.#periods) return `period ${at} behind period ${this.#periods - 1}`;
    if (at >= 0) {
      const first = periods[at]?.period?.first ?? this.#hours.length;
      if (first === this.#hours.length) return null;
      return `keys from hour ${first} on, before hour ${this.#hours.length}`;
    }
    // Then none can be told, and that was said.
    if (keyDigests.length === 0) return null;
    if (this.#keys < keyDigests.length) {
      const isNext = equalBytes(record, keyDigests[this.#keys] ?? record);
      return isNext ? null : "a key record that is not in pubkeys.cbor at this place";
    }
    const next = periods[this.#periods];
    if (next !== undefined && next.digest !== null) return "another period than the store has";
    const path = next?.path ?? periodPath(this.#periods);
    if (next?.isThere === true) return null;
    this.#reading.ledger.add("file/missing", path, "sealed, and not there");
    return null;
  }

  #key(record: Uint8Array): void {
    const { keyDigests, periods } = this.#facts;
    const at = this.#periodOf(record);
    if (at >= 0) {
      this.#reading.name(periods[at]?.path ?? "");
      this.#periods = Math.max(this.#periods, at + 1);
    } else if (keyDigests.length === 0 || this.#keys < keyDigests.length) this.#keys += 1;
    else this.#periods += 1;
  }

  /** @returns its place among the periods, -1 for another record. */
  #periodOf(record: Uint8Array): number {
    return this.#facts.periods.findIndex(
      ({ digest }) => digest !== null && equalBytes(digest, record),
    );
  }

  #closeFault(session: number, sequence: number | null, t: number): string | null {
    if (!this.#open || session !== this.#session) return `close of session ${session}`;
    const last = this.#hours.length === 0 ? null : this.#hours.length - 1;
    if (sequence !== last || t !== (this.#frontier ?? 0)) return "a close that names another end";
    return null;
  }

  #hour(index: number, hour: Extract<LogEntry, { type: "hour" }>): void {
    this.#tile(index, hour.t1, hour.t2, hour.t1 <= hour.t2);
    this.#hours.push({ index, hour, micros: this.#micros, session: this.#session });
    this.#micros = [];
    this.#reading.ledger.counts.hours += 1;
  }

  #gap(index: number, t1: number, t2: number): void {
    this.#tile(index, t1, t2, t1 < t2);
    this.#reading.ledger.counts.gaps += 1;
  }

  #tile(index: number, t1: number, t2: number, forward: boolean): void {
    if (!forward || (this.#frontier !== null && t1 !== this.#frontier)) {
      this.#reading.ledger.add(
        "log/time",
        `${LOG_FOLDER}#${index}`,
        `[${t1}, ${t2}) does not begin where time stood, at ${this.#frontier ?? "its begin"}`,
      );
    }
    this.#frontier = t2;
  }
}
