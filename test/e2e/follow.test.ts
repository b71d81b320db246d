/**
 * Goal: `ritma timeline --follow` tells what a recorder records beside it, each event once, across
 * the end of an hour, and ends when it is told to.
 *
 * Method: real processes. A recorder follows a log that this test writes, two followers read what
 * it makes of it: one as documents, with the open hours, one for a person, of what is sealed alone.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { appears, ended, madePlace, ritma, startRitma } from "./processes.ts";

/** Seconds from the begin of an hour, shortly before the next. */
const BEFORE = 3_590;
const WAIT_MS_MAX = 60_000;

interface Follower {
  readonly lines: () => readonly string[];
  /** Waits until so many lines have come. */
  readonly has: (count: number) => Promise<void>;
  readonly stop: () => Promise<{ how: number | string; err: string }>;
}

function followerOf(child: ChildProcess): Follower {
  const end = ended(child);
  let out = "";
  child.stdout?.on("data", (chunk: Uint8Array) => {
    out += Buffer.from(chunk).toString();
  });
  const lines = (): readonly string[] => out.split("\n").slice(0, -1);
  return {
    lines,
    has: async (count) => {
      for (let left = WAIT_MS_MAX; lines().length < count && left > 0; left -= 20) {
        await setTimeout(20);
      }
      assert.ok(lines().length >= count, `${lines().length} of ${count} lines:\n${out}`);
    },
    stop: async () => {
      child.kill("SIGINT");
      return await end;
    },
  };
}

function serialsIn(lines: readonly string[]): unknown[] {
  return lines.map((line) => Reflect.get(Object(JSON.parse(line)), "serial"));
}

test("what is recorded is told once, while it is open and when it is sealed", async () => {
  using place = madePlace("--privacy", "raw");
  const data = ["--data", place.root];
  const log = place.file("audit.log", auditLog({ events: 30, step: 1, from: BEFORE - 60 }));
  const recorder = startRitma(
    ["record", ...data, "--audit-log", log, "--threads", "0"],
    ["ignore", "ignore", "pipe"],
  );
  const recorded = ended(recorder);
  await appears(`${place.root}/recorder.json`);
  const piped = ["ignore", "pipe", "pipe"] as const;
  const question = ["timeline", ...data, "--follow"];
  const open = followerOf(startRitma([...question, "--json", "--limit", "5"], [...piped]));
  const sealed = followerOf(startRitma([...question, "--sealed", "--all", "--wide"], [...piped]));
  await open.has(5);
  const first = serialsIn(open.lines());
  assert.deepEqual(first, [1_025, 1_026, 1_027, 1_028, 1_029]);
  // The hour ends among these, and is sealed; serials go on.
  const more = auditLog({ events: 20, step: 2, from: BEFORE });
  appendFileSync(log, more.replaceAll(/:1(0\d\d)\)/gu, ":2$1)"));
  await open.has(25);
  // A heading, and what the hour had.
  await sealed.has(1 + 30 + 5);
  recorder.kill("SIGTERM");
  const { how: recorderEnded, err } = await recorded;
  assert.equal(recorderEnded, 0, err);
  await sealed.has(1 + 30 + 20);
  for (const follower of [open, sealed]) assert.equal((await follower.stop()).how, 0);
  const told = serialsIn(open.lines());
  const added = Array.from({ length: 20 }, (_, at) => 2_000 + at);
  assert.deepEqual(told, [...first, ...added]);
  assert.ok(open.lines().every((line) => line.includes('"behind":false')));
  assert.match(open.lines()[0] ?? "", /"open":true/u);
  const rows = sealed.lines().slice(1);
  assert.equal(new Set(rows.map((row) => /^[\d:.]+ .*?\[\d+\]/u.exec(row)?.[0])).size, 50);
  assert.equal(rows.length, 50);
});

test("first come the last events, or those since a time, of as many hours", async () => {
  using place = madePlace("--privacy", "raw");
  const log = place.file("audit.log", auditLog({ events: 40, step: 400 }));
  assert.equal(ritma(["ingest", log, "--data", place.root]).status, 0);
  const followed = (...flags: readonly string[]): Follower => {
    const args = ["timeline", "--follow", "--json", "--data", place.root, ...flags];
    return followerOf(startRitma(args, ["ignore", "pipe", "pipe"]));
  };
  const last = Array.from({ length: 40 }, (_, at) => 1_000 + at);
  for (const [follower, want] of [
    [followed("--limit", "25"), last.slice(-25)],
    // 4,000 seconds and more after the first.
    [followed("--since", "2026-11-20T11:06:00Z"), last.slice(10)],
  ] as const) {
    await follower.has(want.length);
    assert.equal((await follower.stop()).how, 0);
    assert.deepEqual(serialsIn(follower.lines()), want);
  }
});
