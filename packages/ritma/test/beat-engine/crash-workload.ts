/**
 * What the crash tests do to an engine: small beats that make it do all that it can do.
 *
 * A workload passes through a known row of states, one after each beat. The row is made by the
 * memory engine, which knows nothing of files.
 *
 * @module
 */
import type { Disk } from "../../src/base/disk/disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { openFlatEngine } from "../../src/stores/beat/flat/open-flat.ts";
import { openMemoryEngine } from "../../src/stores/beat/memory/memory-engine.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { beat, type Puts, scanned, STORE } from "./records.ts";

export type CrashStep =
  | {
      readonly kind: "beat";
      readonly beat: number;
      readonly puts: Readonly<Record<string, Puts>>;
      readonly forget: Readonly<Record<string, number>>;
    }
  /** "behind" compacts while the next beats go on. */
  | { readonly kind: "checkpoint" | "compact" | "behind" | "reopen" };

export interface CrashWorkload {
  readonly name: string;
  readonly steps: readonly CrashStep[];
  readonly segmentBytes: number;
  readonly checkpointBytes: number;
}

/** Beats so far: that were begun to be committed, and that were acknowledged. */
export interface Progress {
  begun: number;
  acknowledged: number;
}

const primitives = await loadPrimitives();

/** Deterministic: every incarnation of an engine has salts of its own. */
export async function openOn(
  disk: Disk,
  workload: CrashWorkload,
  incarnation: number,
  notices: Notice[] = [],
): Promise<BeatEngine> {
  let drawn = incarnation * 1_000;
  return await openFlatEngine({
    disk,
    dir: "branches",
    primitives,
    store: STORE,
    notice: (notice) => void notices.push(notice),
    segmentBytes: workload.segmentBytes,
    checkpointBytes: workload.checkpointBytes,
    rng: {
      bytes: (count) => new Uint8Array(count).fill((drawn += 1)).fill(drawn >> 8, 1),
    },
  });
}

/** All steps behind the first `done` beats, each incarnation numbered on from `incarnation`. */
export async function perform(
  disk: Disk,
  workload: CrashWorkload,
  progress: Progress,
  incarnation = 1,
): Promise<void> {
  let turn = incarnation;
  const notices: Notice[] = [];
  let engine = await openOn(disk, workload, turn, notices);
  let left = progress.acknowledged;
  let behind: Promise<unknown> = Promise.resolve();
  for (const step of workload.steps) {
    if (left > 0) {
      if (step.kind === "beat") left -= 1;
      continue;
    }
    if (step.kind === "beat") {
      progress.begun = progress.acknowledged + 1;
      await beat(engine, step.beat, step.puts, step.forget);
      progress.acknowledged += 1;
    } else if (step.kind === "behind") behind = quietly(engine.compact());
    else if (step.kind === "checkpoint") await engine.checkpoint();
    else if (step.kind === "compact") await engine.compact();
    else {
      await behind;
      await engine[Symbol.asyncDispose]();
      mustGoOn(notices);
      engine = await openOn(disk, workload, (turn += 1), notices);
    }
  }
  await behind;
  await engine[Symbol.asyncDispose]();
  mustGoOn(notices);
}

/** Its error is told by a notice. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
  }
}

/** What fails where nobody waits is told by a notice. */
function mustGoOn(notices: readonly Notice[]): void {
  const told = notices.find(({ topic }) => topic === "persist.commit");
  if (told !== undefined) throw new RitmaError("store/refused", told.detail);
}

/** Everything that can be seen of an engine, in one string. */
export async function shown(engine: BeatEngine): Promise<string> {
  const lines = [`beat ${engine.lastBeat}`];
  for (const branch of engine.branches()) {
    const head = engine.head(branch);
    const frame = head?.frame.toHex().slice(0, 16);
    lines.push(
      `${branch} ${head?.beat} ${head?.frames} ${frame}: ${await scanned(engine, branch)}`,
    );
  }
  return lines.join("\n");
}

/** What is to be seen before the first beat, and after each. */
export async function rowOf({ steps }: CrashWorkload): Promise<readonly string[]> {
  const engine = await openMemoryEngine({ primitives, store: STORE, notice: () => {} });
  const row = [await shown(engine)];
  for (const step of steps) {
    if (step.kind !== "beat") continue;
    await beat(engine, step.beat, step.puts, step.forget);
    row.push(await shown(engine));
  }
  return row;
}

const put = (
  beat: number,
  puts: Readonly<Record<string, Puts>>,
  forget: Readonly<Record<string, number>> = {},
): CrashStep => ({ kind: "beat", beat, puts, forget });

