/**
 * A data root as it stood at one moment, taken while a recorder may be writing to it.
 *
 * Held in memory is what a recorder changes in place: the head of the node log, the intent, the
 * journal. All else in an evidence store only grows or is named by these, and is read from the disk
 * when it is asked for.
 *
 * No lock is taken. The journal is ahead of what is signed, and emptied only when its session's
 * close is. So if the head is the same before the journal is read and after, all that the head
 * rests on is in the journal; and if no file of the journal went or came meanwhile, it is whole, up
 * to a beat that was being written. If not, another try is made; what was read before and has only
 * grown is not read again, so that a try is short.
 *
 * Cost: the journal once more in memory, which is JOURNAL_BYTES_MAX and a beat at most.
 *
 * Not here: what is made of it (`preview.ts`).
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  CHECKPOINT_PATH,
  entriesPath,
  FormatError,
  INTENT_PATH,
  LOG_FOLDER,
  parseCheckpoint,
  parseNote,
} from "@ritma/evidence";
import { type Disk, DRAFT_SUFFIX } from "../../base/disk/disk.ts";
import { OverlayDisk } from "../../base/disk/overlay-disk.ts";
import { RitmaError } from "../../base/error.ts";
import { MOMENT_TRIES, MOMENT_WAIT_MS } from "../../base/limits.ts";
import { epochKeyOf, intentLockOf, lockPathOf, type Place } from "../../flow/seal/place.ts";
import { JournalFiles } from "./journal-files.ts";

export interface Moment {
  /** The data root, its evidence store included. */
  readonly evidence: OverlayDisk;
  /** The journal, with no other branch of its beat store. */
  readonly journal: OverlayDisk;
}

/** What stands at each path; null where nothing does. */
type Held = ReadonlyMap<string, Uint8Array | null>;

const BUNDLE = 256;

/**
 * @param dataRoot that the place belongs to
 * @returns null when there is no journal
 * @throws RitmaError `store/busy` when it changes faster than it can be read; of the disk
 */
export async function takeMoment(place: Place, dataRoot: string): Promise<Moment | null> {
  const { disk } = place;
  const journal = new JournalFiles(disk, dataRoot);
  for (let left = MOMENT_TRIES; left > 0; left -= 1) {
    if (left < MOMENT_TRIES) await sleep(MOMENT_WAIT_MS);
    const found = await unlessGone(async () => await tried(place, journal));
    if (found === "gone" || found === "changed") continue;
    return found === null ? null : { evidence: holding(disk, found), journal: journal.onto(disk) };
  }
  const message = `${dataRoot} changes faster than what is open in it can be read`;
  throw new RitmaError("store/busy", message);
}

/** @returns the head; null when there is no journal */
async function tried(place: Place, journal: JournalFiles): Promise<Held | "changed" | null> {
  // Most of it, before the moment begins.
  await journal.read();
  const [marks, head] = [await journal.marks(), await headOf(place)];
  if (marks === null) return null;
  const partial = await partialOf(place, head.get(`${place.out}/${CHECKPOINT_PATH}`) ?? null);
  await journal.read();
  const isSame = marks === (await journal.marks()) && spelt(head) === spelt(await headOf(place));
  return isSame ? new Map([...head, ...partial]) : "changed";
}

/** What names everything else. */
async function headOf(place: Place): Promise<Held> {
  const { disk, out } = place;
  const intent = `${out}/${INTENT_PATH}`;
  const held = new Map<string, Uint8Array | null>([[`${intent}${DRAFT_SUFFIX}`, null]]);
  const locks = [lockPathOf(place), intentLockOf(place), epochKeyOf(place)];
  const paths = [`${out}/${CHECKPOINT_PATH}`, intent, ...locks];
  for (const path of paths) {
    const isThere = (await disk.size(path)) !== null;
    held.set(path, isThere ? await disk.read(path) : null);
  }
  return held;
}

/** The bundle of entries that the next checkpoint replaces and removes. */
async function partialOf({ disk, out }: Place, checkpoint: Uint8Array | null): Promise<Held> {
  const size = sizeIn(checkpoint);
  if (size === null || size % BUNDLE === 0) return new Map();
  const name = entriesPath(Math.floor(size / BUNDLE), size % BUNDLE);
  const path = `${out}/${LOG_FOLDER}/${name}`;
  return new Map([[path, await disk.read(path)]]);
}

/** @returns null for what is no checkpoint; whoever opens the store says so */
function sizeIn(checkpoint: Uint8Array | null): number | null {
  try {
    return checkpoint === null ? null : parseCheckpoint(parseNote(checkpoint).text).size;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function spelt(held: Held): string {
  return [...held].map(([path, bytes]) => `${path} ${bytes?.toHex() ?? "-"}`).join("\n");
}

function holding(disk: Disk, held: Held): OverlayDisk {
  const overlay = new OverlayDisk(disk);
  for (const [path, bytes] of held) overlay.hold(path, bytes);
  return overlay;
}

async function unlessGone<Value>(work: () => Promise<Value>): Promise<Value | "gone"> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return "gone";
    throw error;
  }
}
