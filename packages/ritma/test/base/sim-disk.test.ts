/**
 * Goal: the simulated disk is a disk to whoever uses it, and its crash model is weaker than every
 * file system's.
 *
 * Method: the port's conformance suite; then the model by rows, each a few calls and the set of
 * images they may leave. What a whole protocol survives is in crash.test.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, put, refuses, show, syncDir } from "./disk-helpers.ts";
import { diskSuite } from "./disk-suite.ts";

diskSuite("simulated", async () => {
  const disk = new SimDisk();
  await disk.makeDir("/d");
  return { disk, dir: "/d" };
});

diskSuite("simulated and watched", async () => {
  const disk = new SimDisk({ watch: async () => {} });
  await disk.makeDir("/d");
  return { disk, dir: "/d" };
});

/** @returns what the images hold, without those that hold garbage. */
async function imagesOf(disk: SimDisk): Promise<string[]> {
  const seen = new Set<string>();
  for (const image of disk.crashStates({ seed: 1, perPoint: 64, atomBytes: 512 })) {
    const shown = await show(image);
    if (!shown.includes("?")) seen.add(shown);
  }
  return [...seen].toSorted();
}

async function check(
  work: (disk: SimDisk) => Promise<void>,
  want: readonly string[],
): Promise<void> {
  const disk = new SimDisk();
  await work(disk);
  assert.deepEqual(await imagesOf(disk), want.toSorted());
}

test("nothing done leaves nothing", async () => {
  await check(async () => {}, [""]);
});
test("a synced file without a synced name may be gone, and is whole if it is there", async () => {
  await check(
    async (disk) => {
      await (await put(disk, "/a", "x")).sync();
    },
    ["", "a=x"],
  );
});
test("a synced name without synced bytes may be empty, zeros or whole", async () => {
  await check(
    async (disk) => {
      await put(disk, "/a", "xy");
      await syncDir(disk, "/");
    },
    ["a=", "a=00", "a=xy"],
  );
});
test("both synced leave one image", async () => {
  await check(
    async (disk) => {
      await (await put(disk, "/a", "x")).sync();
      await syncDir(disk, "/");
    },
    ["a=x"],
  );
});
test("two writes may land in either order", async () => {
  await check(
    async (disk) => {
      const file = await put(disk, "/a", "s");
      await file.sync();
      await syncDir(disk, "/");
      await file.write(bytesOf("1"));
      await file.write(bytesOf("2"));
    },
    ["a=s", "a=s1", "a=s12", "a=s02", "a=s0", "a=s00", "a=s10"],
  );
});
test("a removed file may come back", async () => {
  await check(
    async (disk) => {
      await (await put(disk, "/a", "x")).sync();
      await syncDir(disk, "/");
      await disk.remove("/a");
    },
    ["", "a=x"],
  );
});
test("a rename inside a directory is one change", async () => {
  await check(
    async (disk) => {
      for (const name of ["a", "b"]) await (await put(disk, `/${name}`, name)).sync();
      await syncDir(disk, "/");
      await disk.rename("/a", "/b");
    },
    ["a=a b=b", "b=a"],
  );
});
test("a rename across directories is two", async () => {
  await check(
    async (disk) => {
      await disk.makeDir("/d");
      await (await put(disk, "/a", "x")).sync();
      await syncDir(disk, "/");
      await disk.rename("/a", "/d/a");
    },
    ["a=x d/", "a=x d/ d/a=x", "d/", "d/ d/a=x"],
  );
});
test("a directory takes what is in it along when its name is lost", async () => {
  await check(
    async (disk) => {
      await disk.makeDir("/d");
      await disk.rename("/d", "/e");
      await (await put(disk, "/e/a", "x")).sync();
      await syncDir(disk, "/e");
    },
    ["d/ d/a=x", "e/ e/a=x"],
  );
});
test("makeDir leaves no doubt about the name", async () => {
  await check(
    async (disk) => {
      await disk.makeDir("/a/b");
    },
    ["a/ a/b/"],
  );
});
test("makeDir leaves no doubt about a name that another process left visible", async () => {
  const first = new SimDisk({ failAt: (_, op) => (op === "syncDir" ? "eio" : null) });
  await assert.rejects(async () => {
    await first.makeDir("/a");
  }, RitmaError);
  const second = new SimDisk({ failAt: (_, op) => (op === "syncDir" ? "power" : null) });
  await assert.rejects(async () => {
    await second.makeDir("/a");
  }, RitmaError);
  assert.deepEqual(await imagesOf(second), ["", "a/"], "the name is in doubt");
  const after = second.snapshot();
  await after.makeDir("/a");
  assert.deepEqual(await imagesOf(after), ["a/"]);
});
test("a cut is durable when truncate returns", async () => {
  await check(
    async (disk) => {
      await (await put(disk, "/a", "xyz")).sync();
      await syncDir(disk, "/");
      await disk.truncate("/a", 1);
    },
    ["a=x"],
  );
});
test("a write is torn between sectors, never inside one", async () => {
  const disk = new SimDisk();
  const file = await put(disk, "/a", "s".repeat(500));
  await file.sync();
  await syncDir(disk, "/");
  await file.write(bytesOf("1".repeat(12) + "2".repeat(512)));
  const lengths = (await imagesOf(disk)).map((image) => image.replaceAll(/(.)\1*/gu, "$1"));
  assert.deepEqual([...new Set(lengths)].toSorted(), [
    "a=s",
    "a=s0",
    "a=s02",
    "a=s1",
    "a=s10",
    "a=s12",
  ]);
});
test("a sector may hold garbage", async () => {
  const disk = new SimDisk();
  await put(disk, "/a", "x".repeat(100));
  await syncDir(disk, "/");
  const seen = new Set<number>();
  for (const image of disk.crashStates({ seed: 1, perPoint: 1, atomBytes: 512 })) {
    for (const byte of await image.read("/a")) seen.add(byte);
  }
  assert.ok(seen.size > 20, `${seen.size} values`);
});
test("an image is a disk of its own", async () => {
  const disk = new SimDisk();
  const file = await put(disk, "/a", "xy");
  await file.sync();
  await syncDir(disk, "/");
  await disk.makeDir("/d");
  const [image] = disk.crashStates({ seed: 1, perPoint: 1, atomBytes: 512 });
  assert.ok(image);
  await using copy = await image.append("/a");
  await copy.write(bytesOf("image"));
  await image.remove("/a.draft").catch(() => {});
  await image.makeDir("/e");
  await file.write(bytesOf("disk"));
  await disk.truncate("/a", 1);
  assert.equal(await show(image), "a=xyimage d/ e/");
  assert.equal(await show(disk), "a=x d/");
});
test("a snapshot keeps what is pending, and two names of one file", async () => {
  const disk = new SimDisk();
  await disk.makeDir("/d");
  await put(disk, "/a", "x");
  await disk.rename("/a", "/d/b");
  const copy = disk.snapshot();
  assert.deepEqual(await imagesOf(copy), await imagesOf(disk));
  await writeDurably(copy, "/c", bytesOf("c"));
  assert.equal(await show(disk), "d/ d/b=x");
});

