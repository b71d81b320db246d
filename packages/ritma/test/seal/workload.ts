/**
 * What the crash tests record: small logs that make the sealing path do all it can do.
 *
 * A workload is `init` and some commands. Each hour is a batch of its own where chunks are small,
 * and several are one where they are large.
 *
 * @module
 */
import type { Disk } from "../../src/base/disk/disk.ts";
import type { InputFile } from "../../src/base/disk/input-file.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, login, memoryInput, opened } from "../recorder/audit-lines.ts";
import { drawFrom, randomLines } from "../recorder/random-log.ts";
import { init, record, type Settings } from "../recorder/recording.ts";

export interface Workload {
  readonly name: string;
  readonly settings: Settings;
  readonly commands: readonly (readonly InputFile[])[];
}

/** A generation holds about two hours of these logs. */
const LIMITS = { generationEntitiesMax: 8 };

/** Windows, a late event, an hour without events, half an hour. */
const MORNING = [
  opened("09:00:05", 1),
  ...["09:06:00", "09:11:00", "09:16:00", "09:31:00"].map((clock, at) => opened(clock, 20 + at)),
  opened("09:40:05", 2, { path: "/srv/a" }),
  opened("09:00:06", 3),
  opened("11:10:05", 4, { path: "/srv/b", pid: 101 }),
  opened("11:10:20", 5),
];
/** The rest of that hour, and another one: the file has grown. */
const NOON = [
  login("11:50:00", 6),
  opened("11:50:01", 7, { path: "/srv/c", pid: 102 }),
  opened("12:05:00", 8, { path: "/srv/d", comm: "less" }),
  opened("12:05:30", 9),
];

/** Three clock hours and a gap, late events, two sessions, two generations. */
export function grownFile(chunkBytes: number): Workload {
  const first = bytesOf(...MORNING);
  const whole = bytesOf(...MORNING, ...NOON);
  return {
    name: `a file that has grown, in chunks of ${chunkBytes}`,
    settings: { limits: LIMITS, windowSecs: 300, epochs: 2 },
    commands: [[memoryInput(first, chunkBytes)], [memoryInput(whole, chunkBytes)]],
  };
}

/** One command, two batches: for runs inside runs. */
export function oneFile(): Workload {
  const input = memoryInput(bytesOf(...MORNING), 300);
  return { name: "one file", settings: { epochs: 1 }, commands: [[input]] };
}

/**
 * Two files in a set. In the second command, and the second batch, a tile of the node log becomes
 * full: its begin is a costly image, so only what follows should be interrupted.
 */
export function fullTile(): Workload {
  const calls = Array.from({ length: 248 }, (_, at) => {
    const clock = new Date(at * 10_000).toISOString().slice(14, 19);
    return opened(`09:${clock}`, at + 1);
  });
  const afternoon = [opened("13:00:00", 300), opened("13:20:00", 301)];
  const older = memoryInput(bytesOf(...calls), 262_144, "/var/log/audit/audit.log.1");
  return {
    name: "two files, and a tile of the node log becomes full",
    settings: { windowSecs: 10, privacy: "hash-only" },
    commands: [[older], [older, memoryInput(bytesOf(...afternoon))]],
  };
}

/**
 * Drawn from a seed: a log of everything that makes events wait, its beginning first and then the
 * whole, in chunks of some size, under limits that end hours and generations early.
 */
export function randomWorkload(seed: number): Workload {
  const draw = drawFrom(seed);
  const text = randomLines(draw, 6 + draw(16)).join("");
  // A header of its own, or the beginning may be refused as no audit log.
  const whole = bytesOf(opened("08:59:00", 0), text);
  const first = whole.subarray(0, Math.max(1_000, draw(whole.length)));
  const chunkBytes = [100, 300, 2_000, 100_000][draw(4)] ?? 300;
  const limits = { hourAtomsMax: 4 + draw(8), generationEntitiesMax: 5 + draw(12) };
  const privacy = draw(2) === 0 ? "raw" : "hash-only";
  return {
    name: `drawn from ${seed}, in chunks of ${chunkBytes}, ${privacy}`,
    settings: {
      limits: draw(2) === 0 ? {} : limits,
      privacy,
      windowSecs: [60, 900][draw(2)] ?? 60,
    },
    commands: [[memoryInput(first, chunkBytes)], [memoryInput(whole, chunkBytes)]],
  };
}

/** @param acknowledged told how many promises hold: 0 after `init`, one more after each batch */
export async function perform(
  { settings, commands }: Workload,
  disk: Disk,
  acknowledged: (count: number) => void = () => {},
): Promise<void> {
  await init(disk, settings);
  let count = 0;
  acknowledged(count);
  for (const files of commands) {
    await record(disk, files, settings, async () => {
      count += 1;
      acknowledged(count);
    });
  }
}

/**
 * The commands again, as somebody would give them after a crash. A file that is a beginning of what
 * is recorded already is refused; then the next command has all of it.
 */
export async function performAgain(
  { settings, commands }: Workload,
  disk: Disk,
  acknowledged: () => void = () => {},
): Promise<void> {
  for (const [at, files] of commands.entries()) {
    try {
      await record(disk, files, settings, async () => acknowledged());
    } catch (error) {
      const isOlder = error instanceof RitmaError && error.code === "input/overlap";
      if (!isOlder || at === commands.length - 1) throw error;
    }
  }
}
