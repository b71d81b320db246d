/**
 * A store of beats on the simulated disk, its files changed in one way or another, and what must
 * then hold: every answer is the right one or `beat/damaged`, and nothing is erased.
 *
 * @module
 */
import assert from "node:assert/strict";
import { equalBytes } from "@ritma/evidence";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { openFlatEngine } from "../../src/stores/beat/flat/open-flat.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { beat, got, scanned, STORE } from "./records.ts";

const BRANCHES = ["data", "journal"] as const;
const primitives = await loadPrimitives();

export async function openAt(
  disk: SimDisk,
  notices: Notice[] = [],
  store: Uint8Array = STORE,
): Promise<BeatEngine> {
  return await openFlatEngine({
    disk,
    dir: "branches",
    primitives,
    store,
    notice: (notice) => void notices.push(notice),
    segmentBytes: 1_000,
    checkpointBytes: 1_000_000,
  });
}

/** Runs, segments of which one is full, and a beat in no checkpoint. */
export async function makeStore(isClosed: boolean): Promise<SimDisk> {
  const disk = new SimDisk();
  const engine = await openAt(disk);
  for (let at = 1; at <= 12; at += 1) {
    const long = `${at}`.repeat(90);
    await beat(engine, at, {
      data: { [`k${at % 5}`]: long, last: `${at}` },
      journal: { [`e${at}`]: long },
    });
    if (at === 4 || at === 8) await engine.checkpoint();
  }
  if (isClosed) await engine[Symbol.asyncDispose]();
  return disk;
}

/** What the store answers when nothing is damaged: by branch and path. */
export async function answersOf(disk: SimDisk): Promise<ReadonlyMap<string, string | null>> {
  const engine = await openAt(disk.snapshot());
  const answers = new Map<string, string | null>();
  for (const branch of BRANCHES) {
    answers.set(branch, await scanned(engine, branch));
    for (const path of ["last", "none", ...numbers("k", 5), ...numbers("e", 13)]) {
      answers.set(`${branch} ${path}`, await got(engine, branch, path));
    }
  }
  return answers;
}

/** The same disk, with one file changed; null removes it. */
export async function changed(
  disk: SimDisk,
  path: string,
  bytes: Uint8Array | null,
): Promise<SimDisk> {
  const copy = disk.snapshot();
  await copy.remove(path);
  if (bytes === null) return copy;
  await using file = await copy.create(path);
  await file.write(bytes);
  await file.sync();
  return copy;
}

export interface Verdict {
  /** Answers that were `beat/damaged`. */
  readonly refused: number;
  /** Answers that were other ones: only where a whole beat was cut off, and that was told. */
  readonly older: number;
  readonly notices: readonly Notice[];
}

/** @param harmed the damaged file as it was then */
export async function judge(
  disk: SimDisk,
  answers: ReadonlyMap<string, string | null>,
  harmed: Uint8Array | null,
): Promise<Verdict> {
  const notices: Notice[] = [];
  const engine = await openAt(disk, notices);
  const first = await ask(engine, answers);
  await mustBeKept(disk, harmed);
  // It goes on, and no checkpoint turns damage into something else.
  await beat(engine, engine.lastBeat + 1, { rt: { new: "1" } });
  await engine.checkpoint();
  await engine.compact();
  const second = await ask(engine, answers);
  await engine[Symbol.asyncDispose]();
  const again = await openAt(disk, notices);
  assert.equal(await got(again, "rt", "new"), `1@${again.lastBeat}`);
  const third = await ask(again, answers);
  assert.deepEqual([second, third], [first, first], "other answers after a checkpoint");
  // What was damaged and replaced since is as obsolete as what was not.
  if (first.refused > 0) await mustBeKept(disk, harmed);
  return { ...first, notices };
}

async function ask(
  engine: BeatEngine,
  answers: ReadonlyMap<string, string | null>,
): Promise<{ readonly refused: number; readonly older: number }> {
  let [refused, older] = [0, 0];
  for (const [question, wanted] of answers) {
    const [branch = "", path] = question.split(" ");
    try {
      const answer =
        path === undefined ? await scanned(engine, branch) : await got(engine, branch, path);
      if (answer !== wanted) older += 1;
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      assert.equal(error.code, "beat/damaged", error.message);
      refused += 1;
    }
  }
  return { refused, older };
}

/** Its bytes are on the disk: in one file, or cut in two where a beat was unfinished. */
async function mustBeKept(disk: SimDisk, harmed: Uint8Array | null): Promise<void> {
  if (harmed === null) return;
  const files = [...disk.contents().values()];
  const isWhole = files.some((file) => indexOf(file, harmed) !== -1);
  const isCut = files.some(
    (file) =>
      indexOf(harmed, file) === 0 &&
      files.some((rest) => equalBytes(withoutZeros(harmed.subarray(file.length)), rest)),
  );
  assert.ok(isWhole || isCut, "damaged bytes were erased");
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(part);
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}

function numbers(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at}`);
}
