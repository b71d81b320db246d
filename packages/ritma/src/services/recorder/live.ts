/**
 * The live recorder: takes what the sensor gives, makes it durable, and seals what it makes.
 *
 *     source -> entries -> journal (durable: acknowledged) -> session -> windows and hours, signed
 *
 * A restart applies the entries that the journal holds to a new session, and goes on; what it seals
 * is what would have been sealed without the stop. When all of a session is sealed the journal is
 * emptied.
 *
 * @module
 */
import type { InputMark } from "@ritma/evidence";
import type { AuditStatus, ReadAuditStatus } from "../../base/audit-status.ts";
import type { ReadCgroup } from "../../base/disk/proc-files.ts";
import {
  AUDIT_STATUS_EVERY_US,
  JOURNAL_BYTES_MAX,
  LIVE_BEAT_BYTES,
  LIVE_BEAT_MS,
  LIVE_INPUTS_MAX,
  OF_NOW_US,
  TICK_EVERY_US,
  TICK_LAG_US,
} from "../../base/limits.ts";
import type { TailPlace } from "../../base/disk/log-files.ts";
import type { JournalEntry, JournalInput } from "../../flow/journal/entry.ts";
import type { Journal } from "../../flow/journal/journal.ts";
import type { Press } from "../../flow/seal/press.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { LiveInputs } from "./live-input.ts";
import { type LiveOptions, LiveSession } from "./live-session.ts";
import { openPress } from "./open-press.ts";
import { SeenContainers } from "./seen-containers.ts";
import type { Source } from "./source.ts";

export interface LiveParts {
  readonly world: World;
  readonly root: OpenedStore;
  readonly journal: Journal;
  /**
   * Opens what is recorded.
   *
   * @param place where the log was left; null to begin with it
   * @param marks what this session has consumed of its inputs
   * @param open the last of them, when it has not ended: the same file goes on without a begin
   */
  readonly openSource: (
    place: TailPlace | null,
    marks: readonly InputMark[],
    open: InputMark | null,
  ) => Promise<Source>;
  /** Where a log that no journal speaks of is gone on with: what is recorded of it already. */
  readonly firstPlace: () => Promise<JournalInput | null>;
  /** False for a source that begins its inputs itself, and leaves the followed log alone. */
  readonly follows: boolean;
  /** False where the log is not stamped by this host's clock, as it is now. */
  readonly ticks: boolean;
  readonly options: LiveOptions;
  readonly auditStatus: ReadAuditStatus;
  /** Null where the log is not of this host. */
  readonly readCgroup: ReadCgroup | null;
  /** Losses that the kernel had counted when this host's recorder last looked; null if never. */
  readonly lostBefore: number | null;
}

/** How a session stands. */
export interface LiveFacts {
  readonly session: number;
  readonly lines: number;
  readonly events: number;
  readonly uninterpreted: number;
  readonly refused: number;
  readonly late: number;
  readonly lost: number;
  readonly incomplete: number;
  readonly evicted: number;
  readonly hours: number;
  readonly windows: number;
  readonly missed: number;
  readonly journalBytes: number;
  /** Stamp of the newest event; null before the first. Microseconds. */
  readonly newestUs: number | null;
  readonly kernel: AuditStatus | null;
}

export class LiveRecorder implements AsyncDisposable {
  readonly #parts: LiveParts;
  readonly #session: LiveSession;
  readonly #press: Press;
  readonly #source: Source;
  readonly #number: number;
  #tickedUs = 0;
  #askedUs = 0;
  #kernel: AuditStatus | null = null;
  #kernelLost: number | null;
  #hasEnded = false;
  #isOfNow = false;
  readonly #containers: SeenContainers | null;

  private constructor(
    parts: LiveParts,
    session: LiveSession,
    press: Press,
    source: Source,
    number: number,
  ) {
    this.#parts = parts;
    this.#session = session;
    this.#press = press;
    this.#source = source;
    this.#number = number;
    this.#kernelLost = parts.lostBefore;
    this.#containers = parts.readCgroup === null ? null : new SeenContainers(parts.readCgroup);
  }

  /**
   * Goes on with the session that the journal holds, or begins one.
   *
   * @throws RitmaError `store/damaged` when journal and evidence store do not fit; of the disk
   */
  static async open(parts: LiveParts): Promise<LiveRecorder> {
    const { world, root, journal, options } = parts;
    await dropSealed(parts);
    await using stack = new AsyncDisposableStack();
    const press = stack.use(openPress(world.primitives, root.store, options.threads ?? 0));
    const held = await heldSession(journal);
    const number = held ?? nextSession(root);
    const session = new LiveSession(world, root, press, number, options);
    let hasFollowed = !parts.follows;
    let hasTicked = false;
    for await (const entry of journal.entries()) {
      session.apply(entry);
      hasTicked ||= entry.kind === "tick";
      hasFollowed ||= entry.kind === "input" && entry.input.place !== null;
      await session.recording.seal();
    }
    const left = hasFollowed ? null : (journal.left ?? (await parts.firstPlace()));
    const place = (hasFollowed ? session.followed : left)?.place ?? null;
    const { marks, hasInput } = session.recording;
    const open = hasInput ? (marks.at(-1) ?? null) : null;
    const source = stack.use(await parts.openSource(place, marks, open));
    const recorder = new LiveRecorder(parts, session, press, source, number);
    stack.move();
    recorder.#isOfNow = hasTicked;
    if (held === null) await recorder.#begin(left);
    else if (left !== null && source.missed === 0) await recorder.#take([inputOf(left)]);
    return recorder;
  }

