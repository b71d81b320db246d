/**
 * Data roots on a simulated disk whose journal, a real one, holds what is not sealed yet; and
 * previews of them.
 *
 * @module
 */
import type { Disk } from "../../src/base/disk/disk.ts";
import { SimDisk, type SimOperation } from "../../src/base/disk/sim-disk.ts";
import { type JournalEntry } from "../../src/flow/journal/entry.ts";
import type { Journal } from "../../src/flow/journal/journal.ts";
import { ingestIntoJournal } from "../../src/services/recorder/ingest-journal.ts";
import { LiveRecorder } from "../../src/services/recorder/live.ts";
import { openJournal } from "../../src/services/recorder/open-journal.ts";
import { openPreview } from "../../src/services/recorder/preview.ts";
import type { Source } from "../../src/services/recorder/source.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { memoryInput } from "../recorder/audit-lines.ts";
import { configOf, DATA, init, open, type Settings, worldOn } from "../recorder/recording.ts";

/** A data root that took these logs, and left in its journal what is open. */
export async function waiting(logs: readonly Uint8Array[], settings: Settings): Promise<SimDisk> {
  const disk = new SimDisk();
  await init(disk, settings);
  for (const log of logs) {
    const [world, root] = [worldOn(disk), await open(disk, settings)];
    await using opened = await openJournal(world, root, DATA, () => {});
    await ingestIntoJournal({
      world,
      config: configOf(settings),
      root,
      journal: opened.journal,
      files: [memoryInput(log)],
      options: { node: "host1", limits: settings.limits, threads: 0 },
      seals: false,
      progress: () => {},
    });
  }
  return disk;
}

/** Puts a beat for each list of entries into the journal of a data root. */
export async function append(
  disk: Disk,
  beats: readonly (readonly JournalEntry[])[],
  settings: Settings,
): Promise<void> {
  await using opened = await openJournal(worldOn(disk), await open(disk, settings), DATA, () => {});
  for (const entries of beats) await opened.journal.append(entries);
}

export async function preview(disk: Disk, settings: Settings): Promise<StoreReader | null> {
  return await openPreview(worldOn(disk), configOf(settings), settings.limits);
}

/** What a recorder that is started on these, and stopped at once, seals. */
export async function stopped(disk: SimDisk, journal: Journal, settings: Settings): Promise<void> {
  const source: Source = {
    isStream: false,
    missed: 0,
    next: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
  await using recorder = await LiveRecorder.open({
    world: worldOn(disk),
    root: await open(disk, settings),
    journal,
    openSource: async () => source,
    firstPlace: async () => null,
    follows: true,
    turns: true,
    path: null,
    ticks: false,
    options: { node: "host1", limits: settings.limits, threads: 0 },
    auditStatus: async () => null,
    readCgroup: null,
    processTable: null,
    lostBefore: null,
  });
  await recorder?.close("stopped");
}

/** Calls that change nothing, and take no lock. */
const READING: ReadonlySet<SimOperation> = new Set([
  "read",
  "size",
  "access",
  "list",
  "openDir",
  "isDir",
]);

/** The same disk, which refuses to be changed: a call that would is a bug of the caller. */
export function readOnly(disk: SimDisk): SimDisk {
  return disk.snapshot({
    watch: async (_, operation, path) => {
      if (!READING.has(operation)) throw new TypeError(`${operation} ${path}`);
    },
  });
}
