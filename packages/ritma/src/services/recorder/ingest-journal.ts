/**
 * Log files through the journal: `ingest --no-seal`, and whatever is ingested while a session
 * waits there. What was taken is durable; the open hour waits for the next file, or is sealed.
 *
 * @module
 */
import type { Config } from "../../base/config.ts";
import type { InputFile } from "../../base/disk/input-file.ts";
import type { Journal } from "../../flow/journal/journal.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { readFiles } from "./file-source.ts";
import type { LiveOptions } from "./live-session.ts";
import { recordLive, type RecordReport } from "./record.ts";

export interface JournalIngest {
  readonly world: World;
  readonly config: Config;
  readonly root: OpenedStore;
  readonly journal: Journal;
  readonly files: readonly InputFile[];
  readonly options: LiveOptions;
  /** False leaves the open hour in the journal. */
  readonly seals: boolean;
  /** Told now and then how many bytes were read. */
  readonly progress: (done: number) => void;
}

/** @returns true when the journal holds a session that is not sealed. */
export async function holdsSession(journal: Journal): Promise<boolean> {
  for await (const _ of journal.entries()) return true;
  return false;
}

/** @throws RitmaError `input/…`, of the store, of the disk; what was taken before stays */
export async function ingestIntoJournal(given: JournalIngest): Promise<RecordReport> {
  const { world, config, root, journal, files, options, seals, progress } = given;
  return await recordLive({
    world,
    config,
    root,
    journal,
    options,
    follows: false,
    ticks: false,
    path: null,
    turns: false,
    openSource: async (_place, { store }, marks, open) => {
      const closed = store.sessions.filter(({ isClosed }) => isClosed);
      const sealed = closed.flatMap(({ header }) => header.inputs);
      return readFiles(files, [...sealed, ...marks], open, world.primitives);
    },
    firstPlace: async () => null,
    auditStatus: async () => null,
    readCgroup: null,
    processTable: null,
    lostBefore: null,
    stop: new AbortController().signal,
    staysOpen: !seals,
    sealed: () => {},
    tell: async () => {
      progress(files.reduce((sum, file) => sum + file.bytesRead(), 0));
    },
  });
}
