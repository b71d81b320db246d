/**
 * A live recorder on a simulated disk, a log that is written as the test says, and a clock that
 * follows what was read. So a run that died goes on with the same log at the same time.
 *
 * @module
 */
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import type { ProcessTable } from "../../src/base/disk/process-table.ts";
import type { TailPlace } from "../../src/base/disk/log-files.ts";
import type { JournalEntry, JournalInput } from "../../src/flow/journal/entry.ts";
import { decodeEntries, encodeEntries } from "../../src/flow/journal/entry.ts";
import type { Journal } from "../../src/flow/journal/journal.ts";
import type { World } from "../../src/services/recorder/data-root.ts";
import { EMPTY_DIGEST } from "../../src/services/recorder/input-digest.ts";
import { LiveRecorder } from "../../src/services/recorder/live.ts";
import type { Source } from "../../src/services/recorder/source.ts";
import { open, type Settings, worldOn } from "../recorder/recording.ts";

/** A journal in memory: what was appended outlives the recorder. */
export class MemoryJournal implements Journal {
  readonly beats: Uint8Array[];
  left: JournalInput | null;

  constructor(beats: readonly Uint8Array[] = [], left: JournalInput | null = null) {
    this.beats = [...beats];
    this.left = left;
  }

  get bytes(): number {
    return this.beats.reduce((sum, { length }) => sum + length, 0);
  }

  async append(entries: readonly JournalEntry[]): Promise<void> {
    this.beats.push(encodeEntries(entries));
  }

  async *entries(): AsyncGenerator<JournalEntry> {
    for (const beat of this.beats) yield* decodeEntries(beat);
  }

  async clear(left: JournalInput | null): Promise<void> {
    this.beats.length = 0;
    this.left = left;
  }

  /** True once the session in it was told to end. */
  holdsEnd(): boolean {
    return this.holds("end");
  }

  holds(wanted: JournalEntry["kind"]): boolean {
    return this.beats.flatMap((beat) => decodeEntries(beat)).some(({ kind }) => kind === wanted);
  }

  copy(): MemoryJournal {
    return new MemoryJournal(this.beats, this.left);
  }
}

/** The log comes in these pieces (an empty one is silence); after each the clock stands at the time
 * beside it. */
export interface Script {
  readonly pieces: readonly { readonly bytes: Uint8Array; readonly nowUs: number }[];
  /** Who lives at the time that the clock tells; absent where nobody looks. */
  readonly processes?: (nowUs: () => number) => ProcessTable | null;
}

/** What a run leaves behind when it dies. */
export interface Left {
  readonly disk: SimDisk;
  readonly journal: MemoryJournal;
}

const PATH = "/var/log/audit/audit.log";
const IDENTITY = { device: 1, inode: 7 };
const NOTHING = new Uint8Array(0);

/** Records what the script has behind the place that the journal knows, to the end. */
export async function runLive(
  left: Left,
  script: Script,
  settings: Settings,
  died: (left: Left) => void = () => {},
): Promise<void> {
  // Opening may first seal to its end what a crash had left, and no more.
  for (let hasRun = false; !hasRun;) hasRun = await runOnce(left, script, settings, died);
}

async function runOnce(
  { disk, journal }: Left,
  { pieces, processes = () => null }: Script,
  settings: Settings,
  died: (left: Left) => void,
): Promise<boolean> {
  const leave = (): void => {
    died({ disk: disk.snapshot(), journal: journal.copy() });
  };
  const append = journal.append.bind(journal);
  journal.append = async (entries) => {
    await append(entries);
    leave();
  };
  const root = await open(disk, settings);
  const { store } = root;
  const write = store.write.bind(store);
  store.write = async (batch) => {
    await write(batch);
    leave();
  };
  let at = 0;
  const openSource = async (place: TailPlace | null): Promise<Source> => {
    at = pieceAt(pieces, place?.offset ?? 0);
    const fresh: JournalEntry[] = [];
    if (place === null) fresh.push({ kind: "input", input: newFile() });
    return sourceOf(
      fresh,
      () => pieces[at]?.bytes ?? null,
      () => {
        at += 1;
      },
    );
  };
  const world: World = {
    ...worldOn(disk),
    clock: { nowUs: () => pieces[Math.max(0, at - 1)]?.nowUs ?? 0 },
  };
  await using recorder = await LiveRecorder.open({
    world,
    root,
    journal,
    openSource,
    firstPlace: async () => null,
    follows: true,
    turns: true,
    path: PATH,
    ticks: true,
    options: { node: "host1", limits: settings.limits, threads: 0 },
    auditStatus: async () => null,
    readCgroup: null,
    processTable: processes(() => world.clock.nowUs()),
    lostBefore: null,
  });
  leave();
  if (recorder === null) return false;
  while (at < pieces.length) {
    await recorder.step();
    leave();
  }
  await recorder.step();
  leave();
  await recorder.close("stopped");
  leave();
  return true;
}

/** Each piece in a step of its own, with a quiet step behind it. */
function sourceOf(
  fresh: JournalEntry[],
  piece: () => Uint8Array | null,
  advance: () => void,
): Source {
  let isQuiet = false;
  return {
    isStream: false,
    missed: 0,
    next: async () => {
      isQuiet = !isQuiet;
      if (!isQuiet) return [];
      if (fresh.length > 0) return fresh.splice(0);
      const bytes = piece();
      if (bytes === null) return [];
      advance();
      return bytes.length === 0 ? [] : [{ kind: "bytes", bytes }];
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function newFile(): JournalInput {
  const place = { identity: IDENTITY, offset: 0, mark: NOTHING, modifiedUs: 0, path: PATH };
  return { place, digest: EMPTY_DIGEST, head: null };
}

function pieceAt(pieces: Script["pieces"], offset: number): number {
  let length = 0;
  let at = 0;
  while (length < offset) {
    length += pieces[at]?.bytes.length ?? offset;
    at += 1;
  }
  if (length !== offset) throw new TypeError(`the journal ends within a piece, at ${offset}`);
  return at;
}

/** Of stamps as `audit-lines` writes them, the newest of `bytes`; `before` when there is none. */
export function newestUs(bytes: Uint8Array, before: number): number {
  let newest = before;
  for (const match of new TextDecoder().decode(bytes).matchAll(/audit\((\d+)\.(\d{3}):/gu)) {
    const us = Number(match[1]) * 1_000_000 + Number(match[2]) * 1_000;
    if (us > newest && us < before + 10 * 86_400_000_000) newest = us;
  }
  return newest;
}
