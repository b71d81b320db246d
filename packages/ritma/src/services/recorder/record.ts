/**
 * `ritma record`: this host's audit, as it comes, until somebody stops it.
 *
 * Composition: the data root, its beat store with the journal, and the source are joined here. A
 * session that has grown large ends, and the next one begins where it ended.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../base/config.ts";
import { LIVE_POLL_MS, STATUS_EVERY_MS } from "../../base/limits.ts";
import { type OpenedStore, openUnlocked } from "./data-root.ts";
import { keepBooks } from "./ingest.ts";
import { LIVE_COUNTS, type LiveFacts, type LiveParts, LiveRecorder } from "./live.ts";

/** The root is opened already, and locked by the caller for as long as this runs. */
export interface RecordParts extends LiveParts {
  readonly config: Config;
  /** Aborted when it is to end. */
  readonly stop: AbortSignal;
  /** True to leave the open hour in the journal when the input has ended. */
  readonly staysOpen?: boolean;
  /** Told every STATUS_EVERY_MS, and at each end of a session. */
  readonly tell: (facts: LiveFacts) => Promise<void>;
  /** Called when hours were sealed: what is made of them can be. */
  readonly sealed: () => void;
}

export interface RecordReport {
  /** Sums over the sessions of this run; the rest is of the last one. */
  readonly facts: LiveFacts;
  readonly sessions: number;
  readonly recovered: OpenedStore["store"]["recovered"];
}

/** Everything that was taken is sealed on return. @throws RitmaError of whatever goes wrong */
export async function recordLive(parts: RecordParts): Promise<RecordReport> {
  let { root, lostBefore } = parts;
  let sum: LiveFacts | null = null;
  for (let sessions = 1; ; sessions += 1) {
    const done = await recordSession({ ...parts, root, lostBefore }, sum);
    await keepBooks(parts.world, root);
    parts.sealed();
    if (done !== null) {
      const { facts, isOver } = done;
      if (isOver) return { facts, sessions, recovered: parts.root.store.recovered };
      sum = facts;
      lostBefore = facts.kernel?.lost ?? lostBefore;
    }
    root = await openUnlocked(parts.world, parts.config);
  }
}

/** @returns null when a session was sealed to its end that a crash had left, and no more. */
async function recordSession(
  parts: RecordParts,
  before: LiveFacts | null,
): Promise<{ facts: LiveFacts; isOver: boolean } | null> {
  const { stop, tell, sealed } = parts;
  await using recorder = await LiveRecorder.open(parts);
  if (recorder === null) return null;
  let toldMs = Number.NEGATIVE_INFINITY;
  let hours = 0;
  while (!stop.aborted && !recorder.hasEnded && !recorder.isFull) {
    const hasCome = await recorder.step();
    if (recorder.facts.hours > hours) {
      hours = recorder.facts.hours;
      sealed();
    }
    if (performance.now() - toldMs >= STATUS_EVERY_MS) {
      toldMs = performance.now();
      await tell(added(before, recorder.facts));
    }
    if (!hasCome) await pause(stop);
  }
  const isOver = stop.aborted || recorder.hasEnded;
  if (recorder.hasEnded && parts.staysOpen === true) await recorder.rest();
  else await recorder.close(recorder.hasEnded ? "end-of-input" : isOver ? "stopped" : "turn");
  const facts = added(before, recorder.facts);
  await tell(facts);
  return { facts, isOver };
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(LIVE_POLL_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function added(before: LiveFacts | null, now: LiveFacts): LiveFacts {
  if (before === null) return now;
  const sums = LIVE_COUNTS.map((name) => [name, before[name] + now[name]] as const);
  return { ...now, ...Object.fromEntries(sums) };
}
