/**
 * Goal: a process that is killed (kill -9) between, in and behind commits and compactions of LMDB
 * and LevelDB loses no beat that was acknowledged and shows no part of one that was not. Neither
 * does one whose files may not grow any more.
 *
 * Method: a process of its own commits beats until it is killed, some moments after a beat that is
 * drawn from a seed; the store is then opened here, looked at and written to again.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { drawFrom } from "../recorder/random-log.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { type Killed, KEPT, openKilled, textOf } from "./killed-writer.ts";
import { got, scanned } from "./records.ts";

const SEED = Number(process.env["RITMA_SEED"] ?? 1);
const ROUNDS = Number(process.env["RITMA_KILLS"] ?? 4);
const WRITER = join(import.meta.dirname, "killed-writer.ts");

/** What files may grow to: less than a run of the writer needs. */
const FILE_BYTES = { lmdb: [90_000, 130_000], leveldb: [9_000, 15_000] } as const;
const OPTIONS = { encoding: "utf8", timeout: 20_000 } as const;

/** @returns the last beat that was acknowledged */
async function killed(name: Killed, dir: string, beats: number, waitMs: number): Promise<number> {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const child = spawn(process.execPath, [WRITER, name, dir], { stdio: [...stdio] });
  let [told, left] = ["", beats];
  child.stdout?.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    left -= chunk.toString().split("\n").length - 1;
    if (left > 0) return;
    left = Number.POSITIVE_INFINITY;
    void setTimeout(waitMs).then(() => child.kill("SIGKILL"));
  });
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals | null>();
  child.on("close", (_, signal) => resolve(signal));
  assert.equal(await promise, "SIGKILL", "the writer ended by itself");
  return Number(told.trim().split("\n").at(-1));
}

/** Everything that was acknowledged is there, and of what was not all or nothing. */
async function mustHold(engine: BeatEngine, acknowledged: number, when: string): Promise<void> {
  const last = engine.lastBeat;
  assert.ok(last === acknowledged || last === acknowledged + 1, `${when}: ${last} are there`);
  const mark = last - (last % 10);
  const oldest = mark > KEPT ? mark - KEPT : 1;
  for (const branch of ["data", "rt"]) {
    assert.equal(await got(engine, branch, "all"), `${last}@${last}`, when);
    for (let at = oldest; at <= last; at += 1) {
      assert.equal(await got(engine, branch, `k${at}`), `${textOf(at)}@${at}`, when);
    }
    const records = (await scanned(engine, branch)).split(" ").length;
    assert.equal(records, last - oldest + 2, `${when}: what was forgotten is gone`);
  }
}

for (const name of ["lmdb", "leveldb"] as const) {
  test(`${name}: a disk that takes no more is told, and loses nothing`, async () => {
    const above = mkdtempSync(join(tmpdir(), "ritma-full-"));
    const dir = join(above, "beats");
    for (const bytes of FILE_BYTES[name]) {
      const args = [`--fsize=${bytes}`, process.execPath, WRITER, name, dir];
      const { stdout, stderr, signal } = spawnSync("prlimit", args, OPTIONS);
      assert.equal(signal, null, `${bytes} bytes are enough: ${stderr}`);
      assert.match(stderr, /RitmaError.*\n[^]*code: 'disk\/full'/u);
      const acknowledged = Number(stdout.trim().split("\n").at(-1));
      assert.ok(acknowledged > 0, stderr);
      await using engine = await openKilled(name, dir);
      await mustHold(engine, acknowledged, `${bytes} bytes: ${acknowledged} acknowledged`);
    }
    rmSync(above, { recursive: true });
  });
  test(`${name}: ${ROUNDS} kills, and everything acknowledged is there`, async () => {
    const above = mkdtempSync(join(tmpdir(), "ritma-killed-"));
    const dir = join(above, "beats");
    const draw = drawFrom(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      const acknowledged = await killed(name, dir, 5 + draw(40), draw(12));
      await using engine = await openKilled(name, dir);
      await mustHold(engine, acknowledged, `round ${round}: ${acknowledged} acknowledged`);
    }
    rmSync(above, { recursive: true });
  });
}
