/**
 * The conformance suite of the disk port: what every implementation of it does alike.
 *
 * Each test gets an empty directory on a disk of its own. Not here: what only a real disk has
 * (modes, links, pipes) and what only the simulated one has (crashes).
 *
 * @module
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  type Disk,
  removeDurably,
  writeAllDurably,
  writeDurably,
} from "../../src/base/disk/disk.ts";
import { bytesOf, put as leaveOpen, refuses, textOf } from "./disk-helpers.ts";

/** @returns a disk and the path of an empty directory on it. */
export type MakeDisk = (context: TestContext) => Promise<{ disk: Disk; dir: string }>;

async function put(disk: Disk, path: string, text: string): Promise<void> {
  await using file = await leaveOpen(disk, path, text);
  await file.sync();
}

export function diskSuite(name: string, make: MakeDisk): void {
  const check = (what: string, body: (disk: Disk, dir: string) => Promise<void>): void => {
    test(`${name}: ${what}`, async (context) => {
      const { disk, dir } = await make(context);
      await body(disk, dir);
    });
  };
  reading(check);
  writing(check);
  naming(check);
  durably(check);
}

type CheckDisk = (what: string, body: (disk: Disk, dir: string) => Promise<void>) => void;

function reading(check: CheckDisk): void {
  check("reads back what was written, whole and in part", async (disk, dir) => {
    await put(disk, `${dir}/a`, "hello");
    assert.deepEqual(await disk.read(`${dir}/a`), bytesOf("hello"));
    assert.equal(textOf(await disk.readRange(`${dir}/a`, 1, 3)), "ell");
    assert.equal(textOf(await disk.readRange(`${dir}/a`, 3, 99)), "lo");
    assert.equal((await disk.readRange(`${dir}/a`, 9, 1)).length, 0);
    assert.equal(await disk.size(`${dir}/a`), 5);
  });
  check("reads an empty file", async (disk, dir) => {
    await put(disk, `${dir}/a`, "");
    assert.equal((await disk.read(`${dir}/a`)).length, 0);
    assert.equal(await disk.size(`${dir}/a`), 0);
  });
  check("refuses a file above the limit, and takes one at it", async (disk, dir) => {
    await put(disk, `${dir}/a`, "hello");
    assert.equal((await disk.read(`${dir}/a`, 5)).length, 5);
    await refuses("disk/too-large", async () => await disk.read(`${dir}/a`, 4));
  });
  check("says what is missing", async (disk, dir) => {
    assert.equal(await disk.size(`${dir}/no`), null);
    await refuses("disk/missing", async () => await disk.read(`${dir}/no`));
    await refuses("disk/missing", async () => await disk.readRange(`${dir}/no`, 0, 1));
    await refuses("disk/missing", async () => await disk.list(`${dir}/no`));
    await refuses("disk/missing", async () => await disk.openDir(`${dir}/no`));
    await refuses("disk/missing", async () => await disk.create(`${dir}/no/a`));
    await refuses("disk/missing", async () => await disk.append(`${dir}/no/a`));
    await refuses("disk/missing", async () => await disk.truncate(`${dir}/no`, 0));
    await refuses("disk/missing", async () => await disk.remove(`${dir}/no`));
    await refuses("disk/missing", async () => await disk.removeDir(`${dir}/no`));
    await refuses("disk/missing", async () => await disk.rename(`${dir}/no`, `${dir}/b`));
  });
  check("says who can get at what it made: nobody else", async (disk, dir) => {
    await put(disk, `${dir}/a`, "x");
    await disk.makeDir(`${dir}/d`);
    assert.deepEqual(await disk.access(`${dir}/a`), { mode: 0o600, isOurs: true });
    assert.deepEqual(await disk.access(`${dir}/d`), { mode: 0o700, isOurs: true });
    await refuses("disk/missing", async () => await disk.access(`${dir}/no`));
    await refuses("disk/wrong-kind", async () => await disk.access(`${dir}/a/b`));
  });
  check("does not take a directory for a file, or a file for a directory", async (disk, dir) => {
    await disk.makeDir(`${dir}/d`);
    await put(disk, `${dir}/a`, "x");
    await refuses("disk/wrong-kind", async () => await disk.read(`${dir}/d`));
    await refuses("disk/wrong-kind", async () => await disk.size(`${dir}/d`));
    await refuses("disk/wrong-kind", async () => await disk.append(`${dir}/d`));
    await refuses("disk/wrong-kind", async () => await disk.remove(`${dir}/d`));
    await refuses("disk/wrong-kind", async () => await disk.list(`${dir}/a`));
    await refuses("disk/wrong-kind", async () => await disk.openDir(`${dir}/a`));
    await refuses("disk/wrong-kind", async () => await disk.makeDir(`${dir}/a`));
    await refuses("disk/wrong-kind", async () => await disk.makeDir(`${dir}/a/b`));
    await refuses("disk/wrong-kind", async () => await disk.read(`${dir}/a/b`));
  });
}

