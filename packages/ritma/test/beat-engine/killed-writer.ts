/**
 * A process that commits beats until it is killed, and says which ones were acknowledged.
 *
 *     node killed-writer.ts lmdb|leveldb DIR
 *
 * Beat n puts "all" and "kN" in two branches, forgets what is older than 40 beats every tenth beat,
 * and compacts every 25th. A line "n" on standard output follows each commit.
 *
 * @module
 */
import { writeSync } from "node:fs";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { openLevelEngine } from "../../src/stores/beat/level/level-engine.ts";
import { openLmdbEngine } from "../../src/stores/beat/lmdb/lmdb-engine.ts";
import { beat, STORE } from "./records.ts";

const OPENERS = { lmdb: openLmdbEngine, leveldb: openLevelEngine } as const;
export type Killed = keyof typeof OPENERS;

/** Beats whose records a beat's mark leaves. */
export const KEPT = 40;

export function textOf(beat: number): string {
  return "x".repeat((beat * 37) % 900);
}

export async function openKilled(name: Killed, dir: string) {
  const options = { disk: new RealDisk(), dir, store: STORE, notice: () => {} };
  return await OPENERS[name]({ ...options, primitives: await loadPrimitives() });
}

async function write(name: Killed, dir: string): Promise<void> {
  const engine = await openKilled(name, dir);
  for (let at = engine.lastBeat + 1; ; at += 1) {
    const puts = { all: `${at}`, [`k${at}`]: textOf(at) };
    const forget = at % 10 === 0 && at > KEPT ? { data: at - KEPT, rt: at - KEPT } : {};
    await beat(engine, at, { data: puts, rt: puts }, forget);
    writeSync(1, `${at}\n`);
    if (at % 25 === 0) await engine.compact();
  }
}

if (import.meta.main) {
  await write(process.argv[2] === "lmdb" ? "lmdb" : "leveldb", process.argv[3] ?? "");
}
