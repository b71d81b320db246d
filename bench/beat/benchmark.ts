/**
 * The store of beats, flat engine: what a beat costs, beside a bare append, SQLite and LMDB.
 *
 * @module
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { open as openLmdb } from "lmdb";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import type { BeatEngine } from "../../packages/ritma/src/stores/beat/engine.ts";
import { openFlatEngine } from "../../packages/ritma/src/stores/beat/flat/open-flat.ts";
import { type BeatRecord, recordKey } from "../../packages/ritma/src/stores/beat/record.ts";
import { median, say } from "../shared/measure.ts";

const SMALL_BEATS = 1_500;
const BODY_BYTES = 300;
const BEAT_RECORDS = 512;
const SOME_BEATS = 200;
const MANY_RECORDS = 1_000_000;
const LOG_BYTES = 64 * 1024 * 1024;
const STORE = new Uint8Array(16).fill(1);
const NEVER = Number.MAX_SAFE_INTEGER;

const primitives = await loadPrimitives();
const disk = new RealDisk();

async function openAt(dir: string, checkpointBytes = NEVER): Promise<BeatEngine> {
  const options = { disk, dir, primitives, store: STORE, checkpointBytes };
  return await openFlatEngine({ ...options, notice: () => {} });
}

function keyOf(number: number): Uint8Array {
  return recordKey("cell", ["events", String(number).padStart(10, "0")]);
}

/** Every body is another one. */
function bodyOf(number: number): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  for (let at = 0; at < BODY_BYTES; at += 4) {
    body[at] = number & 0xff;
    body[at + 1] = (number >>> 8) & 0xff;
    body[at + 2] = at;
    body[at + 3] = (number >>> 16) & 0xff;
  }
  return body;
}

function recordsOf(first: number): readonly BeatRecord[] {
  return Array.from({ length: BEAT_RECORDS }, (_, at) => ({
    key: keyOf(first + at),
    body: bodyOf(first + at),
  }));
}

async function fill(
  engine: BeatEngine,
  beat: number,
  records: readonly BeatRecord[],
): Promise<void> {
  engine.beginBeat(beat);
  for (const record of records) engine.putRecord("journal", record);
  await engine.commitBeat();
}

/** Beats and bare appends take turns, so that both see the same disk. */
async function oneSmallBeat(dir: string): Promise<void> {
  const engine = await openAt(join(dir, "small"));
  const bare = openSync(join(dir, "bare"), "a");
  const bytes = new Uint8Array(500).fill(1);
  const [ours, theirs, handle]: number[][] = [[], [], []];
  await using file = await disk.append(join(dir, "handle"));
  const before = engine.stats().syncs;
  for (let at = 1; at <= SMALL_BEATS; at += 1) {
    let begun = performance.now();
    engine.beginBeat(at);
    engine.putRecord("data", { key: keyOf(at % 100), body: bytes.subarray(0, BODY_BYTES) });
    await engine.commitBeat();
    ours?.push(performance.now() - begun);
    begun = performance.now();
    writeSync(bare, bytes);
    fdatasyncSync(bare);
    theirs?.push(performance.now() - begun);
    begun = performance.now();
    await file.write(bytes);
    await file.sync();
    handle?.push(performance.now() - begun);
  }
  closeSync(bare);
  const syncs = (engine.stats().syncs - before) / SMALL_BEATS;
  const [a, b, c] = [median(ours ?? []), median(theirs ?? []), median(handle ?? [])];
  say(`fsyncs per beat                       ${syncs.toFixed(3)}`);
  say(`one small beat, p50                   ${a.toFixed(3)} ms`);
  say(`  bare append + fdatasync, blocking   ${b.toFixed(3)} ms   ${(a / b).toFixed(2)} times`);
  say(`  the same in the thread pool         ${c.toFixed(3)} ms   ${(a / c).toFixed(2)} times`);
  await engine[Symbol.asyncDispose]();
}

