/**
 * Goal: the crash and fault runs see every disk that a power cut may leave, and catch the mistakes
 * they are there for; and our own ways to write and remove files survive them.
 *
 * Method: seeded mistakes, one in each copy of a protocol. The correct one must pass everywhere,
 * each way to get it wrong must be found.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CrashContext,
  type CrashCount,
  everyCrash,
  everyFault,
} from "../../src/base/disk/crash.ts";
import {
  type Disk,
  removeDurably,
  writeAllDurably,
  writeDurably,
} from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, show, syncDir, textOf } from "./disk-helpers.ts";

/**
 * A protocol that replaces a file of three sectors, in the given order of steps; the check is that
 * the file is the newest one that was acknowledged, or the next, and whole.
 */
type Replace = (disk: Disk, bytes: Uint8Array) => Promise<void>;

const SIZE = 1_300;

async function tryReplace(replace: Replace, faults = false): Promise<CrashCount> {
  let acknowledged = 0;
  const work = async (disk: SimDisk): Promise<void> => {
    acknowledged = 0;
    for (const version of [1, 2, 3]) {
      await replace(disk, new Uint8Array(SIZE).fill(version));
      acknowledged = version;
    }
  };
  const inspect = async (disk: SimDisk): Promise<void> => {
    if ((await disk.size("/d/file").catch(() => null)) === null) {
      assert.equal(acknowledged, 0, "lost");
      return;
    }
    const bytes = await disk.read("/d/file");
    const version = bytes[0] ?? 0;
    assert.equal(bytes.length, SIZE, "torn");
    assert.ok(
      bytes.every((byte) => byte === version),
      "mixed",
    );
    assert.ok(version >= acknowledged, "old");
    assert.ok(version <= 3, "garbage");
  };
  return await (faults ? everyFault(work, inspect) : everyCrash(work, inspect));
}

const correct: Replace = async (disk, bytes) => {
  await writeDurably(disk, "/d/file", bytes);
};

/** `writeDurably` with one thing wrong. */
function wrongly(mistake: string): Replace {
  return async (disk, bytes) => {
    await disk.makeDir("/d");
    const name = mistake === "in place" ? "/d/file" : "/d/file.draft";
    if (mistake === "in place" && (await disk.size(name)) !== null) await disk.remove(name);
    {
      await using file = await disk.create(name);
      if (mistake === "rename first") await disk.rename(name, "/d/file");
      await file.write(bytes);
      if (mistake !== "no file sync") await file.sync();
    }
    if (name !== "/d/file" && mistake !== "rename first") await disk.rename(name, "/d/file");
    if (mistake !== "no directory sync") await syncDir(disk, "/d");
  };
}

test("the correct way survives a crash at every step", async () => {
  const { states, points } = await tryReplace(correct);
  assert.ok(points >= 3 * 5, `${points} points`);
  assert.ok(states >= 100, `${states} states`);
});

test("the right order of our own steps passes, so what follows fails for its mistake", async () => {
  await tryReplace(wrongly("nothing"));
});

for (const mistake of ["no file sync", "no directory sync", "rename first", "in place"]) {
  test(`catches: ${mistake}`, async () => {
    const when = /^(?:before|at the end).*\(point \d+, state \d+\): /u;
    await assert.rejects(async () => await tryReplace(wrongly(mistake)), { message: when });
  });
}

test("one failed call anywhere loses nothing that was acknowledged", async () => {
  const { points } = await tryReplace(correct, true);
  assert.ok(points >= 2 * 3 * 5, `${points} points`);
});

const stubborn: Replace = async (disk, bytes) => {
  await disk.makeDir("/d");
  await using draft = await disk.create("/d/file.draft");
  await draft.write(bytes);
  try {
    await draft.sync();
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    await using again = await disk.append("/d/file.draft");
    await again.sync();
  }
  await disk.rename("/d/file.draft", "/d/file");
  await syncDir(disk, "/d");
};

test("catches: a sync tried again after it failed", async () => {
  await tryReplace(stubborn);
  await assert.rejects(async () => await tryReplace(stubborn, true), /after eio on sync/u);
});

/** A record of a log: one letter, three sectors long. */
const record = (letter: string): string => letter.repeat(SIZE);
const appendRecord = async (disk: Disk, text: string): Promise<void> => {
  await using file = await disk.append("/log");
  await file.write(bytesOf(text));
  await file.sync();
  await syncDir(disk, "/");
};
const wholeRecords = (text: string): number => {
  let count = 0;
  while (/^([a-z])\1*$/u.test(text.slice(count * SIZE, (count + 1) * SIZE))) {
    if (text.length < (count + 1) * SIZE) break;
    count += 1;
  }
  return count;
};