/** Several branches, rolls, two checkpoints of which one merges, a compaction, a clean close. */
export function everything(): CrashWorkload {
  return {
    name: "everything",
    segmentBytes: 1_600,
    checkpointBytes: 1_000_000,
    steps: [
      put(1, { data: { a: "1", b: "1" }, journal: { e1: "x".repeat(300) } }),
      put(2, { data: { a: "2" }, journal: { e2: "y".repeat(500) }, rt: { o: "1" } }),
      { kind: "checkpoint" },
      put(4, { journal: { e4: "z".repeat(700) } }),
      put(5, { data: { c: "5" } }, { journal: 4 }),
      { kind: "reopen" },
      put(6, { data: { b: "6" }, journal: { e6: "6" } }),
      { kind: "checkpoint" },
      put(7, { rt: { o: "7", p: "7" } }, { journal: 7, data: 2 }),
      { kind: "compact" },
      put(9, { data: { d: "9".repeat(600) } }),
    ],
  };
}

/** The log is checkpointed by itself, while beats go on; runs are merged. */
export function inTheBackground(): CrashWorkload {
  const steps = Array.from({ length: 9 }, (_, at): CrashStep => {
    const text = String(at).repeat(250);
    const forget = at === 6 ? { journal: 5 } : {};
    return put(at + 1, { data: { [`k${at % 3}`]: text }, journal: { [`e${at}`]: text } }, forget);
  });
  return { name: "in the background", segmentBytes: 900, checkpointBytes: 1_400, steps };
}

/** Compacted while beats go on. */
export function behind(): CrashWorkload {
  const steps: CrashStep[] = [
    put(1, { data: { a: "1".repeat(300) }, journal: { e1: "1" }, rt: { o: "1" } }),
    { kind: "checkpoint" },
    put(2, { data: { a: "2" } }),
    { kind: "behind" },
  ];
  for (let beat = 3; beat < 12; beat += 1) {
    const text = String(beat).repeat(150);
    const forget = beat === 8 ? { data: 3 } : {};
    steps.push(put(beat, { [["data", "journal", "rt"][beat % 3] ?? "rt"]: { k: text } }, forget));
  }
  return { name: "behind", segmentBytes: 700, checkpointBytes: 1_000_000, steps };
}

/** A checkpoint after which nothing else needs the log. */
export function oneBranch(): CrashWorkload {
  const steps: readonly CrashStep[] = [
    put(1, { data: { a: "1", b: "1".repeat(700) } }),
    { kind: "checkpoint" },
    put(2, { data: { a: "2" } }),
    { kind: "checkpoint" },
  ];
  return { name: "one branch", segmentBytes: 1_000, checkpointBytes: 1_000_000, steps };
}

/** Two beats: for runs inside runs. */
export function twoBeats(): CrashWorkload {
  return {
    name: "two beats",
    segmentBytes: 1_000,
    checkpointBytes: 1_000_000,
    steps: [
      put(1, { data: { a: "1" }, journal: { e1: "x".repeat(200) } }),
      put(2, { data: { a: "2".repeat(600) }, journal: { e2: "y" } }, { journal: 2 }),
      { kind: "checkpoint" },
    ],
  };
}

/** Drawn from a seed. */
export function randomBeats(seed: number): CrashWorkload {
  let state = (seed * 2_654_435_761) >>> 0;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const steps: CrashStep[] = [];
  const branches = ["data", "journal", "rt", "x.y-z"].slice(0, 1 + draw(4));
  let beat = 0;
  for (let left = 5 + draw(7); left > 0; left -= 1) {
    beat += 1 + draw(3);
    const puts: Record<string, Puts> = {};
    const forget: Record<string, number> = {};
    for (const branch of branches) {
      if (draw(3) === 0) continue;
      const records = Array.from({ length: 1 + draw(3) }, () => [
        "abcdef"[draw(6)] ?? "a",
        String(beat).repeat(1 + draw(draw(3) === 0 ? 500 : 40)),
      ]);
      puts[branch] = Object.fromEntries(records);
      if (draw(5) === 0) forget[branch] = 1 + draw(beat);
    }
    if (Object.keys(puts).length > 0) steps.push(put(beat, puts, forget));
    const other = (["checkpoint", "compact", "reopen", "behind"] as const)[draw(8)];
    if (other !== undefined) steps.push({ kind: other });
  }
  const segmentBytes = [600, 1_500, 4_000, 100_000][draw(4)] ?? 600;
  const checkpointBytes = [1_500, 100_000][draw(2)] ?? 1_500;
  return { name: `drawn from ${seed}`, segmentBytes, checkpointBytes, steps };
}
