/**
 * Goal: what is exported and imported is the same branch; a bundle in which anything was changed,
 * added or is missing imports nothing; an import goes on where it was cut short, and a reader never
 * sees a part of a cell.
 *
 * Method: a branch with something of everything, over memory engines and a simulated disk; every
 * file of the bundle changed, cut, removed and exchanged in turn.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "@ritma/evidence";
import { RitmaError } from "../../src/base/error.ts";
import { framePath } from "../../src/stores/beat/bundle/bundle-manifest.ts";
import { importBundle } from "../../src/stores/beat/bundle/import-bundle.ts";
import { verifyBundle } from "../../src/stores/beat/bundle/verify-bundle.ts";
import { decodeFrame, encodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { overwrite } from "./altering.ts";
import { BUNDLE, checkBranch, exported, fillBranch, imported, liveOf } from "./bundling.ts";
import { blake3, blobOf } from "./casting.ts";
import { memoryEngine, record, storing, type Storing } from "./storing.ts";

async function filled(): Promise<Storing> {
  const made = await storing();
  await fillBranch(made.store, "x");
  return made;
}

test("a branch comes out of its bundle as it was", async () => {
  const from = await filled();
  const { records, frames, blobs } = await exported(from);
  assert.equal(blobs, 3, "two of now and before, and one too long for a record of the past");
  assert.ok(frames >= 4, `${frames} frames`);
  const to = await storing({}, undefined, from.disk);
  const done = await imported(to);
  assert.deepEqual([done.records, done.blobs, done.beats], [records, 3, frames]);
  assert.deepEqual(await liveOf(to.store, "x"), await liveOf(from.store, "x"));
  await checkBranch(to.store, "x");
  await to.store.apply(async (beat) => {
    await to.store.cells.put(beat, "x", ["dir", "new"], blobOf(8, 3));
    await to.store.cells.put(beat, "x", ["small"], blobOf(1, 10));
  });
  assert.deepEqual(await to.store.cells.childrenAsTheyCame("x", ["dir"]), [
    "chunks",
    "blob",
    "new",
  ]);
});

function bundleFiles({ disk }: Storing): [string, string][] {
  return [...disk.contents()]
    .filter(([path]) => path.startsWith("bundle/"))
    .map(([path, bytes]) => [path, blake3(bytes).toHex()]);
}

test("the same branch gives the same bundle", async () => {
  const [one, other] = [await filled(), await filled()];
  assert.deepEqual((await exported(one)).chain, (await exported(other)).chain);
  assert.deepEqual(bundleFiles(one), bundleFiles(other));
});

test("nothing is overwritten: neither a folder nor a branch", async () => {
  const made = await filled();
  await exported(made);
  await assert.rejects(exported(made), { code: "disk/exists" });
  await assert.rejects(imported(made), { code: "beat/exists" });
  await assert.rejects(exported(made, "no"), { code: "disk/exists" });
});

test("a missing branch is said to be missing, and leaves no folder", async () => {
  const made = await storing();
  await assert.rejects(exported(made, "no"), { code: "beat/missing" });
  assert.ok(![...made.disk.contents().keys()].some((path) => path.startsWith("bundle/")));
});

test("a second time nothing is done, and under another name it is another branch", async () => {
  const made = await filled();
  await exported(made);
  const first = await imported(made, { into: "y" });
  const { lastBeat } = made.store;
  const again = await imported(made, { into: "y" });
  assert.deepEqual([again.beats, again.resumed], [0, first.beats]);
  assert.equal(made.store.lastBeat, lastBeat);
  await checkBranch(made.store, "y");
});

test("a branch is replaced in one beat", async () => {
  const made = await filled();
  await exported(made);
  await made.store.apply(async (beat) => {
    await made.store.cells.put(beat, "x", ["later"], blobOf(9, 100_000));
    await made.store.cells.remove(beat, "x", ["dir"]);
  });
  const { beats } = await imported(made, { replace: true });
  assert.equal(beats, 1);
  await checkBranch(made.store, "x");
  assert.equal(await made.store.cells.get("x", ["later"]), null);
});

test("an import that is cut short goes on where it was", async () => {
  const from = await filled();
  const { frames } = await exported(from);
  for (let cut = 1; cut < frames; cut += 1) {
    const engine = await memoryEngine();
    const to = await storing({}, engine, from.disk);
    let left = cut;
    engine.slow = async () => {
      left -= 1;
      if (left < 0) engine.failure = new RitmaError("disk/io", "cut");
    };
    await assert.rejects(imported(to), { code: "disk/io" });
    engine.failure = null;
    engine.slow = async () => {};
    const again = await storing({}, engine, from.disk);
    const { commits } = engine;
    const { resumed, beats } = await imported(again);
    assert.deepEqual([resumed, beats], [cut, frames - cut]);
    assert.equal(engine.commits - commits, beats, "what was there is not put again");
    assert.deepEqual(await liveOf(again.store, "x"), await liveOf(from.store, "x"));
  }
});

test("whoever reads in the middle of an import sees whole cells or none", async () => {
  const from = await filled();
  await exported(from);
  const engine = await memoryEngine();
  const to = await storing({}, engine, from.disk);
  let looked = 0;
  engine.slow = async () => {
    for (const path of [["small"], ["dir", "chunks"], ["dir", "blob"]]) {
      const read = await to.store.cells.get("x", path);
      if (read !== null) assert.ok(read.bytes !== null && read.bytes.length > 0);
    }
    for (const parent of [[], ["dir"]]) {
      for (const { name } of await to.store.cells.children("x", parent)) {
        assert.ok((await to.store.cells.get("x", [...parent, name])) !== null, name);
      }
    }
    looked += 1;
  };
  await imported(to);
  assert.ok(looked >= 5, `${looked} looks`);
});

test("a bundle with blobs is refused where none can be kept", async () => {
  const from = await filled();
  await exported(from);
  const to = await storing({ blobs: null });
  const work = importBundle({ store: to.store, disk: from.disk, dir: BUNDLE, blake3 });
  await assert.rejects(work, { code: "beat/unsupported" });
  assert.equal(to.store.lastBeat, 0);
});

async function refused(disk: Storing["disk"], what: string): Promise<void> {
  const to = await storing({}, undefined, disk);
  await assert.rejects(imported(to), (error: RitmaError) => error.code === "beat/bundle", what);
  assert.equal(to.store.lastBeat, 0, what);
}

test("whatever is changed in a bundle, nothing of it is imported", async () => {
  const from = await filled();
  await exported(from);
  const paths = [...from.disk.contents().keys()].filter((path) => path.startsWith("bundle/"));
  assert.ok(paths.length >= 8, paths.join());
  for (const name of paths) {
    const path = `/${name}`;
    const length = (await from.disk.size(path)) ?? 0;
    const places = [
      0,
      1,
      length >> 1,
      length - 1,
      ...Array.from({ length: 8 }, (_, at) => at * 13),
    ];
    for (const place of new Set(places.filter((at) => at < length))) {
      const disk = from.disk.snapshot();
      await overwrite(disk, path, (bytes) => bytes.with(place, (bytes[place] ?? 0) ^ 0x10));
      await refused(disk, `${name} changed at ${place}`);
    }
    const cut = from.disk.snapshot();
    await cut.truncate(path, length - 1);
    await refused(cut, `${name} cut`);
    const longer = from.disk.snapshot();
    await overwrite(longer, path, (bytes) => concatBytes(bytes, Uint8Array.of(0)));
    await refused(longer, `${name} longer`);
    const gone = from.disk.snapshot();
    await gone.remove(path);
    await refused(gone, `${name} gone`);
  }
  const more = from.disk.snapshot();
  await using file = await more.create("/bundle/frames/extra");
  await file.write(Uint8Array.of(1));
  await refused(more, "a file too many");
});

test("a frame that somebody made anew is not what the manifest says", async () => {
  const from = await filled();
  const { frames } = await exported(from);
  const path = `${BUNDLE}/${framePath(frames)}`;
  const last = decodeFrame(blake3, await from.disk.read(path));
  const [record, ...others] = last.records;
  assert.ok(record !== undefined);
  const { key, body } = record;
  // A past payload, of another beat than it was.
  const records = [{ key, body: body.with(2, (body[2] ?? 0) ^ 1) }, ...others];
  await overwrite(from.disk, path, () => encodeFrame(blake3, last, records));
  await refused(from.disk, "another frame");
});

test("all faults are listed, each with its place", async () => {
  const from = await filled();
  await exported(from);
  for (const name of ["frames/00000001.frame", "frames/00000002.frame"]) {
    await overwrite(from.disk, `${BUNDLE}/${name}`, (bytes) => bytes.with(30, 0xee));
  }
  const { faults } = await verifyBundle(from.disk, BUNDLE, blake3);
  assert.deepEqual(
    faults.slice(0, 2).map(({ place }) => place),
    ["frames/00000001.frame", "frames/00000002.frame"],
  );
});

test("a raw record that says nothing is no part of a bundle that is accepted", async () => {
  const made = await storing();
  await made.store.append("x", [record("n", new Uint8Array(0))]);
  await assert.rejects(exported(made), { code: "beat/damaged" });
});
