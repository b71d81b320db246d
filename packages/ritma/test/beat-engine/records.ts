/**
 * Records for tests of engines: short to write, and long enough to tell apart.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BeatEngine, ScanOptions, StoredRecord } from "../../src/stores/beat/engine.ts";
import { type BeatRecord, recordKey, recordPrefix } from "../../src/stores/beat/record.ts";

export const STORE = new Uint8Array(16).fill(7);
export const OTHER_STORE = new Uint8Array(16).fill(8);

/** Everything that a branch has of cells. */
export const ALL = recordPrefix("cell", []);

/** "a/b" is the cell b below a. */
export function keyOf(path: string): Uint8Array {
  return recordKey("cell", path.split("/"));
}

export function recordOf(path: string, text: string): BeatRecord {
  return { key: keyOf(path), body: new TextEncoder().encode(text) };
}

export function textOf({ body }: StoredRecord): string {
  return new TextDecoder().decode(body);
}

/** What one beat does in one branch: `{ "a": "1" }` puts the text 1 as a. */
export type Puts = Readonly<Record<string, string>>;

/** Commits one beat: `await beat(engine, 1, { data: { a: "1" } })`. */
export async function beat(
  engine: BeatEngine,
  number: number,
  branches: Readonly<Record<string, Puts>>,
  forget: Readonly<Record<string, number>> = {},
): Promise<void> {
  stage(engine, number, branches, forget);
  await engine.commitBeat();
}

/** The same, without the commit. */
export function stage(
  engine: BeatEngine,
  number: number,
  branches: Readonly<Record<string, Puts>>,
  forget: Readonly<Record<string, number>> = {},
): void {
  engine.beginBeat(number);
  for (const [branch, puts] of Object.entries(branches)) {
    for (const [path, text] of Object.entries(puts)) {
      engine.putRecord(branch, recordOf(path, text));
    }
  }
  for (const [branch, beforeBeat] of Object.entries(forget)) engine.forget(branch, beforeBeat);
}

/** "text@beat", or null when it is not there. */
export async function got(
  engine: BeatEngine,
  branch: string,
  path: string,
): Promise<string | null> {
  const record = await engine.getRecord(branch, keyOf(path));
  if (record === null) return null;
  assert.deepEqual(record.key, keyOf(path), "another record than was asked for");
  return `${textOf(record)}@${record.beat}`;
}

/** "path=text@beat ..." of all that the scan gives, in its order. */
export async function scanned(
  engine: BeatEngine,
  branch: string,
  prefix: Uint8Array = ALL,
  options: ScanOptions = {},
): Promise<string> {
  return (await collect(engine.scanPrefix(branch, prefix, options))).join(" ");
}

export async function collect(records: AsyncIterable<StoredRecord>): Promise<string[]> {
  const shown: string[] = [];
  for await (const record of records) shown.push(show(record));
  return shown;
}

export function show(record: StoredRecord): string {
  const path = new TextDecoder().decode(record.key.subarray(1, -2)).replaceAll("\0", "/");
  return `${path}=${textOf(record)}@${record.beat}`;
}