/** Everybody gets the same ones, made before. */
async function manyRecords(dir: string): Promise<void> {
  const beats = Array.from({ length: SOME_BEATS }, (_, at) => recordsOf(at * BEAT_RECORDS));
  const rate = (begun: number): number =>
    (SOME_BEATS * BEAT_RECORDS) / ((performance.now() - begun) / 1000);
  const runs: readonly (readonly [name: string, run: (at: number) => Promise<number>])[] = [
    [
      "flat",
      async (turn) => {
        const engine = await openAt(join(dir, `flat-${turn}`));
        const begun = performance.now();
        for (const [at, records] of beats.entries()) await fill(engine, at + 1, records);
        const found = rate(begun);
        await engine[Symbol.asyncDispose]();
        return found;
      },
    ],
    ["sqlite", async (turn) => rateOfSqlite(join(dir, `sqlite-${turn}`), beats, rate)],
    ["lmdb", async (turn) => await rateOfLmdb(join(dir, `lmdb-${turn}`), beats, rate)],
  ];
  const rates = new Map<string, number[]>();
  for (let turn = 0; turn < 3; turn += 1) {
    for (const [name, run] of runs) rates.set(name, [...(rates.get(name) ?? []), await run(turn)]);
  }
  const flat = median(rates.get("flat") ?? []);
  say(`records of 300 B, 512 a beat          ${Math.round(flat)} /s`);
  for (const [name, what] of [
    ["sqlite", "node:sqlite, WAL, FULL"],
    ["lmdb", "lmdb, synced"],
  ] as const) {
    const peer = median(rates.get(name) ?? []);
    say(`  ${what.padEnd(36)}${Math.round(peer)} /s   we have ${(flat / peer).toFixed(2)} times`);
  }
}

type Beats = readonly (readonly BeatRecord[])[];

function rateOfSqlite(path: string, beats: Beats, rate: (begun: number) => number): number {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec("CREATE TABLE records (key BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID");
  const put = database.prepare("INSERT OR REPLACE INTO records VALUES (?, ?)");
  const begun = performance.now();
  for (const records of beats) {
    database.exec("BEGIN");
    for (const { key, body } of records) put.run(key, body);
    database.exec("COMMIT");
  }
  const found = rate(begun);
  database.close();
  return found;
}

async function rateOfLmdb(
  path: string,
  beats: Beats,
  rate: (begun: number) => number,
): Promise<number> {
  const table = openLmdb<Uint8Array, Uint8Array>(path, {
    noSubdir: true,
    keyEncoding: "binary",
    encoding: "binary",
    overlappingSync: false,
  });
  const begun = performance.now();
  for (const records of beats) {
    table.transactionSync(() => {
      for (const { key, body } of records) table.putSync(key, body);
    });
  }
  const found = rate(begun);
  await table.close();
  return found;
}

async function oldestOfMany(dir: string): Promise<void> {
  const engine = await openAt(dir, LOG_BYTES);
  let begun = performance.now();
  for (let at = 0; at * BEAT_RECORDS < MANY_RECORDS; at += 1) {
    await fill(engine, at + 1, recordsOf(at * BEAT_RECORDS));
  }
  await engine.checkpoint();
  say(`${MANY_RECORDS} records, with checkpoints    ${seconds(begun)} s`);
  const times: number[] = [];
  for (let at = 0; at < 2_000; at += 1) {
    // Not always the same one: of the oldest beats, a block that is not kept.
    const key = keyOf((at * 7_919) % 100_000);
    begun = performance.now();
    if ((await engine.getRecord("journal", key)) === null) throw new Error("it is gone");
    times.push(performance.now() - begun);
  }
  say(`look-up among them, oldest, p50       ${median(times).toFixed(3)} ms`);
  await engine[Symbol.asyncDispose]();
}

async function afterCrash(dir: string): Promise<void> {
  const engine = await openAt(dir);
  for (let at = 0; engine.stats().logBytes < LOG_BYTES; at += 1) {
    await fill(engine, at + 1, recordsOf(at * BEAT_RECORDS));
  }
  // Nobody closes it: the next one finds what a killed process leaves.
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const begun = performance.now();
    const again = await openAt(dir);
    times.push(performance.now() - begun);
    if (again.lastBeat !== engine.lastBeat) throw new Error("something is gone");
  }
  const { records, logBytes } = engine.stats();
  const size = `${(logBytes / 2 ** 20).toFixed(0)} MiB, ${records} records`;
  say(`open after a crash, ${size.padEnd(18)} ${(median(times) / 1000).toFixed(3)} s`);
}

function seconds(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(2);
}

const work = await mkdtemp(join(tmpdir(), "ritma-bench-"));
try {
  await oneSmallBeat(work);
  await manyRecords(work);
  await afterCrash(join(work, "crash"));
  await oldestOfMany(join(work, "many"));
} finally {
  await rm(work, { recursive: true, force: true });
}
