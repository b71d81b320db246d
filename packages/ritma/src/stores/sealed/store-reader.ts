/**
 * A sealed evidence store, opened for reading: nothing is returned that was not checked.
 *
 * Needs no lock and no key. A store that is being written to, or whose recorder died, is read as
 * far as its checkpoint goes; an intent that lies there is not looked at. In a store that a preview
 * made, the newest hours are open: they read like the others, and are no evidence.
 *
 * Trusted for: that what it returns is what a holder of the store's own keys sealed. Not for: whose
 * keys these are (`ritma verify --trust`), nor that nothing was cut off at the end.
 *
 * Format: spec/06-store.md.
 *
 * @module
 */
import {
  type BuildStatement,
  type CodedBlock,
  type Fingerprint,
  fingerprintOf,
  type HourEntry,
  type HourHeader,
  type MicroHeader,
  type Section,
  type StoreFile,
} from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { Recent } from "../../base/recent.ts";
import { type DerivedFile, readDerived, readStatement } from "./derived-file.ts";
import { Dictionaries } from "./dictionaries.ts";
import type { Entities } from "./entities.ts";
import { readBlock, readHeader, readWindows } from "./sealed-hour.ts";
import { type LoggedWindow, readSealedLog, type SealedHour, type SealedLog } from "./sealed-log.ts";
import { readMicroHeader, readMicroSigner } from "./sealed-window.ts";
import { readStoreFacts, type StoreFacts } from "./store-facts.ts";
import { StoreFiles } from "./store-files.ts";

/** Hours so far from all others are not meant when one asks from when to when there are events. */
const STRAY_US = 366 * 86_400_000_000;

export interface EventRange {
  /** Stamps in µs, of the first and of the last event that came in time. */
  readonly first: number;
  readonly last: number;
  /** Hours more than a year away from all of these. */
  readonly strays: readonly SealedHour[];
}

export class StoreReader {
  readonly file: StoreFile;
  /** Of the identity that the store names as its own. */
  readonly fingerprint: Fingerprint;
  /** Oldest first; `hours[n]` has sequence n. */
  readonly hours: readonly SealedHour[];
  /** The node log that the hours stand in. */
  readonly head: Pick<SealedLog, "size" | "root">;
  readonly files: StoreFiles;
  /** So many of the hours are sealed; those behind are open, where a preview made them. */
  readonly sealedHours: number;
  readonly #facts: StoreFacts;
  readonly #dictionaries: Dictionaries;
  #kept: Recent<string, CodedBlock> | null = null;

