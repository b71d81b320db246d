/**
 * Goal: an overlay is a disk to whoever uses it, and of the disk below nothing changes.
 *
 * Method: the port's conformance suite, over disks with nothing on them, with the suite's directory
 * below or in memory; then what only an overlay has, by rows, each with a look at the disk below.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { OverlayDisk } from "../../src/base/disk/overlay-disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { bytesOf, refuses, textOf } from "./disk-helpers.ts";
import { diskSuite } from "./disk-suite.ts";

diskSuite("overlay of a directory below", async () => {
  const below = new SimDisk();
  await below.makeDir("/d");
  return { disk: new OverlayDisk(below), dir: "/d" };
});

diskSuite("overlay of a directory in memory", async () => {
  const disk = new OverlayDisk(new SimDisk());
  await disk.makeDir("/d");
  return { disk, dir: "/d" };
});

diskSuite("overlay of an overlay", async () => {
  const disk = new OverlayDisk(new OverlayDisk(new SimDisk()));
  disk.holdDir("/d");
  return { disk, dir: "/d" };
});

/** Does the work over a disk with three files, and looks whether that is what it was. */
async function check(work: (disk: OverlayDisk, below: SimDisk) => Promise<void>): Promise<void> {
  const below = new SimDisk();
  for (const name of ["a", "b", "c"]) await writeDurably(below, `/d/e/${name}`, bytesOf(name));
  const before = below.contents();
  await work(new OverlayDisk(below), below);
  assert.deepEqual(below.contents(), before);
}

async function namesIn(disk: OverlayDisk, path: string): Promise<string> {
  return (await disk.list(path)).map(({ name }) => name).join("");
}

test("what is written goes before what lies below", async () => {
  await check(async (disk) => {
    await writeDurably(disk, "/d/e/a", bytesOf("new"));
    await writeDurably(disk, "/d/e/f/g", bytesOf("deep"));
    assert.equal(textOf(await disk.read("/d/e/a")), "new");
    assert.equal(textOf(await disk.read("/d/e/f/g")), "deep");
    assert.equal(textOf(await disk.read("/d/e/b")), "b");
    assert.equal(await namesIn(disk, "/d/e"), "abcf");
  });
});

test("what is removed is gone, and may be made again", async () => {
  await check(async (disk) => {
    for (const name of ["a", "b", "c"]) await disk.remove(`/d/e/${name}`);
    await refuses("disk/missing", async () => await disk.read("/d/e/a"));
    await disk.removeDir("/d/e");
    await refuses("disk/missing", async () => await disk.list("/d/e"));
    assert.equal(await disk.size("/d/e/b"), null);
    await writeDurably(disk, "/d/e/a", bytesOf("again"));
    assert.equal(await namesIn(disk, "/d/e"), "a");
  });
});

test("a file that grows keeps its bytes below, and one that is cut loses them", async () => {
  await check(async (disk) => {
    {
      await using file = await disk.append("/d/e/a");
      await file.write(bytesOf("bc"));
      await file.write(bytesOf("d"));
    }
    assert.equal(textOf(await disk.read("/d/e/a")), "abcd");
    assert.equal(textOf(await disk.readRange("/d/e/a", 0, 2)), "ab");
    assert.equal(textOf(await disk.readRange("/d/e/a", 2, 9)), "cd");
    await disk.truncate("/d/e/a", 3);
    assert.equal(textOf(await disk.read("/d/e/a")), "abc");
    await disk.truncate("/d/e/a", 0);
    assert.equal(await disk.size("/d/e/a"), 0);
    await disk.truncate("/d/e/b", 0);
    {
      await using file = await disk.append("/d/e/b");
      await file.write(bytesOf("x"));
    }
    assert.equal(textOf(await disk.read("/d/e/b")), "x");
  });
});

test("what is renamed has its bytes, from wherever they are", async () => {
  await check(async (disk) => {
    await disk.rename("/d/e/a", "/d/e/z");
    await disk.rename("/d/e/b", "/d/e/c");
    assert.equal(textOf(await disk.read("/d/e/z")), "a");
    assert.equal(textOf(await disk.read("/d/e/c")), "b");
    assert.equal(await namesIn(disk, "/d/e"), "cz");
    await disk.rename("/d/e", "/d/y");
    assert.equal(await namesIn(disk, "/d"), "y");
    assert.equal(textOf(await disk.read("/d/y/z")), "a");
  });
});

test("what is held stays, whatever is written below", async () => {
  const below = new SimDisk();
  await writeDurably(below, "/d/a", bytesOf("old"));
  await writeDurably(below, "/d/e/b", bytesOf("old"));
  const disk = new OverlayDisk(below);
  disk.hold("/d/a", await below.read("/d/a"));
  disk.hold("/d/c", null);
  disk.holdDir("/d/e");
  for (const path of ["/d/a", "/d/c", "/d/e/b"]) await writeDurably(below, path, bytesOf("new"));
  assert.equal(textOf(await disk.read("/d/a")), "old");
  assert.equal(await disk.size("/d/c"), null);
  assert.equal(await namesIn(disk, "/d"), "ae");
  assert.equal(await namesIn(disk, "/d/e"), "");
});

test("a lock here is none below", async () => {
  await check(async (disk, below) => {
    using own = await disk.lock("/d");
    using other = await below.lock("/d");
    assert.ok(own !== other);
  });
});
