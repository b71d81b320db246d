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
import type { ProcessTable } from "../../base/disk/process-table.ts";
import {
  AUDIT_STATUS_EVERY_US,
  JOURNAL_BYTES_MAX,
  LIVE_BEAT_BYTES,
  LIVE_BEAT_MS,
  LIVE_INPUTS_MAX,
  OF_NOW_US,
  SWEEP_QUIET_US,
  TICK_EVERY_US,
  TICK_LAG_US,
} from "../../base/limits.ts";
import type { TailPlace } from "../../base/disk/log-files.ts";
import type { JournalEntry, JournalInput } from "../../flow/journal/entry.ts";
import type { Journal } from "../../flow/journal/journal.ts";
import type { Press } from "../../flow/seal/press.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { EMPTY_DIGEST } from "./input-digest.ts";
import { LiveInputs } from "./live-input.ts";
import { type LiveOptions, LiveSession } from "./live-session.ts";
import { openPress } from "./open-press.ts";
import { ProcessSweep } from "./process-sweep.ts";
import { SeenContainers } from "./seen-containers.ts";
import { SeenProcesses } from "./seen-processes.ts";
import type { Source } from "./source.ts";
import { speakersIn } from "./speakers.ts";

export interface LiveParts {
  readonly world: World;
  readonly root: OpenedStore;
  readonly journal: Journal;
  /** Of the log that is followed; null for another source. */
  readonly path: string | null;
  /**
   * Opens what is recorded.
   *
   * @param place where the log was left; null to begin with it
   * @param root as this session found it
   * @param marks what this session has consumed of its inputs
   * @param open the last of them, when it has not ended: the same file goes on without a begin
   */
  readonly openSource: (
    place: TailPlace | null,
    root: OpenedStore,
    marks: readonly InputMark[],
    open: InputMark | null,
  ) => Promise<Source>;
  /**
   * Where a log is gone on with of which something is recorded, but not by following it.
   *
   * @param session the one that waits; its seals are not those of one that died
   * @param waiting what it has consumed
   */
  readonly firstPlace: (
    root: OpenedStore,
    session: number,
    waiting: readonly InputMark[],
  ) => Promise<JournalInput | null>;
  /** False for a source that begins its inputs itself, and leaves the followed log alone. */
  readonly follows: boolean;
  /** False for one whose session must not end before it does. */
  readonly turns: boolean;
  /** False where the log is not stamped by this host's clock, as it is now. */
  readonly ticks: boolean;
  readonly options: LiveOptions;
  readonly auditStatus: ReadAuditStatus;
  /** Null where the log is not of this host. */
  readonly readCgroup: ReadCgroup | null;
  /** The same. */
  readonly processTable: ProcessTable | null;
  /** Losses that the kernel had counted when this host's recorder last looked; null if never. */
  readonly lostBefore: number | null;
}

/** Counts of a session: those of several add up. */
export const LIVE_COUNTS = [
  "lines",
  "events",
  "uninterpreted",
  "refused",
  "late",
  "lost",
  "incomplete",
  "evicted",
  "hours",
  "windows",
  "missed",
] as const;

/** How a session stands. */
export interface LiveFacts extends Readonly<Record<(typeof LIVE_COUNTS)[number], number>> {
  readonly session: number;
  readonly journalBytes: number;
  /** Stamp of the newest event; null before the first. Microseconds. */
  readonly newestUs: number | null;
  readonly kernel: AuditStatus | null;
}

