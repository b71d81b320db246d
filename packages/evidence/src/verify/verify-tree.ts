/**
 * Checks the tree of an hour: that it is the sealed one, and that its entries tile the hour.
 *
 * Format: spec/06-store.md, "Hour".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import {
  buildHourTree,
  decodeHourTree,
  encodeHourTree,
  type HourEntry,
} from "../record/hour-seal.ts";
import { clockHour, HOUR_TREE, HOUR_US } from "../record/layout.ts";
import { type HourPlace, report } from "./hour-place.ts";

const US_PER_SECOND = 1_000_000;

/** @returns the entries if they hash to the sealed root, else null: the node log must do then. */
export async function verifyTree(place: HourPlace): Promise<readonly HourEntry[] | null> {
  const { reading, facts, story } = place;
  const path = `${place.folder}/${HOUR_TREE}`;
  const bytes = await reading.read(path);
  if (bytes === null) return null;
  const tree = reading.attempt("hour/tree", path, () => decodeHourTree(bytes));
  if (tree === null) return null;
  const { sha256 } = reading.primitives;
  const built = buildHourTree(sha256, facts.file.store, story.hour.sequence, tree.entries);
  if (!equalBytes(encodeHourTree(built), bytes)) {
    report(place, "hour/tree", HOUR_TREE, "its nodes are not those of its entries");
  }
  if (!equalBytes(built.hourRoot, story.hour.hourRoot)) {
    report(place, "hour/tree", HOUR_TREE, "hashes to another root than was sealed");
    return null;
  }
  if (!tiles(place, tree.entries)) {
    report(place, "hour/tree", HOUR_TREE, "its entries do not tile the hour");
  }
  return tree.entries;
}

/** True when windows and empty runs follow each other through the hour, each in its place. */
function tiles({ facts, story }: HourPlace, entries: readonly HourEntry[]): boolean {
  const { t1, t2 } = story.hour;
  const begin = clockHour(t1);
  const windowUs = facts.file.windowSecs * US_PER_SECOND;
  let end = t1;
  let isFine = t2 <= begin + HOUR_US;
  for (const [at, entry] of entries.entries()) {
    if (entry.kind === "late") {
      isFine &&= at === entries.length - 1 && entry.t1 === t1 && entry.t2 === t2;
      continue;
    }
    isFine &&= entry.t1 === end && entry.t1 < entry.t2;
    end = entry.t2;
    if (entry.window === null) continue;
    isFine &&= entry.window === Math.floor((entry.t1 - begin) / windowUs);
    isFine &&= entry.t2 <= begin + (entry.window + 1) * windowUs;
  }
  return isFine && end === t2;
}
