/**
 * Goal: the indexes of hours that came since are built, those of others are left alone, and what
 * one who died left is built again; nothing is ever under a statement that is not so.
 *
 * Method: two hours on a real disk, the first long enough for a lineage; kept one by one, cut short
 * at every step, by a process of its own, and by two at once.
 */
import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempDisposableSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { indexFolder, lineagePlace, PRINT_FILE, printFolder } from "@ritma/evidence";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { compareDerived } from "../../src/flow/keep/compare-derived.ts";
import { hoursWithoutIndexes, keepIndexes } from "../../src/flow/keep/hour-indexes.ts";
import type { Reindexing } from "../../src/flow/keep/reindex.ts";
import { keepUpToDate, openWorkshop } from "../../src/services/keeper/keep.ts";
import { Keeper } from "../../src/services/keeper/keeper.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { createKeystore } from "../../src/stores/keys/keystore.ts";
import { realRng } from "../../src/base/rng.ts";
import { primitives } from "../recorder/recording.ts";
import { bothShort, longThenShort } from "./long-hour.ts";
import { onDisk } from "./on-disk.ts";

const folder = mkdtempDisposableSync(join(tmpdir(), "ritma-keep-"));
after(() => folder.remove());
const keeping = await onDisk(await longThenShort(), join(folder.path, "long"));
const brief = await onDisk(await bothShort(), join(folder.path, "brief"));
const { reader, disk } = keeping;
const { out } = reader.files;
const [long, short] = reader.hours;
assert.ok(long !== undefined && short !== undefined && reader.hours.length === 2);
assert.equal(brief.reader.hours.length, 2);

function foldersOf({ hours }: StoreReader): string[] {
  return hours.flatMap((hour) => [
    indexFolder(hour.folder),
    printFolder(hour.folder),
    lineagePlace(hour.folder).folder,
  ]);
}

function clear(at: StoreReader = reader): void {
  for (const path of foldersOf(at).map((each) => join(at.files.out, each))) {
    // The disk remembers which folders are there.
    for (const name of existsSync(path) ? readdirSync(path) : []) rmSync(join(path, name));
  }
}

async function missing(at: StoreReader = reader): Promise<readonly number[]> {
  return (await hoursWithoutIndexes(at)).map(({ sequence }) => sequence);
}

async function isWhole(at: StoreReader = reader): Promise<void> {
  assert.deepEqual(await missing(at), []);
  const covered = at === reader ? foldersOf(at) : foldersOf(at).filter((path) => !isLineage(path));
  for (const path of covered) assert.ok((await at.statement(path)) !== null, path);
  const { findings, notes } = await compareDerived(at);
  assert.deepEqual([findings, notes], [[], []]);
}

function isLineage(path: string): boolean {
  return path.startsWith("graph/edges/");
}

test("an hour that came since is indexed, and the one before is not touched", async () => {
  assert.deepEqual(await missing(), [0, 1]);
  const first = await keepIndexes(keeping, [long]);
  assert.deepEqual([first.hours, first.jumps, first.lineages.hours], [1, 1, 1]);
  assert.deepEqual(await missing(), [1]);
  const before = statSync(join(out, printFolder(long.folder), PRINT_FILE)).mtimeMs;
  const second = await keepIndexes(keeping, await hoursWithoutIndexes(reader));
  assert.deepEqual([second.hours, second.jumps, second.lineages.hours], [1, 1, 0]);
  assert.equal(statSync(join(out, printFolder(long.folder), PRINT_FILE)).mtimeMs, before);
  await isWhole();
  clear();
});

test("a statement about a day's lineages goes on with those that are there", async () => {
  await keepIndexes(keeping, reader.hours);
  const { folder: day, name } = lineagePlace(long.folder);
  const path = join(out, day, name);
  const before = readFileSync(path);
  await keepIndexes(keeping, [short]);
  assert.deepEqual(readFileSync(path), before);
  await isWhole();
  clear();
});

for (const [what, at, stride] of [
  ["short hours", brief, 1] as const,
  ["a long hour", keeping, 9] as const,
]) {
  test(`${what}: one who dies at a step leaves nothing that is not so`, async () => {
    let died = 0;
    for (let steps = 0; ; steps += stride) {
      const isDead = await diesAt(steps, at);
      const { findings } = await compareDerived(at.reader);
      assert.deepEqual(findings, [], `after ${steps} steps`);
      await keepIndexes(at, await hoursWithoutIndexes(at.reader));
      await isWhole(at.reader);
      clear(at.reader);
      if (!isDead) break;
      died += 1;
    }
    assert.ok(died * stride > 30, `${died}`);
  });
}

async function diesAt(steps: number, at: Reindexing): Promise<boolean> {
  try {
    const disk = new DyingDisk(steps);
    await keepIndexes({ ...at, disk }, await hoursWithoutIndexes(at.reader));
    return false;
  } catch (error) {
    assert.ok(error instanceof RitmaError && error.message === "gone", String(error));
    return true;
  }
}

test("by a process of its own, while somebody else is kept out", async () => {
  const root = folder.path;
  const keys = join(root, "keys");
  await createKeystore(disk, keys, realRng);
  const place = { dataRoot: root, out };
  const said: string[] = [];
  {
    using _ = await openWorkshop(disk, root);
    const busy = keepUpToDate(disk, primitives, keeping.key, place);
    await assert.rejects(busy, { code: "store/busy" });
    await using keeper = new Keeper(keys, place, (why) => {
      said.push(why);
    });
    keeper.begin();
    await keeper.done();
  }
  assert.match(said.join("\n"), /is being written to by/u);
});

test("one whose process is stopped says nothing, and one that cannot start says why", async () => {
  const said: string[] = [];
  const fail = (why: string): void => {
    said.push(why);
  };
  {
    await using keeper = new Keeper("/nowhere", { dataRoot: folder.path, out }, fail);
    keeper.begin();
  }
  assert.deepEqual(said, []);
  await using keeper = new Keeper("/nowhere", { dataRoot: folder.path, out }, fail);
  keeper.begin();
  keeper.begin();
  await keeper.done();
  // The second time was asked for while the first went on.
  assert.equal(said.length, 2);
  assert.match(said.join("\n"), /nowhere/u);
});

/** Refuses every step that changes something, from the nth on, as a disk that is gone. */
class DyingDisk extends RealDisk {
  #left: number;

  constructor(steps: number) {
    super();
    this.#left = steps;
  }

  #step(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new RitmaError("disk/io", "gone");
  }

  override async create(path: string): ReturnType<RealDisk["create"]> {
    this.#step();
    return await super.create(path);
  }

  override async rename(from: string, to: string): Promise<void> {
    this.#step();
    await super.rename(from, to);
  }

  override async remove(path: string): Promise<void> {
    this.#step();
    await super.remove(path);
  }

  override async makeDir(path: string): Promise<void> {
    this.#step();
    await super.makeDir(path);
  }

  override async openDir(path: string): ReturnType<RealDisk["openDir"]> {
    this.#step();
    return await super.openDir(path);
  }
}
