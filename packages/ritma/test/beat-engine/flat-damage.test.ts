/**
 * Goal: whatever is changed in the files of a store, it opens; every answer is the right one or
 * `beat/damaged`; nothing is erased, and it is told.
 *
 * Method: the rows of the table that a public implementation of this store fails (one byte of the
 * head, no head, another environment, a byte of a body, a short file, bytes behind the end), then
 * every file with every kind of damage, bytes flipped at places drawn from a stride.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { openFlatEngine } from "../../src/stores/beat/flat/open-flat.ts";
import { bytesOf, refuses } from "../base/disk-helpers.ts";
import { answersOf, changed, judge, makeStore, openAt, type Verdict } from "./damaged-store.ts";
import { beat, got, OTHER_STORE, STORE } from "./records.ts";

const closed = await makeStore(true);
const answers = await answersOf(closed);
const META = "branches/data/meta";

async function damaged(
  disk: SimDisk,
  path: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | null,
): Promise<Verdict> {
  const bytes = disk.contents().get(path) ?? assert.fail(`no file ${path}`);
  const harmed = change(bytes.slice());
  return await judge(await changed(disk, path, harmed), answers, harmed);
}

const flipped =
  (at: number) =>
  (bytes: Uint8Array<ArrayBuffer>): Uint8Array => {
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    return bytes;
  };
const longer = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes, ...bytesOf("0123456789")]);
const told = ({ notices }: Verdict): boolean =>
  notices.some(({ topic, severity }) => topic === "persist.recover" && severity !== "info");

function paths(disk: SimDisk, end: RegExp): string[] {
  return [...disk.contents().keys()].filter((path) => end.test(path)).toSorted();
}

function assertIntact(verdict: Verdict): void {
  assert.deepEqual([verdict.refused, verdict.older], [0, 0]);
}

test("the store of these tests has runs and segments", () => {
  assert.ok(paths(closed, /\.dat$/u).length >= 3);
  assert.ok(paths(closed, /\.log$/u).length >= 2);
});

test("one byte of meta flipped: nothing is lost", async () => {
  const { length } = closed.contents().get(META) ?? [];
  for (let at = 0; at < length; at += 5) {
    const verdict = await damaged(closed, META, flipped(at));
    assertIntact(verdict);
    assert.ok(told(verdict));
  }
});

test("meta deleted: nothing is lost", async () => {
  const verdict = await damaged(closed, META, () => null);
  assertIntact(verdict);
  assert.ok(told(verdict));
});

test("opened as another store: refused, and nothing is touched", async () => {
  const disk = closed.snapshot();
  await refuses("beat/damaged", async () => await openAt(disk, [], OTHER_STORE));
  assert.deepEqual(disk.contents(), closed.contents());
});

test("the newest beat's digest flipped: it is not adopted", async () => {
  const path = paths(closed, /\.log$/u).at(-1) ?? "";
  const bytes = closed.contents().get(path) ?? new Uint8Array(0);
  const tail = Buffer.from(bytes).lastIndexOf(
    "RITMABT1",
    Buffer.from(bytes).lastIndexOf("RITMABC1"),
  );
  const verdict = await damaged(closed, path, flipped(tail + 70));
  assert.ok(told(verdict));
  assert.equal(verdict.older, 0);
});

test("a byte of a body flipped: that record is damaged, the others are read", async () => {
  for (const path of paths(closed, /journal.*\.dat$/u)) {
    const bytes = closed.contents().get(path) ?? new Uint8Array(0);
    const { refused, older } = await damaged(closed, path, flipped(bytes.length - 20));
    assert.equal(older, 0);
    assert.equal(refused, 2, "the record, and the scan that meets it");
  }
});

test("bodies one byte short: one record is damaged, and it is told", async () => {
  const [path = ""] = paths(closed, /journal.*\.dat$/u);
  const verdict = await damaged(closed, path, (bytes) => bytes.subarray(0, -1));
  assert.deepEqual([verdict.refused, verdict.older], [2, 0]);
  assert.ok(told(verdict));
});

test("bytes behind the end of any file: nothing is lost", async () => {
  for (const path of paths(closed, /./u)) assertIntact(await damaged(closed, path, longer));
});

test("a table damaged anywhere, or gone: it is made again", async () => {
  for (const path of paths(closed, /\.idx$/u)) {
    const { length } = closed.contents().get(path) ?? [];
    for (let at = 0; at < length; at += 23) {
      const verdict = await damaged(closed, path, flipped(at));
      assertIntact(verdict);
      assert.ok(told(verdict), `${path} at ${at}`);
    }
    assertIntact(await damaged(closed, path, () => null));
  }
});

test("any byte of the log or of bodies: the right answer or damage", async () => {
  for (const path of paths(closed, /\.(?:log|dat)$/u)) {
    const { length } = closed.contents().get(path) ?? [];
    for (let at = 0; at < length; at += 67) {
      const verdict = await damaged(closed, path, flipped(at));
      assert.equal(verdict.older, 0, `${path} at ${at}`);
      assert.ok(verdict.refused > 0 || told(verdict) || path.endsWith(".dat"), `${path} at ${at}`);
    }
  }
});

test("a file gone, or cut short: the right answer or damage, or a beat that is told", async () => {
  for (const path of paths(closed, /./u)) {
    const gone = await damaged(closed, path, () => null);
    assert.equal(gone.older, 0, `${path} gone`);
    assert.ok(told(gone), `${path} gone`);
    const { length } = closed.contents().get(path) ?? [];
    for (let left = 0; left < length; left += 301) {
      const verdict = await damaged(closed, path, (bytes) => bytes.subarray(0, left));
      assert.ok(told(verdict), `${path} cut to ${left}`);
      const isTold = verdict.notices.some(({ detail }) => /unfinished beat/u.test(detail));
      assert.ok(verdict.older === 0 || isTold, `${path} cut to ${left}`);
    }
  }
});

test("a whole folder gone: damage, and not an empty store", async () => {
  for (const folder of ["branches/data/", "branches/journal/", "branches/_log/"]) {
    const disk = closed.snapshot();
    for (const path of disk.contents().keys()) if (path.startsWith(folder)) await disk.remove(path);
    const verdict = await judge(disk, answers, null);
    assert.equal(verdict.older, 0, folder);
    assert.ok(verdict.refused > 0, folder);
    assert.ok(told(verdict), folder);
  }
});

test("a beat that nobody closed behind: damaged in its last bytes, it is set aside", async () => {
  const killed = await makeStore(false);
  const path = paths(killed, /\.log$/u).at(-1) ?? "";
  const verdict = await damaged(killed, path, (bytes) => bytes.subarray(0, -1));
  assert.ok(verdict.notices.some(({ detail }) => /set aside as .*\.damaged-1$/u.test(detail)));
});

test("a commit that followed another one is not believed", async () => {
  const [log, rng] = [
    "b/_log/0000000000000001.log",
    { bytes: (count: number) => new Uint8Array(count) },
  ];
  const make = async (first: string): Promise<{ disk: SimDisk; lengths: number[] }> => {
    const disk = new SimDisk();
    const options = { disk, dir: "b", primitives: await loadPrimitives(), store: STORE, rng };
    const engine = await openFlatEngine({ ...options, notice: () => {} });
    const lengths: number[] = [];
    for (const [at, text] of [first, "second"].entries()) {
      await beat(engine, at + 1, { data: { a: text } });
      lengths.push(disk.contents().get(log)?.length ?? 0);
    }
    return { disk, lengths };
  };
  const [ours, theirs] = [await make("first"), await make("other")];
  const [begin = 0] = ours.lengths;
  const mixed = ours.disk.contents().get(log)?.slice() ?? new Uint8Array(0);
  mixed.set(theirs.disk.contents().get(log)?.subarray(begin) ?? [], begin);
  const engine = await openFlatEngine({
    disk: await changed(ours.disk, log, mixed),
    dir: "b",
    primitives: await loadPrimitives(),
    store: STORE,
    rng,
    notice: () => {},
  });
  assert.equal(await got(engine, "data", "a"), "first@1");
  assert.equal(engine.lastBeat, 1);
  await engine[Symbol.asyncDispose]();
});

test("what is in doubt is right again when it was forgotten", async () => {
  const [path = ""] = paths(closed, /journal.*\.dat$/u);
  const disk = await changed(closed, path, null);
  await disk.remove(path.replace(/dat$/u, "idx"));
  const engine = await openAt(disk);
  await refuses("beat/damaged", async () => await got(engine, "journal", "none"));
  await beat(engine, 50, { journal: { a: "1" } }, { journal: 50 });
  assert.equal(await got(engine, "journal", "none"), null);
  assert.equal(await got(engine, "journal", "a"), "1@50");
  await engine.checkpoint();
  await engine[Symbol.asyncDispose]();
  const again = await openAt(disk);
  assert.equal(await got(again, "journal", "none"), null);
  await again[Symbol.asyncDispose]();
});

test("compaction gives space back", async () => {
  const disk = closed.snapshot();
  const engine = await openAt(disk);
  await beat(engine, 20, { data: { k0: "1" } }, { journal: 20, data: 12 });
  const before = [...disk.contents().values()].reduce((sum, { length }) => sum + length, 0);
  const returned = await engine.compact();
  const after = [...disk.contents().values()].reduce((sum, { length }) => sum + length, 0);
  assert.ok(after < before / 2, `${before} to ${after}`);
  assert.ok(returned > 0 && returned <= before);
  assert.equal(engine.stats().records, 3);
  await engine[Symbol.asyncDispose]();
});
