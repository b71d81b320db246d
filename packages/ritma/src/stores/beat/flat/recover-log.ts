/**
 * Opens the commit log: reads every segment, and makes the newest one fit to go on.
 *
 * A beat that was being written when the power went is whole or torn. What is torn is cut off for
 * good before anything is appended, or it could come back behind a later beat; its bytes are set
 * aside, because one damaged byte in the newest beat looks the same. And what is whole is written
 * again, into a new file: that a killed process left it visible does not make it durable, and after
 * a failed sync no later one does.
 *
 * Format: spec/17-beat-store.md, "Recovery".
 *
 * @module
 */
import { type Disk, writeDurably } from "../../../base/disk/disk.ts";
import type { NoticeSink } from "../notice.ts";
import type { Branch } from "./branch.ts";
import { beginSegment, type LogContext, type LogEnd, type Segment } from "./commit-log.ts";
import { isDraft, segmentBeat, segmentName } from "./layout.ts";
import { type LogPlace, scanSegment, type SegmentScan } from "./log-scan.ts";
import { refuseOther } from "./recover-branch.ts";
import { Replay } from "./replay.ts";
import { MARK_BYTES, openingLength, type SegmentOpening } from "./segment-codec.ts";
import { keepAside, setAside } from "./set-aside.ts";

export interface LogRecovery extends LogContext {
  readonly notice: NoticeSink;
  readonly branches: Map<string, Branch>;
  readonly makeBranch: (name: string) => Branch;
}

export interface RecoveredLog extends LogEnd {
  readonly lastBeat: number;
  readonly leftovers: readonly string[];
}

/** The newest segment, as it was read. */
interface Newest {
  readonly segment: Segment;
  readonly scan: SegmentScan;
  readonly bytes: Uint8Array;
}

/** @throws RitmaError `beat/damaged` when a segment belongs to another store */
export async function recoverLog(context: LogRecovery): Promise<RecoveredLog> {
  const { disk, dir, branches } = context;
  await disk.makeDir(dir);
  await using folder = await disk.openDir(dir);
  await folder.sync();
  const names = (await disk.list(dir)).map(({ name }) => name);
  const firstBeats = names.map(segmentBeat).filter((beat) => beat !== null);
  const replay = new Replay(context, branches);
  const segments: Segment[] = [];
  let place: LogPlace | null = null;
  let newest: Newest | null = null;
  for (const firstBeat of firstBeats) {
    newest = await readSegment(context, replay, firstBeat, newest);
    segments.push(newest.segment);
    place = newest.scan.place;
  }
  const heads = [...branches.values()].map(({ head }) => head.beat);
  const lastBeat = Math.max(0, place?.lastBeat ?? 0, ...heads);
  if (newest === null && lastBeat > 0) replay.missing("the commit log is gone");
  if (newest !== null && isLost(newest, branches)) {
    replay.missing("the newest segment of the commit log is gone");
  }
  replay.finish(lastBeat);
  const end = await goOn(context, segments, newest, { ...(place ?? NOWHERE), lastBeat });
  const leftovers = names.filter(isDraft).map((name) => `${dir}/${name}`);
  return { ...end, lastBeat, leftovers };
}

const NOWHERE: LogPlace = { lastBeat: 0, previous: null };

async function readSegment(
  context: LogRecovery,
  replay: Replay,
  firstBeat: number,
  before: Newest | null,
): Promise<Newest> {
  const path = `${context.dir}/${segmentName(firstBeat)}`;
  const bytes = await context.disk.read(path);
  const scan = scanSegment(context.blake3, bytes, before?.scan.place ?? null);
  const segment: Segment = {
    firstBeat,
    bytes: bytes.length,
    branches: new Map<string, number>(),
    damaged: false,
  };
  if (before !== null) behindLast(context, replay, before, scan.opening);
  if (scan.opening === null) replay.noOpening(segment);
  else {
    refuseOther(context.store, scan.opening.store, path);
    replay.opening(scan.opening);
  }
  for (const part of scan.parts) replay.part(segment, bytes, part);
  return { segment, scan, bytes };
}

/**
 * What could not be read at the end of a segment that is not the newest: it was durable, so it is
 * damaged. Only the mark that says that there is another segment may be torn.
 */
function behindLast(
  { notice }: LogRecovery,
  replay: Replay,
  before: Newest,
  next: SegmentOpening | null,
): void {
  const { segment, scan, bytes } = before;
  const length = bytes.length - scan.end;
  // Commits are missing, here or in a segment that is gone: what there is, is kept.
  if (next !== null && replay.isBehind(next)) segment.damaged = true;
  if (length > MARK_BYTES) {
    for (const part of scan.unconfirmed) replay.part(segment, bytes, part);
  } else if (length > 0) {
    const detail = `an unfinished mark at the end of segment ${segment.firstBeat}`;
    notice({ topic: "persist.recover", severity: "warning", branch: "", detail });
  }
}

/** Whether the newest segment may have had commits of which nothing is left. */
function isLost({ scan, bytes }: Newest, branches: ReadonlyMap<string, Branch>): boolean {
  if (scan.isContinued) return true;
  if (scan.opening !== null || scan.parts.length > 0) return false;
  const states = [...branches.values()].map(({ state }) => state);
  return bytes.length !== openingLength(states);
}

async function goOn(
  context: LogRecovery,
  segments: Segment[],
  newest: Newest | null,
  place: LogPlace,
): Promise<LogEnd> {
  const { disk, dir, branches } = context;
  if (newest !== null) {
    const { segment, scan, bytes } = newest;
    const path = `${dir}/${segmentName(segment.firstBeat)}`;
    if (scan.opening === null && place.lastBeat < segment.firstBeat) {
      // Nothing in it can be read, and the next segment gets its name.
      await setAside(disk, path);
      segments.pop();
    } else {
      const torn = bytes.subarray(scan.end);
      if (torn.length > 0) await tellTorn(context, path, torn);
      if (torn.length > 0 || scan.parts.length > 0) {
        await writeDurably(disk, path, bytes.subarray(0, scan.end));
        segment.bytes = scan.end;
      }
      if (scan.opening !== null) {
        const handle = await disk.append(path);
        return { segments, salt: scan.opening.salt, place, handle };
      }
    }
  }
  const states = [...branches.values()].map(({ state }) => state);
  const begun = await beginSegment(context, { place, states });
  segments.push(begun.segment);
  return { segments, salt: begun.salt, place, handle: begun.handle };
}

async function tellTorn(
  { disk, notice }: { readonly disk: Disk; readonly notice: NoticeSink },
  path: string,
  torn: Uint8Array,
): Promise<void> {
  let end = torn.length;
  while (end > 0 && torn[end - 1] === 0) end -= 1;
  // Where the file only has its new length, there is nothing to keep.
  const name = end === 0 ? null : await keepAside(disk, path, torn.subarray(0, end));
  const where = name === null ? "all of them zeros" : `set aside as ${name}`;
  const detail = `an unfinished beat at the end of the commit log: ${torn.length} bytes, ${where}`;
  notice({ topic: "persist.recover", severity: "warning", branch: "", detail });
}