  private constructor(
    files: StoreFiles,
    facts: StoreFacts,
    { hours, ...head }: SealedLog,
    sealedHours: number,
  ) {
    this.files = files;
    this.sealedHours = sealedHours;
    this.#facts = facts;
    this.file = facts.file;
    this.hours = hours;
    this.head = head;
    this.fingerprint = fingerprintOf(files.primitives.sha256, facts.file.identity);
    this.#dictionaries = new Dictionaries(files, async (sequence) => {
      const hour = hours[sequence];
      if (hour === undefined) throw new RangeError(`no hour ${sequence}`);
      return await this.header(hour);
    });
  }

  /**
   * @param out the evidence store
   * @param sealedHours of a preview; all hours of any other store are sealed
   * @throws RitmaError `store/missing`, `store/damaged` …
   */
  static async open(
    disk: Disk,
    primitives: NodePrimitives,
    out: string,
    sealedHours?: number,
  ): Promise<StoreReader> {
    const files = new StoreFiles(disk, primitives, out);
    const facts = await readStoreFacts(files);
    const log = await readSealedLog(files, facts);
    return new StoreReader(files, facts, log, sealedHours ?? log.hours.length);
  }

  /** True for an hour that is not sealed: its places may still change, and nothing proves them. */
  isOpen(sequence: number): boolean {
    return sequence >= this.sealedHours;
  }

  /** @throws RitmaError `store/damaged`, like all below */
  async header(hour: SealedHour): Promise<HourHeader> {
    return await readHeader(this.files, this.#facts, hour);
  }

  /**
   * A derived file, as a statement that a seal key signed names it.
   *
   * @returns null when it is absent, no statement covers it, or one was built from another node log
   * @throws RitmaError `store/damaged` when it is not what its statement names
   */
  async derived(folder: string, name: string): Promise<DerivedFile | null> {
    return await readDerived(this.files, this.#facts, this.head, folder, name);
  }

  /** The build statement of a folder, null when there is none. @throws as `derived` */
  async statement(folder: string): Promise<BuildStatement | null> {
    return await readStatement(this.files, this.#facts, this.head, folder);
  }

  /** The intervals of the hour's micro-windows, runs without events and the late one included. */
  async windows(hour: SealedHour): Promise<readonly HourEntry[]> {
    return await readWindows(this.files, this.#facts, hour);
  }

  /** What one window counts: of those in `hour.logged`. */
  async microHeader(hour: SealedHour, logged: LoggedWindow): Promise<MicroHeader> {
    return await readMicroHeader(this.files, this.#facts, hour, logged);
  }

  /** @returns the id of the key that sealed a window, its signature checked. */
  async microSigner(hour: SealedHour, logged: LoggedWindow): Promise<Uint8Array> {
    return await readMicroSigner(this.files, this.#facts, hour, logged);
  }

  /**
   * Blocks in order of window, one in memory at a time if none are kept.
   *
   * @param first number of the first one
   */
  async *blocks(
    hour: SealedHour,
    header: HourHeader,
    kind: "inst" | "late",
    first = 0,
  ): AsyncGenerator<CodedBlock> {
    const { decoding } = await this.entities(header);
    for (let number = first; ; number += 1) {
      const name = `${hour.sequence} ${kind} ${number}`;
      const known = this.#kept?.get(name);
      const block =
        known ?? (await readBlock(this.files, hour, header, decoding, { kind, number }));
      if (block === null) return;
      this.#kept?.set(name, block);
      yield block;
    }
  }

  /**
   * From now on keeps so many blocks in memory, decoded, for who asks again and again. A block is
   * of 131,072 atoms at most, about 8 MB.
   */
  keepBlocks(most: number): void {
    this.#kept = new Recent(most);
  }

  /** What the ids in the hour's blocks stand for. */
  async entities(header: HourHeader): Promise<Entities> {
    return await this.#dictionaries.of(header);
  }

  /** @returns the stamp of the newest event that came in time, in µs; null in an empty store. */
  async lastEventTime(): Promise<number | null> {
    return await this.#lastTimeIn(this.hours);
  }

  /** From when to when there are events that came in time; null when there are none. */
  async eventRange(): Promise<EventRange | null> {
    const { hours, strays } = mainRun(this.hours);
    const first = await this.#firstTimeIn(hours);
    const last = await this.#lastTimeIn(hours);
    return first === null || last === null ? null : { first, last, strays };
  }

  async #firstTimeIn(hours: readonly SealedHour[]): Promise<number | null> {
    const hour = hours.find(({ windows }) => windows > 0);
    if (hour === undefined) return null;
    for await (const { sections } of this.blocks(hour, await this.header(hour), "inst")) {
      const [section] = sections;
      if (section === undefined) continue;
      let oldest = Number.POSITIVE_INFINITY;
      for (const time of timesOf(section)) oldest = Math.min(oldest, time);
      return oldest;
    }
    return hour.t1;
  }

  async #lastTimeIn(hours: readonly SealedHour[]): Promise<number | null> {
    const hour = hours.findLast(({ windows }) => windows > 0);
    if (hour === undefined) return null;
    let newest = hour.t1;
    for await (const { sections } of this.blocks(hour, await this.header(hour), "inst")) {
      const section = sections.at(-1);
      for (const time of section === undefined ? [] : timesOf(section)) {
        newest = Math.max(newest, time);
      }
    }
    return newest;
  }
}

function* timesOf({ atoms }: Section): Generator<number> {
  for (let row = 0; row < atoms.length; row += 1) yield atoms.time[row] ?? 0;
}

/**
 * The hours that a person means by "from when to when". A clock that was not set yet stamps its
 * first events with another year; those hours are named, and the range is that of the others.
 */
function mainRun(all: readonly SealedHour[]): {
  readonly hours: readonly SealedHour[];
  readonly strays: readonly SealedHour[];
} {
  const runs: SealedHour[][] = [];
  for (const hour of all) {
    if (hour.windows === 0) continue;
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run === undefined || before === undefined || hour.t1 - before.t2 > STRAY_US) {
      runs.push([hour]);
    } else {
      run.push(hour);
    }
  }
  const hours = runs.reduce((best, run) => (windowsIn(run) >= windowsIn(best) ? run : best), []);
  return { hours, strays: runs.filter((run) => run !== hours).flat() };
}

function windowsIn(hours: readonly SealedHour[]): number {
  return hours.reduce((sum, { windows }) => sum + windows, 0);
}