  /** True once the input has ended, as a stream does. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** True when the session has grown so large that another one must follow. */
  get isFull(): boolean {
    const { recording } = this.#session;
    return this.#parts.journal.bytes >= JOURNAL_BYTES_MAX || recording.inputs >= LIVE_INPUTS_MAX;
  }

  get facts(): LiveFacts {
    const { recording } = this.#session;
    const { counts } = recording.pipeline.parser;
    const { late, lost, incomplete, evicted } = recording.counts;
    const { hours } = recording.totals;
    return {
      session: this.#number,
      lines: counts.lines,
      events: counts.events,
      uninterpreted: counts.uninterpreted,
      refused: counts.refused,
      late,
      lost,
      incomplete,
      evicted,
      hours,
      windows: recording.windows,
      missed: this.#source.missed,
      journalBytes: this.#parts.journal.bytes,
      newestUs: recording.pipeline.newestUs,
      kernel: this.#kernel,
    };
  }

  /**
   * Takes what has come, for LIVE_BEAT_MS at most. Durable on return, and given to the session.
   *
   * @returns true when something came
   */
  async step(): Promise<boolean> {
    const startedMs = performance.now();
    const entries: JournalEntry[] = [];
    let bytes = 0;
    let isQuiet = false;
    while (bytes < LIVE_BEAT_BYTES && performance.now() - startedMs < LIVE_BEAT_MS) {
      const given = await this.#source.next();
      this.#hasEnded = given === null;
      isQuiet = given === null || given.length === 0;
      if (given === null || given.length === 0) break;
      for (const entry of given) {
        if (entry.kind === "bytes") {
          bytes += entry.bytes.length;
          entries.push(...(await this.#seenIn(entry.bytes)));
        }
        entries.push(entry);
      }
    }
    const nowUs = this.#parts.world.clock.nowUs();
    entries.push(...(await this.#losses(nowUs)));
    if (this.#parts.ticks && isQuiet && entries.length === 0) entries.push(...this.#ticks(nowUs));
    await this.#take(entries);
    return bytes > 0;
  }

  /** All that was ordered is durable on return; the session goes on later. */
  async rest(): Promise<void> {
    await this.#session.recording.done();
  }

  /** Ends the session: all of it is sealed, and the journal empty, on return. */
  async close(reason: "stopped" | "turn" | "end-of-input"): Promise<void> {
    const { journal } = this.#parts;
    await this.#take([{ kind: "end", reason }]);
    await this.#session.recording.done();
    await journal.clear(this.#session.followed ?? journal.left);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
    await this.#press[Symbol.asyncDispose]();
  }

  async #begin(left: JournalInput | null): Promise<void> {
    const entries: JournalEntry[] = [{ kind: "session", session: this.#number }];
    if (left !== null && this.#source.missed === 0) entries.push(inputOf(left));
    await this.#take(entries);
  }

  async #take(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#parts.journal.append(entries);
    for (const entry of entries) this.#session.apply(entry);
    await this.#session.recording.seal();
  }

  async #seenIn(bytes: Uint8Array): Promise<JournalEntry[]> {
    const nowMs = this.#parts.world.clock.nowUs() / 1_000;
    const seen = await this.#containers?.lookAt(bytes, nowMs);
    return seen === undefined || seen === null ? [] : [seen];
  }

  /** Only once the log has been seen to be of now: an old one tells its own time. */
  #ticks(nowUs: number): JournalEntry[] {
    const { newestUs } = this.#session.recording.pipeline;
    this.#isOfNow ||= newestUs !== null && nowUs - newestUs < OF_NOW_US;
    if (!this.#isOfNow) return [];
    const toUs = nowUs - TICK_LAG_US;
    if (nowUs - this.#tickedUs < TICK_EVERY_US) return [];
    if (!this.#session.recording.wantsTick(toUs)) return [];
    this.#tickedUs = nowUs;
    return [{ kind: "tick", nowUs: toUs }];
  }

  /** What the kernel lost since it was asked before. */
  async #losses(nowUs: number): Promise<JournalEntry[]> {
    if (nowUs - this.#askedUs < AUDIT_STATUS_EVERY_US) return [];
    this.#askedUs = nowUs;
    this.#kernel = await this.#parts.auditStatus();
    if (this.#kernel === null) return [];
    const { lost } = this.#kernel;
    const before = this.#kernelLost ?? lost;
    this.#kernelLost = lost;
    // A smaller count is that of another boot.
    const count = lost >= before ? lost - before : lost;
    return count === 0 ? [] : [{ kind: "lost", count }];
  }
}

/** A session whose close is signed needs no journal: a crash came before that was emptied. */
async function dropSealed({ world, root, journal }: LiveParts): Promise<void> {
  const held = await heldSession(journal);
  const { session, sessionOpen } = root.store.state;
  if (held === null || sessionOpen || session !== held + 1) return;
  const inputs = new LiveInputs(world.primitives);
  for await (const entry of journal.entries()) inputs.apply(entry);
  await journal.clear(inputs.followed ?? journal.left);
}

/** @returns the session that the journal holds entries of. */
async function heldSession(journal: Journal): Promise<number | null> {
  for await (const entry of journal.entries()) {
    return entry.kind === "session" ? entry.session : null;
  }
  return null;
}

/** A session that somebody else left open is given up. */
function nextSession({ store }: OpenedStore): number {
  const { session, sessionOpen } = store.state;
  return sessionOpen ? session + 1 : session;
}

function inputOf(input: JournalInput): JournalEntry {
  return { kind: "input", input };
}