function writing(check: CheckDisk): void {
  check("writes in pieces, at its own position", async (disk, dir) => {
    await using file = await disk.create(`${dir}/a`);
    for (const piece of ["one ", "", "two ", "three"]) await file.write(bytesOf(piece));
    assert.equal(textOf(await disk.read(`${dir}/a`)), "one two three");
  });
  check("the bytes of a write belong to the caller again when it returns", async (disk, dir) => {
    await using file = await disk.create(`${dir}/a`);
    const bytes = bytesOf("abc");
    await file.write(bytes);
    bytes.fill(0);
    await file.sync();
    assert.equal(textOf(await disk.read(`${dir}/a`)), "abc");
  });
  check("appends at the end, and makes what is absent", async (disk, dir) => {
    for (const piece of ["one", "two"]) {
      await using file = await disk.append(`${dir}/a`);
      await file.write(bytesOf(piece));
    }
    assert.equal(textOf(await disk.read(`${dir}/a`)), "onetwo");
  });
  check("cuts a file, and goes on behind the cut", async (disk, dir) => {
    await put(disk, `${dir}/a`, "onetwo");
    await disk.truncate(`${dir}/a`, 3);
    await using file = await disk.append(`${dir}/a`);
    await file.write(bytesOf("!"));
    assert.equal(textOf(await disk.read(`${dir}/a`)), "one!");
  });
  check("creates only what is new, or a leftover draft", async (disk, dir) => {
    await put(disk, `${dir}/a`, "old");
    await refuses("disk/exists", async () => await disk.create(`${dir}/a`));
    assert.equal(textOf(await disk.read(`${dir}/a`)), "old");
    await put(disk, `${dir}/a.draft`, "leftover, and longer");
    await put(disk, `${dir}/a.draft`, "new");
    assert.equal(textOf(await disk.read(`${dir}/a.draft`)), "new");
  });
  check("closing twice is one close; using it after is a bug", async (disk, dir) => {
    const file = await disk.create(`${dir}/a`);
    await file.close();
    await file.close();
    await assert.rejects(async () => {
      await file.write(bytesOf("x"));
    }, TypeError);
    await assert.rejects(async () => {
      await file.sync();
    }, TypeError);
  });
}

