/**
 * Goal: whatever a crash leaves, a blob whose `put` returned is there and whole, the manifest names
 * nothing that is not, and another process goes on; also when it was killed before, so that names
 * are visible that are not durable.
 *
 * Method: every crash state of a run that puts, puts again and sweeps; the same after a kill before
 * each call. Then disks with one mistake each, which the same runs must catch.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { everyCrash } from "../../src/base/disk/crash.ts";
import type { Disk } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { altered, withoutSyncs } from "./altering.ts";
import { blobOf, blake3, casting } from "./casting.ts";

const FIRST = blobOf(1, 1_500);
const SECOND = blobOf(2, 20);
const THIRD = blobOf(3, 600);
const BLOBS = [FIRST, SECOND, THIRD];

type Wrap = (disk: Disk) => Disk;
const plain: Wrap = (disk) => disk;

/** What was promised, by digest. */
type Promised = Map<string, Uint8Array>;

async function putAll(disk: Disk, promised: Promised): Promise<void> {
  const { cas } = casting(disk);
  const put = async (blob: Uint8Array): Promise<void> =>
    void promised.set((await cas.put(blob)).toHex(), blob);
  await put(FIRST);
  await put(SECOND);
  // From here on the second may go; it comes back.
  promised.delete(blake3(SECOND).toHex());
  await cas.sweep(new Set([blake3(FIRST).toHex()]));
  await put(SECOND);
  await put(THIRD);
  await cas.sync();
  await cas.close();
}

async function examine(image: SimDisk, promised: Promised): Promise<void> {
  const { cas } = casting(image);
  for (const [name, blob] of promised) {
    assert.deepEqual(await cas.check(name), blob, `blob ${name.slice(0, 8)}`);
  }
  // Nothing under a final name is anything else than its name says.
  for (const { name } of await cas.list()) {
    const found = await cas.check(name);
    if (found === null || found === "damaged") {
      assert.fail(`${name.slice(0, 8)} is ${found === null ? "named and missing" : found}`);
    }
  }
  for (const blob of BLOBS) assert.deepEqual(await cas.get(await cas.put(blob)), blob);
}

async function run(wrap: Wrap, from = new SimDisk(), perPoint = 24): Promise<number> {
  const promised: Promised = new Map();
  const work = async (disk: SimDisk): Promise<void> => {
    promised.clear();
    await putAll(wrap(disk), promised);
  };
  const { states } = await everyCrash(work, async (image) => await examine(image, promised), {
    from,
    perPoint,
  });
  return states;
}

/** Kills the process before each sync; the next one does everything, and is cut. */
async function runAfterKills(wrap: Wrap): Promise<number> {
  const left: SimDisk[] = [];
  const disk: SimDisk = new SimDisk({
    watch: async (_, operation) => {
      if (operation === "sync" || operation === "syncDir") left.push(disk.snapshot());
    },
  });
  await putAll(wrap(disk), new Map());
  let states = 0;
  for (const one of left.filter((_, at) => at % 3 === 1)) states += await run(wrap, one, 2);
  return states;
}

test("every crash", async () => {
  const states = await run(plain);
  assert.ok(states > 300, `${states} states`);
});

test("every crash after a kill", async () => {
  const states = await runAfterKills(plain);
  assert.ok(states > 500, `${states} states`);
});

/** A disk that does one thing not at all, or too late. */
const MISTAKES: Readonly<Record<string, Wrap>> = {
  "files are not synced": (disk) => withoutSyncs(disk, () => true),
  "names are not synced": (disk) =>
    altered(disk, {
      openDir: async (path) => ({
        ...(await disk.openDir(path)),
        sync: async () => {},
      }),
    }),
  "names come before bytes": (disk) =>
    altered(disk, {
      create: async (path) => {
        const file = await disk.create(path);
        const final = path.replace(/\.draft$/u, "");
        await disk.rename(path, final);
        return file;
      },
      rename: async () => {},
    }),
};

for (const [mistake, wrap] of Object.entries(MISTAKES)) {
  test(`catches: ${mistake}`, async () => {
    await assert.rejects(async () => await run(wrap), /\(point \d+, state \d+\)/u);
  });
}