test("a failed write leaves a part; a failed sync is never made good", async () => {
  const disk = new SimDisk({ failAt: (_, op) => (op === "write" ? "enospc" : null) });
  const file = await disk.create("/a");
  await refuses("disk/full", async () => {
    await file.write(bytesOf("abcd"));
  });
  assert.equal(await show(disk), "a=ab");
  await refuses("store/refused", async () => {
    await file.sync();
  });

  let failed = 0;
  const other = new SimDisk({
    failAt: (_, op) => (op === "sync" && (failed += 1) === 1 ? "eio" : null),
  });
  await using written = await put(other, "/a", "x");
  await syncDir(other, "/");
  await refuses("disk/io", async () => {
    await written.sync();
  });
  await using again = await other.append("/a");
  await again.sync();
  assert.ok((await imagesOf(other)).includes("a="), "the second sync reported what it did not do");
});

test("a cut lands with its sync, and takes with it what was abandoned before", async () => {
  let failed = 0;
  const disk = new SimDisk({
    failAt: (_, op) => (op === "sync" && (failed += 1) === 1 ? "eio" : null),
  });
  await using file = await put(disk, "/a", "xy");
  await syncDir(disk, "/");
  await refuses("disk/io", async () => {
    await file.sync();
  });
  await disk.truncate("/a", 0);
  assert.deepEqual(await imagesOf(disk), ["a="]);
});

test("with many sectors pending: each prefix, each alone, each missing", async () => {
  const disk = new SimDisk();
  const count = 12;
  await put(disk, "/a", "x".repeat(count * 512));
  await syncDir(disk, "/");
  const seen = new Set<string>();
  for (const image of disk.crashStates({ seed: 1, perPoint: 1_000, atomBytes: 512 })) {
    const bytes = await image.read("/a");
    const sectors = Array.from({ length: bytes.length / 512 }, (_, at) => bytes[at * 512]);
    seen.add(sectors.map((byte) => (byte === 0x78 ? "x" : byte === 0 ? "0" : "?")).join(""));
  }
  for (let at = 0; at < count; at += 1) {
    const rest = count - at - 1;
    assert.ok(seen.has("x".repeat(at)), `prefix ${at}`);
    assert.ok(seen.has("0".repeat(at) + "x"), `only ${at}`);
    if (rest > 0) assert.ok(seen.has(`${"x".repeat(at)}0${"x".repeat(rest)}`), `all but ${at}`);
    assert.ok(seen.has(`${"x".repeat(at)}?${"x".repeat(rest)}`), `garbage in ${at}`);
    assert.ok(seen.has(`${"x".repeat(at)}0`), `zeros at the end, ${at}`);
  }
  assert.ok(seen.has("x".repeat(count)) && seen.has("0".repeat(count)));
});

test("after a power cut every call fails, and closing does not", async () => {
  const disk = new SimDisk({ failAt: (step) => (step === 2 ? "power" : null) });
  const file = await disk.create("/a");
  await refuses("disk/io", async () => {
    await file.write(bytesOf("x"));
  });
  await refuses("disk/io", async () => await disk.list("/"));
  await file.close();
  assert.equal(disk.steps, 2);
  assert.deepEqual(await imagesOf(disk), ["", "a=", "a=0", "a=x"]);
});

test("the same seed gives the same images, another seed others", async () => {
  const disk = new SimDisk();
  await put(disk, "/a", "x".repeat(20_000));
  await syncDir(disk, "/");
  const images = async (seed: number): Promise<string[]> => {
    const shown: string[] = [];
    for (const image of disk.crashStates({ seed, perPoint: 20, atomBytes: 512 })) {
      shown.push(await show(image));
    }
    return shown;
  };
  assert.deepEqual(await images(1), await images(1));
  assert.notDeepEqual(await images(1), await images(2));
  assert.equal((await images(1)).length, 22);
});