function naming(check: CheckDisk): void {
  check("lists by the bytes of the name", async (disk, dir) => {
    for (const name of ["b", "a10", "a9", "B", "ä", "z", "\u{10000}", "\uffee"]) {
      await put(disk, `${dir}/${name}`, "x");
    }
    await disk.makeDir(`${dir}/a`);
    const entries = await disk.list(dir);
    const names = ["B", "a", "a10", "a9", "b", "z", "ä", "\uffee", "\u{10000}"];
    assert.deepEqual(
      entries.map(({ name }) => name),
      names,
    );
    assert.deepEqual(entries[1], { name: "a", kind: "dir" });
    assert.deepEqual(entries[2], { name: "a10", kind: "file" });
  });
  check("renames over a file, and keeps its content", async (disk, dir) => {
    await put(disk, `${dir}/a`, "new");
    await put(disk, `${dir}/b`, "old");
    await disk.rename(`${dir}/a`, `${dir}/b`);
    assert.equal(textOf(await disk.read(`${dir}/b`)), "new");
    assert.equal(await disk.size(`${dir}/a`), null);
  });
  check("renames a directory with what is in it", async (disk, dir) => {
    await disk.makeDir(`${dir}/a/b`);
    await put(disk, `${dir}/a/b/c`, "x");
    await disk.rename(`${dir}/a`, `${dir}/z`);
    assert.equal(textOf(await disk.read(`${dir}/z/b/c`)), "x");
    await disk.makeDir(`${dir}/a/b`);
    assert.deepEqual(await disk.list(`${dir}/a/b`), []);
  });
  check("makes directories, also those that are there", async (disk, dir) => {
    await disk.makeDir(`${dir}/a/b/c`);
    await disk.makeDir(`${dir}/a/b/c`);
    await disk.makeDir(`${dir}/a/d`);
    assert.deepEqual(
      (await disk.list(`${dir}/a`)).map(({ name }) => name),
      ["b", "d"],
    );
  });
  check("goes down, never up", async (disk, dir) => {
    await put(disk, `${dir}/a..b`, "x");
    await put(disk, `${dir}/..a`, "y");
    assert.equal(textOf(await disk.read(`${dir}/./a..b`)), "x");
    await disk.makeDir(`${dir}/d`);
    const up = `${dir}/d/../a..b`;
    const calls = [
      async () => await disk.read(up),
      async () => await disk.readRange(up, 0, 1),
      async () => await disk.size(up),
      async () => await disk.access(up),
      async () => await disk.list(`${dir}/d/..`),
      async () => await disk.create(`${dir}/d/../new`),
      async () => await disk.append(up),
      async () => await disk.truncate(up, 0),
      async () => await disk.openDir(`${dir}/d/..`),
      async () => await disk.makeDir(`${dir}/d/../e`),
      async () => await disk.rename(up, `${dir}/z`),
      async () => await disk.rename(`${dir}/a..b`, `${dir}/d/../z`),
      async () => await disk.remove(up),
      async () => await disk.removeDir(`${dir}/d/../d`),
      async () => await disk.lock(`${dir}/d/..`),
    ];
    for (const call of calls) await assert.rejects(call, TypeError, String(call));
    const names = (await disk.list(dir)).map(({ name }) => name);
    assert.deepEqual(names, ["..a", "a..b", "d"]);
  });
  check("one at a time holds a lock, and each directory has its own", async (disk, dir) => {
    await disk.makeDir(`${dir}/a`);
    await disk.makeDir(`${dir}/b`);
    await refuses("store/missing", async () => await disk.lock(`${dir}/no`));
    const first = await disk.lock(`${dir}/a`);
    {
      using other = await disk.lock(`${dir}/b`);
      assert.ok(other);
      await refuses("store/busy", async () => await disk.lock(`${dir}/a`));
    }
    first[Symbol.dispose]();
    using again = await disk.lock(`${dir}/a`);
    first[Symbol.dispose]();
    await refuses("store/busy", async () => await disk.lock(`${dir}/a`));
    assert.ok(again);
  });
  check("removes files and empty directories, no others", async (disk, dir) => {
    await disk.makeDir(`${dir}/a`);
    await put(disk, `${dir}/a/b`, "x");
    await refuses("disk/io", async () => {
      await disk.removeDir(`${dir}/a`);
    });
    await disk.remove(`${dir}/a/b`);
    await disk.removeDir(`${dir}/a`);
    assert.deepEqual(await disk.list(dir), []);
    await disk.makeDir(`${dir}/a`);
    assert.deepEqual(await disk.list(`${dir}/a`), []);
  });
}

function durably(check: CheckDisk): void {
  check("writeDurably makes, replaces, and leaves no draft", async (disk, dir) => {
    await writeDurably(disk, `${dir}/a/b/c`, bytesOf("one"));
    await writeDurably(disk, `${dir}/a/b/c`, bytesOf("two"));
    assert.equal(textOf(await disk.read(`${dir}/a/b/c`)), "two");
    assert.deepEqual(await disk.list(`${dir}/a/b`), [{ name: "c", kind: "file" }]);
  });
  check("writeAllDurably writes more files than it holds open", async (disk, dir) => {
    const files = Array.from({ length: 100 }, (_, index) => ({
      path: `${dir}/${index % 3}/${index}`,
      bytes: bytesOf(`file ${index}`),
    }));
    await writeAllDurably(disk, files);
    for (const { path, bytes } of files) assert.deepEqual(await disk.read(path), bytes);
    assert.equal((await disk.list(`${dir}/0`)).length, 34);
  });
  check("removeDurably takes what is absent as done", async (disk, dir) => {
    await put(disk, `${dir}/a`, "x");
    await removeDurably(disk, `${dir}/a`);
    await removeDurably(disk, `${dir}/a`);
    assert.deepEqual(await disk.list(dir), []);
    await refuses("disk/missing", async () => {
      await removeDurably(disk, `${dir}/no/a`);
    });
  });
}