const STREAM: JournalInput = { place: null, digest: EMPTY_DIGEST, head: null };

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
  readonly #processes: SeenProcesses | null;
  readonly #sweep: ProcessSweep | null;

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
    const table = parts.processTable;
    const seen = table === null ? null : new SeenProcesses(table);
    const { pipeline } = session.recording;
    const lives = (pid: number): boolean => pipeline.lives(pid);
    this.#processes = seen;
    this.#sweep =
      table === null || seen === null
        ? null
        : new ProcessSweep(table, seen, parts.world.clock, lives);
  }

  /**
   * Goes on with the session that the journal holds, or begins one.
   *
   * @returns null when a session was found that a crash kept from being sealed to its end: it is
   * now, and the evidence store must be opened anew
   * @throws RitmaError `store/damaged` when journal and evidence store do not fit; of the disk
   */
  static async open(parts: LiveParts): Promise<LiveRecorder | null> {
    const { world, root, journal, options } = parts;
    const held = await heldSession(parts);
    await using stack = new AsyncDisposableStack();
    const press = stack.use(openPress(world.primitives, root.store, options.threads ?? 0));
    const number = held ?? nextSession(root);
    const session = new LiveSession(world, root, press, number, options);
    const found = await applyAll(session, journal);
    if (found.hasEnded) {
      await session.recording.done();
      await journal.clear(session.followed ?? journal.left);
      return null;
    }
    const { marks, hasInput } = session.recording;
    const goesOn = !parts.follows || found.hasFollowed;
    const left = goesOn ? null : await leftOf(parts, number, marks);
    const place = (goesOn ? session.followed : left)?.place ?? null;
    const open = hasInput ? (marks.at(-1) ?? null) : null;
    const source = stack.use(await parts.openSource(place, root, marks, open));
    const recorder = new LiveRecorder(parts, session, press, source, number);
    stack.move();
    recorder.#isOfNow = found.hasTicked;
    await recorder.#begin(held === null, source.missed === 0 ? left : null);
    return recorder;
  }

  /** True once the input has ended, as a stream does. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** True when the session has grown so large that another one must follow. */
  get isFull(): boolean {
    const { journal, turns } = this.#parts;
    const { inputs } = this.#session.recording;
    return turns && (journal.bytes >= JOURNAL_BYTES_MAX || inputs >= LIVE_INPUTS_MAX);
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
    entries.push(...(await this.#losses(nowUs)), ...(await this.#swept(nowUs, isQuiet)));
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

  async #begin(isNew: boolean, left: JournalInput | null): Promise<void> {
    const entries: JournalEntry[] = [];
    if (isNew) entries.push({ kind: "session", session: this.#number });
    if (left !== null) entries.push({ kind: "input", input: left });
    if (this.#source.isStream) entries.push({ kind: "input", input: STREAM });
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
    if (this.#processes === null && this.#containers === null) return [];
    const speakers = speakersIn(bytes, nowMs);
    if (speakers === null) return [];
    const processes = (await this.#processes?.lookAt(speakers, nowMs)) ?? [];
    const container = (await this.#containers?.lookAt(speakers, nowMs)) ?? null;
    return container === null ? processes : [...processes, container];
  }

  /** Only while the log is of now: else who is gone today may have lived when it was written. */
  async #swept(nowUs: number, isQuiet: boolean): Promise<JournalEntry[]> {
    const { newestUs } = this.#session.recording.pipeline;
    if (this.#sweep === null || newestUs === null || newestUs > nowUs + TICK_LAG_US) return [];
    const quietUs = isQuiet && this.#hasComeTo(nowUs) ? nowUs - SWEEP_QUIET_US : 0;
    return await this.#sweep.step(Math.max(newestUs, quietUs));
  }

  /** Only once the log has been seen to be of now: an old one tells its own time. */
  #ticks(nowUs: number): JournalEntry[] {
    if (!this.#hasComeTo(nowUs)) return [];
    const toUs = nowUs - TICK_LAG_US;
    if (nowUs - this.#tickedUs < TICK_EVERY_US) return [];
    if (!this.#session.recording.wantsTick(toUs)) return [];
    this.#tickedUs = nowUs;
    return [{ kind: "tick", nowUs: toUs }];
  }

  /** Once the log has been seen to be of now, it is. */
  #hasComeTo(nowUs: number): boolean {
    const { newestUs } = this.#session.recording.pipeline;
    this.#isOfNow ||= newestUs !== null && nowUs - newestUs < OF_NOW_US;
    return this.#isOfNow;
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

/**
 * The session that the journal holds entries of; null when it is empty. One whose close is signed
 * needs it no more: a crash came before it was emptied, which is done here.
 */
async function heldSession({ world, root, journal }: LiveParts): Promise<number | null> {
  const held = await sessionIn(journal);
  if (held === null || !isClosed(root, held)) return held;
  const inputs = new LiveInputs(world.primitives);
  for await (const entry of journal.entries()) inputs.apply(entry);
  await journal.clear(inputs.followed ?? journal.left);
  return null;
}

/** @returns the number of the session that the journal holds entries of; null when it is empty. */
export async function sessionIn(journal: Journal): Promise<number | null> {
  for await (const entry of journal.entries()) {
    return entry.kind === "session" ? entry.session : null;
  }
  return null;
}

/** @returns true when the close of that session is signed: nothing newer is in the node log. */
export function isClosed({ store }: OpenedStore, number: number): boolean {
  const { session, sessionOpen } = store.state;
  return !sessionOpen && session === number + 1;
}

/** A session that somebody else left open is given up. */
function nextSession({ store }: OpenedStore): number {
  const { session, sessionOpen } = store.state;
  return sessionOpen ? session + 1 : session;
}

/** What the journal holds of a session, applied to it. */
export async function applyAll(
  session: LiveSession,
  journal: Journal,
): Promise<{ hasFollowed: boolean; hasTicked: boolean; hasEnded: boolean }> {
  const found = { hasFollowed: false, hasTicked: false, hasEnded: false };
  for await (const entry of journal.entries()) {
    session.apply(entry);
    found.hasTicked ||= entry.kind === "tick";
    found.hasFollowed ||= entry.kind === "input" && entry.input.place !== null;
    found.hasEnded ||= entry.kind === "end";
    await session.recording.seal();
  }
  return found;
}

/** Where the followed log was left, or what was recorded of it since by other ways. */
async function leftOf(
  { journal, root, firstPlace, path }: LiveParts,
  number: number,
  marks: readonly InputMark[],
): Promise<JournalInput | null> {
  const left = journal.left?.place?.path === path ? journal.left : null;
  const known = await firstPlace(root, number, marks);
  if (left === null || known === null) return left ?? known;
  return (known.place?.offset ?? 0) > (left.place?.offset ?? 0) && isOneFile(left, known)
    ? known
    : left;
}

function isOneFile({ place: a }: JournalInput, { place: b }: JournalInput): boolean {
  if (a === null || b === null) return false;
  return a.identity.device === b.identity.device && a.identity.inode === b.identity.inode;
}