const recover =
  (cuts: boolean) =>
  async (image: SimDisk): Promise<void> => {
    if ((await image.size("/log")) === null) return;
    const whole = wholeRecords(textOf(await image.read("/log")));
    if (cuts) await image.truncate("/log", whole * SIZE);
    await appendRecord(image, record("z"));
    const text = textOf(await image.read("/log"));
    assert.equal(text.slice(whole * SIZE, (whole + 1) * SIZE), record("z"), "the new one is there");
  };
const appendTwo = async (disk: SimDisk): Promise<void> => {
  for (const letter of "ab") await appendRecord(disk, record(letter));
};

test("catches: a log whose tail is cut only in the reader's mind", async () => {
  await everyCrash(appendTwo, recover(true));
  await assert.rejects(
    async () => await everyCrash(appendTwo, recover(false)),
    /the new one is there/u,
  );
});

test("many files at once, and a removal, survive a crash at every step", async () => {
  const names = ["/a/1", "/a/2", "/b/3"];
  let done = 0;
  const work = async (disk: SimDisk): Promise<void> => {
    done = 0;
    await writeAllDurably(
      disk,
      names.map((path) => ({ path, bytes: bytesOf(path.repeat(300)) })),
    );
    done = 1;
    await removeDurably(disk, "/a/1");
    done = 2;
  };
  const inspect = async (disk: SimDisk): Promise<void> => {
    for (const path of names) {
      const size = await disk.size(path);
      if (done >= 1 && path !== "/a/1") assert.notEqual(size, null, `${path} is lost`);
      if (done === 2 && path === "/a/1") assert.equal(size, null, "is back");
      if (size !== null) assert.equal(textOf(await disk.read(path)), path.repeat(300));
    }
  };
  const { states } = await everyCrash(work, inspect, { perPoint: 128 });
  assert.ok(states > 500, `${states} states`);
  await everyFault(work, inspect);
  const syncs: string[] = [];
  const counting = new SimDisk({
    failAt: (_, op, path) => {
      if (op === "syncDir") syncs.push(path);
      return null;
    },
  });
  await work(counting);
  assert.deepEqual(syncs, ["/", "/", "/a", "/b", "/a"], "one sync a directory made, one each, one");
});

test("a crash during recovery is a run of its own, from the image", async () => {
  let inner = 0;
  const { states } = await everyCrash(
    async (disk) => {
      await correct(disk, bytesOf("old"));
    },
    async (image) => {
      const again = await everyCrash(
        async (disk) => {
          await correct(disk, bytesOf("new"));
        },
        async (disk) => {
          const there = await disk.list("/d").catch(() => []);
          for (const { name } of there) {
            if (name === "file") assert.match(await show(disk), /=(?:old|new)/u);
          }
        },
        { from: image },
      );
      inner += again.states;
    },
  );
  assert.ok(inner > states * 10, `${inner} states below ${states}`);
});

test("catches: a promise made after the last call", async () => {
  let promised = false;
  await assert.rejects(
    async () =>
      await everyCrash(
        async (disk) => {
          await using file = await disk.create("/a");
          await file.write(bytesOf("x"));
          promised = true;
        },
        async (disk) => {
          if (promised) assert.equal(await disk.size("/a"), 1);
        },
      ),
    { message: /^at the end \(point 3, state 1\)/u },
  );
});

test("after a fault the disk is looked at as it is, too; each call had each fault", async () => {
  const points = new Set<string>();
  const { points: count } = await everyFault(
    async (disk) => {
      await correct(disk, bytesOf("x"));
    },
    async (_, { state, when }) => {
      if (state === 0) points.add(when);
    },
  );
  assert.equal(points.size, count);
  assert.ok(points.has("after eio on rename /d/file.draft -> /d/file"));
  assert.ok(points.has("after enospc on syncDir /d"));
});

test("what a check finds is not swallowed by work that retries", async () => {
  await assert.rejects(
    async () => await everyCrash(retry, unhappyOnce),
    /before rename .* no rename/u,
  );
});

async function retry(disk: SimDisk): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await correct(disk, bytesOf("x"));
      return;
    } catch {
      // As stubborn as code can be.
    }
  }
}

async function unhappyOnce(_: SimDisk, { when }: CrashContext): Promise<void> {
  assert.doesNotMatch(when, /rename/u, "no rename");
}
