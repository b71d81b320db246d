/**
 * What a beat changes in a table: the records it puts, the heads of its branches, and the tallies
 * of the beats whose records it replaces or forgets.
 *
 * @module
 */
import type { BuiltFrame } from "../staged-beat.ts";
import type { Snapshot } from "./snapshot.ts";
import {
  damaged,
  headEntry,
  readRecordEntry,
  readTally,
  recordEntry,
  recordTableKey,
  tallyBeat,
  tallyEntry,
  tallyKey,
  type TableHead,
} from "./table-codec.ts";
import type { TableBatch, TableEntry, TableView } from "./table.ts";
import { walk } from "./walk.ts";

interface Plan {
  readonly batch: TableBatch;
  /** Of the branches that the beat has. */
  readonly heads: ReadonlyMap<string, TableHead>;
}

const NO_HEAD = { forgetBefore: 0, records: 0 };

/** @throws RitmaError `beat/damaged` when what is to be replaced cannot be read */
export async function planBatch(
  { view, heads: old }: Snapshot,
  frames: readonly BuiltFrame[],
): Promise<Plan> {
  const puts: TableEntry[] = [];
  const removals: Uint8Array[] = [];
  const heads = new Map<string, TableHead>();
  for (const frame of frames) {
    const { branch } = frame;
    const { forgetBefore, records } = old.get(branch) ?? NO_HEAD;
    const tallies = await talliesOf(view, frame, forgetBefore);
    for (const { key, body } of frame.records) {
      puts.push(recordEntry(branch, { key, body, beat: frame.head.beat }));
    }
    let live = records;
    for (const [beat, { before, after }] of tallies) {
      live += after - before;
      if (after > 0) puts.push(tallyEntry(branch, beat, after));
      else if (before > 0) removals.push(tallyKey(branch, beat));
    }
    const head = {
      ...frame.head,
      forgetBefore: Math.max(forgetBefore, frame.forgetBefore),
      records: live,
    };
    heads.set(branch, head);
    puts.push(headEntry(branch, head));
  }
  return { batch: { puts, removals }, heads };
}

interface Tally {
  readonly before: number;
  after: number;
}

/** Tallies that the frame changes, by beat. */
async function talliesOf(
  view: TableView,
  { branch, head, records, forgetBefore }: BuiltFrame,
  forgottenBefore: number,
): Promise<ReadonlyMap<number, Tally>> {
  const tallies = new Map<number, Tally>();
  tallies.set(head.beat, { before: 0, after: records.length });
  for (const { key } of records) {
    const tableKey = recordTableKey(branch, key);
    const value = await view.get(tableKey);
    if (value === null) continue;
    const { beat } = readRecordEntry(branch, { key: tableKey, value });
    if (beat < forgottenBefore) continue;
    const tally = tallies.get(beat) ?? (await readTallyOf(view, branch, beat));
    tally.after -= 1;
    tallies.set(beat, tally);
  }
  if (forgetBefore <= forgottenBefore) return tallies;
  const [from, below] = [tallyKey(branch, forgottenBefore), tallyKey(branch, forgetBefore)];
  for await (const entry of walk(view, from, below)) {
    tallies.set(tallyBeat(entry.key), { before: readTally(entry), after: 0 });
  }
  return tallies;
}

async function readTallyOf(view: TableView, branch: string, beat: number): Promise<Tally> {
  const key = tallyKey(branch, beat);
  const value = await view.get(key);
  if (value === null) throw damaged(`branch ${branch} has no tally of beat ${beat}`);
  const before = readTally({ key, value });
  return { before, after: before };
}
