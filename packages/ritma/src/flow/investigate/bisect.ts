/**
 * The first window in which a condition holds.
 *
 * A condition comes and goes, and halving a range would then find any of its begins. So windows are
 * looked at in the order in which they were sealed, up to the first one in which it holds; those
 * that cannot hold it, as their dictionary shows, are passed over.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { proved, type ProvedEvent } from "./blame.ts";
import { HitScan, type Question } from "./blame-scan.ts";
import { decoding } from "./facts-scan.ts";
import type { Window } from "./windows.ts";

export interface Bisected {
  /** The first event of that window that fits; null when no window has one. */
  readonly first: ProvedEvent | null;
  /** Events in that window that fit. */
  readonly events: number;
  /** True when it holds in the window that was called good: then there is no first. */
  readonly holdsInGood: boolean;
  /** Windows whose events were looked at. */
  readonly examined: number;
  /** Windows that can hold none, as the dictionary shows. */
  readonly skipped: number;
  /** Events of those windows that fit but for their user, which nothing that was read tells. */
  readonly undecided: number;
}

/**
 * @param good where it does not hold yet; null to begin with the oldest
 * @param bad where it holds at the latest, looked at too; null for the newest
 * @throws RitmaError `usage/bad-argument` when good is not before bad, `store/damaged`
 */
export async function bisect(
  reader: StoreReader,
  question: Question,
  good: Window | null,
  bad: Window | null,
): Promise<Bisected> {
  if (good !== null && bad !== null && compareWindows(good, bad) >= 0) {
    const message = `window ${good.name} (good) is not before window ${bad.name} (bad)`;
    throw new RitmaError("usage/bad-argument", message);
  }
  const scan = new HitScan(reader, question);
  const isAsked = (window: Window): boolean =>
    (good === null || compareWindows(window, good) >= 0) &&
    (bad === null || compareWindows(window, bad) <= 0);
  for await (const found of scan.run(isAsked)) {
    const [oldest] = found.hits;
    if (oldest === undefined) continue;
    const first = decoding(reader, found.entities, () => proved(found, oldest));
    const { examined, skipped, undecided } = scan;
    const holdsInGood = good !== null && compareWindows(found.window, good) === 0;
    return { first, events: found.hits.length, holdsInGood, examined, skipped, undecided };
  }
  const { examined, skipped, undecided } = scan;
  return { first: null, events: 0, holdsInGood: false, examined, skipped, undecided };
}

/** By the order in which they were sealed: the late one of an hour is its last. */
function compareWindows(a: Window, b: Window): number {
  if (a.hour.sequence !== b.hour.sequence) return a.hour.sequence - b.hour.sequence;
  return a.number === b.number ? 0 : placeOf(a) - placeOf(b);
}

function placeOf({ number }: Window): number {
  return number ?? Number.POSITIVE_INFINITY;
}
